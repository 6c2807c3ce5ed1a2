// SPDX-License-Identifier: Apache-2.0
#include "data/csv/text_encoding.hpp"

#include <array>
#include <functional>
#include <vector>

#include "base/text.hpp"

namespace mml {

namespace {

constexpr std::size_t decoded_at_once = std::size_t{1} << 16U;

// Half a pair of UTF-16, or half a unit at the end, becomes this. It is no valid UTF-8, so texts with it are refused.
constexpr std::string_view half_character = "\xED\xA0\x80";

// Windows-1252 from 0x80 to 0x9F (WHATWG, Encoding Standard); 0 where it has no character.
constexpr std::array<char32_t, 32> windows_characters{0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                                      0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                                      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                                      0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

char32_t latin1_character(char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return code >= 0x80 && code < 0xA0 ? windows_characters[code - 0x80U] : code;
}

void append_utf8(std::string& out, char32_t character) {
    const auto trail = [&](unsigned shift) { out += static_cast<char>(0x80U | ((character >> shift) & 0x3FU)); };
    if (character < 0x80) {
        out += static_cast<char>(character);
    } else if (character < 0x800) {
        out += static_cast<char>(0xC0U | (character >> 6U));
        trail(0);
    } else if (character < 0x10000) {
        out += static_cast<char>(0xE0U | (character >> 12U));
        trail(6);
        trail(0);
    } else {
        out += static_cast<char>(0xF0U | (character >> 18U));
        trail(12);
        trail(6);
        trail(0);
    }
}

// The text as Latin-1; empty where a byte is none of its characters.
std::string latin1_as_utf8(std::string_view text) {
    std::string out;
    for (const char byte : text) {
        const char32_t character = latin1_character(byte);
        if (character == 0) return {};
        append_utf8(out, character);
    }
    return out;
}

// Takes the next bytes, none of them at the end, and adds what becomes of them.
using Convert = std::function<void(std::string_view bytes, std::string& out)>;

ReadBytes converted(ReadBytes read, Convert convert) {
    return [read = std::move(read), convert = std::move(convert), bytes = std::vector<char>(decoded_at_once),
            text = std::string(), given = std::size_t{0}, ended = false](std::span<char> out) mutable {
        while (given == text.size() && !ended) {
            text.clear();
            given = 0;
            const std::size_t count = read(bytes);
            ended = count == 0;
            convert({bytes.data(), count}, text);
        }
        const std::size_t count = text.copy(out.data(), out.size(), given);
        given += count;
        return count;
    };
}

// What is no character is a control of the same number, as browsers read it.
void add_latin1(std::string_view bytes, std::string& out) {
    for (const char byte : bytes) {
        const char32_t character = latin1_character(byte);
        append_utf8(out, character != 0 ? character : static_cast<unsigned char>(byte));
    }
}

class Utf16 {
public:
    explicit Utf16(bool little) : little_(little) {}

    void operator()(std::string_view bytes, std::string& out) {
        for (const char byte : bytes) add_byte(static_cast<unsigned char>(byte), out);
        if (bytes.empty() && (has_first_byte_ || high_surrogate_ != 0)) out += half_character;
    }

private:
    void add_byte(unsigned byte, std::string& out) {
        has_first_byte_ = !has_first_byte_;
        if (!has_first_byte_) add_unit(little_ ? byte << 8U | first_byte_ : first_byte_ << 8U | byte, out);
        first_byte_ = byte;
    }

    void add_unit(char32_t unit, std::string& out) {
        const bool high = unit >= 0xD800 && unit < 0xDC00;
        const bool low = unit >= 0xDC00 && unit < 0xE000;
        if (high_surrogate_ != 0 && low) {
            append_utf8(out, 0x10000 + ((high_surrogate_ - 0xD800) << 10U) + (unit - 0xDC00));
            high_surrogate_ = 0;
            return;
        }
        if (high_surrogate_ != 0) out += half_character;
        high_surrogate_ = high ? unit : 0;
        if (low) {
            out += half_character;
        } else if (!high) {
            append_utf8(out, unit);
        }
    }

    bool little_;
    bool has_first_byte_ = false;
    unsigned first_byte_ = 0;
    char32_t high_surrogate_ = 0;
};

// A carriage return at the end of a piece waits for the byte after it.
class LineFeeds {
public:
    void operator()(std::string_view bytes, std::string& out) {
        if (waits_) out += '\r';
        out += bytes;
        waits_ = !bytes.empty() && bytes.back() == '\r';
        if (waits_) out.pop_back();
        for (std::size_t i = out.find('\r'); i != std::string::npos; i = out.find('\r', i + 1)) {
            if (i + 1 == out.size() || out[i + 1] != '\n') out[i] = '\n';
        }
    }

private:
    bool waits_ = false;
};

}  // namespace

TextEncoding marked_encoding(std::string_view beginning, TextEncoding otherwise) {
    if (beginning.starts_with("\xFF\xFE")) return TextEncoding::utf16_little;
    if (beginning.starts_with("\xFE\xFF")) return TextEncoding::utf16_big;
    return beginning.starts_with("\xEF\xBB\xBF") ? TextEncoding::utf8 : otherwise;
}

TextEncoding named_encoding(std::string_view name) {
    if (name == "latin1") return TextEncoding::latin1;
    if (name == "utf-16le") return TextEncoding::utf16_little;
    return name == "utf-16be" ? TextEncoding::utf16_big : TextEncoding::utf8;
}

ReadBytes as_utf8(ReadBytes read, TextEncoding encoding) {
    switch (encoding) {
        case TextEncoding::latin1: return converted(std::move(read), add_latin1);
        case TextEncoding::utf16_little: return converted(std::move(read), Utf16(true));
        case TextEncoding::utf16_big: return converted(std::move(read), Utf16(false));
        default: return read;
    }
}

ReadBytes with_line_feeds(ReadBytes read) { return converted(std::move(read), LineFeeds()); }

std::string encoding_advice(std::string_view text) {
    if (text.find(half_character) != std::string_view::npos)
        return "holds half a character of UTF-16: the file is cut off, or its encoding is another";
    const std::string latin1 = latin1_as_utf8(text);
    if (latin1.empty()) return "is not valid UTF-8: save the file as UTF-8";
    return concat("is not valid UTF-8; it looks like Latin-1 (", quote(latin1),
                  "): set option encoding to latin1, or save the file as UTF-8");
}

}  // namespace mml
