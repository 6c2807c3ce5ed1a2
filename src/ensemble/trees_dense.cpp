// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <bit>
#include <cmath>

#include "base/index.hpp"
#include "ensemble/trees_member.hpp"

namespace mml {

namespace {

constexpr std::size_t dense_block_rows = TreePaths::rows_a_block;
// Fewer rows are scored one by one: a block costs the same however few there are.
constexpr std::size_t rows_that_fill_a_block = 16;

using Leaves = std::uint64_t;  // a bit a leaf, from left to right
constexpr std::size_t most_mask_leaves = 64;

/// What a tree loses when a row is above a threshold, or has one of a category's levels.
struct Condition {
    float threshold = 0;
    std::uint32_t tree = 0;
    Leaves kept = 0;
};

// A split moves rows to the right, so each leaf's new neighbour comes right after it. Returns each leaf's place.
std::vector<std::size_t> places_of_leaves(const Tree& tree) {
    std::vector<std::size_t> order{0};
    for (std::size_t i = 0; i < tree.splits.size(); ++i) {
        const auto parent = std::ranges::find(order, as_size(tree.splits[i].leaf));
        order.insert(parent + 1, i + 1);
    }
    std::vector<std::size_t> places(order.size());
    for (std::size_t place = 0; place < order.size(); ++place) places[order[place]] = place;
    return places;
}

// All leaves but those of the split's left side: from the parent, which stays the leftmost there, to before the new leaf.
Leaves kept_leaves(std::size_t parent_place, std::size_t new_place) {
    const Leaves below_new = (Leaves{1} << new_place) - 1;
    const Leaves below_parent = (Leaves{1} << parent_place) - 1;
    return ~(below_new & ~below_parent);
}

}  // namespace

/// One row goes through all trees column by column (QuickScorer; Lucchese et al., 2015): each condition that it meets takes
/// the leaves that it cannot reach any more out of the tree's mask, and the first that is left is the row's. Many rows, and
/// trees of more leaves, take the blocks of TreesMember.
class TreesMember::Dense : public DenseScorer {
public:
    explicit Dense(const TreesMember& member) : member_(member) {
        const auto fits = [](const Tree& tree) { return tree.values.size() <= most_mask_leaves; };
        has_masks_ = std::ranges::all_of(member.trees_, fits);
        const std::vector<float> zeros(member.used_.size());
        bins_of_zeros_ = member.bins_of_row(zeros);
        if (has_masks_) make_masks();
    }

    void add_scores(const DenseRows& rows, float weight, std::span<float> links, Workspace& space) const override {
        if (!has_masks_ || rows.rows >= rows_that_fill_a_block) return add_block(rows, weight, links, space);
        const std::size_t outputs = member_.base_.size();
        std::pmr::vector<Leaves> masks(member_.trees_.size(), &space);
        std::pmr::vector<float> sums(outputs, &space);
        for (std::size_t row = 0; row < rows.rows; ++row) {
            mask_leaves(rows.row(row), masks);
            sum_leaves(masks, sums);
            for (std::size_t k = 0; k < outputs; ++k) links[row * outputs + k] += weight * (member_.base_[k] + sums[k]);
        }
    }

private:
    // Of a used column the conditions: of numbers by rising threshold, of categories by level.
    struct Column {
        std::size_t column = 0;
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
        std::uint32_t empty_end = 0;    ///< of numbers: to here from `end` on, the conditions that an empty cell meets
        std::uint32_t first_level = 0;  ///< of categories: where the begins of their levels' conditions are
        bool category = false;
        bool empty_as_zero = true;
    };

    void make_masks();
    using Splits = std::vector<const TreeSplit*>;  // of conditions
    void add_number_conditions(Column& column, const std::vector<Condition>& conditions, const Splits& splits);
    void add_level_conditions(Column& column, const std::vector<Condition>& conditions, const Splits& splits);
    void mask_leaves(std::span<const float> row, std::span<Leaves> masks) const;
    void sum_leaves(std::span<const Leaves> masks, std::span<float> sums) const;
    void add_block(const DenseRows& rows, float weight, std::span<float> links, Workspace& space) const;

