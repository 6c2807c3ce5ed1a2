// SPDX-License-Identifier: Apache-2.0
// Going on from models whose samples are gone, again and again.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "data/csv_file.hpp"
#include "model/prior_merge.hpp"
#include "small_models.hpp"

using namespace mml_test;
using mml::Model;

namespace {

using Shared = std::shared_ptr<const Model>;

std::size_t length_of(const Model& model) {
    std::size_t length = 0;
    for (const Model* at = model.prior().model.get(); at != nullptr; at = at->prior().model.get()) ++length;
    return length;
}

// As the library did before it merged: one model around the other.
Shared around(const Shared& inner, const Model& outer) {
    const double own = outer.sample_weight().own;
    const double all = own + inner->sample_weight().all;
    return std::make_shared<const Model>(
        outer.ensemble(),
        mml::ModelNames{outer.input_names(), outer.named(), outer.class_names(), false, outer.categories()},
        Model::Prior{inner, (all - own) / all}, mml::SampleWeight{own, all}, outer.description());
}

// A chain of models trained on 10, 11, ... samples each.
Shared chain_of(std::size_t models, int classes) {
    Shared chain = trained_on(small_samples(classes, 40));
    for (std::size_t i = 1; i < models; ++i)
        chain = around(chain, *trained_on(small_samples(classes, static_cast<std::int32_t>(40 + i), i + 1)));
    return chain;
}

mml::Dataset usual_rows() {
    mml::Dataset rows = small_rows();
    rows.features = small_samples(2, 100, 1234).features;
    return rows;
}

// On rows like those of the samples.
double largest_difference(const Model& a, const Model& b, const mml::Dataset& rows = usual_rows()) {
    const std::vector<float> first = scores_of(a, rows), second = scores_of(b, rows);
    double largest = 0;
    for (std::size_t i = 0; i < first.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(first[i]) - static_cast<double>(second[i])));
    return largest;
}

// Each of six colours has its own value. Which is the most frequent, and so the first level, depends on the seed.
mml::Dataset coloured(std::uint64_t seed, int rows) {
    const std::vector<std::string> colours{"red", "green", "blue", "black", "white", "grey"};
    mml::RandomStream random(seed);
    std::string text = "a,colour,y\n";
    for (int i = 0; i < rows; ++i) {
        const std::uint64_t colour = random.below(colours.size());
        const double a = random.uniform();
        text += mml::concat(a, ",", colours[colour], ",", static_cast<double>(colour) + a, "\n");
    }
    mml::Config config;
    config.set("format", "plain");
    config.set("task", "regression");
    return mml::read_csv_text(text, config);
}

// By how much the contributions miss the answer, or the log-odds of each class, at most.
double miss_of_explanation(const Model& model, const mml::Dataset& rows) {
    const auto width = static_cast<std::size_t>(model.inputs()) + 1;
    const std::vector<float> scores = scores_of(model, rows);
    std::vector<double> parts(scores.size() * width);
    mml::Supervisor supervisor({1, 0, {}});
    model.explain(rows, supervisor, parts);
    double largest = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const auto first = parts.begin() + static_cast<std::ptrdiff_t>(i * width);
        const double sum = std::accumulate(first, first + static_cast<std::ptrdiff_t>(width), 0.0);
        const double answer = model.task() == mml::Task::regression ? sum : 1 / (1 + std::exp(-sum));
        largest = std::max(largest, std::abs(answer - static_cast<double>(scores[i])));
    }
    return largest;
}

}  // namespace

TEST_CASE("up to the limit the earlier models stay as they are") {
    const Shared chain = chain_of(mml::most_frozen_models, 2);
    const mml::MergedPriors merged = mml::merge_priors(chain, small_samples(2, 30, 99));
    CHECK(merged.model == chain);
    CHECK(merged.models == mml::most_frozen_models);
    CHECK(merged.merged == 0);
    CHECK(merged.change == 0);
}

TEST_CASE("beyond it models go one by one, the answers change little, and by what is told") {
    for (const int classes : {0, 2, 3}) {
        CAPTURE(classes);
        const Shared chain = chain_of(mml::most_frozen_models + 8, classes);
        const mml::MergedPriors merged = mml::merge_priors(chain, small_samples(classes, 200, 99));
        CHECK(merged.models == mml::most_frozen_models);
        CHECK(merged.merged == 8);
        CHECK(length_of(*merged.model) == mml::most_frozen_models - 1);
        CHECK(merged.model->sample_weight().all == doctest::Approx(chain->sample_weight().all));
        CHECK(merged.change > 0);
        CHECK(merged.change < 0.02);
        CHECK(largest_difference(*merged.model, *chain) < 20 * merged.change);
        CHECK(largest_difference(*read_again(*merged.model), *merged.model) == 0);
    }
}

TEST_CASE("a model that adds nothing goes first, at no loss") {
    const Shared one = trained_on(small_samples(2, 60));
    Shared chain = chain_of(mml::most_frozen_models - 1, 2);
    chain = around(around(chain, *one), *one);
    const mml::MergedPriors merged = mml::merge_priors(chain, small_samples(2, 200, 99));
    CHECK(merged.merged == 1);
    CHECK(merged.change < 1e-6);
    CHECK(largest_difference(*merged.model, *chain) < 1e-6);
}

TEST_CASE("what was trained on most samples stays, however many small ones come") {
    Shared chain = trained_on(small_samples(2, 3000));
    for (std::size_t i = 1; i < 40; ++i) chain = around(chain, *trained_on(small_samples(2, 30, i + 1)));
    const mml::MergedPriors merged = mml::merge_priors(chain, small_samples(2, 200, 99));
    double most = 0;
    for (const Model* at = merged.model.get(); at != nullptr; at = at->prior().model.get())
        most = std::max(most, at->sample_weight().own);
    CHECK(most == 3000);
}

