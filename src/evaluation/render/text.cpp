// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"

#include <algorithm>
#include <vector>

#include "base/index.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/formats.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

// Characters, not bytes: every byte but UTF-8's continuations.
std::size_t length_shown(const std::string& text) {
    return as_size(
        std::ranges::count_if(text, [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U; }));
}

// The first column to the left, the others to the right.
std::string table(const std::vector<std::vector<std::string>>& rows) {
    std::vector<std::size_t> widths(rows.front().size());
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], length_shown(row[i]));
    }
    std::string text;
    for (const auto& row : rows) {
        text += "  " + row[0] + std::string(widths[0] - length_shown(row[0]), ' ');
        for (std::size_t i = 1; i < row.size(); ++i) {
            text += "  " + std::string(widths[i] - length_shown(row[i]), ' ') + row[i];
        }
        text.erase(text.find_last_not_of(' ') + 1);
        text += '\n';
    }
    return text;
}

std::string metrics_text(const Json& report) {
    const bool repeated = report.at("iterations").size() > 1;
    std::vector<std::vector<std::string>> rows{{""}};
    rows[0].push_back(repeated ? "mean" : "value");
    if (repeated) rows[0].emplace_back("deviation");
    rows[0].emplace_back("95 % interval");
    if (decides(report)) rows[0].emplace_back("most probable");
    rows[0].emplace_back("guessing");
    for (const MetricRow& metric : metric_rows(report)) {
        const bool lower = report.at("metrics").at(metric.name).at("direction") == "lower_is_better";
        std::vector<std::string> row{lower ? metric.label + " (lower is better)" : metric.label, metric.value};
        if (repeated) row.push_back("\xC2\xB1 " + metric.deviation);
        row.push_back(metric.interval);
        if (decides(report)) row.push_back(metric.probable);
        row.push_back(metric.baseline);
        rows.push_back(std::move(row));
    }
    return table(rows);
}

std::string flags_text(const Json& report) {
    std::vector<std::vector<std::string>> rows{{"flagged", "rows", "found", "right", "lift"}};
    for (const FlagRow& row : flag_rows(report)) rows.push_back({row.flagged, row.rows, row.found, row.right, row.lift});
    if (rows.size() == 1) return "";
    return concat("\n", flags_heading, "\n", plain_text(flags_note(report)), "\n", table(rows));
}

// A terminal shows the first ones.
std::string importance_text(const Json& report) {
    constexpr std::size_t most_rows = 10;
    std::vector<std::vector<std::string>> rows{{"column", "loss", "95 % interval", "contribution"}};
    for (const ImportanceRow& row : importance_rows(report)) {
        if (rows.size() <= most_rows) rows.push_back({plain_text(row.name), row.value, row.interval, row.contribution});
    }
    if (rows.size() == 1) return "";
    return concat("\n", importance_heading, "\n", plain_text(importance_note(report)), "\n", table(rows));
}

std::string group_text(const char* heading, const TextTable& found) {
    if (found.rows.empty()) return "";
    std::vector<std::vector<std::string>> rows{found.heads};
    for (std::vector<std::string> row : found.rows) {
        for (std::string& cell : row) cell = plain_text(cell);
        rows.push_back(std::move(row));
    }
    return concat("\n", heading, "\n", table(rows));
}

std::string groups_text(const Json& report) {
    const std::string groups = group_text(groups_heading, groups_table(report));
    if (groups.empty()) return "";
    return concat(groups, plain_text(groups_note(report)), "\n", group_text(gaps_heading, gaps_table(report)));
}

}  // namespace

std::string text_page(const Json& report, const Config& config) {
    const Verdict verdict = verdict_of(report, config);
    std::string page = concat(plain_text(procedure(report)), "\n\n", plain_text(verdict.sentence), "\n");
    for (const std::string& detail : verdict.details) page += concat("- ", plain_text(detail), "\n");
    return concat(page, flags_text(report), "\nMetrics\n", metrics_text(report), importance_text(report),
                  groups_text(report));
}

}  // namespace mml::render
