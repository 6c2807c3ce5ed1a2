// SPDX-License-Identifier: Apache-2.0
#include <clocale>
#include <doctest/doctest.h>
#include <limits>
#include <locale>
#include <string>

#include "base/text.hpp"

using mml::concat;
using mml::number_text;
using mml::quote;
using mml::valid_utf8;

TEST_CASE("numbers as text are the shortest that read back the same") {
    CHECK(number_text(0.1) == "0.1");
    CHECK(number_text(1.0 / 3) == "0.3333333333333333");
    CHECK(number_text(-2.5e-7) == "-2.5e-07");
    CHECK(number_text(1e300) == "1e+300");
    CHECK(number_text(5) == "5");
    CHECK(number_text(std::numeric_limits<long long>::min()) == "-9223372036854775808");
}

TEST_CASE("whole numbers are written as such") {
    CHECK(number_text(0.0) == "0");
    CHECK(number_text(100000.0) == "100000");
    CHECK(number_text(-3e9) == "-3000000000");
    CHECK(number_text(999999999999999.0) == "999999999999999");
    CHECK(number_text(1e15) == "1e+15");
}

TEST_CASE("numbers that are none have one text each") {
    CHECK(number_text(std::numeric_limits<double>::quiet_NaN()) == "nan");
    CHECK(number_text(-std::numeric_limits<double>::quiet_NaN()) == "nan");
    CHECK(number_text(std::numeric_limits<double>::infinity()) == "inf");
    CHECK(number_text(-std::numeric_limits<double>::infinity()) == "-inf");
}

TEST_CASE("texts and numbers make one string") {
    CHECK(concat("a", std::string("b"), 1, 2.5, std::string_view("c"), 'd') == "ab12.5cd");
    CHECK(concat().empty());
}

TEST_CASE("quoted text is one line whatever it holds") {
    CHECK(quote("") == "\"\"");
    CHECK(quote("abc") == "\"abc\"");
    CHECK(quote("a\nb\tc\r\x1b[31m\x7f") == "\"a\\x0ab\\x09c\\x0d\\x1b[31m\\x7f\"");
    CHECK(quote(std::string("\0x", 2)) == "\"\\x00x\"");
    CHECK(quote("na\xC3\xAFve \xF0\x9F\x98\x80") == "\"na\xC3\xAFve \xF0\x9F\x98\x80\"");
    CHECK(quote("\xC2\x9B"
                "31m") == "\"\\xc2\\x9b31m\"");
    CHECK(quote("\xFF\xC3(") == "\"\\xff\\xc3(\"");
}

TEST_CASE("quoted text is cut after so many bytes, never within a character") {
    CHECK(quote("abcdef", 6) == "\"abcdef\"");
    CHECK(quote("abcdefg", 6) == "\"abcdef...\"");
    CHECK(quote(std::string(100, 'x')) == "\"" + std::string(60, 'x') + "...\"");
    CHECK(quote("a\xE2\x82\xAC"
                "b",
                2) == "\"a\xE2\x82\xAC...\"");
}

TEST_CASE("a long list is cut") {
    CHECK(mml::quoted_list({}).empty());
    CHECK(mml::quoted_list({"a", "b\n"}) == "\"a\", \"b\\x0a\"");
    CHECK(mml::quoted_list({"a", "b", "c"}, 3) == "\"a\", \"b\", \"c\"");
    CHECK(mml::quoted_list({"a", "b", "c", "d"}, 2) == "\"a\", \"b\" and 2 more");
}

TEST_CASE("valid UTF-8 stays as it is") {
    for (const std::string text : {"", "plain", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
                                   "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
        CHECK(valid_utf8(text) == text);
    }
}

TEST_CASE("each byte that is not UTF-8 is replaced") {
    const std::string mark = "\xEF\xBF\xBD";
    CHECK(valid_utf8("\xFF") == mark);
    CHECK(valid_utf8("a\x80"
                     "b") == "a" + mark + "b");
    CHECK(valid_utf8("\xE2\x82") == mark + mark);  // cut off
    CHECK(valid_utf8("\xC3(") == mark + "(");      // no continuation
    CHECK(valid_utf8("\xC0\xAF") == mark + mark);  // overlong
    CHECK(valid_utf8("\xE0\x9F\xBF") == mark + mark + mark);
    CHECK(valid_utf8("\xF0\x8F\xBF\xBF") == mark + mark + mark + mark);
    CHECK(valid_utf8("\xED\xA0\x80") == mark + mark + mark);  // a surrogate
    CHECK(valid_utf8("\xF4\x90\x80\x80") == mark + mark + mark + mark);
    CHECK(valid_utf8("\xF5\x80\x80\x80") == mark + mark + mark + mark);
}

TEST_CASE("space around text is trimmed") {
    CHECK(mml::trimmed(" \t a b\r\n") == "a b");
    CHECK(mml::trimmed(" \n ").empty());
    CHECK(mml::trimmed("").empty());
}

TEST_CASE("numbers are read whole or not at all") {
    double value = 7;
    CHECK(mml::parse_number("-1.5e3", &value));
    CHECK(value == -1500);
    for (const char* text : {"", " 1", "1 ", "+1", "1,5", "0x10", "1e", "abc", "1e999"}) {
        CAPTURE(text);
        value = 7;
        CHECK_FALSE(mml::parse_number(text, &value));
        CHECK(value == 7);
    }
    CHECK(mml::parse_number("inf", &value));
    CHECK(value == std::numeric_limits<double>::infinity());
}

TEST_CASE("integers are read whole or not at all") {
    long long value = 7;
    CHECK(mml::parse_integer("-42", &value));
    CHECK(value == -42);
    CHECK(mml::parse_integer("9223372036854775807", &value));
    for (const char* text : {"", "1.0", "1e3", " 1", "+1", "9223372036854775808", "x"}) {
        CAPTURE(text);
        value = 7;
        CHECK_FALSE(mml::parse_integer(text, &value));
        CHECK(value == 7);
    }
}

namespace {

struct DecimalComma : std::numpunct<char> {
    char do_decimal_point() const override { return ','; }
    char do_thousands_sep() const override { return '.'; }
    std::string do_grouping() const override { return "\3"; }
};

}  // namespace

TEST_CASE("the host's locale changes nothing") {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    const std::locale global = std::locale::global(std::locale(std::locale::classic(), new DecimalComma));
    std::setlocale(LC_ALL, "de_DE.UTF-8");  // where it is installed
    double value = 0;
    CHECK(number_text(1234.5) == "1234.5");
    CHECK(number_text(1234567) == "1234567");
    CHECK(mml::parse_number("1234.5", &value));
    CHECK(value == 1234.5);
    CHECK_FALSE(mml::parse_number("1234,5", &value));
    std::locale::global(global);
    std::setlocale(LC_ALL, before.c_str());
}
