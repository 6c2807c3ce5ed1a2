// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/tensors.hpp"
#include "data/dataset.hpp"
#include "data/sparse_rows.hpp"
#include "ensemble/calibration.hpp"
#include "ensemble/member.hpp"
#include "ensemble/pool.hpp"

namespace mml {

/// Members pooled and calibrated. Knows columns and classes by number only.
class Ensemble {
public:
    struct Part {
        std::string kind;  ///< as load_member() takes it
        double weight;
        std::shared_ptr<const Member> member;
    };
    /// How links become what is answered.
    struct Scale {
        Task task = Task::classification;
        std::size_t classes = 0;  ///< classification
        Pool pool = Pool::log_odds;
        Calibration calibration;  ///< classification
        double mean = 0;          ///< regression: estimate = mean + deviation * link
        double deviation = 1;

        /// Numbers that members give a row: 1, or one a class for more than two.
        std::size_t links() const { return classes > 2 ? classes : 1; }
    };

    Ensemble(std::int64_t inputs, Scale scale, std::vector<Part> parts);

    Task task() const { return scale_.task; }
    std::int64_t inputs() const { return inputs_; }
    /// Classes, or 1 for regression.
    std::size_t outputs() const { return std::max<std::size_t>(1, scale_.classes); }
    const Scale& scale() const { return scale_; }
    const std::vector<Part>& parts() const { return parts_; }

    /// Calibrated probabilities or estimates of rows first ... last - 1, outputs() each; `rows` has inputs() columns.
    /// Number: float or double; an estimate beyond its range is the nearest number in it.
    template <typename Number>
    void score(const SparseRows& rows, std::int64_t first, std::int64_t last, std::span<Number> scores) const;

    /// Adds weight times the links of part `number`, of all rows that are scored, to `links`.
    using AddLinks = std::function<void(std::size_t number, float weight, std::span<float> links)>;
    /// The same of `rows` rows that only their members need to see. Takes memory from `space` alone.
    template <typename Number>
    void score_links(const AddLinks& add, std::size_t rows, std::span<Number> scores, Workspace& space) const;

    /// What each input column adds to the answers of rows first ... last - 1: to the log-odds of the second of two classes,
    /// of each class for more, or to the estimate. README.md tells the method. Base and contributions add up to the answer.
    Contributions explain(const SparseRows& rows, std::int64_t first, std::int64_t last) const;
    std::size_t links_a_row() const { return scale_.links(); }

    /// Tensors named prefix + ..., and what is to be stored beside them as JSON.
    Json store(Tensors& tensors, const std::string& prefix) const;
    static Ensemble load(const Tensors& tensors, const std::string& prefix, const Json& json);

private:
    void pool_links(const AddLinks& add, std::span<float> links, Workspace& space) const;
    void pool_probabilities(const AddLinks& add, std::span<float> links, Workspace& space) const;

    std::int64_t inputs_;
    Scale scale_;
    std::vector<Part> parts_;
};

}  // namespace mml
