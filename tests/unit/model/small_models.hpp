// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <initializer_list>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.hpp"
#include "model/container.hpp"
#include "model/model.hpp"
#include "model/model_file.hpp"
#include "model/train_model.hpp"

namespace mml_test {

using Options = std::initializer_list<std::pair<const char*, const char*>>;

/// Rows of two columns, whose class (or value) follows from both; other seeds give other rows. One class: all have it.
inline mml::Samples small_samples(int classes, std::int32_t count, std::uint64_t seed = 1) {
    mml::Samples samples;
    samples.features = mml::SparseRows(std::vector<float>(2));
    samples.column_names = {"a", "b"};
    samples.named = true;
    samples.task = classes == 0 ? mml::Task::regression : mml::Task::classification;
    for (int k = 0; k < classes; ++k) samples.class_names.push_back(std::string(1, static_cast<char>('p' + k)));
    mml::RandomStream random(seed);
    for (std::int32_t row = 0; row < count; ++row) {
        const float cells[] = {static_cast<float>(random.uniform()), static_cast<float>(random.uniform())};
        const double value = static_cast<double>(cells[0]) + 0.2 * random.normal();
        samples.features.append_dense_row(cells);
        mml::Observation observation{row};
        if (classes == 0) observation.value = value;
        if (classes > 0) observation.class_index = std::clamp(static_cast<int>(value * classes), 0, classes - 1);
        samples.observations.push_back(observation);
    }
    return samples;
}

/// The same of one column.
inline mml::Samples one_column(std::int32_t count) {
    mml::Samples samples = small_samples(2, count);
    const std::vector<std::int32_t> first{0};
    samples.features = mml::rearranged(samples.features, first);
    samples.column_names = {"a"};
    return samples;
}

inline std::shared_ptr<const mml::Model> trained_on(const mml::Samples& samples, Options options = {},
                                                    std::shared_ptr<const mml::Model> prior = nullptr) {
    mml::Config config;
    for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
             {"networks", "0"}, {"trees", "0"}, {"linear_strength", "1"}, {"folds", "2"}})
        config.set(name, value);
    for (const auto& [name, value] : options) config.set(name, value);
    mml::Supervisor supervisor({1, 0, {}});
    return mml::train_model(samples, config, std::move(prior), mml::Progress(supervisor)).model;
}

/// Rows that lie between those of small_samples(), far outside, and are empty.
inline mml::Dataset small_rows() {
    mml::Dataset dataset;
    dataset.source = "the rows";
    dataset.features = mml::SparseRows(std::vector<float>(2));
    dataset.column_names = {"a", "b"};
    dataset.named = true;
    const float empty = std::numeric_limits<float>::quiet_NaN();
    for (const float a : {0.0F, 0.25F, 0.5F, 0.9F, 3e38F, -3e38F, empty}) {
        for (const float b : {0.1F, 0.7F, -3e38F, empty}) {
            const float cells[] = {a, b};
            dataset.features.append_dense_row(cells);
        }
    }
    return dataset;
}

inline std::vector<float> scores_of(const mml::Model& model, const mml::Dataset& rows = small_rows()) {
    std::vector<float> scores(static_cast<std::size_t>(rows.rows() * model.outputs()));
    model.predict(rows, 1, scores);
    return scores;
}

inline std::shared_ptr<const mml::Model> read_again(const mml::Model& model) {
    return mml::model_from_bytes(mml::model_bytes(model), "the model");
}

}  // namespace mml_test
