// SPDX-License-Identifier: Apache-2.0
#include "data/csv/background_text.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "base/index.hpp"
#include "base/text.hpp"
#include "data/csv/record_reader.hpp"

namespace mml {

namespace {

using Word = std::uint64_t;

constexpr std::size_t longest_lesson = 16;
static_assert(sizeof(Word) <= RecordReader::readable_after);

// How many bytes at the start of two words are equal; the words differ.
int equal_bytes(Word a, Word b) {
    const Word difference = a ^ b;
    return (std::endian::native == std::endian::little ? std::countr_zero(difference) : std::countl_zero(difference)) / 8;
}

// How many bytes of `expected`, up to `count`, `text` begins with. Reads up to one word past both.
std::ptrdiff_t common_bytes(const char* text, const char* expected, std::ptrdiff_t count) {
    for (std::ptrdiff_t i = 0; i < count; i += narrowed<std::ptrdiff_t>(sizeof(Word))) {
        Word a = 0;
        Word b = 0;
        std::memcpy(&a, text + i, sizeof a);
        std::memcpy(&b, expected + i, sizeof b);
        if (a != b) return std::min(i + equal_bytes(a, b), count);
    }
    return count;
}

}  // namespace

BackgroundText::BackgroundText(std::span<const float> background) {
    cells_.reserve(background.size());
    for (const float value : background) cells_.push_back(std::isnan(value) ? "" : number_text(value));
    build();
}

std::int32_t BackgroundText::skip(RowCursor& cursor, std::int32_t column, std::int32_t last) const {
    if (cursor.position() == nullptr) return column;
    const std::int32_t start = item(starts_, column);
    const std::ptrdiff_t count = item(starts_, last) - start;
    const std::ptrdiff_t equal = common_bytes(cursor.position(), text_.data() + start, count);
    const std::int32_t reached = item(column_of_byte_, start + equal);
    cursor.skip(reached - column, item(starts_, reached) - start);
    return reached;
}

void BackgroundText::learn(std::int32_t column, std::string_view cell) {
    if (lessons_left_ == 0 || cell.size() > longest_lesson || cell == item(cells_, column)) return;
    item(cells_, column) = cell;
    learned_ = true;
}

void BackgroundText::apply() {
    if (!learned_) return;
    build();
    learned_ = false;
    --lessons_left_;
}

void BackgroundText::build() {
    text_.clear();
    starts_.clear();
    column_of_byte_.clear();
    for (std::size_t column = 0; column < cells_.size(); ++column) {
        starts_.push_back(narrowed<std::int32_t>(text_.size()));
        text_ += cells_[column];
        text_ += ',';
        column_of_byte_.resize(text_.size(), narrowed<std::int32_t>(column));
    }
    starts_.push_back(narrowed<std::int32_t>(text_.size()));
    column_of_byte_.push_back(narrowed<std::int32_t>(cells_.size()));
    text_.append(sizeof(Word), '\0');
}

}  // namespace mml
