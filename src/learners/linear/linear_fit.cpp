// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>

#include "base/index.hpp"
#include "learners/linear/lbfgs.hpp"
#include "learners/linear/linear.hpp"
#include "learners/linear/penalised_loss.hpp"

namespace mml {

namespace {

// From strong to weak, so that each fit starts at the one before.
constexpr double strengths[] = {1000, 300, 100, 30, 10, 3, 1, 0.3, 0.1, 0.03};
constexpr double strength_without_folds = 1;
constexpr std::int32_t all_folds = -1;
// Of L-BFGS. The models of the folds only choose the strength and rate the whole; ten times the care for them costs twice
// the time and moves no loss by .001.
constexpr double fold_tolerance = 1e-5;
constexpr double final_tolerance = 1e-6;
// With fewer the first fold tells too little to give the simplest member up by, and the others take no time.
constexpr std::int64_t fewest_samples_for_pilot = 4000;

// As a model file's reader takes them: without a penalty copies of a column can grow without end.
void bring_into_range(float& parameter) { parameter = std::clamp(parameter, -largest_parameter, largest_parameter); }

// The fits of one fold, over all strengths.
struct Path {
    std::vector<std::vector<float>> points;
    std::vector<double> held_out_loss;
};

class LinearFit {
public:
    LinearFit(const TrainingSet& set, const Config& config, Progress progress)
        : set_(set),
          supervisor_(progress.supervisor()),
          progress_(progress),
          given_strength_(config.number(OptionId::linear_strength)) {
        encoder_ =
            Encoder::fit(set.features, set.row_weights(), {.levels = set.levels, .ranks = set.ranks, .pause = supervisor_});
        encoder_.encode(set.features, 0, set.features.rows(), rows_);
        for (const FoldedObservation& observation : set.observations)
            first_fold_weight_ += observation.fold == 0 ? observation.weight : 0;
        first_fold_weight_ = set.ranks.sum(first_fold_weight_);
        if (set.samples() >= fewest_samples_for_pilot) rival_ = set.rival;
        candidates_.assign(std::begin(strengths), std::end(strengths));
        if (given_strength_ > 0) candidates_ = {given_strength_};
        if (set.folds == 0 && given_strength_ <= 0) candidates_ = {strength_without_folds};
    }

    Fit run() {
        Fit fit;
        std::vector<Path> paths(as_size(set_.folds));
        const auto fit_fold = [&](int fold) { item(paths, fold) = fit_path(fold); };
        supervisor_.run(set_.ranks, std::min(set_.folds, 1), fit_fold);
        if (const double loss = first_fold_loss(paths); rival_.beats(0, loss)) {
            progress_.advance(1 - 0.8 / set_.folds);
            return Fit::given_up(loss, rival_);
        }
        supervisor_.run(set_.ranks, std::max(0, set_.folds - 1), [&](int other) { fit_fold(other + 1); });
        const std::size_t best = best_strength(paths);
        fit.out_of_fold = out_of_fold(paths, best);
        fit.description["strength"] = candidates_[best];
        fit.description["inputs"] = encoder_.outputs();
        supervisor_.run(set_.ranks, 1, [&](int) { fit.member = refit(paths, best); });
        progress_.advance(set_.folds > 0 ? 0.2 : 1.0);
        return fit;
    }

private:
    bool stop() const {
        supervisor_.pause();
        return supervisor_.time_is_up(set_.ranks);
    }

    void minimise(PenalisedLoss& loss, std::size_t candidate, double tolerance, std::vector<double>& point) const {
        loss.set_strength(candidates_[candidate]);
        LbfgsSettings settings;
        settings.tolerance = tolerance;
        minimise_lbfgs([&](auto at, auto gradient) { return loss(at, gradient); }, point, settings, [&] { return stop(); });
    }

    Path fit_path(int fold) const {
        PenalisedLoss loss(set_, rows_, encoder_.outputs(), fold);
        std::vector<double> point(loss.size());
        Path path;
        for (std::size_t candidate = 0; candidate < candidates_.size(); ++candidate) {
            minimise(loss, candidate, fold_tolerance, point);
            path.points.emplace_back(point.begin(), point.end());
            path.held_out_loss.push_back(held_out_loss(loss, point, fold));
            if (worsens(path.held_out_loss) || (fold == 0 && stays_beaten(path.held_out_loss))) break;
        }
        progress_.advance(0.8 / set_.folds);
        return path;
    }

    // Once two weaker penalties in a row have made a fold clearly worse, still weaker ones cost the most time for nothing.
    static bool worsens(const std::vector<double>& losses) {
        const double best = *std::ranges::min_element(losses);
        return losses.size() > 2 && losses.back() > 1.02 * best && losses[losses.size() - 2] > 1.02 * best;
    }

