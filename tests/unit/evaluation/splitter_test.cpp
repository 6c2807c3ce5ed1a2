// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <vector>

#include "base/error.hpp"
#include "evaluation/splitter.hpp"
#include "examples.hpp"

using namespace mml;
using testing::classified_data;
using testing::rotating_labels;
using testing::valued_data;

namespace {

Config with(const std::string& resampling, const std::string& iterations) {
    Config config;
    config.set("resampling", resampling);
    config.set("iterations", iterations);
    return config;
}

}  // namespace

TEST_CASE("splits hold out the share that the options ask for") {
    const Dataset dataset = classified_data({"a", "b"}, rotating_labels({40, 10}));
    Config config = with("stratified", "3");
    config.set("test_share", "0.3");
    const Splitter splitter(dataset, config);
    CHECK(splitter.iterations() == 3);
    const Split first = splitter.split(0);
    CHECK(first.test.size() == 15);
    CHECK(first.train.size() == 35);
    CHECK(splitter.split(0).test == first.test);
    CHECK(splitter.split(1).test != first.test);
    config.set("seed", "2");
    CHECK(Splitter(dataset, config).split(0).test != first.test);
}

TEST_CASE("folds test each sample once") {
    const Dataset dataset = classified_data({"a", "b"}, rotating_labels({7, 6}));
    const Splitter splitter(dataset, with("folds", "4"));
    std::vector<int> tested(13);
    for (int fold = 0; fold < 4; ++fold) {
        for (const std::int64_t row : splitter.split(fold).test) ++tested[static_cast<std::size_t>(row)];
    }
    CHECK(tested == std::vector<int>(13, 1));
    CHECK_THROWS_WITH_AS(Splitter(dataset, with("folds", "1")),
                         "resampling by folds needs at least 2 of them: raise option iterations", Error);
}

TEST_CASE("grouped folds test each sample once, and never one whose like was trained on") {
    Dataset dataset = classified_data({"a", "b"}, rotating_labels({30, 30}));
    dataset.features = SparseRows(std::vector<float>{0});
    for (int row = 0; row < 60; ++row) dataset.features.append_dense_row(std::vector<float>{static_cast<float>(row % 17)});
    const Splitter splitter(dataset, with("grouped", "5"));
    std::vector<int> tested(60);
    for (int fold = 0; fold < 5; ++fold) {
        const Split split = splitter.split(fold);
        CHECK(split.test.size() >= 9);
        CHECK(split.test.size() + split.train.size() == 60);
        for (const std::int64_t row : split.test) {
            ++tested[static_cast<std::size_t>(row)];
            for (const std::int64_t other : split.train) CHECK(row % 17 != other % 17);
        }
    }
    CHECK(tested == std::vector<int>(60, 1));
    CHECK_THROWS_AS(Splitter(dataset, with("grouped", "1")), Error);
}

TEST_CASE("a split that lacks a class on one side is told") {
    Dataset dataset = classified_data({"a", "b", "never there"}, {0, 0, 1, 1});
    const Splitter splitter(dataset, Config());
    CHECK_FALSE(splitter.lack({{0, 2}, {1, 3}}).has_value());
    CHECK(splitter.lack({{0, 2, 3}, {1}}) == "class \"b\" (2 samples in all)");
    CHECK(splitter.lack({{2}, {0, 1, 3}}) == "class \"a\" (2 samples in all)");
    CHECK(splitter.lack({{0, 1, 2, 3}, {}}) == "class \"a\" (2 samples in all)");
    SUBCASE("samples of weight 0 do not count") {
        dataset.weights = {1, 1, 1, 0};
        CHECK(Splitter(dataset, Config()).lack({{0, 2}, {1, 3}}) == "class \"b\" (1 sample in all)");
    }
}

TEST_CASE("a class of one sample is trained on by every split and rated by none, beside two that can be rated") {
    std::vector<std::int32_t> labels = rotating_labels({20, 20});
    labels.push_back(2);
    const Dataset dataset = classified_data({"a", "b", "once"}, labels);
    for (const char* resampling : {"stratified", "random", "folds"}) {
        CAPTURE(resampling);
        const Splitter strict(dataset, with(resampling, "4"));
        CHECK(strict.lack(strict.split(0)).has_value());
        const Splitter splitter(dataset, with(resampling, "4"), RareClasses::reported);
        for (int iteration = 0; iteration < 4; ++iteration) {
            const Split split = splitter.split(iteration);
            CHECK_FALSE(splitter.lack(split).has_value());
            CHECK(split.train.back() == 40);
            CHECK(split.train.size() + split.test.size() == 41);
        }
        CHECK(splitter.notes() ==
              std::vector<std::string>{"One sample only: class \"once\". Every split trains on it, none can rate it."});
    }
}

TEST_CASE("a class of fewer samples than folds is rated by the folds that have it") {
    const Dataset dataset = classified_data({"a", "b", "few"}, rotating_labels({20, 20, 3}));
    const Splitter splitter(dataset, with("folds", "5"), RareClasses::reported);
    for (int fold = 0; fold < 5; ++fold) CHECK_FALSE(splitter.lack(splitter.split(fold)).has_value());
    CHECK(splitter.notes().size() == 1);
}

TEST_CASE("of two classes both must be rated") {
    const Dataset dataset = classified_data({"a", "b"}, {0, 0, 0, 0, 1});
    const Splitter splitter(dataset, Config(), RareClasses::reported);
    CHECK(splitter.lack(splitter.split(0)) == "class \"b\" (1 sample in all)");
    CHECK(splitter.notes().empty());
}

TEST_CASE("a split of a regression needs a sample on both sides") {
    const Dataset dataset = valued_data({1, 2});
    const Splitter splitter(dataset, Config());
    CHECK_FALSE(splitter.lack({{0}, {1}}).has_value());
    CHECK(splitter.lack({{0, 1}, {}}) == "any sample (2 samples in all)");
}

TEST_CASE("the report tells the options") {
    const Dataset dataset = valued_data({1, 2});
    CHECK(Splitter(dataset, with("random", "7")).options().dump() ==
          R"({"resampling":"random","iterations":7,"test_share":0.2,"seed":1})");
}
