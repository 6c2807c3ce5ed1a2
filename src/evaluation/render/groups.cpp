// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include "base/text.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

struct Shown {
    const char* measure;
    bool is_share;
};

// Those that a group is judged by; the JSON has all.
constexpr Shown shown_measures[] = {{"flagged", true},   {"found", true}, {"false_alarms", true}, {"roc_auc", false},
                                    {"log_loss", false}, {"rmse", false}, {"mae", false},         {"mean_error", false}};

const Json* groups_in(const Json& report) {
    const Json* const found = report.find("groups");
    return found != nullptr && found->is_object() && found->at("rated").size() > 0 ? found : nullptr;
}

// Measures that are defined for a group, in the order above.
std::vector<Shown> measures_of(const Json& groups) {
    std::vector<Shown> found;
    for (const Shown& each : shown_measures) {
        if (groups.at("gaps").contains(each.measure)) found.push_back(each);
    }
    return found;
}

std::string number(const Json& value, bool is_share) {
    return is_share && value.is_number() ? percent(value.get<double>()) : decimal(value);
}

std::string interval(const Json& bounds, bool is_share) {
    if (!is_share || !bounds.is_array()) return interval_text(bounds);
    return concat(percent(bounds[0].get<double>()), " to ", percent(bounds[1].get<double>()));
}

}  // namespace

TextTable groups_table(const Json& report) {
    TextTable table;
    const Json* const groups = groups_in(report);
    if (groups == nullptr) return table;
    table.heads = {"Group", "Rows"};
    for (const Shown& each : measures_of(*groups))
        table.heads.push_back(groups->at("gaps").at(each.measure).at("label").get<std::string>());
    for (const Json& group : groups->at("rated")) {
        std::vector<std::string> row{group.at("name").get<std::string>(), grouped(group.at("rows").get<std::int64_t>())};
        for (const Shown& each : measures_of(*groups))
            row.push_back(number(group.at("measures").at(each.measure).at("value"), each.is_share));
        table.rows.push_back(std::move(row));
    }
    return table;
}

TextTable gaps_table(const Json& report) {
    TextTable table;
    const Json* const groups = groups_in(report);
    if (groups == nullptr) return table;
    table.heads = {"Measure", "Gap", "95 % interval", "Highest", "Lowest"};
    for (const Shown& each : measures_of(*groups)) {
        const Json& gap = groups->at("gaps").at(each.measure);
        table.rows.push_back({gap.at("label").get<std::string>(), number(gap.at("value"), each.is_share),
                              interval(gap.at("interval"), each.is_share), gap.at("highest").get<std::string>(),
                              gap.at("lowest").get<std::string>()});
    }
    return table;
}

std::string groups_note(const Json& report) {
    const Json* const groups = groups_in(report);
    if (groups == nullptr) return "";
    std::string note;
    if (const auto column = groups->at("column").get<std::string>(); !column.empty())
        note += concat("Groups by column \xE2\x80\x9C", column, "\xE2\x80\x9D, which is not a feature. ");
    if (groups->at("class").is_string()) {
        const std::string name = concat("\xE2\x80\x9C", groups->at("class").get<std::string>(), "\xE2\x80\x9D");
        note += concat("Flagged: how many rows are answered with class ", name, ". Found: how many rows of ", name,
                       " are. False alarms: how many other rows are. ");
    }
    note += "A gap is the largest value minus the smallest. Where its interval contains 0, chance alone may explain it.";
    if (const auto left_out = groups->at("left_out").get<std::int64_t>(); left_out > 0) {
        note += concat(" Not rated: ", grouped(left_out), left_out == 1 ? " group" : " groups",
                       " (fewer than 10 test rows, or beyond the 20 largest).");
    }
    return note;
}

}  // namespace mml::render
