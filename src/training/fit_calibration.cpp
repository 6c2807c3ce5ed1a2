// SPDX-License-Identifier: Apache-2.0
#include "training/fit_calibration.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "base/index.hpp"
#include "ensemble/pool.hpp"

namespace mml {

namespace {

constexpr double largest_sharpness = 4;
// A calibrated probability of 0 or 1 would cost everything where it is wrong.
constexpr float least_calibrated = 1e-6F;
// What the curves must save in all to be taken, in units of one sample's loss: they have many ends, a temperature one.
constexpr double curves_must_save = 8;
// With fewer samples they never do.
constexpr double fewest_samples_for_curves = 1000;

bool classifies(const RatedLinks& rated) { return rated.set.task == Task::classification; }

// Links as the softmax has them, one a class.
std::span<const double> class_links(std::span<const float> links, std::span<double> out) {
    if (links.size() > 1) {
        std::ranges::copy(links, out.begin());
        return out;
    }
    out[0] = 0;
    out[1] = links[0];
    return out;
}

struct Derivatives {
    double first = 0;
    double second = 0;
};

// Of the summed loss by the sharpness, 1 / temperature, in which it is convex.
Derivatives derivatives_at(const RatedLinks& rated, double sharpness) {
    const std::size_t classes = rated.set.classes;
    std::vector<double> space(classes);
    std::vector<double> shares(classes);
    Derivatives slope{2 * (sharpness - 1), 2};  // as if a further sample asked for temperature 1
    for (std::size_t i = 0; i < rated.observations.size(); ++i) {
        const FoldedObservation& observation = rated.set.observations[rated.observations[i]];
        write_probabilities(rated.of(i), 1 / sharpness, shares);
        const auto links = class_links(rated.of(i), space);
        double mean = 0;
        double square = 0;
        for (std::size_t k = 0; k < classes; ++k) {
            mean += shares[k] * links[k];
            square += shares[k] * links[k] * links[k];
        }
        slope.first += observation.weight * (mean - item(links, observation.class_index));
        slope.second += observation.weight * (square - mean * mean);
    }
    return slope;
}

// A pool of samples of neighbouring probabilities.
struct Block {
    double weight;
    double from;  // summed probability
    double hits;

