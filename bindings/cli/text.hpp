// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mml::cli {

/// Text from outside, fit for one line of a terminal: control characters and bytes that are not UTF-8 appear as \xNN.
std::string one_line(std::string_view text);

/// Numbers for people, whatever the locale: fixed(0.12345, 3) "0.123", grouped(14139) "14,139", percent(0.8571) "85.7 %".
/// What is not a number becomes "-".
std::string fixed(double value, int decimals);
std::string grouped(std::int64_t value);
std::string percent(double share);

/// At most so many significant digits: significant(0.29211288, 4) "0.2921". Whole numbers below 10^15 have all of theirs,
/// grouped.
std::string significant(double value, int digits);

/// The shortest text that reads back as the same number; whole numbers in digits alone.
std::string exact(float value);
std::string exact(double value);

/// A field of a CSV file, quoted where RFC 4180 asks for it.
std::string csv_field(std::string_view text);

/// The text with line breaks instead of spaces, so that lines have at most `width` characters where words allow it.
std::string wrapped(std::string_view text, std::size_t width);

/// Columns for reading: the first is aligned to the left, the others to the right unless `left` says otherwise.
class Table {
public:
    explicit Table(std::vector<std::size_t> left = {0}) : left_(std::move(left)) {}
    /// Cells pass through one_line().
    void add_row(const std::vector<std::string>& cells);
    /// Each row as a line that begins with `indent`.
    std::string text(std::string_view indent = "") const;

private:
    std::vector<std::size_t> left_;
    std::vector<std::vector<std::string>> rows_;
};

}  // namespace mml::cli
