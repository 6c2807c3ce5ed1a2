// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include "../status_of.hpp"
#include "base/random.hpp"
#include "model/drift.hpp"
#include "small_models.hpp"

using namespace mml;

namespace {

constexpr float no_cell = std::numeric_limits<float>::quiet_NaN();

// Columns: normal numbers, a flag that is 1 in a tenth of the rows, a constant, texts (0: often, 1: seldom, 2: 1 in 500),
// and numbers of which few are missing.
Dataset drawn_rows(std::int64_t rows, std::uint64_t seed, double shift = 0) {
    Dataset dataset;
    dataset.source = "the rows";
    dataset.features = SparseRows(std::vector<float>(5));
    dataset.column_names = {"number", "flag", "constant", "text", "gaps"};
    dataset.named = true;
    dataset.categories = {{}, {}, {}, {"often", "seldom", "never"}, {}};
    Target target{Task::classification, {"no", "yes"}, {}, {}};
    RandomStream stream(seed);
    for (std::int64_t row = 0; row < rows; ++row) {
        const auto number = static_cast<float>(stream.normal() + shift);
        const double kind = stream.uniform();
        dataset.features.append_dense_row(std::vector<float>{number, stream.uniform() < 0.1 ? 1.0F : 0.0F, 3,
                                                             kind < 0.002 ? 2.0F
                                                             : kind < 0.3 ? 1.0F
                                                                          : 0.0F,
                                                             row % 400 == 7 ? no_cell : number});
        target.class_indices.push_back(number + stream.normal() > 0 ? 1 : 0);
    }
    dataset.target = std::move(target);
    return dataset;
}

std::shared_ptr<const Model> learned_from(const Dataset& dataset) { return mml_test::trained_on(merge_rows(dataset)); }

// The same with all cells of a column changed.
Dataset with_column(const Dataset& dataset, std::size_t column, float value) {
    Dataset result = dataset;
    result.features = SparseRows(std::vector<float>(5));
    std::vector<float> cells(5);
    for (std::int64_t row = 0; row < dataset.rows(); ++row) {
        dataset.features.expand_row(row, cells);
        cells[column] = value;
        result.features.append_dense_row(cells);
    }
    return result;
}

std::string warning_of(const Model& model, const Dataset& dataset, double limit = 0.25) {
    const std::vector<std::string> warnings = drift_warnings(drift_json(model, dataset, limit));
    return warnings.empty() ? "" : warnings.front();
}

std::size_t input_called(const Model& model, const std::string& name) {
    return static_cast<std::size_t>(std::ranges::find(model.input_names(), name) - model.input_names().begin());
}

}  // namespace

TEST_CASE("a model keeps counts of bins: none of few samples, and no edge that is a cell") {
    const Dataset dataset = drawn_rows(2000, 1);
    const auto model = learned_from(dataset);
    REQUIRE(model->spreads().size() == 5);
    for (const ColumnSpread& spread : model->spreads()) {
        CHECK(spread.counts.size() == spread.edges.size() + 2);
        CHECK(spread.edges.size() <= 10);
        CHECK(std::ranges::is_sorted(spread.edges));
        for (const std::int64_t count : spread.counts) CHECK((count == 0 || count >= 10));
        const std::int64_t all = std::accumulate(spread.counts.begin(), spread.counts.end(), std::int64_t{0});
        CHECK(all <= 2000);
        CHECK(all >= 1990);
    }
    const ColumnSpread& number = model->spreads()[0];
    CHECK(number.edges.size() == 9);
    CHECK(*std::ranges::max_element(number.counts) < 260);
    std::vector<float> cells(5);
    for (std::int64_t row = 0; row < dataset.rows(); ++row) {
        dataset.features.expand_row(row, cells);
        CHECK(std::ranges::find(number.edges, cells[0]) == number.edges.end());
    }
    // Five samples lack the last column: too few to be told.
    CHECK(model->spreads()[input_called(*model, "gaps")].counts.back() == 0);
}

TEST_CASE("the stability index is the formula's, and 0 for the same counts") {
    const std::vector<std::int64_t> expected{99, 299, 0};
    const std::vector<std::int64_t> found{299, 99, 0};
    CHECK(stability_index(expected, expected) == 0);
    // (p - q) ln(p / q) with half a sample in each bin.
    const double p = 99.5 / 399.5;
    const double q = 299.5 / 399.5;
    CHECK(stability_index(expected, found) == doctest::Approx(2 * (p - q) * std::log(p / q)));
    // Chi squared of 2 degrees of freedom passes 13.82 once in a thousand.
    CHECK(index_by_chance(expected, found, comparison_quantile(1)) == doctest::Approx(13.82 * 2 / 398).epsilon(0.02));
}

