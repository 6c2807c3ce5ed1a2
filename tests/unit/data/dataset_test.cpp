// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "data/dataset.hpp"
#include "made_data.hpp"

using mml::Dataset;
using mml_test::cells_of;

TEST_CASE("columns without names are called by their number") {
    CHECK(mml::default_column_names(3) == std::vector<std::string>{"x0", "x1", "x2"});
    CHECK(mml::default_column_names(0).empty());
}

TEST_CASE("a selection takes along all that belongs to its rows") {
    Dataset dataset = mml_test::labelled({{1}, {2}, {3}}, {0, 1, 0});
    dataset.weights = {0.5F, 1, 2};
    dataset.row_ids = {"r", "s", "t"};
    dataset.metadata = {{"nfeatures", "1"}};
    dataset.id_column_name = "id";
    const Dataset result = mml::selected(dataset, std::vector<std::int64_t>{2, 1});
    CHECK(result.rows() == 2);
    CHECK(cells_of(result.features, 0) == std::vector<float>{3});
    CHECK(result.target->class_indices == std::vector<std::int32_t>{0, 1});
    CHECK(result.target->class_names == std::vector<std::string>{"0", "1"});
    CHECK(result.weights == std::vector<float>{2, 1});
    CHECK(result.row_ids == std::vector<std::string>{"t", "s"});
    CHECK(result.source == "the data set");
    CHECK(result.column_names == std::vector<std::string>{"a"});
    CHECK(result.named);
    CHECK(result.metadata.size() == 1);
    CHECK(result.id_column_name == "id");
}

TEST_CASE("a selection from a data set without target, weights and ids has none") {
    Dataset dataset;
    dataset.features = mml_test::sparse(1, {{1}, {2}});
    const Dataset result = mml::selected(dataset, std::vector<std::int64_t>{1});
    CHECK_FALSE(result.target);
    CHECK(result.weights.empty());
    CHECK(result.row_ids.empty());
    const Dataset values = mml::selected(mml_test::with_values({{1}, {2}}, {0.5, 0.25}), std::vector<std::int64_t>{1});
    CHECK(values.target->values == std::vector<double>{0.25});
}
