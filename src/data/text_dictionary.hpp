// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mml {

/// Different texts, numbered from 0 in the order in which they were added.
class TextDictionary {
public:
    static constexpr std::int32_t none = -1;

    /// The text's number; adds it where it is new.
    std::int32_t add(std::string_view text);
    /// The text's number, or none.
    std::int32_t find(std::string_view text) const;

    std::size_t size() const { return texts_.size(); }
    const std::vector<std::string>& texts() const { return texts_; }
    /// Bytes of memory taken.
    std::int64_t bytes() const { return bytes_; }

private:
    std::size_t place_of(std::string_view text) const;
    void grow();

    std::vector<std::string> texts_;
    std::vector<std::int32_t> table_;  // open hash table of numbers, at most half full
    std::int64_t bytes_ = 0;
};

}  // namespace mml
