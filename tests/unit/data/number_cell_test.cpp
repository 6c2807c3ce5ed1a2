// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <string>

#include "base/random.hpp"
#include "data/csv/number_cell.hpp"

using mml::NumberForm;
using mml::parse_decimal;
using mml::parse_short_number;

namespace {

double decimal(std::string_view text) {
    double value = std::nan("");
    CHECK(parse_decimal(text, value) == NumberForm::finite);
    return value;
}

NumberForm form(std::string_view text) {
    double value = 0;
    return parse_decimal(text, value);
}

// How many bytes the short form of a number takes at the start of the text; -1 where it has none.
std::ptrdiff_t short_length(const std::string& text) {
    double value = 0;
    const char* end = parse_short_number(text.c_str(), value);
    return end == nullptr ? -1 : end - text.c_str();
}

double short_number(const std::string& text) {
    double value = std::nan("");
    CHECK(parse_short_number(text.c_str(), value) != nullptr);
    return value;
}

// Like -12.345; at most 17 digits.
std::string random_number(mml::RandomStream& stream) {
    std::string text = stream.below(2) == 0 ? "" : "-";
    const std::uint64_t digits = 1 + stream.below(17);
    const std::uint64_t point = stream.below(digits + 2);
    for (std::uint64_t i = 0; i < digits; ++i) {
        if (i == point) text += '.';
        text += static_cast<char>('0' + stream.below(10));
    }
    return text;
}

}  // namespace

TEST_CASE("decimal numbers in every notation that PHP and Python write") {
    CHECK(decimal("0") == 0);
    CHECK(decimal("-1") == -1);
    CHECK(decimal("0.13") == 0.13);
    CHECK(decimal("1.0E-7") == 1e-7);
    CHECK(decimal("1e+05") == 100000);
    CHECK(decimal(".5") == 0.5);
    CHECK(decimal("5.") == 5);
    CHECK(decimal("0.33333333333333331") == 1.0 / 3);
    CHECK(decimal("1.7976931348623157e308") == 1.7976931348623157e308);
}

TEST_CASE("numbers too small for a double are 0") {
    CHECK(decimal("1e-400") == 0);
    CHECK(decimal("-1e-400") == 0);
    CHECK(decimal("1e-99999999999999999999") == 0);
    CHECK(decimal("0." + std::string(500, '0') + "1") == 0);
    CHECK(decimal("1" + std::string(500, '0') + "e-1000") == 0);
}

TEST_CASE("numbers too large for a double are told apart") {
    CHECK(form("1e400") == NumberForm::too_large);
    CHECK(form("-1e400") == NumberForm::too_large);
    CHECK(form("1e99999999999999999999") == NumberForm::too_large);
    CHECK(form("1" + std::string(500, '0')) == NumberForm::too_large);
    CHECK(form("0." + std::string(500, '0') + "1e1000") == NumberForm::too_large);
}

TEST_CASE("what is no decimal number is refused") {
    for (const char* text :
         {"", "-", ".", "abc", "0x1A", "1,5", "+1", " 1", "1 ", "1e", "1e+", "--1", "1.2.3", "1_000", "\xC2\xBD"}) {
        CAPTURE(text);
        CHECK(form(text) == NumberForm::none);
    }
    for (const char* text : {"nan", "NaN", "-nan", "inf", "-inf", "INF", "infinity"}) {
        CAPTURE(text);
        CHECK(form(text) == NumberForm::not_finite);
    }
}

TEST_CASE("the short form ends where the number ends") {
    CHECK(short_length("0,") == 1);
    CHECK(short_length("-12.50\n") == 6);
    CHECK(short_length("5.,") == 2);
    CHECK(short_length(".5,") == 2);
    CHECK(short_length("1e5,") == 1);
    for (const char* none : {",", "-,", ".,", "-.,", "\n", "+1,", "x", "1234567890123456789,", "9007199254740993,"}) {
        CAPTURE(none);
        CHECK(short_length(none) == -1);
    }
}

TEST_CASE("the short form gives exactly what the long one gives") {
    CHECK(short_number("9007199254740992,") == 9007199254740992.0);
    mml::RandomStream stream(7);
    int short_ones = 0;
    for (int i = 0; i < 20000; ++i) {
        const std::string text = random_number(stream);
        double value = 0;
        const char* end = parse_short_number(text.c_str(), value);
        if (end == nullptr) continue;
        ++short_ones;
        CAPTURE(text);
        REQUIRE(end == text.c_str() + text.size());
        REQUIRE(value == decimal(text));
    }
    CHECK(short_ones > 15000);
}
