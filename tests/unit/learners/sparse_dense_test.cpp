// SPDX-License-Identifier: Apache-2.0
// What is computed from few stored cells equals what is computed from all of them.
#include <cmath>
#include <doctest/doctest.h>
#include <limits>

#include "learners/network/initial_parameters.hpp"
#include "learners/network/network.hpp"
#include "learners/network/network_pass.hpp"

using namespace mml;

namespace {

constexpr double tolerance = 1e-5;

// 400 rows of ten columns: mostly zero, some measured, some empty; the target follows from three of them.
std::vector<std::vector<float>> made_rows() {
    RandomStream random(23);
    std::vector<std::vector<float>> rows;
    for (int i = 0; i < 400; ++i) {
        std::vector<float> row(10);
        for (std::size_t column = 0; column < row.size(); ++column) {
            const std::uint64_t draw = random.below(10);
            if (draw == 0) row[column] = std::numeric_limits<float>::quiet_NaN();
            if (draw == 1 || draw == 2) row[column] = 1;
            if (draw == 3 && column > 4) row[column] = static_cast<float>(random.normal());
        }
        rows.push_back(row);
    }
    return rows;
}

double zero_if_empty(float cell) { return std::isnan(cell) ? 0 : static_cast<double>(cell); }

TrainingSet observed(const SparseRows& features, Task task, std::size_t classes) {
    TrainingSet set{features, {}, task, classes, 4, 1};
    RandomStream random(29);
    std::vector<float> cells(10);
    for (std::int32_t row = 0; row < features.rows(); ++row) {
        features.expand_row(row, cells);
        const double signal =
            zero_if_empty(cells[0]) - zero_if_empty(cells[3]) + zero_if_empty(cells[7]) + 0.5 * random.normal();
        FoldedObservation observation;
        observation.row = row;
        observation.fold = row % 4;
        observation.count = 1;
        observation.weight = 1;
        observation.value = task == Task::regression ? signal : 0;
        if (task == Task::classification)
            observation.class_index = signal < 0 ? 0 : signal < 0.7 ? 1 : static_cast<std::int32_t>(classes) - 1;
        set.observations.push_back(observation);
    }
    return set;
}

Fit fitted(const Learner& learner, const TrainingSet& set) {
    Config config;
    for (const auto& [name, value] : {std::pair("networks", "4"), {"epochs", "6"}, {"trees", "30"}}) config.set(name, value);
    Supervisor supervisor({1, 0, {}});
    return learner.fit(set, config, Progress(supervisor));
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    if (a.size() != b.size()) return HUGE_VAL;
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        const double apart = std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i]));
        largest = std::isfinite(apart) ? std::max(largest, apart) : HUGE_VAL;
    }
    return largest;
}

SparseRows against(float background, const std::vector<std::vector<float>>& rows) {
    SparseRows table(std::vector<float>(10, background));
    for (const auto& row : rows) table.append_dense_row(row);
    return table;
}

std::vector<float> scores_of(const Member& member, const SparseRows& rows, std::size_t outputs) {
    std::vector<float> links(static_cast<std::size_t>(rows.rows()) * outputs);
    member.add_scores(rows, 0, rows.rows(), 1, links);
    return links;
}

}  // namespace

TEST_CASE("every kind of member is the same of a table that stores few cells and of one that stores them all") {
    const std::vector<std::vector<float>> content = made_rows();
    const SparseRows sparse = against(0, content);
    const SparseRows dense = against(-7, content);
    REQUIRE(dense.stored() == 4000);
    REQUIRE(sparse.stored() < 2000);
    for (const Learner* learner : learners()) {
        for (const auto& kind : {std::pair(Task::classification, 2U), {Task::classification, 3U}, {Task::regression, 0U}}) {
            CAPTURE(std::string(learner->name()));
            const Task task = kind.first;
            const std::size_t classes = kind.second;
            CAPTURE(classes);
            const TrainingSet of_sparse = observed(sparse, task, classes);
            const Fit few = fitted(*learner, of_sparse);
            const Fit all = fitted(*learner, observed(dense, task, classes));
            REQUIRE(few.member);
            CHECK(largest_difference(few.out_of_fold, all.out_of_fold) < tolerance);
            const std::vector<float> expected = scores_of(*few.member, sparse, of_sparse.outputs());
            CHECK(largest_difference(expected, scores_of(*few.member, dense, of_sparse.outputs())) < tolerance);
            CHECK(largest_difference(expected, scores_of(*all.member, sparse, of_sparse.outputs())) < tolerance);
            CHECK(largest_difference(expected, std::vector<float>(expected.size())) > 0.1);
        }
    }
}

TEST_CASE("a network in training gives what the member of its parameters predicts") {
    const SparseRows features = against(0, made_rows());
    for (const auto& kind : {std::pair(Task::classification, 2U), {Task::classification, 3U}, {Task::regression, 0U}}) {
        const TrainingSet set = observed(features, kind.first, kind.second);
        Encoder::Settings settings;
        settings.bins = 4;
        const Encoder encoder = Encoder::fit(set.features, set.row_weights(), settings);
        const SharedShape shape{{0, 3, 4, encoder.outputs()}, 5, 16, 2, set.outputs()};
        RandomStream random(31);
        const NetworkParameters parameters = random_parameters(shape, random);
        const NetworkData data{set, encoder, shape};
        std::vector<std::int32_t> chosen(static_cast<std::size_t>(set.features.rows()));
        for (std::size_t i = 0; i < chosen.size(); ++i) chosen[i] = static_cast<std::int32_t>(i);
        NetworkPass pass(data, chosen.size());
        const float* const outputs = pass.forward(parameters, chosen);
        std::vector<float> pooled(chosen.size() * shape.outputs);
        std::vector<double> shares(2 * std::max<std::size_t>(shape.outputs, 2));
        for (std::size_t row = 0; row < chosen.size(); ++row) {
            pool_members(set.task, outputs + row * shape.outputs, shape.members, chosen.size() * shape.outputs,
                         std::span(pooled).subspan(row * shape.outputs, shape.outputs), shares);
        }
        NetworkData once{set, encoder, shape};
        encoder.encode(set.features, 0, set.features.rows(), once.encoded);
        NetworkPass second_pass(once, chosen.size());
        const float* const same = second_pass.forward(parameters, chosen);
        CHECK(std::equal(outputs, outputs + shape.members * chosen.size() * shape.outputs, same));
        const SharedNetworksMember member(encoder, shape, set.task, {parameters});
        CHECK(largest_difference(pooled, scores_of(member, set.features, shape.outputs)) < tolerance);
        CHECK(largest_difference(pooled, std::vector<float>(pooled.size())) > 0.01);
    }
}
