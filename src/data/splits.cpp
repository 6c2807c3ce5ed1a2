// SPDX-License-Identifier: Apache-2.0
#include "data/splits.hpp"

#include <algorithm>
#include <cmath>

#include "base/random.hpp"

namespace mml {

namespace {

using Rows = std::vector<std::int64_t>;

// The rows of each class; one list where classes do not count or there are none.
std::vector<Rows> strata(const Dataset& dataset, bool stratified) {
    const bool classes = stratified && dataset.target && dataset.target->task == Task::classification;
    std::vector<Rows> result(classes ? dataset.target->class_names.size() : 1);
    for (std::int64_t row = 0; row < dataset.rows(); ++row) {
        const auto stratum = classes ? dataset.target->class_indices[static_cast<std::size_t>(row)] : 0;
        result[static_cast<std::size_t>(stratum)].push_back(row);
    }
    return result;
}

std::size_t held_out(std::size_t rows, double share) {
    if (rows < 2) return 0;
    const auto wanted = static_cast<std::size_t>(std::llround(share * static_cast<double>(rows)));
    return std::clamp<std::size_t>(wanted, 1, rows - 1);
}

// Deals shuffled items round robin. Where one stratum ends the next goes on, which keeps the folds' sizes even.
class Dealer {
public:
    Dealer(int folds, RandomStream stream) : folds_(folds), stream_(stream) {}

    template <typename Item, typename Take>
    void deal(std::vector<Item>& items, Take take) {
        stream_.shuffle(std::span(items));
        for (const Item item : items) {
            take(item, next_);
            next_ = (next_ + 1) % folds_;
        }
    }

private:
    std::int32_t folds_;
    RandomStream stream_;
    std::int32_t next_ = 0;
};

// For each stratum the observations' numbers, each as often as it has samples.
std::vector<std::vector<std::int32_t>> single_samples(const Samples& samples) {
    const bool classes = samples.task == Task::classification;
    std::vector<std::vector<std::int32_t>> result(classes ? samples.class_names.size() : 1);
    for (std::size_t i = 0; i < samples.observations.size(); ++i) {
        const Observation& observation = samples.observations[i];
        auto& stratum = result[classes ? static_cast<std::size_t>(observation.class_index) : 0];
        stratum.insert(stratum.end(), static_cast<std::size_t>(observation.count), static_cast<std::int32_t>(i));
    }
    return result;
}

}  // namespace

Split random_split(const Dataset& dataset, double test_share, bool stratified, std::uint64_t seed, std::uint64_t iteration) {
    RandomStream stream(seed, purpose::split, iteration);
    Split split;
    for (Rows& rows : strata(dataset, stratified)) {
        stream.shuffle(std::span(rows));
        const auto border = rows.begin() + static_cast<std::ptrdiff_t>(held_out(rows.size(), test_share));
        split.test.insert(split.test.end(), rows.begin(), border);
        split.train.insert(split.train.end(), border, rows.end());
    }
    std::ranges::sort(split.train);
    std::ranges::sort(split.test);
    return split;
}

std::vector<std::int32_t> deal_into_folds(const Dataset& dataset, int folds, std::uint64_t seed) {
    std::vector<std::int32_t> fold_of_row(static_cast<std::size_t>(dataset.rows()));
    Dealer dealer(folds, RandomStream(seed, purpose::split));
    for (Rows& rows : strata(dataset, true)) {
        dealer.deal(rows, [&](std::int64_t row, std::int32_t fold) { fold_of_row[static_cast<std::size_t>(row)] = fold; });
    }
    return fold_of_row;
}

Split fold_split(std::span<const std::int32_t> fold_of_row, std::int32_t fold) {
    Split split;
    for (std::size_t row = 0; row < fold_of_row.size(); ++row) {
        (fold_of_row[row] == fold ? split.test : split.train).push_back(static_cast<std::int64_t>(row));
    }
    return split;
}

std::vector<FoldedObservation> deal_into_folds(const Samples& samples, int folds, std::uint64_t seed) {
    const auto width = static_cast<std::size_t>(folds);
    std::vector<std::int32_t> counts(samples.observations.size() * width);
    Dealer dealer(folds, RandomStream(seed, purpose::folds));
    for (auto& stratum : single_samples(samples)) {
        dealer.deal(stratum, [&](std::int32_t observation, std::int32_t fold) {
            ++counts[static_cast<std::size_t>(observation) * width + static_cast<std::size_t>(fold)];
        });
    }
    std::vector<FoldedObservation> result;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        const Observation& whole = samples.observations[i / width];
        const double weight = whole.weight * counts[i] / whole.count;
        result.push_back(
            {whole.row, whole.class_index, counts[i], static_cast<std::int32_t>(i % width), whole.value, weight});
    }
    return result;
}

}  // namespace mml
