// SPDX-License-Identifier: Apache-2.0
#include "training/operating_point.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace mml {

namespace {

// Beyond every difference of two offsets that matters.
constexpr double far = 1000;

// The classes decided for and those observed, while observations move from one decision to another.
class Tally {
public:
    Tally(const OperatingSamples& samples, Criterion criterion)
        : criterion_(criterion), observed_(samples.classes), decided_(samples.classes), right_(samples.classes) {
        for (std::size_t i = 0; i < samples.size(); ++i) {
            for (std::size_t k = 0; k < samples.classes; ++k) observed_[k] += samples.counts_of(i)[k];
        }
        total_ = std::reduce(observed_.begin(), observed_.end());
        occurring_ = static_cast<double>(std::ranges::count_if(observed_, [](double count) { return count > 0; }));
    }

    void decide(std::span<const double> counts, std::size_t k) { change(counts, k, 1); }
    void move(std::span<const double> counts, std::size_t from, std::size_t to) {
        change(counts, from, -1);
        change(counts, to, 1);
    }
    double rating() const { return rating_; }
    double total() const { return total_; }
    bool occurs(std::size_t k) const { return observed_[k] > 0; }

private:
    double part(std::size_t k) const {
        if (!occurs(k)) return 0;
        if (criterion_ == Criterion::balanced_accuracy) return right_[k] / observed_[k] / occurring_;
        return observed_[k] / total_ * 2 * right_[k] / (observed_[k] + decided_[k]);
    }
    void change(std::span<const double> counts, std::size_t k, double sign) {
        rating_ -= part(k);
        decided_[k] += sign * std::reduce(counts.begin(), counts.end());
        right_[k] += sign * counts[k];
        rating_ += part(k);
    }

    Criterion criterion_;
    std::vector<double> observed_;
    std::vector<double> decided_;
    std::vector<double> right_;
    double total_ = 0;
    double occurring_ = 0;
    double rating_ = 0;
};

struct BestTwo {
    std::size_t best = 0;
    std::size_t second = 0;
};

BestTwo best_two(std::span<const double> logarithms, std::span<const double> offsets) {
    const auto value = [&](std::size_t k) { return logarithms[k] + offsets[k]; };
    BestTwo two = value(1) > value(0) ? BestTwo{1, 0} : BestTwo{0, 1};
    for (std::size_t k = 2; k < offsets.size(); ++k) {
        if (value(k) > value(two.best)) {
            two = {k, two.best};
        } else if (value(k) > value(two.second)) {
            two.second = k;
        }
    }
    return two;
}

// From which offset of a class on an observation is decided for it, and for which class it is below that.
struct Turn {
    double offset;
    std::size_t place;
    std::size_t other;
};

std::vector<Turn> turns_to(const OperatingSamples& samples, std::span<const double> offsets,
                           const std::vector<BestTwo>& leaders, std::size_t k) {
    std::vector<Turn> turns(samples.size());
    for (std::size_t i = 0; i < turns.size(); ++i) {
        const std::size_t other = leaders[i].best == k ? leaders[i].second : leaders[i].best;
        const std::span<const double> logarithms = samples.logarithms_of(i);
        turns[i] = {logarithms[other] + offsets[other] - logarithms[k], i, other};
    }
    std::ranges::sort(turns, {}, [](const Turn& turn) { return std::pair(turn.offset, turn.place); });
    return turns;
}

// Offsets between which the decisions, and so the rating, are the same.
struct Stretch {
    double from;
    double to;
    double rating;
};

std::vector<Stretch> stretches_of(const OperatingSamples& samples, const std::vector<Turn>& turns, Tally tally,
                                  std::size_t k) {
    for (const Turn& turn : turns) tally.decide(samples.counts_of(turn.place), turn.other);
    std::vector<Stretch> stretches{{-far, far, tally.rating()}};
    for (const Turn& turn : turns) {
        tally.move(samples.counts_of(turn.place), turn.other, k);
        if (turn.offset > stretches.back().from) {
            stretches.back().to = turn.offset;
            stretches.push_back({turn.offset, far, 0});
        }
        stretches.back().rating = tally.rating();
    }
    return stretches;
}

double normal_density(double deviations) { return std::exp(-deviations * deviations / 2) / std::sqrt(2 * std::numbers::pi); }
double normal_share_below(double deviations) { return std::erfc(-deviations / std::numbers::sqrt2) / 2; }

// Of the offsets of a normal distribution, each weighted by its stretch's rating.
double weighted_mean(const std::vector<Stretch>& stretches, double mean, double deviation, double noise) {
    const double best = std::ranges::max(stretches, {}, &Stretch::rating).rating;
    double weight = 0;
    double sum = 0;  // of distances from the mean
    double density = 0;
    double below = 0;
    for (const Stretch& stretch : stretches) {
        const double end = (stretch.to - mean) / deviation;
        const double next_density = normal_density(end);
        const double next_below = normal_share_below(end);
        const double factor = std::exp((stretch.rating - best) / noise);
        weight += factor * (next_below - below);
        sum += factor * deviation * (density - next_density);
        density = next_density;
        below = next_below;
    }
    return weight > 0 ? mean + sum / weight : mean;
}

}  // namespace

void centre(std::vector<double>& offsets) {
    const double mean = std::reduce(offsets.begin(), offsets.end()) / static_cast<double>(offsets.size());
    for (double& offset : offsets) offset -= mean;
}

double OperatingSamples::weight() const { return std::reduce(counts.begin(), counts.end()); }

double rating_noise(double weight) {
    // Of 1/3 ... 1/12 the first lose to the others by drawing to the start, the last by following chance (splits of Moodle's
    // and of public sets from 100 to 14,000 rows).
    return 1 / (6 * std::sqrt(weight));
}

double rating_at(const OperatingSamples& samples, std::span<const double> offsets, Criterion criterion) {
    Tally tally(samples, criterion);
    for (std::size_t i = 0; i < samples.size(); ++i)
        tally.decide(samples.counts_of(i), best_two(samples.logarithms_of(i), offsets).best);
    return tally.rating();
}

std::vector<double> operating_point(const OperatingSamples& samples, std::span<const double> start, double spread,
                                    Criterion criterion) {
    // All classes move at once, and so half way, or two would move twice as far apart as each found right. With two classes
    // the first round is the whole way.
    const int rounds = samples.classes == 2 ? 1 : 3;
    const Tally tally(samples, criterion);
    const double noise = rating_noise(tally.total());
    std::vector<double> offsets(start.begin(), start.end());
    std::vector<BestTwo> leaders(samples.size());
    for (int round = 0; round < rounds; ++round) {
        centre(offsets);
        for (std::size_t i = 0; i < leaders.size(); ++i) leaders[i] = best_two(samples.logarithms_of(i), offsets);
        std::vector<double> moved = offsets;
        for (std::size_t k = 0; k < samples.classes; ++k) {
            if (!tally.occurs(k)) continue;
            // The others' distance from their start is this one's too.
            const double drift = -(offsets[k] - start[k]) / static_cast<double>(samples.classes - 1);
            const auto stretches = stretches_of(samples, turns_to(samples, offsets, leaders, k), tally, k);
            moved[k] += (weighted_mean(stretches, start[k] + drift, spread, noise) - offsets[k]) / 2;
        }
        offsets = std::move(moved);
    }
    centre(offsets);
    return offsets;
}

}  // namespace mml
