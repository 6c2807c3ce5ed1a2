// SPDX-License-Identifier: Apache-2.0
#include <cmath>

#include "base/text.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

// A weight of rows, whole or not.
std::string weight_text(const Json& value) {
    const auto weight = value.get<double>();
    return std::abs(weight) < 1e15 ? grouped(std::llround(weight)) : number_text(weight);
}

std::string share_text(const Json& value) { return value.is_number() ? percent(value.get<double>()) : decimal(value); }

std::string level_name(const Json& level) {
    return concat("the most likely ", number_text(std::round(1000 * level.at("flagged").get<double>()) / 10), " %");
}

FlagRow flag_row(const Json& level, const std::string& flagged) {
    const Json& lift = level.at("lift");
    return {flagged, concat(weight_text(level.at("rows")), " (", share_text(level.at("flagged")), ")"),
            share_text(level.at("recall")), share_text(level.at("precision")),
            lift.is_number() ? fixed(lift.get<double>(), 1) : decimal(lift)};
}

}  // namespace

std::vector<FlagRow> flag_rows(const Json& report) {
    const Json& flagging = report.at("flagging");
    std::vector<FlagRow> rows;
    if (flagging.is_null()) return rows;
    for (const Json& level : flagging.at("levels")) rows.push_back(flag_row(level, level_name(level)));
    rows.push_back(flag_row(flagging.at("decision"), "the model's answers"));
    return rows;
}

std::string flags_note(const Json& report) {
    const Json& flagging = report.at("flagging");
    if (flagging.is_null()) return "";
    return concat(
        "Class \xE2\x80\x9C", flagging.at("class").get<std::string>(), "\xE2\x80\x9D, ",
        percent(flagging.at("share").get<double>()), " of ", weight_text(flagging.at("rows")),
        " rated rows. Found: how much of the class is among the flagged rows. Right: how many of the flagged rows are of "
        "the class. Lift: how many times more than in a random choice.");
}

}  // namespace mml::render
