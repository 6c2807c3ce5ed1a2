// SPDX-License-Identifier: Apache-2.0
#include "training/fit_decision.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <numeric>
#include <utility>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "training/operating_point.hpp"

namespace mml {

namespace {

using Kind = DecisionRule::Kind;

// Nothing less is told apart: calibration curves end here too.
constexpr double least_probability = 1e-7;

// How far the search goes from the start (deviation of offsets), and how much of the way to equal shares of the classes the
// start is. For balanced accuracy the shares alone are right wherever probabilities are; weighted F1 has its optimum about
// half way (on public and Moodle's sets between .3 and .5 of it).
struct Search {
    Criterion criterion;
    double spread;
    double share_power;
};

Search search_of(Kind kind) {
    return kind == Kind::score ? Search{Criterion::weighted_f1, 1, 0.5} : Search{Criterion::balanced_accuracy, 0.5, 1};
}

double log_odds(double share) { return std::log(share / (1 - share)); }

// What turns log-probabilities learned with class weights into those of the samples as they are.
std::vector<double> class_corrections(const RatedProbabilities& rated) {
    std::vector<double> corrections(rated.classes);
    for (std::size_t k = 0; k < rated.class_factors.size(); ++k) corrections[k] = -std::log(rated.class_factors[k]);
    return corrections;
}

// Classes without a sample are as frequent as the others on the mean.
std::vector<double> start_of(const RatedProbabilities& rated, double share_power) {
    std::vector<double> offsets(rated.classes);
    double sum = 0;
    double occurring = 0;
    for (std::size_t k = 0; k < rated.classes; ++k) {
        if (rated.class_shares[k] <= 0) continue;
        offsets[k] = -share_power * std::log(rated.class_shares[k]);
        sum += offsets[k];
        ++occurring;
    }
    for (std::size_t k = 0; k < rated.classes; ++k)
        offsets[k] = rated.class_shares[k] > 0 ? offsets[k] - sum / occurring : 0;
    return offsets;
}

// In an order that is that of the values alone, so that sums do not depend on how the rows lay.
std::vector<std::size_t> sorted_places(const RatedProbabilities& rated) {
    std::vector<std::size_t> places(rated.size());
    std::iota(places.begin(), places.end(), std::size_t{0});
    std::ranges::sort(places, [&](std::size_t a, std::size_t b) {
        const auto order = std::lexicographical_compare_three_way(rated.of(a).begin(), rated.of(a).end(),
                                                                  rated.of(b).begin(), rated.of(b).end());
        if (order != 0) return order < 0;
        return std::pair(rated.labels[a], rated.weights[a]) < std::pair(rated.labels[b], rated.weights[b]);
    });
    return places;
}

// Each counts half as what was observed and half as what was predicted: the labels of few samples are noise, and calibrated
// probabilities say the same with less of it.
OperatingSamples operating_samples(const RatedProbabilities& rated, const std::vector<double>& corrections) {
    OperatingSamples samples{rated.classes};
    std::vector<double> shares(rated.classes);
    for (const std::size_t place : sorted_places(rated)) {
        double sum = 0;
        for (std::size_t k = 0; k < shares.size(); ++k) {
            const double probability = rated.of(place)[k];
            shares[k] = std::max(probability, least_probability) * std::exp(corrections[k]);
            sum += shares[k];
        }
        for (std::size_t k = 0; k < shares.size(); ++k) {
            const double observed = std::cmp_equal(rated.labels[place], k) ? 1 : 0;
            samples.logarithms.push_back(std::log(shares[k] / sum));
            samples.counts.push_back(rated.weights[place] * (observed + shares[k] / sum) / 2);
        }
    }
    return samples;
}

std::vector<double> searched(const OperatingSamples& samples, const std::vector<double>& start, const Search& search) {
    if (samples.size() == 0) return start;
    std::vector<double> offsets = operating_point(samples, start, search.spread, search.criterion);
    const std::vector<double> none(offsets.size());
    // Never clearly worse than the most probable class.
    const double lost = rating_at(samples, none, search.criterion) - rating_at(samples, offsets, search.criterion);
    return lost > rating_noise(samples.weight()) ? none : offsets;
}

struct OddsGroup {
    double log_odds;
    double weight;
};

std::vector<OddsGroup> rising_log_odds(const OperatingSamples& samples) {
    std::vector<OddsGroup> groups;
    for (std::size_t i = 0; i < samples.size(); ++i) {
        const std::span<const double> logarithms = samples.logarithms_of(i);
        const std::span<const double> counts = samples.counts_of(i);
        groups.push_back({logarithms[1] - logarithms[0], counts[0] + counts[1]});
    }
    std::ranges::stable_sort(groups, {}, &OddsGroup::log_odds);
    std::size_t last = 0;
    for (std::size_t i = 1; i < groups.size(); ++i) {
        if (groups[i].log_odds == groups[last].log_odds) {
            groups[last].weight += groups[i].weight;
        } else {
            groups[++last] = groups[i];
        }
    }
    groups.resize(last + 1);
    return groups;
}

// The offset of the second of two classes by which it is decided on this share of the weight: the quantile of its log-odds,
// on straight lines between the middles of equal ones. The highest are always decided for it.
double quantile_offset(const OperatingSamples& samples, double share) {
    constexpr double short_of_next = 0.999;
    const std::vector<OddsGroup> groups = rising_log_odds(samples);
    if (groups.size() == 1) return -groups.front().log_odds + (share < 0.5 ? short_of_next - 1 : 1 - short_of_next);
    const double wanted = samples.weight() * (1 - share);
    double middle = groups.front().weight / 2;  // weight below the middle of a group
    double step = 0;
    std::size_t i = 1;
    for (;; ++i) {
        step = (groups[i - 1].weight + groups[i].weight) / 2;
        if (middle + step >= wanted || i + 1 == groups.size()) break;
        middle += step;
    }
    const double way = std::min((wanted - middle) / step, short_of_next);
    return -(groups[i - 1].log_odds + (groups[i].log_odds - groups[i - 1].log_odds) * way);
}

// Without samples: as if log-odds had a logistic distribution about those of the class shares.
double start_for_share(const RatedProbabilities& rated, double share) {
    const double odds = rated.class_shares[0] > 0 && rated.class_shares[1] > 0 ? log_odds(rated.class_shares[1]) : 0;
    return log_odds(share) - odds;
}

std::vector<double> fitted_offsets(const RatedProbabilities& rated, const DecisionRule& rule,
                                   const std::vector<double>& corrections) {
    if (rule.kind == Kind::cost) return {0, std::log(rule.amount)};
    const OperatingSamples samples = operating_samples(rated, corrections);
    if (rule.kind == Kind::share) {
        const double share = rule.amount / 100;
        return {0, samples.size() > 0 ? quantile_offset(samples, share) : start_for_share(rated, share)};
    }
    const Search search = search_of(rule.kind);
    return searched(samples, start_of(rated, search.share_power), search);
}

// Of what was observed alone.
Json ratings(const RatedProbabilities& rated, const Decision& decision) {
    std::vector<double> observed(rated.classes);
    std::vector<double> decided(rated.classes);
    std::vector<double> right(rated.classes);
    for (std::size_t i = 0; i < rated.size(); ++i) {
        const std::size_t label = as_size(rated.labels[i]);
        const std::size_t choice = as_size(decision.decide(rated.of(i)));
        observed[label] += rated.weights[i];
        decided[choice] += rated.weights[i];
        if (label == choice) right[label] += rated.weights[i];
    }
    const double total = std::reduce(observed.begin(), observed.end());
    const auto occurring = static_cast<double>(std::ranges::count_if(observed, [](double weight) { return weight > 0; }));
    double score = 0;
    double balanced_accuracy = 0;
    Json shares = Json::array();
    for (std::size_t k = 0; k < rated.classes; ++k) {
        shares.push_back(decided[k] / total);
        if (observed[k] <= 0) continue;
        score += observed[k] / total * 2 * right[k] / (observed[k] + decided[k]);
        balanced_accuracy += right[k] / observed[k] / occurring;
    }
    return {{"score", score}, {"balanced_accuracy", balanced_accuracy}, {"shares", std::move(shares)}};
}

}  // namespace

Json describe_decision(const Decision& decision, const RatedProbabilities& rated) {
    Json json = decision.store();
    if (rated.classes == 2) json["threshold"] = decision.threshold();
    if (rated.size() == 0) return json;
    json["out_of_fold"] = ratings(rated, decision);
    json["out_of_fold"]["probable"] = ratings(rated, Decision());
    return json;
}

Decision fit_decision(const RatedProbabilities& rated, const DecisionRule& rule) {
    if (rule.kind == Kind::probable) return {};
    check_decision_classes(rule, rated.classes);
    const std::vector<double> corrections = class_corrections(rated);
    std::vector<double> offsets = fitted_offsets(rated, rule, corrections);
    for (std::size_t k = 0; k < offsets.size(); ++k) offsets[k] += corrections[k];
    centre(offsets);
    for (double& offset : offsets) offset = std::clamp(offset, -Decision::largest_offset, Decision::largest_offset);
    return {rule, std::move(offsets)};
}

void check_decision_classes(const DecisionRule& rule, std::size_t classes) {
    if (!rule.needs_two_classes() || classes == 2) return;
    fail(Status::invalid_argument, concat("option decision is ", rule.text(), ", which needs two classes, but there are ",
                                          classes, ": give probable, score or balanced"));
}

}  // namespace mml
