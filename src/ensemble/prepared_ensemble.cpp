// SPDX-License-Identifier: Apache-2.0
#include "ensemble/prepared_ensemble.hpp"

#include <functional>

namespace mml {

PreparedEnsemble::PreparedEnsemble(const Ensemble& ensemble) : ensemble_(ensemble) {
    for (const Ensemble::Part& part : ensemble.parts()) scorers_.push_back(part.member->dense_scorer());
}

// std::function would copy the lambda to the heap; it holds a reference to it without.
template <typename Number>
void PreparedEnsemble::score(const DenseRows& rows, std::span<Number> scores, Workspace& space) const {
    const auto add = [&](std::size_t number, float weight, std::span<float> links) {
        scorers_[number]->add_scores(rows, weight, links, space);
    };
    ensemble_.score_links(std::ref(add), rows.rows, scores, space);
}

template void PreparedEnsemble::score(const DenseRows&, std::span<float>, Workspace&) const;
template void PreparedEnsemble::score(const DenseRows&, std::span<double>, Workspace&) const;

}  // namespace mml
