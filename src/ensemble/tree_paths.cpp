// SPDX-License-Identifier: Apache-2.0
#include "ensemble/tree_paths.hpp"

#include <algorithm>
#include <array>
#include <numeric>

#include "base/index.hpp"

namespace mml {

namespace {

// A path of c columns gives a polynomial of degree c - 1, which n points integrate exactly where 2 n >= c. A tree has at
// most 255 splits.
constexpr std::size_t fewest_points = 4;
constexpr std::size_t point_counts = 6;  // 4, 8 ... 128

constexpr std::int16_t lowest_bin = -1;
constexpr std::int16_t highest_bin = 255;

std::size_t points_for(std::size_t conditions) {
    std::size_t points = fewest_points;
    while (2 * points < conditions) points *= 2;
    return points;
}

template <std::size_t points>
struct Points {
    Points() {
        const Quadrature quadrature(points);
        std::ranges::transform(quadrature.at, at.begin(), [](double x) { return static_cast<float>(x); });
        std::ranges::transform(quadrature.weight, weight.begin(), [](double x) { return static_cast<float>(x); });
    }
    std::array<float, points> at{};
    std::array<float, points> weight{};
};

}  // namespace

// The split's leaf keeps its number below; so a leaf's node is that of its last split.
std::vector<TreePaths::Node> TreePaths::nodes_of(std::span<const Split> splits, std::span<const float> covers) {
    std::vector<Node> nodes{{0}};
    std::vector<std::size_t> node_of_leaf{0};
    for (std::size_t i = 0; i < splits.size(); ++i) {
        const std::size_t parent = node_of_leaf[splits[i].leaf];
        const std::size_t below = nodes.size();
        nodes.push_back({nodes[parent].leaf});
        nodes.push_back({narrowed<std::int32_t>(i) + 1});
        nodes[parent] = {-1, below, below + 1, splits[i].column, splits[i].bin, splits[i].empty_moves, splits[i].moved, 0};
        node_of_leaf[splits[i].leaf] = below;
        node_of_leaf.push_back(below + 1);
    }
    // Children come after their parents. A leaf that no sample reached would make quotients of nothing.
    constexpr double least_cover = 1e-3;
    for (auto node = nodes.rbegin(); node != nodes.rend(); ++node) {
        if (node->leaf < 0) {
            node->cover = nodes[node->below].cover + nodes[node->above].cover;
        } else {
            const double cover = covers.empty() ? 1.0 : item(covers, node->leaf);
            node->cover = std::max(cover, least_cover);
        }
    }
    return nodes;
}

void TreePaths::add_tree(std::span<const Split> splits, std::span<const float> values, std::span<const float> covers,
                         std::size_t link) {
    const std::vector<Node> nodes = nodes_of(splits, covers);
    for (const Node& node : nodes) {
        if (node.leaf >= 0) base_[link] += item(values, node.leaf) * node.cover / nodes[0].cover;
    }
    std::vector<Condition> asked;
    walk(nodes, 0, asked, values, link);
}

void TreePaths::walk(const std::vector<Node>& nodes, std::size_t number, std::vector<Condition>& asked,
                     std::span<const float> values, std::size_t link) {
    const Node& node = nodes[number];
    if (node.leaf >= 0) {
        paths_.push_back({conditions_.size(), narrowed<std::uint32_t>(asked.size()), narrowed<std::uint32_t>(link),
                          item(values, node.leaf)});
        conditions_.insert(conditions_.end(), asked.begin(), asked.end());
        longest_ = std::max(longest_, asked.size());
        return;
    }
    const auto found = std::ranges::find(asked, node.column, &Condition::column);
    const auto place = as_size(found - asked.begin());
    const bool is_new = found == asked.end();
    if (is_new) asked.push_back({node.column, lowest_bin, highest_bin, 1, node.moved != 0, true, ~std::uint64_t{0}});
    const Condition before = asked[place];
    for (const std::size_t child : {node.below, node.above}) {
        Condition& condition = asked[place];
        condition = before;
        condition.share *= static_cast<float>(nodes[child].cover / node.cover);
        if (condition.category) {
            condition.among &= child == node.below ? ~node.moved : node.moved;
        } else if (child == node.below) {
            condition.high = std::min(condition.high, node.bin);
            condition.zero = condition.zero && !node.empty_moves;
        } else {
            condition.low = std::max(condition.low, node.bin);
            condition.zero = condition.zero && node.empty_moves;
        }
        walk(nodes, child, asked, values, link);
    }
    if (is_new) {
        asked.pop_back();
    } else {
        asked[place] = before;
    }
}

void TreePaths::finish() {
    std::erase_if(paths_, [](const Path& path) { return path.conditions == 0 || path.value == 0; });
    std::ranges::stable_sort(paths_, {}, [](const Path& path) { return points_for(path.conditions); });
    std::size_t points = fewest_points;
    for (std::size_t i = 0; i < point_counts; ++i, points *= 2) {
        ends_.push_back(as_size(
            std::ranges::upper_bound(paths_, points, {}, [](const Path& path) { return points_for(path.conditions); }) -
            paths_.begin()));
    }
}

bool TreePaths::meets(const Condition& condition, const std::uint8_t* bins, std::size_t row) {
    const auto bin = static_cast<std::int16_t>(bins[as_size(condition.column) * rows_a_block + row]);
    if (condition.category) return (condition.among >> static_cast<unsigned>(bin) & 1U) != 0;
    if (bin == 0) return condition.zero;
    return bin > condition.low && bin <= condition.high;
}

// Sorts the rows of a block by which of the path's conditions they meet: what they gain by it is then the same, and most
// rows meet the same. Writes each row's kind, and gives the first row of each kind. A path too long for a word has a kind a
// row.
std::size_t TreePaths::find_kinds(const Path& path, const std::uint8_t* bins, std::size_t rows, Kinds& kinds) const {
    constexpr std::size_t bits = 64;
    if (path.conditions > bits) {
        std::iota(kinds.of_row.begin(), kinds.of_row.end(), std::uint8_t{0});
        std::iota(kinds.first_row.begin(), kinds.first_row.end(), std::uint8_t{0});
        return rows;
    }
    std::array<std::uint64_t, rows_a_block> met{};
    for (std::size_t i = 0; i < path.conditions; ++i) {
        const Condition& condition = conditions_[path.first + i];
        for (std::size_t row = 0; row < rows; ++row)
            met[row] |= static_cast<std::uint64_t>(meets(condition, bins, row)) << i;
    }
    std::array<std::uint64_t, rows_a_block> seen{};
    std::size_t count = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        std::size_t kind = 0;
        while (kind < count && seen[kind] != met[row]) ++kind;
        if (kind == count) {
            seen[count] = met[row];
            kinds.first_row[count++] = narrowed<std::uint8_t>(row);
        }
        kinds.of_row[row] = static_cast<std::uint8_t>(kind);
    }
    return count;
}

