// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <limits>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "base/random.hpp"
#include "data/samples.hpp"
#include "made_data.hpp"

using mml::Dataset;
using mml::Observation;
using mml::Samples;
using mml::Status;
using mml::Task;
using mml_test::has_cells;
using mml_test::labelled;
using mml_test::message_of;
using mml_test::missing;
using mml_test::status_of;
using mml_test::with_values;

namespace {

using Names = std::vector<std::string>;
using mml_test::mentions;

struct Seen {
    std::int32_t row;
    std::int32_t class_index;
    std::int32_t count;
    double value;
    double weight;
    bool operator==(const Seen&) const = default;
};

std::vector<Seen> observations(const Samples& samples) {
    std::vector<Seen> result;
    for (const Observation& one : samples.observations)
        result.push_back({one.row, one.class_index, one.count, one.value, one.weight});
    return result;
}

// Random rows, of which many are equal.
Dataset random_dataset(std::uint64_t seed, int rows) {
    mml::RandomStream stream(seed);
    std::vector<std::vector<float>> cells;
    std::vector<std::int32_t> labels;
    for (int row = 0; row < rows; ++row) {
        cells.emplace_back();
        for (int column = 0; column < 3; ++column)
            cells.back().push_back(stream.below(4) == 0 ? missing : static_cast<float>(stream.below(3)));
        labels.push_back(static_cast<std::int32_t>(stream.below(2)));
    }
    return labelled(cells, labels);
}

}  // namespace

TEST_CASE("equal rows are merged, in order of first appearance") {
    const Samples samples =
        mml::merge_rows(labelled({{1, 0}, {0, missing}, {1, -0.0F}, {0, missing}, {1, 0}}, {1, 0, 0, 0, 1}));
    CHECK(samples.features.rows() == 2);
    CHECK(has_cells(samples.features, 0, {1, 0}));
    CHECK(has_cells(samples.features, 1, {0, missing}));
    CHECK(observations(samples) == std::vector<Seen>{{0, 0, 1, 0, 1}, {0, 1, 2, 0, 2}, {1, 0, 2, 0, 2}});
    CHECK(samples.count() == 5);
    CHECK(samples.weight() == 5);
    CHECK(samples.task == Task::classification);
    CHECK(samples.class_names == Names{"0", "1"});
    CHECK(samples.column_names == Names{"a", "b"});
    CHECK(samples.named);
}

TEST_CASE("rows are equal only where all cells are") {
    CHECK(mml::merge_rows(labelled({{1, 0}, {0, 1}, {1, 1}, {0, 0}, {missing, 0}, {0, missing}}, {0, 0, 0, 0, 0, 0}))
              .features.rows() == 6);
    // NaN comes in several patterns.
    mml::SparseRows rows({0});
    rows.append_dense_row(std::vector<float>{std::numeric_limits<float>::quiet_NaN()});
    rows.append_dense_row(std::vector<float>{-std::numeric_limits<float>::quiet_NaN()});
    Dataset dataset = labelled({{0}, {0}}, {0, 0});
    dataset.features = rows;
    CHECK(mml::merge_rows(dataset).features.rows() == 1);
}

TEST_CASE("weights are added up, and samples of weight 0 left out") {
    Dataset dataset = labelled({{1}, {2}, {1}, {3}}, {0, 1, 0, 1});
    dataset.weights = {0.5F, 0, 0.25F, 2.25F};
    const Samples samples = mml::merge_rows(dataset);
    CHECK(samples.features.rows() == 2);
    CHECK(observations(samples) == std::vector<Seen>{{0, 0, 2, 0, 0.75}, {1, 1, 1, 0, 2.25}});
    dataset.weights = {0, 0, 0, 0};
    CHECK(mml::merge_rows(dataset).observations.empty());
    CHECK(mml::merge_rows(labelled({}, {})).features.rows() == 0);
}

