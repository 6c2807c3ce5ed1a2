// SPDX-License-Identifier: Apache-2.0
#include "text.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <concepts>

namespace mml::cli {

namespace {

// Bytes of the UTF-8 sequence at the start of `text`, or 0. Overlong forms pass: terminals show them as one wrong character.
std::size_t sequence_length(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text[0]);
    if (lead < 0x80) return 1;
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
    const auto is_continuation = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; };
    return std::ranges::all_of(text.substr(1, length - 1), is_continuation) ? length : 0;
}

// ASCII controls, and those of U+0080 to U+009F, which steer terminals just as well.
bool is_control(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence[0]);
    return lead < 0x20 || lead == 0x7F || (lead == 0xC2 && static_cast<unsigned char>(sequence[1]) < 0xA0);
}

void append_escaped(std::string& out, unsigned char byte) {
    constexpr char digits[] = "0123456789abcdef";
    out += "\\x";
    out += digits[byte >> 4U];
    out += digits[byte & 15U];
}

// Characters, not bytes: every byte but UTF-8's continuations.
std::size_t length_shown(std::string_view text) {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

template <std::floating_point Number>
std::string shortest(Number value) {
    constexpr double whole_numbers_end = 1e15;  // above it digits would tell more than the number does
    if (std::trunc(value) == value && std::abs(static_cast<double>(value)) < whole_numbers_end) {
        return std::to_string(static_cast<std::int64_t>(value));
    }
    char digits[32];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    return {digits, end};
}

}  // namespace

std::string one_line(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    while (!text.empty()) {
        const std::size_t length = sequence_length(text);
        const std::string_view sequence = text.substr(0, std::max<std::size_t>(length, 1));
        if (length == 0 || is_control(sequence)) {
            for (const char c : sequence) append_escaped(out, static_cast<unsigned char>(c));
        } else {
            out += sequence;
        }
        text.remove_prefix(sequence.size());
    }
    return out;
}

std::string fixed(double value, int decimals) {
    constexpr double too_long = 1e7;
    if (!std::isfinite(value)) return "-";
    if (std::abs(value) >= too_long) return significant(value, 6);
    char digits[400];  // the longest double has 309 digits before the point
    const auto end = std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed, decimals).ptr;
    return {digits, end};
}

std::string grouped(std::int64_t value) {
    std::string text = std::to_string(value);
    const std::size_t first_digit = value < 0 ? 1 : 0;
    for (std::size_t i = text.size(); i > first_digit + 3;) {
        i -= 3;
        text.insert(i, 1, ',');
    }
    return text;
}

std::string significant(double value, int digits) {
    if (!std::isfinite(value)) return "-";
    constexpr double whole_numbers_end = 1e15;
    if (std::trunc(value) == value && std::abs(value) < whole_numbers_end) return grouped(static_cast<std::int64_t>(value));
    char text[32];
    const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, digits).ptr;
    return {text, end};
}

std::string percent(double share) { return std::isfinite(share) ? fixed(100 * share, 1) + " %" : "-"; }

std::string exact(float value) { return shortest(value); }
std::string exact(double value) { return shortest(value); }

std::string csv_field(std::string_view text) {
    if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    return out + "\"";
}

std::string wrapped(std::string_view text, std::size_t width) {
    std::string out;
    std::size_t line = 0;
    while (!text.empty()) {
        const std::string_view word = text.substr(0, text.find(' '));
        text.remove_prefix(std::min(word.size() + 1, text.size()));
        const bool fits = line == 0 || line + 1 + length_shown(word) <= width;
        if (!out.empty()) out += fits ? ' ' : '\n';
        line = (fits && !out.empty() ? line + 1 : 0) + length_shown(word);
        out += word;
    }
    return out;
}

void Table::add_row(const std::vector<std::string>& cells) {
    auto& row = rows_.emplace_back();
    for (const std::string& cell : cells) row.push_back(one_line(cell));
}

std::string Table::text(std::string_view indent) const {
    std::vector<std::size_t> widths;
    for (const auto& row : rows_) {
        widths.resize(std::max(widths.size(), row.size()));
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], length_shown(row[i]));
    }
    std::string out;
    for (const auto& row : rows_) {
        out += indent;
        for (std::size_t i = 0; i < row.size(); ++i) {
            const std::string padding(widths[i] - length_shown(row[i]), ' ');
            const bool to_left = std::ranges::find(left_, i) != left_.end();
            out += i == 0 ? "" : "  ";
            out += to_left ? row[i] + padding : padding + row[i];
        }
        out.erase(out.find_last_not_of(' ') + 1);
        out += '\n';
    }
    return out;
}

}  // namespace mml::cli
