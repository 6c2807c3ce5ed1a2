// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <doctest/doctest.h>
#include <string>
#include <utility>

#include "base/error.hpp"
#include "evaluation/render/render.hpp"
#include "evaluation/report.hpp"
#include "evaluation/stored_report.hpp"
#include "examples.hpp"

using namespace mml;

namespace {

// With curves and fields of each kind.
std::string small_report() {
    Config config;
    config.set("networks", "0");
    config.set("trees", "0");
    config.set("iterations", "2");
    Supervisor supervisor({1, 0, {}});
    const Dataset dataset = testing::classified_data({"a", "b"}, testing::rotating_labels({20, 20}));
    return cross_validate(dataset, config, supervisor).json.dump();
}

// Where the next value after `from` begins and, of one that holds no others, ends.
std::pair<std::size_t, std::size_t> value_after(const std::string& json, std::size_t from) {
    const std::size_t colon = json.find_first_of(":[,", from);
    if (colon == std::string::npos) return {json.size(), json.size()};
    return {colon + 1, json.find_first_of(",]}", colon + 1)};
}

}  // namespace

TEST_CASE("a report that was changed anywhere is refused or has pages") {
    const std::string json = small_report();
    REQUIRE(report_from_json(json).json.dump() == json);
    int refused = 0;
    int taken = 0;
    for (std::size_t at = 0; at < json.size(); at += 37) {
        const auto [begin, end] = value_after(json, at);
        for (const char* other : {"null", "-1", "1e308", "\"x\"", "[]", "{}", "[[1,2,3]]"}) {
            const std::string changed = json.substr(0, begin) + other + json.substr(std::min(end, json.size()));
            try {
                const Report report = report_from_json(changed);
                CHECK(render_report(report.json, "html", Config()).ends_with("</html>\n"));
                ++taken;
            } catch (const Error& error) {
                CHECK(error.status() == Status::bad_data);
                ++refused;
            }
        }
    }
    CHECK(refused > 100);
    CHECK(taken > 100);
}
