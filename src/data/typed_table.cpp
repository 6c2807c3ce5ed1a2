// SPDX-License-Identifier: Apache-2.0
#include "data/typed_table.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "config/memory_limit.hpp"
#include "data/column_options.hpp"
#include "data/target_rules.hpp"

namespace mml {

namespace {

std::size_t features_of(const TypedColumn& column) {
    if (column.role != TypedColumn::Role::feature) return 0;
    return column.type == ColumnType::time ? TimeParts::count : 1;
}

std::size_t all_features(const std::vector<TypedColumn>& columns) {
    std::size_t count = 0;
    for (const TypedColumn& column : columns) count += features_of(column);
    return count;
}

}  // namespace

TypedTable::TypedTable(std::string source, std::vector<TypedColumn> columns, std::int64_t megabytes)
    : source_(std::move(source)),
      columns_(std::move(columns)),
      megabytes_(megabytes),
      texts_(columns_.size()),
      builder_(static_cast<std::int64_t>(all_features(columns_))),
      remainders_(static_cast<std::int64_t>(all_features(columns_))) {
    std::set<std::string> met;
    for (const TypedColumn& column : columns_) {
        first_feature_.push_back(features_);
        for (std::size_t part = 0; part < features_of(column); ++part) {
            const std::string name = column.name + TimeParts::suffixes[part];
            if (!met.insert(name).second)
                fail(Status::bad_data, concat(source_, ": two columns are called ", quote(name), ": rename one"));
        }
        features_ += features_of(column);
    }
    if (features_ == 0) fail(Status::bad_data, concat(source_, ": there is no column of features"));
}

void TypedTable::begin_rows(std::int64_t count) {
    block_count_ = count;
    block_.assign(as_size(count) * features_, missing);
    const auto rows = as_size(rows_ + count);
    for (const TypedColumn& column : columns_) {
        if (column.role == TypedColumn::Role::id) ids_.resize(rows);
        if (column.role != TypedColumn::Role::target) continue;
        if (column.type == ColumnType::category) {
            target_levels_.resize(rows, TextDictionary::none);
        } else {
            target_values_.resize(rows, static_cast<double>(missing));
        }
    }
}

void TypedTable::set_number(std::size_t column, std::int64_t row, double value) {
    if (columns_[column].role == TypedColumn::Role::target) {
        if (!std::isfinite(value)) refuse(column, row, "is the target, and not a finite number");
        item(target_values_, rows_ + row) = value + 0.0;
    } else if (columns_[column].role == TypedColumn::Role::id) {
        item(ids_, rows_ + row) = std::isnan(value) ? "" : number_text(value);
    } else {
        if (std::abs(value) > static_cast<double>(std::numeric_limits<float>::max()))
            refuse(column, row,
                   concat("is ", value, ": give numbers that float32 can hold, and NaN where a value is missing"));
        cell(column, row) = static_cast<float>(value);
        remainders_.add(rows_ + row, first_feature_[column], value);
    }
}

void TypedTable::set_numbers(std::size_t column, std::span<const double> values) {
    constexpr double largest = std::numeric_limits<float>::max();
    const bool fits = columns_[column].role == TypedColumn::Role::feature &&
                      std::ranges::none_of(values, [](double value) { return std::abs(value) > largest; });
    if (!fits) {
        for (std::size_t row = 0; row < values.size(); ++row) set_number(column, narrowed<std::int64_t>(row), values[row]);
        return;
    }
    float* out = &cell(column, 0);
    if (!remainders_.collects(first_feature_[column])) {
        for (std::size_t row = 0; row < values.size(); ++row, out += features_) *out = static_cast<float>(values[row]);
        return;
    }
    for (std::size_t row = 0; row < values.size(); ++row, out += features_) {
        *out = static_cast<float>(values[row]);
        remainders_.add(rows_ + static_cast<std::int64_t>(row), first_feature_[column], values[row]);
    }
}

void TypedTable::set_time(std::size_t column, std::int64_t row, double seconds) {
    if (columns_[column].role != TypedColumn::Role::feature) return set_number(column, row, seconds);
    if (std::isnan(seconds)) return;
    constexpr double longest = 1e12;  // 30,000 years
    if (std::abs(seconds) > longest) refuse(column, row, concat("is ", seconds, " seconds from 1970: that is not a date"));
    const TimeParts parts = time_parts(seconds);
    std::ranges::copy(parts.values, &cell(column, row));
}

void TypedTable::set_label_or_id(std::size_t column, std::int64_t row, std::int32_t level) {
    const auto place = as_size(rows_ + row);
    if (columns_[column].role == TypedColumn::Role::target) {
        if (level == TextDictionary::none) refuse(column, row, "is missing, but it is the target");
        target_levels_[place] = level;
    } else if (columns_[column].role == TypedColumn::Role::id && level != TextDictionary::none) {
        ids_[place] = item(texts_[column].texts(), level);
    }
}

void TypedTable::end_rows() {
    for (std::int64_t row = 0; row < block_count_; ++row)
        builder_.add_row(std::span(block_).subspan(as_size(row) * features_, features_));
    rows_ += block_count_;
    MemoryLimit(megabytes_)
        .require(builder_.bytes() + remainders_.bytes(), concat(source_, ": this table"), "or give fewer rows at a time");
}

std::int32_t TypedTable::add_level(std::size_t column, std::string_view text) {
    const std::int32_t known = texts_[column].find(text);
    if (known != TextDictionary::none) return known;
    if (valid_utf8(text) != text)
        fail(Status::bad_data,
             concat(source_, ": column ", quote(columns_[column].name), " holds ", quote(text), ": give UTF-8"));
    return texts_[column].add(text);
}

Dataset TypedTable::finish(const Config& config) {
    Dataset dataset;
    dataset.source = source_;
    dataset.named = true;
    dataset.features = builder_.finish();
    dataset.remainders = remainders_.finish(rows_);
    dataset.row_ids = std::move(ids_);
    Categories categories(features_);
    for (std::size_t column = 0; column < columns_.size(); ++column) {
        const TypedColumn& one = columns_[column];
        for (std::size_t part = 0; part < features_of(one); ++part)
            dataset.column_names.push_back(one.name + TimeParts::suffixes[part]);
        if (one.role == TypedColumn::Role::feature && one.type == ColumnType::category)
            categories[first_feature_[column]] = texts_[column].texts();
        if (one.role != TypedColumn::Role::target) continue;
        dataset.target = finish_target(column, task_by_options(source_, one.name, config));
        dataset.target_name = one.name;
        if (one.type == ColumnType::category)
            note_odd_labels(texts_[column].texts(), CellRules(false, config), source_, dataset.notes);
    }
    if (std::ranges::any_of(categories, [](const auto& levels) { return !levels.empty(); }))
        dataset.categories = std::move(categories);
    return dataset;
}

Target TypedTable::finish_target(std::size_t column, const std::string& task) {
    if (columns_[column].type == ColumnType::category) {
        if (task == "regression") refuse(column, 0, "holds texts, but is to be a target of numbers");
        return classes_of_texts(texts_[column].texts(), target_levels_);
    }
    NumberClasses classes;
    for (const double value : target_values_) classes.add(value);
    if (task == "classification" || (task == "auto" && classes.hold())) return classes_of_numbers(target_values_);
    return {Task::regression, {}, {}, std::move(target_values_)};
}

void TypedTable::refuse(std::size_t column, std::int64_t row, const std::string& what) const {
    fail(Status::bad_data, concat(source_, ": row ", rows_ + row, ", column ", quote(columns_[column].name), " ", what));
}

}  // namespace mml