TEST_CASE("columns are found by name also where a model between went") {
    mml::Samples other_order = small_samples(2, 50, 7);
    other_order.column_names = {"b", "a"};
    mml::Samples unnamed = small_samples(2, 60, 8);
    unnamed.named = false;
    unnamed.column_names = mml::default_column_names(2);
    // Without names, then named in one order, then in the other: the first takes its columns by position of the second.
    Shared chain = around(trained_on(unnamed), *trained_on(small_samples(2, 40, 3)));
    chain = around(chain, *trained_on(other_order));
    for (std::size_t i = 0; i < mml::most_frozen_models; ++i)
        chain = around(chain, *trained_on(small_samples(2, 60, i + 10)));
    const mml::MergedPriors merged = mml::merge_priors(chain, small_samples(2, 200, 99));
    CHECK(merged.merged == 3);
    CHECK(largest_difference(*merged.model, *chain) < 0.05);
}

TEST_CASE("classes that only an early model has seen stay known") {
    Shared model = trained_on(small_samples(3, 90));
    mml::Samples two = small_samples(2, 40, 2);
    for (int i = 0; i < 40; ++i) model = trained_on(small_samples(2, 40, static_cast<std::uint64_t>(i + 2)), {}, model);
    REQUIRE(model->outputs() == 3);
    const mml::Model first = *trained_on(small_samples(3, 90));
    const std::vector<float> scores = scores_of(*model), wanted = scores_of(first);
    double likeliest = 0, was = 0;
    for (std::size_t i = 2; i < scores.size(); i += 3) {
        likeliest = std::max(likeliest, static_cast<double>(scores[i]));
        was = std::max(was, static_cast<double>(wanted[i]));
    }
    const double share = 90.0 / (90 + 40 * 40);
    CHECK(likeliest > 0.7 * share * was);
}

TEST_CASE("a thousand trainings without kept samples: the model stays small and readable, and what it answers in order") {
    Shared model;
    std::size_t largest = 0, after_fifty = 0;
    for (std::uint64_t round = 1; round <= 1000; ++round) {
        model = trained_on(small_samples(2, 30, round), {}, model);
        const std::string bytes = mml::model_bytes(*model);
        if (round % 10 == 0) model = mml::model_from_bytes(bytes, "the model");
        largest = std::max(largest, bytes.size());
        if (round == 50) after_fifty = largest;
    }
    CHECK(length_of(*model) == mml::most_frozen_models);
    CHECK(model->sample_weight().all == doctest::Approx(30'000));
    CHECK(model->prior().share == doctest::Approx(29'970.0 / 30'000));
    CHECK(largest < 1.1 * static_cast<double>(after_fifty));
    // As good as one that was trained on all at once.
    const Shared whole = trained_on(small_samples(2, 20000, 5000));
    CHECK(largest_difference(*model, *whole) < 0.15);
    CHECK(model->description().at("prior").at("merged").at("models") == 1);
    CHECK(model->description()
              .at("warnings")
              .texts()
              .back()
              .starts_with("The model continues from 16 earlier models, the most that it can hold. 1 more was left out"));
}

TEST_CASE("a chain that an earlier release stored beyond its own limit is read") {
    const Shared chain = chain_of(67, 2);
    CHECK(largest_difference(*read_again(*chain), *chain) == 0);
}

TEST_CASE("models with categories are merged, stored, read again, and still know each level") {
    Shared model;
    for (std::uint64_t round = 0; round < mml::most_frozen_models + 9; ++round) {
        model = trained_on(mml::merge_rows(coloured(round, 80)), {}, model);
        model = read_again(*model);
    }
    CHECK(length_of(*model) == mml::most_frozen_models);
    CHECK(model->description().at("prior").at("merged").at("models") == 1);
    const mml::Dataset rows = coloured(mml::most_frozen_models + 8, 60);
    const std::vector<float> scores = scores_of(*model, rows);
    double miss = 0;
    for (std::size_t i = 0; i < scores.size(); ++i)
        miss += std::abs(static_cast<double>(scores[i]) - rows.target->values[i]);
    CHECK(miss / static_cast<double>(scores.size()) < 0.5);  // the mean of all colours misses by 1.5
    CHECK(miss_of_explanation(*model, rows) < 1e-4);
}

TEST_CASE("models with categories that are merged answer as the chain does, by what is told") {
    Shared chain = trained_on(mml::merge_rows(coloured(0, 80)));
    for (std::uint64_t i = 1; i < mml::most_frozen_models + 4; ++i)
        chain = around(chain, *trained_on(mml::merge_rows(coloured(6 * i, 80 + static_cast<int>(i)))));
    const mml::Dataset rows = coloured(600, 100);
    const mml::MergedPriors merged = mml::merge_priors(chain, mml::merge_rows(coloured(6, 200)));
    CHECK(merged.merged == 4);
    CHECK(merged.change < 0.05);
    CHECK(largest_difference(*merged.model, *chain, rows) < 20 * merged.change + 1e-6);
    CHECK(largest_difference(*read_again(*merged.model), *merged.model, rows) == 0);
}

TEST_CASE("what merged models answer is explained") {
    for (const int classes : {0, 2, 3}) {
        CAPTURE(classes);
        const Shared chain = chain_of(mml::most_frozen_models + 3, classes);
        const Shared merged = mml::merge_priors(chain, small_samples(classes, 200, 99)).model;
        const Shared model = trained_on(small_samples(classes, 60, 77), {}, merged);
        CHECK(miss_of_explanation(*merged, usual_rows()) < 1e-4);
        CHECK(miss_of_explanation(*model, usual_rows()) < 1e-4);
    }
}
