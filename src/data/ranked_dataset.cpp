// SPDX-License-Identifier: Apache-2.0
#include "data/ranked_dataset.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "base/version.hpp"
#include "data/united_names.hpp"

namespace mml {

namespace {

using Texts = std::vector<std::string>;

// Options that may differ, because they change no model.
constexpr OptionId own_options[] = {OptionId::threads, OptionId::memory_limit};

void check_versions(const Ranks& ranks) {
    const auto versions = ranks.gathered_texts({library_version()});
    for (std::size_t rank = 1; rank < versions.size(); ++rank) {
        if (versions[rank] == versions[0]) continue;
        fail(Status::mismatch, concat("rank ", rank, " has version ", versions[rank][0], " of the library, but rank 0 has ",
                                      versions[0][0], ": install the same version for all ranks"));
    }
}

void check_options(const Config& config) {
    Texts own;
    for (const Option& one : options())
        own.push_back(std::ranges::find(own_options, one.id) == std::end(own_options) ? config.text(one.id) : std::string());
    const auto all = config.ranks().gathered_texts(own);
    for (std::size_t rank = 1; rank < all.size(); ++rank) {
        const auto [here, first] = std::ranges::mismatch(all[rank], all[0]);
        if (here == all[rank].end()) continue;
        const Option& one = options()[as_size(here - all[rank].begin())];
        fail(Status::mismatch, concat("option ", one.name, " is ", quote(*here), " on rank ", rank, ", but ", quote(*first),
                                      " on rank 0: give all ranks the same options"));
    }
}

enum class Held { none, numbers, levels };

std::vector<Held> held_in_columns(const Dataset& dataset) {
    const std::vector<float>& background = dataset.features.background();
    std::vector<Held> kinds(background.size(), Held::none);
    if (dataset.rows() > 0) {
        for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = std::isnan(background[i]) ? Held::none : Held::numbers;
    }
    RowSpace space;
    for (std::int64_t index = 0; index < dataset.rows(); ++index) {
        const SparseRow row = dataset.features.row(index, space);
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            if (!std::isnan(row.values[i])) item(kinds, row.columns[i]) = Held::numbers;
        }
    }
    for (std::size_t i = 0; i < kinds.size(); ++i) {
        if (has_levels(dataset.categories, i)) kinds[i] = Held::levels;
    }
    return kinds;
}

Texts united(const std::vector<Texts>& of_ranks) {
    Texts names;
    for (const Texts& more : of_ranks) unite_names(names, more);
    return names;
}

bool less_as_numbers(const std::string& a, const std::string& b) {
    double x = 0;
    double y = 0;
    return parse_number(a, &x) && parse_number(b, &y) && x < y;
}

bool rises_as_numbers(const Texts& names) {
    double value = 0;
    return std::ranges::all_of(names, [&](const std::string& name) { return parse_number(name, &value); }) &&
           std::ranges::is_sorted(names, less_as_numbers);
}

// Classes that every rank has sorted are sorted, as one rank with all rows would have them.
Texts united_classes(const std::vector<Texts>& of_ranks) {
    Texts names = united(of_ranks);
    if (std::ranges::all_of(of_ranks, rises_as_numbers)) {
        std::ranges::stable_sort(names, less_as_numbers);
    } else if (std::ranges::all_of(of_ranks, [](const Texts& own) { return std::ranges::is_sorted(own); })) {
        std::ranges::sort(names);
    }
    return names;
}

class RankedDataset {
public:
    RankedDataset(const Dataset& dataset, const Config& config)
        : ranks_(config.ranks()), with_groups_(config.keeps_groups_whole()), dataset_(dataset) {
        rows_.resize(as_size(ranks_.size()));
        item(rows_, ranks_.rank()) = dataset.rows();
        ranks_.sum(std::span(rows_));
        const auto first = std::ranges::find_if(rows_, [](std::int64_t count) { return count > 0; });
        leader_ = first == rows_.end() ? 0 : as_size(first - rows_.begin());
    }

    Dataset run() {
        agree_on_task();
        agree_on_columns();
        agree_on_levels();
        if (dataset_.target->task == Task::classification) agree_on_classes();
        if (with_groups_) agree_on_groups();
        return std::move(dataset_);
    }

private:
    bool has_rows(std::size_t rank) const { return rows_[rank] > 0; }
    std::size_t size() const { return rows_.size(); }

    void agree_on_task() {
        const Task own = dataset_.target->task;
        const auto tasks = ranks_.gathered(std::span(&own, 1));
        for (std::size_t rank = 0; rank < size(); ++rank) {
            if (!has_rows(rank) || tasks[rank] == tasks[leader_]) continue;
            fail(Status::mismatch,
                 concat("the target is a ", target_kind(tasks[rank]), " on rank ", rank, ", but a ",
                        target_kind(tasks[leader_]), " on rank ", leader_, ": option task says for all ranks which it is"));
        }
        if (dataset_.rows() == 0) dataset_.target = Target{tasks[leader_], dataset_.target->class_names, {}, {}};
    }