    double held_out_loss(const PenalisedLoss& loss, std::span<const double> point, int fold) const {
        double sum = 0;
        std::vector<double> link(set_.outputs());
        for (const FoldedObservation& observation : set_.observations) {
            if (observation.fold != fold) continue;
            loss.link(as_size(observation.row), point, link);
            sum += observation.weight * set_.loss().value(link, observation);
        }
        return set_.ranks.sum(sum);
    }

    // Mean, of the strength that is best there.
    double first_fold_loss(const std::vector<Path>& paths) const {
        return paths.empty() ? 0 : *std::ranges::min_element(paths[0].held_out_loss) / first_fold_weight_;
    }

    // Whether the rival beats the first fold's losses, and would if the last gain came thrice again. Gains fall from
    // strength to strength, and the weak ones take most of the time.
    bool stays_beaten(const std::vector<double>& losses) const {
        if (losses.size() < 2) return false;
        const double gain = std::max(0.0, losses[losses.size() - 2] - losses.back());
        return rival_.beats(0, (losses.back() - 3 * gain) / first_fold_weight_);
    }

    std::size_t best_strength(const std::vector<Path>& paths) const {
        std::size_t common = candidates_.size();
        for (const Path& path : paths) common = std::min(common, path.points.size());
        std::size_t best = 0;
        double least = std::numeric_limits<double>::infinity();
        for (std::size_t candidate = 0; candidate < common; ++candidate) {
            double sum = 0;
            for (const Path& path : paths) sum += path.held_out_loss[candidate];
            if (sum < least) {
                least = sum;
                best = candidate;
            }
        }
        return best;
    }

    std::vector<float> out_of_fold(const std::vector<Path>& paths, std::size_t candidate) const {
        const std::size_t outputs = set_.outputs();
        std::vector<float> links(set_.observations.size() * outputs, std::numeric_limits<float>::quiet_NaN());
        if (paths.empty()) return links;
        const PenalisedLoss loss(set_, rows_, encoder_.outputs(), all_folds);
        std::vector<double> link(outputs);
        std::vector<std::vector<double>> points;
        points.reserve(paths.size());
        for (const Path& path : paths) points.emplace_back(path.points[candidate].begin(), path.points[candidate].end());
        for (std::size_t i = 0; i < set_.observations.size(); ++i) {
            const FoldedObservation& observation = set_.observations[i];
            if (observation.fold >= set_.folds) continue;
            loss.link(as_size(observation.row), item(points, observation.fold), link);
            for (std::size_t k = 0; k < outputs; ++k) links[i * outputs + k] = static_cast<float>(link[k]);
        }
        return links;
    }

    // Starts at the mean of what the folds gave, which is close.
    std::unique_ptr<const Member> refit(const std::vector<Path>& paths, std::size_t candidate) const {
        PenalisedLoss loss(set_, rows_, encoder_.outputs(), all_folds);
        std::vector<double> point(loss.size());
        const auto count = static_cast<double>(paths.size());
        for (const Path& path : paths) {
            for (std::size_t i = 0; i < point.size(); ++i) point[i] += path.points[candidate][i] / count;
        }
        minimise(loss, candidate, final_tolerance, point);
        const std::size_t outputs = set_.outputs();
        const auto first_bias = point.end() - narrowed<std::ptrdiff_t>(outputs);
        std::vector<float> weights(point.begin(), first_bias);
        std::vector<float> bias(first_bias, point.end());
        std::ranges::for_each(weights, bring_into_range);
        // The stored bias is for an encoded row; the fit's was for a difference from the constant row.
        for (std::size_t i = 0; i < weights.size(); ++i) {
            bias[i % outputs] -= encoder_.constant()[i / outputs] * weights[i];
        }
        std::ranges::for_each(bias, bring_into_range);
        return std::make_unique<LinearMember>(encoder_, std::move(weights), std::move(bias));
    }

    const TrainingSet& set_;
    Supervisor& supervisor_;
    Progress progress_;
    double given_strength_;
    Encoder encoder_;
    EncodedRows rows_;
    std::vector<double> candidates_;
    double first_fold_weight_ = 0;
    Rival rival_;
};

}  // namespace

std::int64_t LinearLearner::memory(const TrainingSet& set, const Config& config) const {
    const std::int64_t parameters = 2 * set.features.columns() * narrowed<std::int64_t>(set.outputs());
    const std::int64_t paths = set.folds * std::ssize(strengths) * 4 * parameters;
    const std::int64_t searches = std::int64_t{config.threads()} * 24 * 8 * parameters;
    return 9 * set.features.stored() + 32 * set.features.rows() + paths + searches;
}

Fit LinearLearner::fit(const TrainingSet& set, const Config& config, Progress progress) const {
    return LinearFit(set, config, progress).run();
}

}  // namespace mml