TEST_CASE("rows of the same kind bring no warning, however few, and moved columns are named") {
    const auto model = learned_from(drawn_rows(3000, 1));
    for (std::uint64_t seed = 2; seed < 60; ++seed) {
        CHECK(warning_of(*model, drawn_rows(40, seed)).empty());
        CHECK(warning_of(*model, drawn_rows(1, seed)).empty());
    }
    CHECK(warning_of(*model, drawn_rows(3000, 60)).empty());
    const Dataset same = drawn_rows(400, 61);
    CHECK(warning_of(*model, drawn_rows(400, 62, 1.5)).find("\"number\"") != std::string::npos);
    CHECK(warning_of(*model, drawn_rows(400, 62, 1.5)).find("\"flag\"") == std::string::npos);
    CHECK(warning_of(*model, with_column(same, 1, 1)).find("\"flag\"") != std::string::npos);
    CHECK(warning_of(*model, with_column(same, 2, 4)).find("\"constant\"") != std::string::npos);
    CHECK(warning_of(*model, with_column(same, 4, no_cell)).find("\"gaps\"") != std::string::npos);
    CHECK(warning_of(*model, with_column(same, 3, 1)).find("\"text\"") != std::string::npos);
    CHECK(warning_of(*model, with_column(same, 1, 1), 0).empty());
    CHECK(warning_of(*model, with_column(same, 1, 1), 100).empty());
}

TEST_CASE("texts that the training did not have move a column") {
    const auto model = learned_from(drawn_rows(3000, 1));
    Dataset strange = with_column(drawn_rows(400, 2), 3, 0);
    strange.categories[3] = {"unheard of"};
    CHECK(warning_of(*model, strange).find("\"text\"") != std::string::npos);
}

TEST_CASE("drift lists the most moved column first, and columns may come in any order") {
    const auto model = learned_from(drawn_rows(3000, 1));
    const Json drift = drift_json(*model, drawn_rows(500, 2, 2), 0.25);
    CHECK(drift.at("rows") == 500);
    CHECK(drift.at("columns").size() == 5);
    CHECK(drift.at("columns")[0].at("moved") == true);
    CHECK(drift.at("columns")[0].at("index").get<double>() > 1);
    CHECK(drift.at("columns")[4].at("moved") == false);

    Dataset turned = drawn_rows(500, 2, 2);
    const std::vector<std::int32_t> order{4, 3, 2, 1, 0};
    turned.features = rearranged(turned.features, order);
    std::ranges::reverse(turned.column_names);
    std::ranges::reverse(turned.categories);
    CHECK(drift_json(*model, turned, 0.25) == drift);
}

TEST_CASE("counts are stored with the model, and a model without them says nothing") {
    const auto model = learned_from(drawn_rows(1000, 1));
    const auto loaded = model_from_bytes(model_bytes(*model), "the model");
    REQUIRE(loaded->spreads().size() == 5);
    for (std::size_t i = 0; i < 5; ++i) {
        CHECK(loaded->spreads()[i].edges == model->spreads()[i].edges);
        CHECK(loaded->spreads()[i].counts == model->spreads()[i].counts);
    }
    ModelNames names = model->names();
    names.spreads.clear();
    const Model old(model->ensemble(), names, {}, model->sample_weight(), model->description(), model->decision());
    CHECK(drift_json(old, drawn_rows(100, 2), 0.25).is_null());
    CHECK(drift_warnings(nullptr).empty());
    CHECK(model_from_bytes(model_bytes(old), "the model")->spreads().empty());
}

TEST_CASE("counts that do not fit each other are damage") {
    const auto model = learned_from(drawn_rows(1000, 1));
    const std::string bytes = model_bytes(*model);
    const auto refused = [&](const std::function<void(Tensors&)>& change) {
        Container container = container_from_bytes(bytes, "model", "the model", largest_model_file);
        change(container.tensors);
        const std::string changed = container_bytes(container, "model", 0);
        return mml_test::status_of([&] { model_from_bytes(changed, "the model"); }) == Status::bad_model;
    };
    CHECK(refused([](Tensors& tensors) { tensors.put("spread.counts", std::vector<std::int64_t>{1}); }));
    CHECK(refused([](Tensors& tensors) { tensors.put("spread.edges_of_column", std::vector<std::int32_t>{1, 2}); }));
    CHECK(refused([](Tensors& tensors) {
        tensors.put("spread.edges_of_column", std::vector<std::int32_t>{-1, 1, 0, 0, 0});
    }));
    CHECK(refused([](Tensors& tensors) {
        auto edges = tensors.get<float>("spread.edges", {-1});
        std::ranges::reverse(edges);
        tensors.put("spread.edges", edges);
    }));
    CHECK(refused([](Tensors& tensors) {
        auto edges = tensors.get<float>("spread.edges", {-1});
        edges.back() = std::numeric_limits<float>::infinity();
        tensors.put("spread.edges", edges);
    }));
    CHECK(refused([](Tensors& tensors) {
        auto counts = tensors.get<std::int64_t>("spread.counts", {-1});
        counts.front() = -1;
        tensors.put("spread.counts", counts);
    }));
}