TEST_CASE("weights count relative to their mean, whatever their scale, and equal ones not at all") {
    Dataset dataset = labelled({{1}, {2}, {1}, {3}}, {0, 1, 0, 1});
    const std::vector<Seen> unweighted = observations(mml::merge_rows(dataset));
    for (const float weight : {1e-45F, 1e-6F, 0.1F, 3.0F, 1e7F, 3e38F}) {
        dataset.weights.assign(4, weight);
        CHECK(observations(mml::merge_rows(dataset)) == unweighted);
    }
    dataset.weights = {1, 2, 3, 6};
    const std::vector<Seen> weighted = observations(mml::merge_rows(dataset));
    CHECK(mml::merge_rows(dataset).weight() == 4);
    for (const float scale : {0x1p-100F, 0x1p100F}) {
        dataset.weights = {scale, 2 * scale, 3 * scale, 6 * scale};
        CHECK(observations(mml::merge_rows(dataset)) == weighted);
    }
}

TEST_CASE("weights that are negative or not finite are refused") {
    Dataset dataset = labelled({{1}, {2}}, {0, 1});
    for (const float weight : {-1.0F, missing, std::numeric_limits<float>::infinity()}) {
        dataset.weights = {1, weight};
        CHECK(status_of([&] { mml::merge_rows(dataset); }) == Status::bad_data);
    }
    dataset.weights = {1, -1};
    CHECK(message_of([&] { mml::merge_rows(dataset); }) == mentions("sample 2", "-1", "weights"));
    dataset.target.reset();
    CHECK(status_of([&] { mml::merge_rows(dataset); }) == Status::invalid_argument);
}

TEST_CASE("equal values of equal rows are merged") {
    const Samples samples = mml::merge_rows(with_values({{1}, {1}, {0}, {1}, {1}}, {0.5, -1, 3, 0.5, -0.0}));
    CHECK(samples.task == Task::regression);
    CHECK(observations(samples) == std::vector<Seen>{{0, 0, 1, -1, 1}, {0, 0, 1, 0, 1}, {0, 0, 2, 0.5, 2}, {1, 0, 1, 3, 1}});
    CHECK_FALSE(std::signbit(samples.observations[1].value));
}

TEST_CASE("merging in two steps is merging at once") {
    const Dataset dataset = random_dataset(5, 300);
    std::vector<std::int64_t> first;
    std::vector<std::int64_t> second;
    for (std::int64_t row = 0; row < 300; ++row) (row < 120 ? first : second).push_back(row);
    const Samples whole = mml::merge_rows(dataset);
    const Samples joined = mml::join(mml::merge_rows(selected(dataset, first)), mml::merge_rows(selected(dataset, second)));
    CHECK(whole.features.rows() < 64 + 1);
    CHECK(observations(joined) == observations(whole));
    REQUIRE(joined.features.rows() == whole.features.rows());
    for (std::int64_t row = 0; row < whole.features.rows(); ++row) {
        CHECK(has_cells(joined.features, row, mml_test::cells_of(whole.features, row)));
    }
}

TEST_CASE("joined samples have the columns of both, matched by name") {
    const Samples kept = mml::merge_rows(labelled({{1, 2}, {3, 4}}, {0, 1}));
    Dataset more = labelled({{9, 2, 1}, {7, 8, 6}, {missing, 2, 1}}, {1, 0, 0});
    more.column_names = {"c", "b", "a"};
    const Samples joined = mml::join(kept, mml::merge_rows(more));
    CHECK(joined.column_names == Names{"a", "b", "c"});
    CHECK(joined.named);
    CHECK(joined.features.rows() == 4);
    CHECK(has_cells(joined.features, 0, {1, 2, missing}));
    CHECK(has_cells(joined.features, 1, {3, 4, missing}));
    CHECK(has_cells(joined.features, 2, {1, 2, 9}));
    CHECK(has_cells(joined.features, 3, {6, 8, 7}));
    // The new row whose new column is missing equals an old one.
    CHECK(observations(joined) == std::vector<Seen>{{0, 0, 2, 0, 2}, {1, 1, 1, 0, 1}, {2, 1, 1, 0, 1}, {3, 0, 1, 0, 1}});
}

