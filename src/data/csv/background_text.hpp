// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/csv/row_cursor.hpp"

namespace mml {

/// The background row as a file writes it. Most cells of Moodle's rows equal it, and comparing bytes with it, eight at a
/// time, finds the next cell that does not; that cell alone is parsed. How the file writes the values (0, 0.0, nothing) is
/// learned as its rows are read.
class BackgroundText {
public:
    BackgroundText() = default;
    explicit BackgroundText(std::span<const float> background);

    /// Moves the cursor, which stands before `column`, past cells written like the background; gives the
    /// column reached, at most `last`.
    std::int32_t skip(RowCursor& cursor, std::int32_t column, std::int32_t last) const;

    /// Tells how the background's value in a column was written just now, though not as expected.
    void learn(std::int32_t column, std::string_view cell);
    /// Applies what was learned; between two rows.
    void apply();

private:
    void build();

    std::vector<std::string> cells_;
    std::string text_;                          // the cells, a comma after each, and a word of padding
    std::vector<std::int32_t> starts_;          // of each cell in text_, and of the padding
    std::vector<std::int32_t> column_of_byte_;  // of each byte in text_ before the padding, and of the padding
    bool learned_ = false;
    int lessons_left_ = 64;  // a file may write one value in several ways in turn
};

}  // namespace mml
