// SPDX-License-Identifier: Apache-2.0
#include "ensemble/trees_member.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/index.hpp"

namespace mml {

namespace {

constexpr std::size_t rows_a_block = TreePaths::rows_a_block;

[[noreturn]] void refuse(const char* what) {
    fail(Status::bad_model, std::string("damaged model: its trees have ") + what + " out of range");
}

bool in_range(float value) { return std::abs(value) <= largest_leaf_value; }
bool is_cover(float count) { return count >= 0 && std::isfinite(count); }

constexpr const char* empty_moves_name = "empty_moves";

// In the order they are stored, the trees' one after the other.
std::vector<Tree::Split> loaded_splits(const Tensors& tensors, const std::string& prefix, std::int64_t total) {
    const auto& leaves = tensors.get<std::int32_t>(prefix + "leaf", {total});
    const auto& columns = tensors.get<std::int32_t>(prefix + "column", {total});
    const auto& thresholds = tensors.get<float>(prefix + "threshold", {total});
    std::vector<Tree::Split> splits;
    for (std::size_t i = 0; i < leaves.size(); ++i)
        splits.push_back({leaves[i], columns[i], thresholds[i], 0, 0 > thresholds[i]});
    if (tensors.has(prefix + "moved")) {
        const auto& moved = tensors.get<std::int64_t>(prefix + "moved", {total});
        for (std::size_t i = 0; i < splits.size(); ++i) {
            splits[i].moved = static_cast<std::uint64_t>(moved[i]);
            if (moved[i] != 0) splits[i].empty_moves = false;
        }
    }
    if (tensors.has(prefix + empty_moves_name)) {
        const auto& empty_moves = tensors.get<std::int32_t>(prefix + empty_moves_name, {total});
        for (std::size_t i = 0; i < splits.size(); ++i) {
            if (empty_moves[i] != 0 && empty_moves[i] != 1) refuse("a direction of empty cells");
            splits[i].empty_moves = empty_moves[i] == 1;
        }
    }
    return splits;
}

}  // namespace

TreesMember::TreesMember(std::int64_t inputs, std::vector<float> base, std::vector<Tree> trees)
    : base_(std::move(base)), trees_(std::move(trees)) {
    check(inputs);
    list_columns(inputs);
    list_thresholds();
    bin_splits();
}

void TreesMember::check(std::int64_t inputs) const {
    if (base_.empty() || trees_.size() % base_.size() != 0) refuse("their number");
    if (!std::ranges::all_of(base_, in_range)) refuse("a base");
    for (const Tree& tree : trees_) {
        if (tree.splits.size() >= most_leaves || tree.values.size() != tree.splits.size() + 1) refuse("a number of leaves");
        if (!std::ranges::all_of(tree.values, in_range)) refuse("a leaf's value");
        for (std::size_t i = 0; i < tree.splits.size(); ++i) {
            const Tree::Split& split = tree.splits[i];
            if (split.leaf < 0 || as_size(split.leaf) > i) refuse("a split's leaf");
            if (split.column < 0 || split.column >= inputs) refuse("a split's column");
            if (!std::isfinite(split.threshold)) refuse("a split's threshold");
            if (split.moved != 0 && split.empty_moves) refuse("a direction of empty cells");
        }
        if (!tree.covers.empty() && tree.covers.size() != tree.values.size()) refuse("a number of covers");
        if (!std::ranges::all_of(tree.covers, is_cover)) refuse("a leaf's cover");
    }
}

void TreesMember::list_columns(std::int64_t inputs) {
    used_.assign(as_size(inputs), -1);
    for (const Tree& tree : trees_) {
        for (const Tree::Split& split : tree.splits) item(used_, split.column) = 0;
    }
    for (std::size_t column = 0; column < used_.size(); ++column) {
        if (used_[column] < 0) continue;
        used_[column] = narrowed<std::int32_t>(columns_.size());
        columns_.push_back(narrowed<std::int32_t>(column));
    }
}

void TreesMember::list_thresholds() {
    thresholds_.resize(columns_.size());
    categories_.resize(columns_.size());
    has_empty_bin_.resize(columns_.size());
    for (const Tree& tree : trees_) {
        for (const Tree::Split& split : tree.splits) {
            const std::size_t used = place(split);
            categories_[used] = categories_[used] || split.moved != 0;
            has_empty_bin_[used] = has_empty_bin_[used] || !split.empty_as_zero();
            thresholds_[used].push_back(split.threshold);
        }
    }
    for (std::size_t used = 0; used < columns_.size(); ++used) {
        auto& thresholds = thresholds_[used];
        std::ranges::sort(thresholds);
        thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
        const std::size_t bins = thresholds.size() + (has_empty_bin_[used] ? 2 : 1);
        if (bins > most_leaves) refuse("the number of a column's thresholds");
    }
}

void TreesMember::bin_splits() {
    for (const Tree& tree : trees_) {
        for (const Tree::Split& split : tree.splits) {
            const std::size_t used = place(split);
            const auto& thresholds = thresholds_[used];
            const auto below = std::ranges::lower_bound(thresholds, split.threshold) - thresholds.begin();
            const auto bin = static_cast<std::uint8_t>(has_empty_bin_[used] ? below + 1 : below);
            splits_.push_back({static_cast<std::uint8_t>(split.leaf), bin, has_empty_bin_[used] && split.empty_moves,
                               static_cast<std::int32_t>(used), split.moved});
            const bool one_kind = categories_[used] == (split.moved != 0);
            if (!one_kind) refuse("the kind of a column");
        }
    }
}

// A number is above threshold i exactly where its bin is above that of the threshold.
std::uint8_t TreesMember::bin_of(std::size_t used, float cell) const {
    if (categories_[used]) return category_bin(cell);
    if (std::isnan(cell)) {
        if (has_empty_bin_[used]) return 0;
        cell = 0;
    }
    const auto& thresholds = thresholds_[used];
    const auto below = std::ranges::lower_bound(thresholds, cell) - thresholds.begin();
    return static_cast<std::uint8_t>(has_empty_bin_[used] ? below + 1 : below);
}

std::vector<std::uint8_t> TreesMember::bins_of_row(std::span<const float> row) const {
    std::vector<std::uint8_t> bins(columns_.size());
    for (std::size_t used = 0; used < columns_.size(); ++used) bins[used] = bin_of(used, item(row, columns_[used]));
    return bins;
}

// Bins of a block of rows, column by column, rows_a_block apart.
void TreesMember::bin_block(const SparseRows& rows, std::int64_t begin, std::int64_t end,
                            std::span<const std::uint8_t> background, std::span<std::uint8_t> bins) const {
    RowSpace space;
    for (std::size_t used = 0; used < columns_.size(); ++used)
        std::ranges::fill(bins.subspan(used * rows_a_block, rows_a_block), background[used]);
    for (std::int64_t index = begin; index < end; ++index) {
        const SparseRow row = rows.row(index, space);
        for (std::size_t i = 0; i < row.columns.size(); ++i) {
            const std::int32_t used = item(used_, row.columns[i]);
            if (used < 0) continue;
            const auto place = as_size(used);
            bins[place * rows_a_block + as_size(index - begin)] = bin_of(place, row.values[i]);
        }
    }
}

void TreesMember::add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                             std::span<float> links) const {
    const std::vector<std::uint8_t> background = bins_of_row(rows.background());
    std::vector<std::uint8_t> bins(columns_.size() * rows_a_block);
    for (std::int64_t begin = first; begin < last; begin += narrowed<std::int64_t>(rows_a_block)) {
        const std::int64_t end = std::min(last, begin + narrowed<std::int64_t>(rows_a_block));
        bin_block(rows, begin, end, background, bins);
        score_block(bins.data(), as_size(end - begin), weight, links.data() + as_size(begin - first) * base_.size(),
                    *std::pmr::get_default_resource());
    }
}

