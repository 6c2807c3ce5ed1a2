// SPDX-License-Identifier: Apache-2.0
// JSON text, read by the library and by nlohmann's own values: equal values, or both refuse; and what is written reads back
// as the same. The same bytes, whatever they are, as a text and as a name: what is written of them is JSON.
#include "base/json.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "draw.hpp"
#include "expect.hpp"

using mml_fuzz::expect;

namespace {

bool same_number(const mml::Json& found, const nlohmann::json& expected) {
    if (!found.is_integer()) return expected.is_number() && found.get<double>() == expected.get<double>();
    const auto number = found.get<std::int64_t>();
    if (expected.is_number_unsigned()) return std::cmp_equal(number, expected.get<std::uint64_t>());
    return expected.is_number_integer() && number == expected.get<std::int64_t>();
}

// Not by nlohmann's operator, for which 2^63 and -2^63 are equal, nor from text, where a field that is there twice would not
// be seen.
bool same(const mml::Json& found, const nlohmann::json& expected) {
    if (found.is_object()) {
        return expected.is_object() && found.size() == expected.size() &&
               std::ranges::all_of(found.items(), [&](const auto& field) {
                   const auto place = expected.find(field.first);
                   return place != expected.end() && same(field.second, *place);
               });
    }
    if (found.is_array()) return expected.is_array() && std::ranges::equal(found, expected, same);
    if (found.is_number()) return same_number(found, expected);
    if (found.is_string()) return expected.is_string() && found.get<std::string>() == expected.get<std::string>();
    if (found.is_boolean()) return expected.is_boolean() && found.get<bool>() == expected.get<bool>();
    return expected.is_null();
}

void expect_written(const std::string& bytes) {
    mml::Json json;
    json[bytes] = bytes;
    const nlohmann::json read = nlohmann::json::parse(json.dump(), nullptr, false);
    expect(!read.is_discarded(), "any text is written as JSON");
    const std::string valid = mml::valid_utf8(bytes);
    expect(read == nlohmann::json({{valid, valid}}), "and tells its characters");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = mml_fuzz::Draw(data, size).rest();
    expect_written(text);
    const std::optional<mml::Json> found = mml::Json::parse(text);
    const nlohmann::json expected = nlohmann::json::parse(text, nullptr, false);
    // Only the library has limits, of 256 values within each other and of 10,000 fields.
    const bool within_limits = std::ranges::count(text, '[') + std::ranges::count(text, '{') <= 256 && text.size() <= 10000;
    expect(!found || !expected.is_discarded(), "what is no JSON is refused");
    expect(found || expected.is_discarded() || !within_limits, "JSON is read");
    if (!found) return 0;
    expect(same(*found, expected), "the values that the text tells");
    const std::string written = found->dump();
    const std::optional<mml::Json> again = mml::Json::parse(written);
    expect(again && *again == *found, "what is written reads back");
    return 0;
}
