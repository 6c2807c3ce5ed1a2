// SPDX-License-Identifier: Apache-2.0
// A slow and obvious reader of CSV text, byte by byte, that the library's is compared with: here on generated files, in
// tests/fuzz on anything.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"

namespace mml_test {

/// What cells mean in the records after the head.
struct SlowLayout {
    enum class Kind {
        labelled,    ///< Moodle's: features, then a label of 0, 1 or 2, where an empty one is 0
        unlabelled,  ///< Moodle's: an id, then features, then cells that are not used, as many as the first row has
        plain        ///< features alone
    };
    Kind kind = Kind::labelled;
    std::size_t head_records = 0;
    std::size_t features = 0;
};

struct SlowTable {
    std::vector<std::string> ids;
    std::vector<std::vector<float>> rows;
    std::vector<int> labels;
};

using SlowRecord = std::vector<std::string>;

class SlowSplitter {
public:
    /// escapes: a quote after a backslash inside a quoted cell stands for itself.
    SlowSplitter(const std::string& text, bool escapes) : text_(text), escapes_(escapes) {}

    /// Nothing where a quote is out of place, or a record without a byte is not among the last.
    std::optional<std::vector<SlowRecord>> split() {
        for (place_ = 0; place_ < text_.size(); ++place_) {
            if (state_ == State::quoted) {
                take_quoted();
            } else if (!take_unquoted()) {
                return std::nullopt;
            }
        }
        if (state_ == State::quoted) return std::nullopt;
        while (!blank_.empty() && blank_.back()) {
            blank_.pop_back();
            records_.pop_back();
        }
        if (std::ranges::find(blank_, true) != blank_.end()) return std::nullopt;
        return records_;
    }

private:
    enum class State { start, plain, quoted, closed };

    char next() const { return place_ + 1 < text_.size() ? text_[place_ + 1] : '\n'; }

    void take_quoted() {
        std::string& cell = records_.back().back();
        const bool escaped = escapes_ && !cell.empty() && text_[place_ - 1] == '\\';
        if (text_[place_] == '"' && !escaped && next() != '"') {
            state_ = State::closed;
            return;
        }
        cell += text_[place_];
        if (text_[place_] == '"' && !escaped) ++place_;
    }

    bool take_unquoted() {
        const char c = text_[place_];
        if (c == '\r' && next() == '\n') return true;
        blank_.back() = blank_.back() && c == '\n';
        if (c == ',' || c == '\n') {
            if (c == '\n')
                begin_record();
            else
                records_.back().emplace_back();
            state_ = State::start;
            return true;
        }
        if (state_ == State::closed) return false;
        const bool opens = c == '"' && state_ == State::start;
        state_ = opens ? State::quoted : State::plain;
        if (!opens) records_.back().back() += c;
        return true;
    }

    void begin_record() {
        records_.push_back({""});
        blank_.push_back(true);
    }

    const std::string& text_;
    bool escapes_;
    std::size_t place_ = 0;
    State state_ = State::start;
    std::vector<SlowRecord> records_{{""}};
    std::vector<bool> blank_{true};
};

inline std::size_t digits_from(const std::string& text, std::size_t* place) {
    const std::size_t begin = *place;
    while (*place < text.size() && text[*place] >= '0' && text[*place] <= '9') ++*place;
    return *place - begin;
}

inline std::optional<double> slow_number(const std::string& text) {
    std::size_t place = text.starts_with('-') ? 1 : 0;
    std::size_t digits = digits_from(text, &place);
    if (place < text.size() && text[place] == '.') digits += digits_from(text, &++place);
    if (digits == 0) return std::nullopt;
    if (place < text.size() && (text[place] == 'e' || text[place] == 'E')) {
        ++place;
        if (place < text.size() && (text[place] == '-' || text[place] == '+')) ++place;
        if (digits_from(text, &place) == 0) return std::nullopt;
    }
    if (place < text.size()) return std::nullopt;
    return std::strtod(text.c_str(), nullptr);
}

inline std::optional<float> slow_feature(const std::string& text) {
    if (text.empty()) return std::nanf("");
    const std::optional<double> value = slow_number(text);
    if (!value || std::isinf(static_cast<float>(*value))) return std::nullopt;
    return static_cast<float>(*value);
}

/// Adds one record to the table; false where it is none.
inline bool add_slowly(SlowTable& table, const SlowRecord& record, const SlowLayout& layout) {
    const std::size_t first = layout.kind == SlowLayout::Kind::unlabelled ? 1 : 0;
    std::vector<float> row;
    for (std::size_t j = first; j < first + layout.features; ++j) {
        const std::optional<float> value = slow_feature(record[j]);
        if (!value) return false;
        row.push_back(*value);
    }
    table.rows.push_back(row);
    if (layout.kind == SlowLayout::Kind::unlabelled) {
        const auto binary = [](const std::string& cell) { return cell.find('\0') != std::string::npos; };
        if (binary(record[0]) ||
            std::any_of(record.begin() + 1 + static_cast<std::ptrdiff_t>(layout.features), record.end(), binary))
            return false;
        table.ids.push_back(mml::valid_utf8(record[0]));
    }
    if (layout.kind == SlowLayout::Kind::labelled) {
        const std::optional<double> label = record.back().empty() ? 0 : slow_number(record.back());
        if (!label || (*label != 0 && *label != 1 && *label != 2)) return false;
        table.labels.push_back(static_cast<int>(*label));
    }
    return true;
}

/// The samples after the head; nothing where the text is malformed.
inline std::optional<SlowTable> read_slowly(const std::string& text, const SlowLayout& layout) {
    const auto records = SlowSplitter(text, layout.kind != SlowLayout::Kind::plain).split();
    if (!records) return std::nullopt;
    SlowTable table;
    std::size_t cells = layout.features + (layout.kind == SlowLayout::Kind::plain ? 0 : 1);
    if (layout.kind == SlowLayout::Kind::unlabelled && records->size() > layout.head_records) {
        cells = std::max(cells, (*records)[layout.head_records].size());
    }
    for (std::size_t i = layout.head_records; i < records->size(); ++i) {
        if ((*records)[i].size() != cells || !add_slowly(table, (*records)[i], layout)) return std::nullopt;
    }
    return table;
}

}  // namespace mml_test