    double share() const { return hits / weight; }
    void take(const Block& other) {
        weight += other.weight;
        from += other.from;
        hits += other.hits;
    }
};

// One block a different probability, rising. What differs in the label alone must not: of a point's pools only the first
// would count.
std::vector<Block> sorted_blocks(const RatedLinks& rated, std::size_t class_number) {
    std::vector<double> shares(rated.set.classes);
    std::vector<std::pair<double, Block>> single;
    for (std::size_t i = 0; i < rated.observations.size(); ++i) {
        const FoldedObservation& observation = rated.set.observations[rated.observations[i]];
        write_probabilities(rated.of(i), 1, shares);
        const double share = shares[class_number];
        const bool hit = std::cmp_equal(observation.class_index, class_number);
        single.push_back({share, {observation.weight, observation.weight * share, hit ? observation.weight : 0.0}});
    }
    std::ranges::stable_sort(single, {}, [](const auto& entry) { return entry.first; });
    std::vector<Block> blocks;
    double last = -1;
    for (const auto& [share, block] : single) {
        if (share == last) {
            blocks.back().take(block);
        } else {
            blocks.push_back(block);
        }
        last = share;
    }
    return blocks;
}

CalibrationCurve fit_curve(const RatedLinks& rated, std::size_t class_number) {
    std::vector<Block> pools;
    for (const Block& block : sorted_blocks(rated, class_number)) {
        pools.push_back(block);
        while (pools.size() > 1 && pools[pools.size() - 2].share() >= pools.back().share()) {
            const Block last = pools.back();
            pools.pop_back();
            pools.back().take(last);
        }
    }
    CalibrationCurve curve;
    for (const Block& pool : pools) {
        const double from = pool.from / pool.weight;
        // As if one sample more had shown what was predicted.
        const auto to = static_cast<float>((pool.hits + from) / (pool.weight + 1));
        const float least = curve.to.empty() ? least_calibrated : curve.to.back();
        if (!curve.from.empty() && static_cast<float>(from) <= curve.from.back()) continue;
        curve.from.push_back(static_cast<float>(from));
        curve.to.push_back(std::clamp(to, least, 1 - least_calibrated));
    }
    return curve;
}

RatedLinks part_of(const RatedLinks& rated, std::int32_t fold, bool inside) {
    RatedLinks part{rated.set, {}, {}};
    for (std::size_t i = 0; i < rated.observations.size(); ++i) {
        if ((rated.set.observations[rated.observations[i]].fold == fold) != inside) continue;
        part.observations.push_back(rated.observations[i]);
        part.links.insert(part.links.end(), rated.of(i).begin(), rated.of(i).end());
    }
    return part;
}

}  // namespace

std::span<const float> RatedLinks::of(std::size_t place) const {
    const std::size_t outputs = set.outputs();
    return std::span(links).subspan(place * outputs, outputs);
}

double RatedLinks::weight() const {
    double sum = 0;
    for (const std::size_t observation : observations) sum += set.observations[observation].weight;
    return sum;
}

double RatedLinks::loss(const Calibration& calibration) const {
    std::vector<double> shares(set.classes);
    std::vector<double> scaled(set.outputs());
    double sum = 0;
    for (std::size_t i = 0; i < observations.size(); ++i) {
        const FoldedObservation& observation = set.observations[observations[i]];
        if (calibration.curves.empty()) {
            std::ranges::transform(of(i), scaled.begin(), [&](float link) { return link / calibration.temperature; });
            sum += observation.weight * set.loss().value(scaled, observation);
        } else {
            calibration.write(of(i), shares);
            sum -= observation.weight * std::log(item(shares, observation.class_index));
        }
    }
    return sum / weight();
}

double fit_temperature(const RatedLinks& rated) {
    if (rated.observations.empty()) return 1;
    double low = 1 / largest_sharpness;
    double high = largest_sharpness;
    double sharpness = 1;
    for (int round = 0; round < 30 && high - low > 1e-4; ++round) {
        const Derivatives slope = derivatives_at(rated, sharpness);
        (slope.first > 0 ? high : low) = sharpness;
        const double next = sharpness - slope.first / slope.second;
        if (std::abs(next - sharpness) < 1e-5) break;
        // Newton's step where it stays inside what is known, else half way.
        sharpness = next > low && next < high ? next : (low + high) / 2;
    }
    return 1 / sharpness;
}

std::vector<CalibrationCurve> fit_curves(const RatedLinks& rated) {
    if (rated.set.outputs() == 1) return {fit_curve(rated, 1)};
    std::vector<CalibrationCurve> curves;
    curves.reserve(rated.set.outputs());
    for (std::size_t k = 0; k < rated.set.outputs(); ++k) curves.push_back(fit_curve(rated, k));
    return curves;
}

double cross_fitted_curves_loss(const RatedLinks& rated) {
    double sum = 0;
    for (std::int32_t fold = 0; fold < rated.set.folds; ++fold) {
        const RatedLinks outside = part_of(rated, fold, false);
        const RatedLinks inside = part_of(rated, fold, true);
        if (inside.observations.empty()) continue;
        if (outside.observations.empty()) return HUGE_VAL;
        sum += inside.weight() * inside.loss({1, fit_curves(outside)});
    }
    return sum / rated.weight();
}

CalibrationChoice choose_calibration(const RatedLinks& rated, const std::string& wanted) {
    CalibrationChoice choice{{}, "none", {}};
    if (!classifies(rated) || rated.observations.empty() || wanted == "none") return choice;
    const double weight = rated.weight();
    const bool automatic = wanted == "auto";
    if (automatic || wanted == "temperature") {
        choice.losses.none = rated.loss({});
        choice.kind = "temperature";
        choice.calibration.temperature = fit_temperature(rated);
        choice.losses.temperature = rated.loss(choice.calibration);
    }
    if (wanted == "isotonic" || (automatic && weight >= fewest_samples_for_curves)) {
        const double loss = cross_fitted_curves_loss(rated);
        choice.losses.isotonic = loss;
        if (automatic && loss + curves_must_save / weight > choice.losses.temperature.value_or(0)) return choice;
        choice.kind = "isotonic";
        choice.calibration = {1, fit_curves(rated)};
    }
    return choice;
}

}  // namespace mml
