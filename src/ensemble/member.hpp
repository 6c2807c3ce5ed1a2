// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/tensors.hpp"
#include "data/sparse_rows.hpp"
#include "ensemble/contributions.hpp"
#include "ensemble/dense_scorer.hpp"

namespace mml {

/// A fitted member of an ensemble: what a learner made and a model file holds. Never changes; any number of threads may use
/// it.
class Member {
public:
    virtual ~Member() = default;

    /// Adds weight times the link-scale scores of rows first ... last - 1 to links[(row - first) * outputs + output]. A
    /// row's scores do not depend on the other rows.
    virtual void add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                            std::span<float> links) const = 0;
    /// Writes what each column adds to the links of rows first ... last - 1; `out` is all 0 before. The sum of a row's
    /// contributions and the base is what add_scores() adds at weight 1, but for rounding and what README.md of this folder
    /// says of networks.
    virtual void explain(const SparseRows& rows, std::int64_t first, std::int64_t last, Contributions& out) const = 0;
    /// The same scores of dense rows, prepared; valid while the member lives.
    virtual std::unique_ptr<const DenseScorer> dense_scorer() const = 0;
    /// Puts what load_member() reads: tensors named prefix + ....
    virtual void store(Tensors& tensors, const std::string& prefix) const = 0;
};

/// Reads a member of this kind for so many feature columns and outputs. Throws Error(bad_model) where the kind is unknown or
/// the tensors do not fit.
std::unique_ptr<const Member> load_member(const std::string& kind, const Tensors& tensors, const std::string& prefix,
                                          std::int64_t inputs, std::size_t outputs);

}  // namespace mml
