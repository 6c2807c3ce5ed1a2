// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "base/supervisor.hpp"
#include "base/tensors.hpp"
#include "config/config.hpp"
#include "data/samples.hpp"
#include "learners/learner.hpp"
#include "training/calibration.hpp"
#include "training/pool.hpp"

namespace mml {

/// Members pooled and calibrated. Knows columns and classes by number only.
class Ensemble {
public:
    struct Part {
        std::string kind;  ///< Learner::name()
        double weight;
        std::shared_ptr<const Member> member;
    };
    /// How links become what is answered.
    struct Scale {
        Task task = Task::classification;
        int classes = 0;  ///< classification
        Pool pool = Pool::log_odds;
        Calibration calibration;  ///< classification
        double mean = 0;          ///< regression: estimate = mean + deviation * link
        double deviation = 1;
    };

    Ensemble(std::int64_t inputs, Scale scale, std::vector<Part> parts);

    Task task() const { return scale_.task; }
    std::int64_t inputs() const { return inputs_; }
    /// Classes, or 1 for regression.
    int outputs() const { return scale_.task == Task::regression ? 1 : scale_.classes; }
    const Scale& scale() const { return scale_; }
    const std::vector<Part>& parts() const { return parts_; }

    /// Calibrated probabilities or estimates of rows first ... last - 1, outputs() each; `rows` has inputs() columns.
    void score(const SparseRows& rows, std::int64_t first, std::int64_t last, std::span<float> scores) const;

    /// Tensors named prefix + ..., and what is to be stored beside them as JSON.
    Json store(Tensors& tensors, const std::string& prefix) const;
    static Ensemble load(const Tensors& tensors, const std::string& prefix, const Json& json);

private:
    std::vector<float> pooled_links(const SparseRows& rows, std::int64_t first, std::int64_t last) const;
    std::vector<float> links_of_probabilities(const SparseRows& rows, std::int64_t first, std::int64_t last) const;
    std::size_t links_a_row() const { return scale_.classes > 2 ? static_cast<std::size_t>(scale_.classes) : 1; }

    std::int64_t inputs_;
    Scale scale_;
    std::vector<Part> parts_;
};

/// What training made.
struct EnsembleTraining {
    Ensemble ensemble;
    Json description;  ///< members with weights and out-of-fold losses, folds, calibration
    std::vector<std::string> warnings;
    std::vector<LearningCurve> curves;
};

/// Fits every wanted learner on the samples, blends them by weights that minimise the out-of-fold loss, calibrates the
/// blend. Needs at least one sample, and for classification at least two classes among the names (they need not all occur).
EnsembleTraining train_ensemble(const Samples& samples, const Config& config, Share share);
/// The same on samples that nobody needs again: lets their observations go before the learners begin.
EnsembleTraining train_ensemble(Samples&& samples, const Config& config, Share share);

}  // namespace mml
