// SPDX-License-Identifier: Apache-2.0
#include "csv_texts.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

bool is_number_text(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    double value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    return failed == std::errc() && end == text.data() + text.size();
}

// As OWASP lists the beginnings. A sign alone is a text everywhere, and a usual name of a class.
bool begins_like_formula(std::string_view text) {
    if (text.empty() || std::string_view("=+-@\t\r").find(text.front()) == std::string_view::npos) return false;
    return text != "-" && text != "+" && !is_number_text(text);
}

}  // namespace

std::string CsvTexts::field(std::string_view text) {
    if (!begins_like_formula(text)) return csv_field(text);
    if (for_spreadsheets_) return csv_field("'" + std::string(text));
    if (formulas_++ == 0) first_ = text;
    return csv_field(text);
}

void CsvTexts::warn() const {
    if (formulas_ == 0) return;
    constexpr std::size_t most_shown = 60;
    const std::string shown = first_.size() > most_shown ? first_.substr(0, most_shown) + "..." : first_;
    write_standard_error("moodleml: warning: " + grouped(formulas_) + (formulas_ == 1 ? " text begins" : " texts begin") +
                         " like a formula, such as \"" + one_line(shown) +
                         "\": before you open the result in a spreadsheet program, write it with --spreadsheet\n");
}

void add_spreadsheet_flag(CLI::App& command, bool& for_spreadsheets) {
    command.add_flag("--spreadsheet", for_spreadsheets,
                     "Writes an apostrophe before texts that a spreadsheet program would run as a formula: those that begin "
                     "with = + - @, a tab or a carriage return and are not numbers. For CSV");
}

}  // namespace mml::cli