    void agree_on_columns() {
        Texts own = dataset_.column_names;
        own.push_back(dataset_.target_name);
        own.emplace_back(dataset_.named ? "named" : "");
        const auto all = ranks_.gathered_texts(own);
        const Texts& names = all[leader_];
        for (std::size_t rank = 0; rank < size(); ++rank) {
            if (!has_rows(rank)) continue;
            if (all[rank].size() != names.size()) {
                fail(Status::mismatch,
                     concat("rank ", rank, " has ", all[rank].size() - 2, " columns, but rank ", leader_, " has ",
                            names.size() - 2, ": give all ranks the same columns in the same order"));
            }
            const auto [here, first] = std::ranges::mismatch(all[rank], names);
            if (here - all[rank].begin() >= std::ssize(names) - 2) continue;
            fail(Status::mismatch,
                 concat("column ", here - all[rank].begin(), " is ", quote(*here), " on rank ", rank, ", but ",
                        quote(*first), " on rank ", leader_, ": give all ranks the same columns in the same order"));
        }
        dataset_.named = names.back() == "named";
        dataset_.target_name = names[names.size() - 2];
        dataset_.column_names.assign(names.begin(), names.end() - 2);
        if (dataset_.rows() > 0) return;
        dataset_.features = SparseRows(std::vector<float>(dataset_.column_names.size()));
        dataset_.remainders = SparseRows();
        dataset_.categories.clear();
    }

    // A column without a cell is of either type.
    void agree_on_levels() {
        const std::vector<Held> own = held_in_columns(dataset_);
        const auto kinds = ranks_.gathered(std::span<const Held>(own));
        for (std::size_t column = 0; column < own.size(); ++column) {
            const auto on = [&](std::size_t rank) { return kinds[rank * own.size() + column]; };
            std::size_t numbers = size();
            std::size_t levels = size();
            for (std::size_t rank = size(); rank-- > 0;) {
                if (on(rank) == Held::numbers) numbers = rank;
                if (on(rank) == Held::levels) levels = rank;
            }
            if (levels == size()) continue;
            if (numbers < size()) {
                fail(Status::mismatch,
                     concat("column ", quote(dataset_.column_names[column]), " holds numbers on rank ", numbers,
                            ", but texts on rank ", levels, ": option types says for all ranks which it holds"));
            }
            agree_on_levels_of(column);
        }
        if (!changes_.empty()) dataset_.features = changed(dataset_.features, changes_);
    }

    void agree_on_levels_of(std::size_t column) {
        const std::size_t columns = dataset_.column_names.size();
        dataset_.categories.resize(columns);
        changes_.resize(columns);
        Texts& levels = dataset_.categories[column];
        Texts all = united(ranks_.gathered_texts(levels));
        if (all == levels) return;
        const std::vector<std::int32_t> places = unite_names(all, levels);
        // Without levels no row has a cell, but a table without rows has a background.
        changes_[column] = [places](float cell) {
            return std::isnan(cell) || places.empty() ? cell
                                                      : static_cast<float>(item(places, static_cast<std::int64_t>(cell)));
        };
        levels = std::move(all);
    }

    void agree_on_classes() {
        Target& target = *dataset_.target;
        std::vector<Texts> of_ranks = ranks_.gathered_texts(target.class_names);
        Texts names = united_classes(of_ranks);
        const std::vector<std::int32_t> places = unite_names(names, target.class_names);
        for (std::int32_t& index : target.class_indices) index = item(places, index);
        target.class_names = std::move(names);
    }

    void agree_on_groups() {
        const bool lacks = dataset_.rows() > 0 && !dataset_.groups;
        if (ranks_.any(lacks) && ranks_.any(dataset_.groups.has_value() && dataset_.rows() > 0))
            fail(Status::mismatch, "some ranks have groups and others have none: give all ranks groups");
        const auto of_ranks = ranks_.gathered_texts(dataset_.groups ? dataset_.groups->names : Texts());
        if (!dataset_.groups) return;
        Texts names = united(of_ranks);
        const std::vector<std::int32_t> places = unite_names(names, dataset_.groups->names);
        for (std::int32_t& group : dataset_.groups->of_row) group = item(places, group);
        dataset_.groups->names = std::move(names);
    }

    const Ranks& ranks_;
    bool with_groups_;
    Dataset dataset_;
    std::vector<std::int64_t> rows_;  // of each rank
    std::size_t leader_ = 0;          // the first rank with rows
    std::vector<CellChange> changes_;
};

}  // namespace

Dataset ranked_dataset(const Dataset& dataset, const Config& config) {
    check_versions(config.ranks());
    check_options(config);
    return RankedDataset(dataset, config).run();
}

}  // namespace mml