// The factor of a condition at point t of the diagonal is share + t * (met - share). before[i] holds the product of those
// ahead of condition i, and `behind` that of those after it. Writes parts[i * rows_a_block].
template <std::size_t points>
void TreePaths::write_parts(const Path& path, const std::uint8_t* bins, std::size_t row, float* parts) const {
    static const Points<points> quadrature;
    using Numbers = std::array<float, points>;
    constexpr std::size_t most_conditions = 2 * points;
    Numbers before[most_conditions + 1];
    float steps[most_conditions];
    const Condition* const conditions = conditions_.data() + path.first;
    before[0].fill(path.value);
    for (std::size_t i = 0; i < path.conditions; ++i) {
        steps[i] = (meets(conditions[i], bins, row) ? 1.0F : 0.0F) - conditions[i].share;
        for (std::size_t t = 0; t < points; ++t)
            before[i + 1][t] = before[i][t] * (conditions[i].share + quadrature.at[t] * steps[i]);
    }
    Numbers behind = quadrature.weight;
    for (std::size_t i = path.conditions; i-- > 0;) {
        float integral = 0;
        for (std::size_t t = 0; t < points; ++t) integral += before[i][t] * behind[t];
        parts[i * rows_a_block] = steps[i] * integral;
        for (std::size_t t = 0; t < points; ++t) behind[t] *= conditions[i].share + quadrature.at[t] * steps[i];
    }
}

template <std::size_t points>
void TreePaths::add_paths(std::size_t first, std::size_t last, const std::uint8_t* bins, std::size_t rows,
                          std::span<double> out) const {
    Kinds kinds{};
    std::vector<float> parts(rows_a_block * longest_);
    for (std::size_t number = first; number < last; ++number) {
        const Path& path = paths_[number];
        const std::size_t count = find_kinds(path, bins, rows, kinds);
        for (std::size_t kind = 0; kind < count; ++kind)
            write_parts<points>(path, bins, kinds.first_row[kind], parts.data() + kind);
        for (std::size_t i = 0; i < path.conditions; ++i) {
            const auto column = as_size(conditions_[path.first + i].column);
            double* const sums = out.data() + (as_size(path.link) * columns_ + column) * rows_a_block;
            const float* const of_kind = parts.data() + i * rows_a_block;
            for (std::size_t row = 0; row < rows; ++row) sums[row] += of_kind[kinds.of_row[row]];
        }
    }
}

void TreePaths::add(const std::uint8_t* bins, std::size_t rows, std::span<double> out) const {
    add_paths<4>(0, ends_[0], bins, rows, out);
    add_paths<8>(ends_[0], ends_[1], bins, rows, out);
    add_paths<16>(ends_[1], ends_[2], bins, rows, out);
    add_paths<32>(ends_[2], ends_[3], bins, rows, out);
    add_paths<64>(ends_[3], ends_[4], bins, rows, out);
    add_paths<128>(ends_[4], ends_[5], bins, rows, out);
}

}  // namespace mml
