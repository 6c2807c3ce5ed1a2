// SPDX-License-Identifier: Apache-2.0
#include "base/text.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/formats.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

std::string markdown_list(const std::vector<std::string>& sentences) {
    std::string list;
    for (const std::string& sentence : sentences) list += concat("- ", markdown_text(sentence), "\n");
    return list + "\n";
}

// The first column to the left, the others to the right.
std::string table_row(const std::vector<std::string>& cells) {
    std::string row = "|";
    for (const std::string& cell : cells) row += concat(" ", markdown_text(cell), " |");
    return row + "\n";
}

std::string table_head(const std::vector<std::string>& names) {
    std::string rule = "| :-- |";
    for (std::size_t i = 1; i < names.size(); ++i) rule += " --: |";
    return concat(table_row(names), rule, "\n");
}

std::string metrics_table(const Json& report) {
    const bool repeated = report.at("iterations").size() > 1;
    std::vector<std::string> names{"Metric", "Value", "Deviation", "95 % interval", "Guessing"};
    if (decides(report)) names.insert(names.end() - 1, "Most probable");
    std::string table = table_head(names);
    for (const MetricRow& row : metric_rows(report)) {
        std::vector<std::string> cells{row.label, row.value, repeated ? row.deviation : "", row.interval, row.baseline};
        if (decides(report)) cells.insert(cells.end() - 1, row.probable);
        table += table_row(cells);
    }
    return concat(table, "\n", markdown_text(interval_note(report)), "\n\n");
}

std::string flags_table(const Json& report) {
    const std::vector<FlagRow> rows = flag_rows(report);
    if (rows.empty()) return "";
    std::string table = concat("## ", flags_heading, "\n\n", table_head({"Flagged", "Rows", "Found", "Right", "Lift"}));
    for (const FlagRow& row : rows) table += table_row({row.flagged, row.rows, row.found, row.right, row.lift});
    return concat(table, "\n", markdown_text(flags_note(report)), "\n\n");
}

std::string importance_table(const Json& report) {
    const std::vector<ImportanceRow> rows = importance_rows(report);
    if (rows.empty()) return "";
    std::string table =
        concat("## ", importance_heading, "\n\n", table_head({"Column", "Loss", "95 % interval", "Contribution"}));
    for (const ImportanceRow& row : rows) {
        const std::string name = row.others.empty() ? row.name : concat(row.name, " (", row.others, ")");
        table += table_row({name, row.value, row.interval, row.contribution});
    }
    return concat(table, "\n", markdown_text(importance_note(report)), "\n\n");
}

std::string text_table(const char* heading, const TextTable& table) {
    if (table.rows.empty()) return "";
    std::string text = concat("## ", heading, "\n\n", table_head(table.heads));
    for (const std::vector<std::string>& row : table.rows) text += table_row(row);
    return text + "\n";
}

std::string groups_tables(const Json& report) {
    const std::string groups = text_table(groups_heading, groups_table(report));
    if (groups.empty()) return "";
    return concat(groups, markdown_text(groups_note(report)), "\n\n", text_table(gaps_heading, gaps_table(report)));
}

std::string classes_table(const Json& report) {
    if (report.at("classes").empty()) return "";
    std::string table = "## Classes\n\n" + table_head({"Class", "Rows", "Share", "Precision", "Recall", "F1"});
    for (const Json& entry : report.at("classes")) {
        const std::string share = entry.at("share").is_number() ? percent(entry.at("share").get<double>()) : "";
        table += table_row({entry.at("name").get<std::string>(), grouped(entry.at("count").get<std::int64_t>()), share,
                            decimal(entry.at("precision")), decimal(entry.at("recall")), decimal(entry.at("f1_score"))});
    }
    return table + "\n";
}

std::string confusion_table(const Json& report) {
    if (!report.at("confusion").is_array()) return "";
    std::vector<std::string> names{"Actual class, predicted:"};
    for (const Json& entry : report.at("classes")) names.push_back(entry.at("name").get<std::string>());
    std::string table = "## Confusion matrix\n\n" + table_head(names);
    for (std::size_t actual = 0; actual < report.at("confusion").size(); ++actual) {
        std::vector<std::string> cells{names[actual + 1]};
        for (const Json& weight : report.at("confusion")[actual]) {
            cells.push_back(weight.is_number() ? number_text(weight.get<double>()) : "");
        }
        table += table_row(cells);
    }
    return table + "\n";
}

std::string members_table(const Json& report) {
    const std::vector<MemberRow> rows = member_rows(report);
    if (rows.empty()) return "";
    std::string table = "## Members\n\n" + table_head({"Member", "Weight", "Out-of-fold loss"});
    for (const MemberRow& row : rows) {
        table += table_row(
            {row.remark.empty() ? row.kind : concat(row.kind, ", ", row.remark), row.weight, row.out_of_fold_loss});
    }
    return concat(table, "\n", markdown_text(members_note(report)), "\n\n");
}

std::string options_table(const Json& report) {
    std::string table = "## Options and version\n\n" + table_head({"Option", "Value"});
    table += table_row({"libmoodleml", report.at("version").get<std::string>()});
    for (const auto& [name, value] : report.at("settings").items()) table += table_row({name, value.get<std::string>()});
    return table;
}

}  // namespace

std::string markdown_page(const Json& report, const Config& config) {
    const Verdict verdict = verdict_of(report, config);
    std::string page =
        concat("# ", markdown_text(verdict.sentence), "\n\n", markdown_text(procedure(report)), "\n\n",
               markdown_list(verdict.details), flags_table(report), "## Metrics\n\n", metrics_table(report),
               importance_table(report), groups_tables(report), classes_table(report), confusion_table(report),
               members_table(report), "## Data\n\n", markdown_list(data_findings(report)));
    if (!report.at("warnings").empty()) {
        page += "## Warnings\n\n" + markdown_list(report.at("warnings").texts());
    }
    return page + options_table(report);
}

}  // namespace mml::render