void TreesMember::score_block(const std::uint8_t* bins, std::size_t rows, float weight, float* links,
                              Workspace& space) const {
    const std::size_t outputs = base_.size();
    std::pmr::vector<float> sums(outputs * rows_a_block, &space);
    std::uint8_t leaves[rows_a_block];
    const TreePaths::Split* split = splits_.data();
    for (std::size_t number = 0; number < trees_.size(); ++number) {
        const Tree& tree = trees_[number];
        exact_kernels().tree_leaves(tree.splits.size(), split, bins, leaves);
        split += tree.splits.size();
        float* sum = sums.data() + (number % outputs) * rows_a_block;
        for (std::size_t row = 0; row < rows_a_block; ++row) sum[row] += tree.values[leaves[row]];
    }
    for (std::size_t row = 0; row < rows; ++row) {
        for (std::size_t k = 0; k < outputs; ++k)
            links[row * outputs + k] += weight * (base_[k] + sums[k * rows_a_block + row]);
    }
}

const TreePaths& TreesMember::paths() const {
    std::call_once(paths_->once, [this] {
        TreePaths paths(columns_.size(), base_.size());
        std::span<const TreePaths::Split> splits(splits_);
        for (std::size_t number = 0; number < trees_.size(); ++number) {
            const Tree& tree = trees_[number];
            paths.add_tree(splits.first(tree.splits.size()), tree.values, tree.covers, number % base_.size());
            splits = splits.subspan(tree.splits.size());
        }
        paths.finish();
        paths_->made = std::move(paths);
    });
    return *paths_->made;
}

