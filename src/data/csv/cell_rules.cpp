// SPDX-License-Identifier: Apache-2.0
#include "data/csv/cell_rules.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/index.hpp"
#include "base/text.hpp"
#include "data/csv/number_cell.hpp"

namespace mml {

namespace {

constexpr std::size_t longest_number = 400;  // any double is written in fewer bytes than that

// Marks of more than one byte that stand between thousands: no-break space, narrow no-break space, thin space, apostrophe.
constexpr std::array<std::pair<std::string_view, char>, 4> wide_marks{
    {{"\xC2\xA0", ' '}, {"\xE2\x80\xAF", ' '}, {"\xE2\x80\x89", ' '}, {"\xE2\x80\x99", '\''}}};

std::string with_short_marks(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto wide = std::ranges::find_if(wide_marks, [&](const auto& mark) { return text.starts_with(mark.first); });
        out += wide == wide_marks.end() ? text.front() : wide->second;
        text.remove_prefix(wide == wide_marks.end() ? 1 : wide->first.size());
    }
    return out;
}

// The digits between a number's marks, and the marks.
struct DigitGroups {
    std::vector<std::size_t> digits{0};
    std::string marks;

    bool in_thousands(std::size_t groups) const {
        return groups > 1 && digits[0] >= 1 && digits[0] <= 3 &&
               std::all_of(digits.begin() + 1, digits.begin() + narrowed<std::ptrdiff_t>(groups),
                           [](std::size_t count) { return count == 3; });
    }
    bool same_marks(std::size_t count) const { return marks.find_first_not_of(marks[0]) >= count; }
};

// Nothing where the text holds anything else.
DigitGroups digit_groups(std::string_view text) {
    DigitGroups groups;
    for (const char c : text) {
        if (is_digit(c)) {
            ++groups.digits.back();
        } else if (std::string_view(",.' ").find(c) != std::string_view::npos) {
            groups.marks += c;
            groups.digits.push_back(0);
        } else {
            return {};
        }
    }
    return groups;
}

char small_letter(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool is_number(const std::string& text) {
    double value = 0;
    return parse_decimal(text, value) == NumberForm::finite;
}

std::string_view without_sign(std::string_view text) {
    if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
    return text;
}

}  // namespace

std::vector<std::string> missing_marks(std::string_view list) {
    std::vector<std::string> marks;
    while (!list.empty()) {
        const std::size_t comma = std::min(list.find(','), list.size());
        if (comma > 0) marks.emplace_back(list.substr(0, comma));
        list.remove_prefix(std::min(comma + 1, list.size()));
    }
    return marks;
}

CellForm country_number(std::string_view text, char decimal) {
    const std::string body = with_short_marks(without_sign(text));
    const DigitGroups groups = digit_groups(body);
    const std::size_t marks = groups.marks.size();
    if (marks == 0 || !is_digit(body.back())) return CellForm::text;
    const bool plain_zero = groups.digits[0] == 1 && body.front() == '0';
    const bool thousands = marks > 1 || groups.marks[0] != decimal;
    if (thousands && groups.same_marks(marks) && groups.in_thousands(marks + 1) && !plain_zero) return CellForm::thousands;
    if (marks == 1) return groups.marks[0] == ',' || groups.marks[0] == '.' ? CellForm::decimal_mark : CellForm::text;
    const char last = groups.marks.back();
    const bool decimals = (last == ',' || last == '.') && last != groups.marks[0];
    return decimals && groups.same_marks(marks - 1) && groups.in_thousands(marks) ? CellForm::thousands : CellForm::text;
}

CellRules::CellRules(bool comma_is_decimal, const Config& config)
    : decimal_comma(comma_is_decimal),
      missing(missing_marks(config.text(OptionId::missing))),
      short_numbers(!comma_is_decimal && std::ranges::none_of(missing, is_number)) {}

bool CellRules::is_missing(std::string_view cell) const {
    return cell.empty() || std::ranges::any_of(missing, [&](const std::string& mark) {
               return mark.size() == cell.size() && std::ranges::equal(mark, cell, {}, small_letter, small_letter);
           });
}

CellForm CellRules::read(std::string_view cell, double& value) const {
    if (is_missing(cell)) return CellForm::missing;
    if (cell.size() > longest_number) return CellForm::text;
    std::string_view number = cell;
    if (number.starts_with('+') && number.size() > 1 && number[1] != '-') number.remove_prefix(1);
    std::array<char, longest_number> copy{};
    if (decimal_comma) {
        if (number.find('.') != std::string_view::npos) return country_number(cell, ',');
        std::ranges::replace_copy(number, copy.begin(), ',', '.');
        number = {copy.data(), number.size()};
    }
    switch (parse_decimal(number, value)) {
        case NumberForm::finite: return CellForm::number;
        case NumberForm::not_finite: return CellForm::not_finite;
        case NumberForm::too_large: return CellForm::too_large;
        case NumberForm::none: return country_number(cell, decimal_comma ? ',' : '.');
    }
    return CellForm::text;
}

std::string CellRules::advice(CellForm form) const {
    switch (form) {
        case CellForm::thousands: return "has marks between its thousands: write the number without them, such as 1234567.5";
        case CellForm::decimal_mark:
            return decimal_comma ? "has a decimal point, but the table's numbers have commas: write a comma, or set option "
                                   "decimal to point"
                                 : "has a decimal comma, but the table's numbers have points: write a point, or set option "
                                   "decimal to comma";
        case CellForm::too_large: return "is beyond the range of 64-bit floating-point numbers (1.8E308)";
        case CellForm::not_finite: return "is not finite: write a number, or nothing where the value is missing";
        default:
            return "is not a finite number: write digits with a point, such as -0.5 or 1.0E-7, and nothing where the value "
                   "is "
                   "missing";
    }
}

}  // namespace mml
