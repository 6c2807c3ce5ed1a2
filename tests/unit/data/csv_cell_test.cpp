// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "data/csv/csv_cell.hpp"

using mml::CsvCell;
using mml::CsvDialect;
using Form = mml::CsvCell::Form;

namespace {

CsvCell scan(std::string_view text, CsvDialect dialect) {
    return mml::scan_cell(text.data(), text.data() + text.size(), dialect);
}

// The content of the quoted cell that is the whole text.
std::string content(std::string_view text, CsvDialect dialect) {
    const CsvCell cell = scan(text, dialect);
    CHECK(cell.form == Form::quoted);
    CHECK(cell.end == text.data() + text.size());
    return mml::unquoted(cell.content, dialect);
}

}  // namespace

TEST_CASE("a plain cell ends before a comma, a line feed or the end") {
    for (const CsvDialect dialect : {CsvDialect::standard, CsvDialect::php}) {
        for (const std::string_view text : {"12,3", "12\n3", "12"}) {
            const CsvCell cell = scan(text, dialect);
            CHECK(cell.content == "12");
            CHECK(cell.end == text.data() + 2);
            CHECK(cell.form == Form::plain);
        }
        CHECK(scan("", dialect).content.empty());
        CHECK(scan(",1", dialect).content.empty());
        CHECK(scan("a\"b,c", dialect).content == "a\"b");
    }
}

TEST_CASE("a quoted cell holds commas, line ends and doubled quotes") {
    for (const CsvDialect dialect : {CsvDialect::standard, CsvDialect::php}) {
        CHECK(content(R"("")", dialect).empty());
        CHECK(content(R"("a,b")", dialect) == "a,b");
        CHECK(content("\"a\r\nb\"", dialect) == "a\r\nb");
        CHECK(content(R"("say ""hi""")", dialect) == R"(say "hi")");
        CHECK(content(R"("""")", dialect) == "\"");
        CHECK(content(R"("back\slash")", dialect) == R"(back\slash)");
    }
}

TEST_CASE("after a backslash PHP's dialect takes a quote for itself") {
    // Left as fputcsv of PHP 8.2 writes it.
    CHECK(content(R"("\core\a""b")", CsvDialect::php) == R"(\core\a"b)");
    CHECK(content(R"("a\"")", CsvDialect::php) == R"(a\")");
    CHECK(content(R"("\"\"x")", CsvDialect::php) == R"(\"\"x)");
    CHECK(content(R"("\"""q")", CsvDialect::php) == R"(\""q)");
}

TEST_CASE("the standard dialect gives a backslash no meaning") {
    CHECK(content(R"("a\")", CsvDialect::standard) == R"(a\)");
    CHECK(content(R"("a\""b")", CsvDialect::standard) == R"(a\"b)");
}

TEST_CASE("defects of quotes are told apart") {
    CHECK(scan(R"("ab,c)", CsvDialect::standard).form == Form::unclosed);
    CHECK(scan("\"", CsvDialect::standard).form == Form::unclosed);
    CHECK(scan(R"("ab\",c)", CsvDialect::php).form == Form::unclosed);
    const std::string_view text = R"("ab"c,d)";
    const CsvCell cell = scan(text, CsvDialect::standard);
    CHECK(cell.form == Form::trailing);
    CHECK(cell.content == "ab");
    CHECK(cell.end == text.data() + 5);
}