void TreesMember::explain(const SparseRows& rows, std::int64_t first, std::int64_t last, Contributions& out) const {
    const TreePaths& trees = paths();
    const std::vector<std::uint8_t> background = bins_of_row(rows.background());
    std::vector<std::uint8_t> bins(columns_.size() * rows_a_block);
    std::vector<double> sums(base_.size() * columns_.size() * rows_a_block);
    for (std::size_t k = 0; k < base_.size(); ++k) out.base()[k] = base_[k] + trees.base()[k];
    for (std::int64_t begin = first; begin < last; begin += narrowed<std::int64_t>(rows_a_block)) {
        const std::int64_t end = std::min(last, begin + narrowed<std::int64_t>(rows_a_block));
        bin_block(rows, begin, end, background, bins);
        std::ranges::fill(sums, 0.0);
        trees.add(bins.data(), as_size(end - begin), sums);
        for (std::size_t row = 0; row < as_size(end - begin); ++row) {
            for (std::size_t k = 0; k < base_.size(); ++k) {
                const auto contributions = out.of(as_size(begin - first) + row, k);
                for (std::size_t used = 0; used < columns_.size(); ++used)
                    item(contributions, columns_[used]) += sums[(k * columns_.size() + used) * rows_a_block + row];
            }
        }
    }
}

void TreesMember::store(Tensors& tensors, const std::string& prefix) const {
    std::vector<std::int32_t> counts, leaves, columns, empty_moves;
    std::vector<float> thresholds, values, covers;
    std::vector<std::int64_t> moved;
    for (const Tree& tree : trees_) {
        counts.push_back(narrowed<std::int32_t>(tree.splits.size()));
        values.insert(values.end(), tree.values.begin(), tree.values.end());
        covers.insert(covers.end(), tree.covers.begin(), tree.covers.end());
        for (const Tree::Split& split : tree.splits) {
            leaves.push_back(split.leaf);
            columns.push_back(split.column);
            thresholds.push_back(split.threshold);
            moved.push_back(static_cast<std::int64_t>(split.moved));
            empty_moves.push_back(split.empty_moves ? 1 : 0);
        }
    }
    tensors.put(prefix + "base", base_);
    tensors.put(prefix + "splits", std::move(counts));
    tensors.put(prefix + "leaf", std::move(leaves));
    tensors.put(prefix + "column", std::move(columns));
    tensors.put(prefix + "threshold", std::move(thresholds));
    if (covers.size() == values.size()) tensors.put(prefix + "cover", std::move(covers));
    tensors.put(prefix + "value", std::move(values));
    const bool has_categories = std::ranges::any_of(moved, [](std::int64_t bins) { return bins != 0; });
    if (has_categories) tensors.put(prefix + "moved", std::move(moved));
    const bool as_zero = std::ranges::none_of(has_empty_bin_, [](bool has) { return has; });
    if (!as_zero) tensors.put(prefix + empty_moves_name, std::move(empty_moves));
}

std::unique_ptr<const Member> TreesMember::load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs,
                                                std::size_t outputs) {
    const auto& counts = tensors.get<std::int32_t>(prefix + "splits", {-1});
    std::int64_t total = 0;
    for (const std::int32_t count : counts) {
        if (count < 0 || count >= most_leaves) refuse("a number of splits");
        total += count;
    }
    const std::vector<Tree::Split> splits = loaded_splits(tensors, prefix, total);
    const auto& values = tensors.get<float>(prefix + "value", {total + std::ssize(counts)});
    const bool covered = tensors.has(prefix + "cover");
    const std::vector<float> covers =
        covered ? tensors.get<float>(prefix + "cover", {std::ssize(values)}) : std::vector<float>();
    std::vector<Tree> trees(counts.size());
    auto split = splits.begin();
    auto value = values.begin();
    for (std::size_t number = 0; number < trees.size(); ++number) {
        const std::int32_t count = counts[number];
        trees[number].splits.assign(split, split + count);
        trees[number].values.assign(value, value + count + 1);
        if (covered) {
            const auto cover = covers.begin() + (value - values.begin());
            trees[number].covers.assign(cover, cover + count + 1);
        }
        split += count;
        value += count + 1;
    }
    return std::make_unique<TreesMember>(inputs, tensors.get<float>(prefix + "base", {outputs}), std::move(trees));
}

}  // namespace mml
