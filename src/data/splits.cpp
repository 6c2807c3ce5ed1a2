// SPDX-License-Identifier: Apache-2.0
#include "data/splits.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

#include "base/random.hpp"
#include "data/row_merger.hpp"

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

// Rows of equal features and how many of them belong to each class; regression counts as one class.
struct RowGroup {
    Rows rows;
    std::int32_t class_index = 0;  // the most frequent one
};

std::int32_t most_frequent_class(const Dataset& dataset, const Rows& rows) {
    if (!dataset.target || dataset.target->task == Task::regression) return 0;
    std::vector<std::int64_t> counts(dataset.target->class_names.size());
    for (const std::int64_t row : rows) {
        ++counts[static_cast<std::size_t>(dataset.target->class_indices[static_cast<std::size_t>(row)])];
    }
    return static_cast<std::int32_t>(std::ranges::max_element(counts) - counts.begin());
}

// In a random order, the largest first: what comes last evens the folds out.
std::vector<RowGroup> shuffled_groups(const Dataset& dataset, RandomStream stream) {
    std::vector<RowGroup> groups;
    const std::vector<std::int32_t> group_of_row = number_equal_rows(dataset.features);
    for (std::size_t row = 0; row < group_of_row.size(); ++row) {
        const auto group = static_cast<std::size_t>(group_of_row[row]);
        if (group == groups.size()) groups.emplace_back();
        groups[group].rows.push_back(static_cast<std::int64_t>(row));
    }
    for (RowGroup& group : groups) group.class_index = most_frequent_class(dataset, group.rows);
    stream.shuffle(std::span(groups));
    std::ranges::stable_sort(groups, std::greater<>(), [](const RowGroup& group) { return group.rows.size(); });
    return groups;
}

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

std::vector<std::int32_t> deal_equal_rows_into_folds(const Dataset& dataset, int folds, std::uint64_t seed) {
    const std::size_t classes = dataset.target ? std::max<std::size_t>(dataset.target->class_names.size(), 1) : 1;
    // Rows dealt to a fold: of each class, then in all, which decides between equal ones.
    using Dealt = std::pair<std::int64_t, std::int64_t>;
    std::vector<std::vector<Dealt>> dealt(classes, std::vector<Dealt>(static_cast<std::size_t>(folds)));
    std::vector<std::int32_t> fold_of_row(static_cast<std::size_t>(dataset.rows()));
    for (const RowGroup& group : shuffled_groups(dataset, RandomStream(seed, purpose::split))) {
        std::vector<Dealt>& of_class = dealt[static_cast<std::size_t>(group.class_index)];
        const auto fold = static_cast<std::size_t>(std::ranges::min_element(of_class) - of_class.begin());
        const auto size = static_cast<std::int64_t>(group.rows.size());
        of_class[fold].first += size;
        for (std::vector<Dealt>& any_class : dealt) any_class[fold].second += size;
        for (const std::int64_t row : group.rows) {
            fold_of_row[static_cast<std::size_t>(row)] = static_cast<std::int32_t>(fold);
        }
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