TEST_CASE("rows join whatever background their tables have") {
    Dataset kept = labelled({{0, 0}}, {0});
    kept.features = mml::SparseRows({1, missing});
    kept.features.append_dense_row(std::vector<float>{0, 5});
    Dataset fresh = labelled({{0, 5}, {0, 0}, {1, missing}}, {0, 1, 1});
    for (const bool swapped : {false, true}) {
        const Samples joined = swapped ? mml::join(mml::merge_rows(fresh), mml::merge_rows(kept))
                                       : mml::join(mml::merge_rows(kept), mml::merge_rows(fresh));
        CHECK(joined.features.rows() == 3);
        CHECK(has_cells(joined.features, 0, {0, 5}));
        CHECK(has_cells(joined.features, 1, {0, 0}));
        CHECK(has_cells(joined.features, 2, {1, missing}));
        CHECK(observations(joined) == std::vector<Seen>{{0, 0, 2, 0, 2}, {1, 1, 1, 0, 1}, {2, 1, 1, 0, 1}});
        CHECK(joined.features.stored() == 3);
    }
}

TEST_CASE("classes are matched by name, new ones come last") {
    const Samples kept = mml::merge_rows(labelled({{1}, {2}}, {0, 1}));
    Dataset more = labelled({{3}, {4}, {1}}, {0, 1, 2}, 3);
    more.target->class_names = {"2", "1", "0"};
    const Samples joined = mml::join(kept, mml::merge_rows(more));
    CHECK(joined.class_names == Names{"0", "1", "2"});
    CHECK(observations(joined) == std::vector<Seen>{{0, 0, 2, 0, 2}, {1, 1, 1, 0, 1}, {2, 2, 1, 0, 1}, {3, 1, 1, 0, 1}});
}

TEST_CASE("columns that new samples lack are named") {
    const Samples kept = mml::merge_rows(labelled({{1, 2, 3}}, {0}));
    Dataset more = labelled({{1, 2}}, {0});
    more.column_names = {"b", "d\n"};
    CHECK(message_of([&] { mml::join(kept, mml::merge_rows(more)); }) == mentions("2", "\"a\"", "\"c\"", "them"));
    CHECK(status_of([&] { mml::join(kept, mml::merge_rows(more)); }) == Status::mismatch);
}

TEST_CASE("columns without names are matched by position") {
    Dataset kept = labelled({{1, 2}}, {0});
    kept.named = false;
    kept.column_names = {"x0", "x1"};
    Dataset more = labelled({{1, 2}, {2, 1}}, {0, 0});
    more.column_names = {"p", "q"};
    const Samples joined = mml::join(mml::merge_rows(kept), mml::merge_rows(more));
    CHECK(joined.column_names == Names{"p", "q"});
    CHECK(joined.named);
    CHECK(joined.features.rows() == 2);
    const Samples three = mml::merge_rows(labelled({{1, 2, 3}}, {0}));
    CHECK(message_of([&] { mml::join(mml::merge_rows(kept), three); }) == mentions("3", "2", "were"));
}

TEST_CASE("classes and values do not join") {
    const Samples classes = mml::merge_rows(labelled({{1}}, {0}));
    const Samples values = mml::merge_rows(with_values({{1}}, {0.5}));
    CHECK(message_of([&] { mml::join(classes, values); }) == mentions("before", "class"));
    CHECK(mml::join(values, values).observations[0].count == 2);
}

TEST_CASE("more samples than can be counted are refused") {
    Samples samples = mml::merge_rows(labelled({{1}}, {0}));
    samples.observations[0].count = std::numeric_limits<std::int32_t>::max();
    CHECK(status_of([&] { mml::join(samples, samples); }) == Status::limit);
}
