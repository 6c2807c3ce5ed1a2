// SPDX-License-Identifier: Apache-2.0
#include "data/row_merger.hpp"

#include <algorithm>
#include <limits>

#include "base/error.hpp"
#include "data/cell_hash.hpp"

namespace mml {

std::size_t RowMerger::Hash::operator()(const SparseRow& row) const {
    std::uint64_t hash = row.columns.size();
    for (std::size_t i = 0; i < row.columns.size(); ++i) {
        hash = mixed_hash(hash, (static_cast<std::uint64_t>(row.columns[i]) << 32U) | cell_bits(row.values[i]));
    }
    return hash;
}

bool RowMerger::Equal::operator()(const SparseRow& a, const SparseRow& b) const {
    return std::ranges::equal(a.columns, b.columns) && std::ranges::equal(a.values, b.values, same_cell);
}

RowMerger::RowMerger(std::vector<float> background)
    : rows_(std::move(background)), numbers_(0, Hash{&rows_}, Equal{&rows_}) {}

std::int32_t RowMerger::number_of(SparseRow row) {
    const auto found = numbers_.find(row);
    if (found != numbers_.end()) return *found;
    if (rows_.rows() == std::numeric_limits<std::int32_t>::max()) {
        fail(Status::limit, "more than 2147483647 different rows: train on fewer samples");
    }
    const auto number = static_cast<std::int32_t>(rows_.rows());
    rows_.append_row(row);
    numbers_.insert(number);
    return number;
}

std::vector<std::int32_t> number_equal_rows(const SparseRows& rows) {
    RowMerger merger(rows.background());
    std::vector<std::int32_t> numbers;
    numbers.reserve(static_cast<std::size_t>(rows.rows()));
    for (std::int64_t row = 0; row < rows.rows(); ++row) numbers.push_back(merger.number_of(rows.row(row)));
    return numbers;
}

}  // namespace mml
