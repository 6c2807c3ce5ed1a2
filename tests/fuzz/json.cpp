// SPDX-License-Identifier: Apache-2.0
// JSON text, read by the library and by nlohmann's own values: equal values, or both refuse; and what is written reads back
// as the same.
#include "base/json.hpp"

#include <nlohmann/json.hpp>

#include "draw.hpp"
#include "expect.hpp"

using mml_fuzz::expect;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text = mml_fuzz::Draw(data, size).rest();
    const std::optional<mml::Json> found = mml::Json::parse(text);
    const nlohmann::json expected = nlohmann::json::parse(text, nullptr, false);
    // Only the library has limits, of 256 values within each other and of 10,000 fields.
    const bool within_limits = std::ranges::count(text, '[') + std::ranges::count(text, '{') <= 256 && text.size() <= 10000;
    expect(!found || !expected.is_discarded(), "what is no JSON is refused");
    expect(found || expected.is_discarded() || !within_limits, "JSON is read");
    if (!found) return 0;
    const std::string written = found->dump();
    expect(nlohmann::json::parse(written) == expected, "the values that the text tells");
    const std::optional<mml::Json> again = mml::Json::parse(written);
    expect(again && *again == *found, "what is written reads back");
    return 0;
}
