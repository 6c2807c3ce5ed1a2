// SPDX-License-Identifier: Apache-2.0
#include "data/splits.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <utility>

#include "base/index.hpp"
#include "base/random.hpp"
#include "data/equal_rows.hpp"
#include "data/remainders.hpp"

namespace mml {

namespace {

using Rows = std::vector<std::int64_t>;

// The rows of each class; one list where classes do not count or there are none.
std::vector<Rows> strata(const Dataset& dataset, bool stratified) {
    const bool several = stratified && dataset.target;
    std::vector<Rows> result(several ? dataset.target->strata() : 1);
    for (std::int64_t row = 0; row < dataset.rows(); ++row) {
        result[several ? dataset.target->stratum(as_size(row)) : 0].push_back(row);
    }
    return result;
}

std::size_t held_out(std::size_t rows, double fraction) {
    if (rows < 2) return 0;
    const auto wanted = as_size(std::llround(fraction * static_cast<double>(rows)));
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

// What goes to one fold as a whole, by numbers of rows or of observations.
struct Group {
    std::vector<std::int64_t> members;
    std::int64_t size = 0;         // in rows or samples
    std::int32_t class_index = 0;  // the most frequent one; regression counts as one class
};

using GroupSlot = std::pair<std::int32_t, std::int32_t>;  // the group and the class of a member

// member(i): its slot and its size.
template <typename Member>
std::vector<Group> collect_groups(std::size_t members, std::size_t classes, Member member) {
    std::vector<Group> groups;
    std::vector<std::vector<std::int64_t>> counts;
    for (std::size_t i = 0; i < members; ++i) {
        const auto [slot, size] = member(i);
        const std::size_t number = as_size(slot.first);
        if (number >= groups.size()) {
            groups.resize(number + 1);
            counts.resize(number + 1, std::vector<std::int64_t>(classes));
        }
        groups[number].members.push_back(narrowed<std::int64_t>(i));
        groups[number].size += size;
        item(counts[number], slot.second) += size;
    }
    for (std::size_t i = 0; i < groups.size(); ++i)
        groups[i].class_index = narrowed<std::int32_t>(std::ranges::max_element(counts[i]) - counts[i].begin());
    std::erase_if(groups, [](const Group& group) { return group.members.empty(); });
    return groups;
}

// In a random order, the largest first: what comes last evens the folds out.
template <typename Take>
void deal_groups(std::vector<Group> groups, std::size_t classes, int folds, RandomStream stream, Take take) {
    stream.shuffle(std::span(groups));
    std::ranges::stable_sort(groups, std::greater<>(), &Group::size);
    // Dealt to a fold: of each class, then in all, which decides between equal ones.
    using Dealt = std::pair<std::int64_t, std::int64_t>;
    std::vector<std::vector<Dealt>> dealt(classes, std::vector<Dealt>(as_size(folds)));
    for (const Group& group : groups) {
        std::vector<Dealt>& of_class = item(dealt, group.class_index);
        const auto fold = std::ranges::min_element(of_class) - of_class.begin();
        item(of_class, fold).first += group.size;
        for (std::vector<Dealt>& any_class : dealt) item(any_class, fold).second += group.size;
        for (const std::int64_t member : group.members) take(as_size(member), narrowed<std::int32_t>(fold));
    }
}

// Chooses the rows all of whose samples go to one fold, and their folds.
class WholeRows {
public:
    WholeRows(const Samples& samples, int folds, RandomStream stream)
        : samples_(samples),
          folds_(folds),
          totals_(samples.strata()),
          dealt_(totals_.size(), std::vector<std::int64_t>(as_size(folds))),
          fold_of_observation_(samples.observations.size(), -1) {
        for (const Observation& each : samples.observations) totals_[as_size(each.class_index)] += each.count;
        for (std::size_t begin = 0; begin < samples.observations.size();) {
            const std::size_t end = end_of_row(begin);
            if (stream.uniform() < 0.5 && is_small(begin, end)) deal(begin, end);
            begin = end;
        }
    }

    /// The fold of an observation that goes there as a whole; -1 for others.
    std::int32_t fold(std::int32_t observation) const { return item(fold_of_observation_, observation); }

private:
    std::size_t end_of_row(std::size_t begin) const {
        const auto& all = samples_.observations;
        std::size_t end = begin + 1;
        while (end < all.size() && all[end].row == all[begin].row) ++end;
        return end;
    }

    // No fold may lack a class or be most of it: only what is a small part of a class that is large enough is left whole.
    bool is_small(std::size_t begin, std::size_t end) const {
        return std::all_of(samples_.observations.begin() + narrowed<std::ptrdiff_t>(begin),
                           samples_.observations.begin() + narrowed<std::ptrdiff_t>(end), [&](const Observation& each) {
                               const std::int64_t total = totals_[as_size(each.class_index)];
                               return total >= std::int64_t{8} * folds_ && std::int64_t{2} * folds_ * each.count <= total;
                           });
    }

    // To the fold that has least of the row's first class.
    void deal(std::size_t begin, std::size_t end) {
        const auto& least_of = dealt_[as_size(samples_.observations[begin].class_index)];
        const std::ptrdiff_t fold = std::ranges::min_element(least_of) - least_of.begin();
        for (std::size_t i = begin; i < end; ++i) {
            const Observation& each = samples_.observations[i];
            item(dealt_[as_size(each.class_index)], fold) += each.count;
            fold_of_observation_[i] = narrowed<std::int32_t>(fold);
        }
    }

    const Samples& samples_;
    std::int64_t folds_;
    std::vector<std::int64_t> totals_;              // of each class
    std::vector<std::vector<std::int64_t>> dealt_;  // of each class to each fold
    std::vector<std::int32_t> fold_of_observation_;
};

// For each stratum the observations' numbers, each as often as it has samples.
std::vector<std::vector<std::int32_t>> single_samples(const Samples& samples) {
    std::vector<std::vector<std::int32_t>> result(samples.strata());
    for (std::size_t i = 0; i < samples.observations.size(); ++i) {
        const Observation& observation = samples.observations[i];
        auto& stratum = result[as_size(observation.class_index)];
        stratum.insert(stratum.end(), as_size(observation.count), narrowed<std::int32_t>(i));
    }
    return result;
}

FoldedObservation folded(const Observation& whole, std::int32_t count, std::int32_t fold) {
    return {whole.row, whole.class_index, count, fold, whole.value, whole.weight * count / whole.count};
}

// Training without a fold would not know a class that has its samples there alone: it is in no fold that is held out.
void keep_every_class(const Samples& samples, int folds, FoldedObservations& observations) {
    std::vector<std::int32_t> only_fold(samples.strata(), -1);
    const auto fold_of = [&](const FoldedObservation& each) -> std::int32_t& { return item(only_fold, each.class_index); };
    for (const FoldedObservation& each : observations)
        fold_of(each) = fold_of(each) < 0 || fold_of(each) == each.fold ? each.fold : folds;
    for (FoldedObservation& each : observations) {
        if (fold_of(each) < folds) each.fold = folds;
    }
}

FoldedObservations deal_groups(const Samples& samples, int folds, std::uint64_t seed) {
    const auto member = [&](std::size_t i) {
        const Observation& each = samples.observations[i];
        return std::pair(GroupSlot(each.group, narrowed<std::int32_t>(as_size(each.class_index))), std::int64_t{each.count});
    };
    const std::size_t classes = samples.strata();
    FoldedObservations result(samples.observations.size());
    deal_groups(collect_groups(result.size(), classes, member), classes, folds, RandomStream(seed, purpose::folds),
                [&](std::size_t i, std::int32_t fold) {
                    const Observation& whole = samples.observations[i];
                    result[i] = folded(whole, whole.count, fold);
                });
    if (folds > 1) keep_every_class(samples, folds, result);
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
    std::vector<std::int32_t> fold_of_row(as_size(dataset.rows()));
    Dealer dealer(folds, RandomStream(seed, purpose::split));
    for (Rows& rows : strata(dataset, true)) {
        dealer.deal(rows, [&](std::int64_t row, std::int32_t fold) { item(fold_of_row, row) = fold; });
    }
    return fold_of_row;
}

std::vector<std::int32_t> deal_equal_rows_into_folds(const Dataset& dataset, int folds, std::uint64_t seed) {
    return deal_groups_into_folds(dataset, find_equal_rows(features_told_apart(dataset)).numbers, folds, seed);
}

std::vector<std::int32_t> deal_groups_into_folds(const Dataset& dataset, std::span<const std::int32_t> group_of_row,
                                                 int folds, std::uint64_t seed) {
    const std::size_t classes = dataset.target ? dataset.target->strata() : 1;
    const auto member = [&](std::size_t row) {
        const auto label = narrowed<std::int32_t>(dataset.target ? dataset.target->stratum(row) : 0);
        return std::pair(GroupSlot(group_of_row[row], label), std::int64_t{1});
    };
    std::vector<std::int32_t> fold_of_row(as_size(dataset.rows()));
    deal_groups(collect_groups(group_of_row.size(), classes, member), classes, folds, RandomStream(seed, purpose::split),
                [&](std::size_t row, std::int32_t fold) { fold_of_row[row] = fold; });
    return fold_of_row;
}

std::vector<Split> splits_by_time(std::span<const double> times, int count) {
    Rows order(times.size());
    std::iota(order.begin(), order.end(), std::int64_t{0});
    const auto time_of = [&](std::int64_t row) { return times[as_size(row)]; };
    std::ranges::stable_sort(order, {}, time_of);
    std::vector<std::size_t> ends;  // of each part
    const auto parts = as_size(count) + 1;
    for (std::size_t part = 1; part <= parts; ++part) {
        std::size_t end = std::max(part * order.size() / parts, ends.empty() ? 0 : ends.back());
        while (end > 0 && end < order.size() && time_of(order[end]) == time_of(order[end - 1])) ++end;
        ends.push_back(end);
    }
    std::vector<Split> splits;
    for (std::size_t part = 0; part + 1 < parts; ++part) {
        const auto first = order.begin() + static_cast<std::ptrdiff_t>(ends[part]);
        Split& split = splits.emplace_back(
            Split{Rows(order.begin(), first), Rows(first, order.begin() + static_cast<std::ptrdiff_t>(ends[part + 1]))});
        std::ranges::sort(split.train);
        std::ranges::sort(split.test);
    }
    return splits;
}

Split fold_split(std::span<const std::int32_t> fold_of_row, std::int32_t fold) {
    Split split;
    for (std::size_t row = 0; row < fold_of_row.size(); ++row) {
        (fold_of_row[row] == fold ? split.test : split.train).push_back(narrowed<std::int64_t>(row));
    }
    return split;
}

FoldedObservations deal_into_folds(const Samples& samples, int folds, std::uint64_t seed) {
    if (!samples.observations.empty() && samples.observations[0].group >= 0) return deal_groups(samples, folds, seed);
    const auto width = as_size(folds);
    LargeVector<std::int32_t> counts(samples.observations.size() * width);
    const auto count = [&](std::int32_t observation, std::int32_t fold) -> std::int32_t& {
        return counts[as_size(observation) * width + as_size(fold)];
    };
    const WholeRows whole_rows(samples, folds, RandomStream(seed, purpose::folds, 1));
    Dealer dealer(folds, RandomStream(seed, purpose::folds));
    for (auto& stratum : single_samples(samples)) {
        std::erase_if(stratum, [&](std::int32_t observation) {
            const std::int32_t fold = whole_rows.fold(observation);
            if (fold >= 0) ++count(observation, fold);
            return fold >= 0;
        });
        dealer.deal(stratum, [&](std::int32_t observation, std::int32_t fold) { ++count(observation, fold); });
    }
    FoldedObservations result;
    result.reserve(counts.size() - as_size(std::ranges::count(counts, 0)));
    for (std::size_t i = 0; i < counts.size(); ++i) {
        if (counts[i] == 0) continue;
        result.push_back(folded(samples.observations[i / width], counts[i], narrowed<std::int32_t>(i % width)));
    }
    return result;
}

}  // namespace mml
