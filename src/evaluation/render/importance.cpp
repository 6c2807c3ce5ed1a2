// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

constexpr std::size_t most_names = 3;

const Json* importance_in(const Json& report) {
    const Json* const found = report.find("importance");
    return found != nullptr && found->is_object() ? found : nullptr;
}

// Which columns were permuted together, unless it is one of that name.
std::string columns_text(const Json& entry) {
    const Json& columns = entry.at("columns");
    const auto count = entry.at("count").get<std::int64_t>();
    if (count == 1 && columns[0] == entry.at("name")) return "";
    std::string text = concat(grouped(count), count == 1 ? " column: " : " columns together: ");
    const std::size_t shown = std::min(columns.size(), most_names);
    for (std::size_t i = 0; i < shown; ++i) text += concat(i == 0 ? "" : ", ", shortened(columns[i].get<std::string>(), 60));
    return std::cmp_greater(count, shown) ? concat(text, " and ", grouped(count - narrowed<std::int64_t>(shown)), " more")
                                          : text;
}

}  // namespace

std::vector<ImportanceRow> importance_rows(const Json& report) {
    std::vector<ImportanceRow> rows;
    const Json* const importance = importance_in(report);
    if (importance == nullptr) return rows;
    for (const Json& entry : importance->at("columns")) {
        rows.push_back({entry.at("name").get<std::string>(), columns_text(entry), decimal(entry.at("value")),
                        interval_text(entry.at("interval")),
                        entry.at("contribution").is_number() ? percent(entry.at("contribution").get<double>()) : ""});
    }
    return rows;
}

std::string importance_note(const Json& report) {
    const Json* const importance = importance_in(report);
    if (importance == nullptr) return "";
    const bool classes = importance->at("loss") == "log_loss";
    const auto units = importance->at("units").get<std::int64_t>();
    const auto shown = narrowed<std::int64_t>(importance->at("columns").size());
    std::string note = concat(
        "Loss: by how much the ", classes ? "log loss" : "root mean squared error",
        " on rows held out rises when the cells of the column go to other rows. Near 0, the model does as well without. "
        "Contribution: the column\xE2\x80\x99s share of what all columns add to the answers. Columns of one indicator, "
        "and equal ones, are taken together. Neither number is a cause.");
    if (units > shown)
        note += concat(" The ", grouped(shown), " of ", grouped(units), " with the largest contributions were measured.");
    return note;
}

}  // namespace mml::render
