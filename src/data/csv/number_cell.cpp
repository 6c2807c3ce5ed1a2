// SPDX-License-Identifier: Apache-2.0
#include "data/csv/number_cell.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.hpp"

namespace mml {

namespace {

// Whether a number that is beyond a double's range is so for being small. `text` is a well-formed decimal number.
bool is_small(std::string_view text) {
    const std::size_t e = std::min(text.find_first_of("eE"), text.size());
    std::string_view mantissa = text.substr(0, e);
    std::string_view exponent_text = text.substr(std::min(e + 1, text.size()));
    if (exponent_text.starts_with('+')) exponent_text.remove_prefix(1);
    long long exponent = 0;
    if (!exponent_text.empty() && !parse_integer(exponent_text, &exponent)) return exponent_text.starts_with('-');
    const auto point = static_cast<long long>(std::min(mantissa.find('.'), mantissa.size()));
    const auto first_digit = static_cast<long long>(mantissa.find_first_of("123456789"));
    return exponent < first_digit - point;
}

}  // namespace

NumberForm parse_decimal(std::string_view text, double& value) {
    double parsed = 0;
    const char* end = text.data() + text.size();
    const auto [after, error] = std::from_chars(text.data(), end, parsed);
    if (error == std::errc::invalid_argument || after != end) return NumberForm::none;
    const bool out_of_range = error == std::errc::result_out_of_range;
    if (out_of_range && !is_small(text)) return NumberForm::too_large;
    if (!std::isfinite(parsed)) return NumberForm::not_finite;
    value = parsed;  // still 0 where it is too small
    return NumberForm::finite;
}

}  // namespace mml