    const TreesMember& member_;
    bool has_masks_ = false;
    std::vector<std::uint8_t> bins_of_zeros_;  // of the used columns
    std::vector<Column> columns_;
    std::vector<Condition> conditions_;
    std::vector<std::uint32_t> level_begins_;  // most_category_bins + 1 for each category
    std::vector<float> values_;                // of the leaves from left to right, tree after tree
    std::vector<std::uint32_t> first_values_;  // of each tree
};

std::unique_ptr<const DenseScorer> TreesMember::dense_scorer() const { return std::make_unique<Dense>(*this); }

void TreesMember::Dense::make_masks() {
    std::vector<std::vector<Condition>> conditions(member_.columns_.size());
    std::vector<std::vector<const TreeSplit*>> splits(member_.columns_.size());
    const TreeSplit* split = member_.splits_.data();
    for (std::size_t number = 0; number < member_.trees_.size(); ++number) {
        const Tree& tree = member_.trees_[number];
        const std::vector<std::size_t> places = places_of_leaves(tree);
        for (std::size_t i = 0; i < tree.splits.size(); ++i, ++split) {
            const auto used = as_size(split->column);
            conditions[used].push_back({tree.splits[i].threshold, narrowed<std::uint32_t>(number),
                                        kept_leaves(places[split->leaf], places[i + 1])});
            splits[used].push_back(split);
        }
        first_values_.push_back(narrowed<std::uint32_t>(values_.size()));
        values_.resize(values_.size() + places.size());
        for (std::size_t leaf = 0; leaf < places.size(); ++leaf)
            values_[first_values_.back() + places[leaf]] = tree.values[leaf];
    }
    for (std::size_t used = 0; used < conditions.size(); ++used) {
        Column column;
        column.column = as_size(member_.columns_[used]);
        column.begin = narrowed<std::uint32_t>(conditions_.size());
        column.category = member_.categories_[used];
        column.empty_as_zero = !member_.has_empty_bin_[used];
        if (column.category) {
            add_level_conditions(column, conditions[used], splits[used]);
        } else {
            add_number_conditions(column, conditions[used], splits[used]);
        }
        columns_.push_back(column);
    }
}

void TreesMember::Dense::add_number_conditions(Column& column, const std::vector<Condition>& conditions,
                                               const Splits& splits) {
    conditions_.insert(conditions_.end(), conditions.begin(), conditions.end());
    std::ranges::stable_sort(std::span(conditions_).subspan(column.begin), {}, &Condition::threshold);
    column.end = narrowed<std::uint32_t>(conditions_.size());
    for (std::size_t i = 0; i < conditions.size(); ++i) {
        if (splits[i]->empty_moves) conditions_.push_back(conditions[i]);
    }
    column.empty_end = narrowed<std::uint32_t>(conditions_.size());
}

void TreesMember::Dense::add_level_conditions(Column& column, const std::vector<Condition>& conditions,
                                              const Splits& splits) {
    column.first_level = narrowed<std::uint32_t>(level_begins_.size());
    for (int level = 0; level < most_category_bins; ++level) {
        level_begins_.push_back(narrowed<std::uint32_t>(conditions_.size()));
        for (std::size_t i = 0; i < conditions.size(); ++i) {
            if ((splits[i]->moved >> static_cast<unsigned>(level) & 1U) != 0) conditions_.push_back(conditions[i]);
        }
    }
    level_begins_.push_back(narrowed<std::uint32_t>(conditions_.size()));
}

void TreesMember::Dense::mask_leaves(std::span<const float> row, std::span<Leaves> masks) const {
    std::ranges::fill(masks, ~Leaves{0});
    const auto apply = [&](const Condition& condition) { masks[condition.tree] &= condition.kept; };
    for (const Column& column : columns_) {
        const float cell = row[column.column];
        if (column.category) {
            const std::size_t level = column.first_level + category_bin(cell);
            for (std::uint32_t i = level_begins_[level]; i < level_begins_[level + 1]; ++i) apply(conditions_[i]);
            continue;
        }
        if (std::isnan(cell) && !column.empty_as_zero) {
            for (std::uint32_t i = column.end; i < column.empty_end; ++i) apply(conditions_[i]);
            continue;
        }
        const float filled = std::isnan(cell) ? 0.0F : cell;
        for (std::uint32_t i = column.begin; i < column.end && filled > conditions_[i].threshold; ++i) apply(conditions_[i]);
    }
}

// In the order of the trees, as blocks are summed.
void TreesMember::Dense::sum_leaves(std::span<const Leaves> masks, std::span<float> sums) const {
    std::ranges::fill(sums, 0.0F);
    for (std::size_t first = 0; first < masks.size(); first += sums.size()) {
        for (std::size_t k = 0; k < sums.size(); ++k) {
            const std::size_t tree = first + k;
            sums[k] += values_[first_values_[tree] + as_size(std::countr_zero(masks[tree]))];
        }
    }
}

void TreesMember::Dense::add_block(const DenseRows& rows, float weight, std::span<float> links, Workspace& space) const {
    std::pmr::vector<std::uint8_t> bins(member_.columns_.size() * dense_block_rows, &space);
    for (std::size_t used = 0; used < member_.columns_.size(); ++used) {
        const float* cell = rows.cells + as_size(member_.columns_[used]);
        std::uint8_t* const of_column = bins.data() + used * dense_block_rows;
        for (std::size_t row = 0; row < rows.rows; ++row, cell += rows.columns)
            of_column[row] = *cell == 0.0F ? bins_of_zeros_[used] : member_.bin_of(used, *cell);
    }
    member_.score_block(bins.data(), rows.rows, weight, links.data(), space);
}

}  // namespace mml
