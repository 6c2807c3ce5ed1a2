// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/index.hpp"
#include "config/config.hpp"
#include "data/column_type.hpp"
#include "data/dataset.hpp"
#include "data/remainders.hpp"
#include "data/table_builder.hpp"
#include "data/text_dictionary.hpp"
#include "data/time_cell.hpp"

namespace mml {

/// A column of cells of one type, as callers have them in memory.
struct TypedColumn {
    enum class Role { feature, target, id, ignored };

    std::string name;
    ColumnType type = ColumnType::number;
    Role role = Role::feature;
};

/// Makes a data set of typed cells, which come a block of rows at a time and in a block by column.
class TypedTable {
public:
    static constexpr std::int64_t block_rows = 256;

    /// `source`: what messages call the table. megabytes: most that it may take; 0: any number. Throws Error(bad_data) where
    /// two columns have one name.
    TypedTable(std::string source, std::vector<TypedColumn> columns, std::int64_t megabytes);

    /// Begins a block of up to block_rows rows; every cell of every column that is not ignored is to be set.
    void begin_rows(std::int64_t count);
    /// NaN: missing. Throws Error(bad_data) where the value is infinite, also as float32.
    void set_number(std::size_t column, std::int64_t row, double value);
    /// The same of all rows of the block.
    void set_numbers(std::size_t column, std::span<const double> values);
    /// Of a category: the number that add_level() gave, or none.
    void set_level(std::size_t column, std::int64_t row, std::int32_t level) {
        if (columns_[column].role == TypedColumn::Role::feature) {
            cell(column, row) = level == TextDictionary::none ? missing : static_cast<float>(level);
        } else {
            set_label_or_id(column, row, level);
        }
    }
    /// Seconds since the beginning of 1970; NaN: missing.
    void set_time(std::size_t column, std::int64_t row, double seconds);
    /// Throws Error(limit).
    void end_rows();

    /// The number of a text among a column's levels (of a target: its labels; of ids: the ids); throws Error(bad_data)
    /// unless it is valid UTF-8.
    std::int32_t add_level(std::size_t column, std::string_view text);

    /// Options task, and missing for notes on labels.
    Dataset finish(const Config& config);

private:
    static constexpr float missing = std::numeric_limits<float>::quiet_NaN();

    float& cell(std::size_t column, std::int64_t row) { return block_[as_size(row) * features_ + first_feature_[column]]; }
    [[noreturn]] void refuse(std::size_t column, std::int64_t row, const std::string& what) const;
    void set_label_or_id(std::size_t column, std::int64_t row, std::int32_t level);
    Target finish_target(std::size_t column, const std::string& task);

    std::string source_;
    std::vector<TypedColumn> columns_;
    std::int64_t megabytes_;
    std::vector<std::size_t> first_feature_;  // of each column
    std::size_t features_ = 0;
    std::vector<TextDictionary> texts_;  // of each column
    TableBuilder builder_;
    Remainders remainders_;
    std::vector<float> block_;
    std::int64_t rows_ = 0;  // before the block
    std::int64_t block_count_ = 0;
    std::vector<std::int32_t> target_levels_;
    std::vector<double> target_values_;
    std::vector<std::string> ids_;
};

}  // namespace mml
