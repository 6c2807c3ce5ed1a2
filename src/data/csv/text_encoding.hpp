// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "data/csv/read_bytes.hpp"

namespace mml {

/// At the start of a file in UTF-8.
inline constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

enum class TextEncoding {
    utf8,
    latin1,  ///< with Windows-1252's characters where Latin-1 has controls, as browsers read it
    utf16_little,
    utf16_big
};

/// What a byte order mark at the start of a file tells; `otherwise` where there is none of UTF-16.
TextEncoding marked_encoding(std::string_view beginning, TextEncoding otherwise);

/// The encoding that option `encoding` names.
TextEncoding named_encoding(std::string_view name);

/// The text in UTF-8. Half a character of UTF-16 becomes bytes that are no valid UTF-8, which encoding_advice() knows.
ReadBytes as_utf8(ReadBytes read, TextEncoding encoding);

/// Each carriage return that stands alone becomes a line feed: a line end of old Macintosh programs.
ReadBytes with_line_feeds(ReadBytes read);

/// What to say of a text that is not valid UTF-8: which encoding it looks like.
std::string encoding_advice(std::string_view text);

}  // namespace mml
