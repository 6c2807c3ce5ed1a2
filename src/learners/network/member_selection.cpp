// SPDX-License-Identifier: Apache-2.0
#include "learners/network/member_selection.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace mml {

namespace {

constexpr double least_probability = 1e-12;

// Of the mean of `count` answers whose sum without `added` is given.
double loss_with(const MemberAnswers& members, const std::vector<double>& sums, const std::vector<double>& added,
                 std::size_t count) {
    double loss = 0;
    for (std::size_t i = 0; i < sums.size(); ++i) {
        const double mean = (sums[i] + added[i]) / static_cast<double>(count);
        if (members.task == Task::regression) {
            loss += members.weights[i] * (mean - members.values[i]) * (mean - members.values[i]);
        } else {
            loss -= members.weights[i] * std::log(std::max(mean, least_probability));
        }
    }
    return loss;
}

std::vector<float> blocks(const std::vector<float>& all, std::size_t size, std::span<const std::size_t> chosen) {
    std::vector<float> kept;
    kept.reserve(size * chosen.size());
    for (const std::size_t block : chosen)
        kept.insert(kept.end(), all.data() + block * size, all.data() + (block + 1) * size);
    return kept;
}

}  // namespace

std::vector<std::size_t> best_members(const MemberAnswers& members, std::size_t wanted) {
    std::vector<std::size_t> chosen;
    std::vector<double> sums(members.weights.size());
    std::vector<std::size_t> left(members.answers.size());
    std::iota(left.begin(), left.end(), std::size_t{0});
    while (chosen.size() < wanted) {
        std::vector<double> losses;
        losses.reserve(left.size());
        for (const std::size_t m : left) losses.push_back(loss_with(members, sums, members.answers[m], chosen.size() + 1));
        const auto best = left.begin() + (std::ranges::min_element(losses) - losses.begin());
        for (std::size_t i = 0; i < sums.size(); ++i) sums[i] += members.answers[*best][i];
        chosen.push_back(*best);
        left.erase(best);
    }
    std::ranges::sort(chosen);
    return chosen;
}

NetworkParameters members_alone(const SharedShape& shape, const NetworkParameters& all,
                                std::span<const std::size_t> chosen) {
    NetworkParameters kept = all;
    LayerParameters& output = kept[shape.output_part()];
    output.weights = blocks(output.weights, shape.hidden * shape.outputs, chosen);
    output.bias = blocks(output.bias, shape.outputs, chosen);
    LayerParameters& signs = kept[shape.sign_part()];
    if (shape.groups() > 0) signs.weights = blocks(signs.weights, shape.groups(), chosen);
    return kept;
}

}  // namespace mml
