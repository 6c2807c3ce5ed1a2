// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace CLI {
class App;
}

namespace mml::cli {

/// The texts of a result as fields of a CSV file: ids, classes and names, which come from files of others. Spreadsheet
/// programs run a cell that begins like a formula, as =HYPERLINK(...) does. Such texts stay as they are, because programs
/// join results by them, unless the person asks for a file for spreadsheets.
class CsvTexts {
public:
    /// for_spreadsheets: a text that begins like a formula gets an apostrophe before it.
    explicit CsvTexts(bool for_spreadsheets) : for_spreadsheets_(for_spreadsheets) {}

    std::string field(std::string_view text);
    /// One line on standard error where texts begin like a formula and stayed.
    void warn() const;

private:
    bool for_spreadsheets_;
    std::int64_t formulas_ = 0;
    std::string first_;
};

/// The flag --spreadsheet of a command that writes results as CSV.
void add_spreadsheet_flag(CLI::App& command, bool& for_spreadsheets);

}  // namespace mml::cli
