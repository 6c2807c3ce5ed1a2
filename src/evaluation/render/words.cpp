// SPDX-License-Identifier: Apache-2.0
#include "evaluation/render/words.hpp"

#include <array>
#include <charconv>
#include <cmath>

#include "base/index.hpp"
#include "base/text.hpp"

namespace mml::render {

namespace {

constexpr const char* replacement = "\xEF\xBF\xBD";
constexpr const char* nothing = "\xE2\x80\x93";  // an en dash

std::string digits(double value, std::chars_format format, int precision) {
    std::array<char, 400> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, precision);
    return {text.data(), end.ptr};
}

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }

}  // namespace

std::string decimal(double value) {
    if (!std::isfinite(value)) return nothing;
    const bool small = std::abs(value) < 100;
    std::string text = digits(value, small ? std::chars_format::fixed : std::chars_format::general, small ? 4 : 6);
    return text == "-0.0000" ? text.substr(1) : text;
}

std::string decimal(const Json& value) { return value.is_number() ? decimal(value.get<double>()) : nothing; }

std::string fixed(double value, int decimals) { return digits(value, std::chars_format::fixed, decimals); }

std::string percent(double share) { return fixed(100 * share, 1) + " %"; }

std::string grouped(std::int64_t value) {
    std::string text = number_text(value);
    for (auto place = std::ssize(text) - 3; place > (value < 0 ? 1 : 0); place -= 3) {
        text.insert(as_size(place), ",");
    }
    return text;
}

std::string interval_text(const Json& interval) {
    if (!interval.is_array()) return nothing;
    return concat(decimal(interval[0]), " to ", decimal(interval[1]));
}

std::string html_text(std::string_view text) {
    std::string result;
    for (const char letter : text) {
        switch (letter) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            case '\'': result += "&#39;"; break;
            default:
                if (is_control(letter)) {
                    result += replacement;
                } else {
                    result += letter;
                }
        }
    }
    return result;
}

// CommonMark lets every ASCII punctuation character be escaped; those that mean nothing within a line stay readable.
std::string markdown_text(std::string_view text) {
    constexpr std::string_view harmless = " ,.:;%/?='\"()+-";
    std::string result;
    for (const char letter : text) {
        const bool punctuation = static_cast<unsigned char>(letter) < 0x80 && !(letter >= '0' && letter <= '9') &&
                                 !(letter >= 'a' && letter <= 'z') && !(letter >= 'A' && letter <= 'Z') &&
                                 harmless.find(letter) == std::string_view::npos;
        if (is_control(letter)) {
            result += replacement;
        } else {
            if (punctuation) result += '\\';
            result += letter;
        }
    }
    return result;
}

// U+0080 to U+009F, the bytes C2 80 to C2 9F, steer terminals as ASCII's control characters do.
std::string plain_text(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool pair = text[i] == '\xC2' && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
        if (is_control(text[i]) || pair) {
            result += replacement;
        } else {
            result += text[i];
        }
        i += pair ? 1 : 0;
    }
    return result;
}

std::string shortened(const std::string& text, std::size_t length) {
    std::size_t characters = 0;
    std::size_t cut = text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;  // goes on with the character before
        if (++characters == length) cut = i;
        if (characters > length) return text.substr(0, cut) + "\xE2\x80\xA6";
    }
    return text;
}

std::string source_name(const Json& report) {
    auto name = report.at("source").get<std::string>();
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
    const std::size_t folder = name.rfind('/');
    return folder == std::string::npos ? name : name.substr(folder + 1);
}

}  // namespace mml::render
