// SPDX-License-Identifier: Apache-2.0
// Real data of Moodle's, read whole.
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>

#include "../inflated.hpp"
#include "csv_reading.hpp"

using mml::Dataset;
using mml_test::inflated;

TEST_CASE("the examples' labelled file") {
    const Dataset dataset = mml_test::read(inflated(MOODLEML_EXAMPLES "/students-366-train.csv.gz"));
    CHECK(dataset.rows() == 1904);
    CHECK(dataset.columns() == 365);
    CHECK(dataset.column_names.front() == "input-0");
    CHECK(dataset.column_names.back() == "input-364");
    REQUIRE(dataset.target);
    CHECK(dataset.target->class_names == std::vector<std::string>{"0", "1"});
    CHECK(std::ranges::count(dataset.target->class_indices, 1) == 272);
    CHECK(dataset.features.stored() < dataset.rows() * dataset.columns() / 20);
    CHECK(dataset.features.bytes() < 1000000);
    CHECK(dataset.notes.empty());
}

TEST_CASE("the examples' unlabelled file") {
    const Dataset dataset =
        mml_test::read(inflated(MOODLEML_EXAMPLES "/students-366-predict.csv.gz"), {{"labelled", "false"}});
    CHECK(dataset.rows() == 252);
    CHECK(dataset.columns() == 365);
    CHECK_FALSE(dataset.target);
    CHECK(dataset.row_ids.front() == "sample-1");
    // The row of names lacks one for the ids, so that it is a feature's that stands over them.
    CHECK(dataset.id_column_name == "input-0");
    CHECK(dataset.column_names.front() == "input-1");
    const std::vector<float> first = mml_test::cells(dataset, 0);
    CHECK(first[0] == 0);
    CHECK(std::isnan(first[8]));
    CHECK(first[13] == -1);
}
