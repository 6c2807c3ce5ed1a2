// SPDX-License-Identifier: Apache-2.0
#include "data/text_dictionary.hpp"

#include <cstring>

#include "base/index.hpp"
#include "data/cell_hash.hpp"

namespace mml {

namespace {

constexpr std::size_t first_places = 16;

std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = text.size();
    std::uint64_t word = 0;
    for (; text.size() >= sizeof word; text.remove_prefix(sizeof word)) {
        std::memcpy(&word, text.data(), sizeof word);
        hash = mixed_hash(hash, word);
    }
    word = 0;
    std::memcpy(&word, text.data(), text.size());
    return mixed_hash(mixed_hash(hash, word), 0);
}

}  // namespace

// Where the text is, or would be put.
std::size_t TextDictionary::place_of(std::string_view text) const {
    const std::size_t mask = table_.size() - 1;
    std::size_t place = hash_of(text) & mask;
    while (table_[place] != none && item(texts_, table_[place]) != text) place = (place + 1) & mask;
    return place;
}

std::int32_t TextDictionary::find(std::string_view text) const { return table_.empty() ? none : table_[place_of(text)]; }

std::int32_t TextDictionary::add(std::string_view text) {
    if (2 * (texts_.size() + 1) > table_.size()) grow();
    const std::size_t place = place_of(text);
    if (table_[place] == none) {
        texts_.emplace_back(text);
        table_[place] = narrowed<std::int32_t>(texts_.size() - 1);
        bytes_ += narrowed<std::int64_t>(sizeof(std::string) + texts_.back().capacity() + 2 * sizeof(std::int32_t));
    }
    return table_[place];
}

void TextDictionary::grow() {
    table_.assign(table_.empty() ? first_places : 2 * table_.size(), none);
    for (std::size_t i = 0; i < texts_.size(); ++i) table_[place_of(texts_[i])] = narrowed<std::int32_t>(i);
}

}  // namespace mml
