// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/index.hpp"
#include "ensemble/composition.hpp"
#include "ensemble/ensemble.hpp"

namespace mml {

namespace {

// One row's answers: each member's contributions times the mean slope of the answer by its links.
void combine(std::span<const Contributions> members, std::span<const double> slopes, std::size_t row, Contributions& out) {
    const std::size_t width = out.links();
    for (std::size_t answer = 0; answer < width; ++answer) {
        const auto sums = out.of(row, answer);
        for (std::size_t m = 0; m < members.size(); ++m) {
            for (std::size_t link = 0; link < width; ++link) {
                const double slope = slopes[(answer * members.size() + m) * width + link];
                const auto parts = members[m].of(row, link);
                for (std::size_t column = 0; column < sums.size(); ++column) sums[column] += slope * parts[column];
            }
        }
    }
}

}  // namespace

Contributions Ensemble::explain(const SparseRows& rows, std::int64_t first, std::int64_t last) const {
    const std::size_t count = as_size(last - first);
    const std::size_t width = links_a_row();
    const Composition composition(*this);
    std::vector<Contributions> members;
    std::vector<std::vector<float>> links;
    std::vector<double> from, to(parts_.size() * width);
    for (const Part& part : parts_) {
        Contributions& own = members.emplace_back(count, width, as_size(inputs_));
        part.member->explain(rows, first, last, own);
        part.member->add_scores(rows, first, last, 1, links.emplace_back(count * width));
        from.insert(from.end(), own.base().begin(), own.base().end());
    }
    Contributions out(count, width, as_size(inputs_));
    const std::vector<double> base = composition.answer(from);
    std::ranges::copy(base, out.base().begin());
    for (std::size_t row = 0; row < count; ++row) {
        for (std::size_t i = 0; i < to.size(); ++i) to[i] = links[i / width][row * width + i % width];
        combine(members, composition.mean_gradient(from, to), row, out);
        const std::vector<double> answers = composition.answer(to);
        for (std::size_t answer = 0; answer < width; ++answer) make_sum(out.of(row, answer), answers[answer] - base[answer]);
    }
    return out;
}

}  // namespace mml
