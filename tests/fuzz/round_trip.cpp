// SPDX-License-Identifier: Apache-2.0
// A model of drawn options, trained on a few drawn samples: written, read and written again it is the same, and predicts the
// same, alone or as the earlier model of another one.
#include <cmath>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include "draw.hpp"
#include "expect.hpp"
#include "moodleml/moodleml.hpp"

using mml_fuzz::Draw;
using mml_fuzz::expect;

namespace {

constexpr float missing = std::numeric_limits<float>::quiet_NaN();
constexpr float cells[] = {0, 0, 0, 1, -1, 0.5F, 0.25F, missing, 3, 1e-30F, 3e38F, -3e38F, 1e-45F, 7, 1000, 0.1F};

// Small members, for what counts is how they are stored.
moodleml::Config drawn_options(Draw& draw) {
    using Values = std::vector<const char*>;
    struct Choice {
        const char* name;
        Values values;
    };
    static const std::vector<Choice> choices = {
        {"linear", {"false", "true"}},
        {"trees", {"0", "1", "3"}},
        {"networks", {"0", "1", "2"}},
        {"folds", {"2", "3"}},
        {"hidden_units", {"1", "2", "5"}},
        {"hidden_layers", {"1", "2"}},
        {"tree_leaves", {"2", "3", "0"}},
        {"tree_samples", {"1", "0"}},
        {"one_hot_minimum", {"1", "2", "8"}},
        {"one_hot_maximum", {"128", "1", "0"}},
        {"linear_strength", {"1", "1e9", "1", "0"}},
        {"pool", {"auto", "log_odds", "probability"}},
        {"calibration", {"auto", "none", "temperature", "isotonic"}},
        {"class_weights", {"none", "balanced"}},
        {"pilot_margin", {"0.03", "0"}},
        {"learning_rate", {"0.006", "1", "1e-7"}},
        {"batch_size", {"128", "1"}},
    };
    moodleml::Config config{{"threads", "1"}, {"epochs", "2"}, {"patience", "1"}};
    for (const Choice& choice : choices) config.set(choice.name, draw.any_of(choice.values));
    return config;
}

moodleml::Dataset drawn_samples(Draw& draw, std::int64_t columns, int classes) {
    const std::size_t rows = 2 + draw.below(16);
    std::vector<float> values(rows * static_cast<std::size_t>(columns));
    std::vector<double> target(rows);
    std::vector<float> weights(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        for (std::int64_t j = 0; j < columns; ++j) {
            values[i * static_cast<std::size_t>(columns) + static_cast<std::size_t>(j)] = draw.any_of(cells);
        }
        const std::size_t label = draw.below(64);
        target[i] =
            classes > 0 ? static_cast<double>(label % static_cast<std::size_t>(classes)) : static_cast<double>(label) - 9;
        weights[i] = static_cast<float>(label / 4 % 4);
    }
    moodleml::Dataset samples = moodleml::Dataset::from_array(moodleml::table(values, columns));
    const std::vector<std::string> names = {"0", "one", "\xC3\xA9\"\\"};
    if (classes > 0) {
        samples.set_classes(moodleml::column(target), {names.begin(), names.begin() + classes});
    } else {
        samples.set_target(moodleml::column(target));
    }
    if (draw.flag()) samples.set_weights(moodleml::column(weights));
    if (draw.flag()) {
        std::vector<std::string> column_names;
        for (std::int64_t j = 0; j < columns; ++j) column_names.push_back("c" + std::to_string(j) + draw.text(4).c_str());
        for (std::string& name : column_names) name = mml::valid_utf8(name);
        samples.set_column_names(column_names);
    }
    return samples;
}

void expect_scores(const moodleml::Model& model, const std::vector<float>& scores) {
    const auto width = static_cast<std::size_t>(model.outputs());
    for (std::size_t i = 0; i < scores.size(); i += width) {
        double sum = 0;
        for (std::size_t k = i; k < i + width; ++k) {
            expect(std::isfinite(scores[k]), "finite scores");
            sum += scores[k];
        }
        expect(model.task() == MML_REGRESSION || std::abs(sum - 1) < 1e-5, "probabilities that sum to 1");
    }
}

void expect_round_trip(const moodleml::Model& model, const moodleml::Dataset& samples) {
    const std::string bytes = model.bytes();
    const moodleml::Model again = moodleml::Model::from_bytes(bytes);
    expect(again.bytes() == bytes, "the same bytes when written again");
    expect(again.json() == model.json(), "the same description");
    const std::vector<float> scores = model.predict(samples);
    expect(again.predict(samples) == scores, "the same scores");
    expect_scores(model, scores);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Draw draw(data, size);
    try {
        const moodleml::Config options = drawn_options(draw);
        const auto columns = static_cast<std::int64_t>(1 + draw.below(4));
        const int classes = draw.any_of(std::vector<int>{2, 3, 0});
        const moodleml::Dataset samples = drawn_samples(draw, columns, classes);
        const moodleml::Model model = moodleml::Model::train(samples, options);
        expect_round_trip(model, samples);
        if (draw.empty()) return 0;
        const moodleml::Dataset others = drawn_samples(draw, columns, classes);
        expect_round_trip(moodleml::Model::train(others, options, nullptr, &model), others);
    } catch (const moodleml::Error& error) {
        mml_fuzz::expect_message(error.what());
        expect(error.status() != MML_INTERNAL, error.what());
    }
    return 0;
}
