// SPDX-License-Identifier: Apache-2.0
#include <string_view>

#include "base/text.hpp"
#include "evaluation/render/charts.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/formats.hpp"
#include "evaluation/render/style.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

std::string element(std::string_view tag, const std::string& content) {
    return concat("<", tag, ">", content, "</", tag.substr(0, tag.find(' ')), ">");
}

std::string text_element(std::string_view tag, std::string_view text) { return element(tag, html_text(text)); }

std::string html_list(const std::vector<std::string>& sentences) {
    std::string items;
    for (const std::string& sentence : sentences) items += text_element("li", sentence) + "\n";
    return element("ul", items) + "\n";
}

// Scripts, images, frames, requests: nothing may be loaded or run, whatever a name in the data says.
constexpr const char* security_policy =
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; "
    "form-action 'none'\">\n";

std::string head(const Json& report) {
    return concat("<head>\n<meta charset=\"utf-8\">\n", security_policy,
                  "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n",
                  text_element("title", concat("Evaluation: ", source_name(report))), "\n<style>", colours(), chart_style(),
                  page_style(), "</style>\n</head>\n");
}

std::string verdict_section(const Json& report, const Config& config) {
    const Verdict verdict = verdict_of(report, config);
    return concat("<p class=\"quiet\">", html_text(procedure(report)), "</p>\n<div class=\"verdict ",
                  html_text(verdict.standing), "\">\n", text_element("h1", verdict.sentence), "\n",
                  html_list(verdict.details), "</div>\n");
}

std::string column_heads(const std::vector<const char*>& names) {
    std::string heads;
    for (const char* name : names) heads += text_element("th scope=\"col\"", name);
    return element("thead", element("tr", heads)) + "\n";
}

std::string metric_row(const MetricRow& row, bool decided) {
    const std::string deviation = row.deviation.empty() ? "" : element("span", "\xC2\xB1 " + html_text(row.deviation));
    return concat("<tr id=\"metric-", html_text(row.name), "\"><th scope=\"row\">", html_text(row.label),
                  text_element("span", row.meaning), "</th><td>", html_text(row.value), deviation, "</td><td>",
                  html_text(row.interval), decided ? "</td><td>" + html_text(row.probable) : "", "</td><td>",
                  html_text(row.baseline), "</td></tr>\n");
}

std::string metrics_section(const Json& report) {
    std::string rows;
    for (const MetricRow& row : metric_rows(report)) rows += metric_row(row, decides(report));
    const bool repeated = report.at("iterations").size() > 1;
    const std::string note =
        concat(repeated ? "Mean and deviation over the iterations. " : "", interval_note(report),
               " Guessing uses only the classes\xE2\x80\x99 shares, or the mean, and nothing from the rows.");
    return concat("<h2>Metrics</h2>\n<table>\n", text_element("caption", note), "\n",
                  decides(report) ? column_heads({"Metric", "Value", "95 % interval", "Most probable", "Guessing"})
                                  : column_heads({"Metric", "Value", "95 % interval", "Guessing"}),
                  element("tbody", "\n" + rows), "\n</table>\n");
}

std::string flags_section(const Json& report) {
    std::string rows;
    for (const FlagRow& row : flag_rows(report)) {
        std::string cells = text_element("th scope=\"row\"", row.flagged);
        for (const std::string* cell : {&row.rows, &row.found, &row.right, &row.lift}) cells += text_element("td", *cell);
        rows += element("tr", cells) + "\n";
    }
    if (rows.empty()) return "";
    return concat("<h2>", flags_heading, "</h2>\n<table>\n", text_element("caption", flags_note(report)), "\n",
                  column_heads({"Flagged", "Rows", "Found", "Right", "Lift"}), element("tbody", "\n" + rows),
                  "\n</table>\n");
}

std::string figures(const std::vector<Chart>& charts) {
    std::string list;
    for (const Chart& chart : charts) list += figure(chart);
    return list.empty() ? "" : concat("<div class=\"charts\">\n", list, "</div>\n");
}

std::string charts_section(const Json& report) {
    const std::string list = figures(charts(report));
    return list.empty() ? "" : "<h2>Charts</h2>\n" + list;
}

std::string importance_section(const Json& report) {
    std::string rows;
    for (const ImportanceRow& row : importance_rows(report)) {
        const std::string others = row.others.empty() ? "" : text_element("span", row.others);
        std::string cells = element("th scope=\"row\"", html_text(row.name) + others);
        for (const std::string* cell : {&row.value, &row.interval, &row.contribution}) cells += text_element("td", *cell);
        rows += element("tr", cells) + "\n";
    }
    if (rows.empty()) return "";
    return concat("<h2>", importance_heading, "</h2>\n<table>\n", text_element("caption", importance_note(report)), "\n",
                  column_heads({"Column", "Loss", "95 % interval", "Contribution"}), element("tbody", "\n" + rows),
                  "\n</table>\n", figures(effect_charts(report)));
}

std::string text_table(const std::string& caption, const TextTable& table) {
    if (table.rows.empty()) return "";
    std::string heads;
    for (const std::string& head : table.heads) heads += text_element("th scope=\"col\"", head);
    std::string rows;
    for (const std::vector<std::string>& row : table.rows) {
        std::string cells = text_element("th scope=\"row\"", row.front());
        for (std::size_t i = 1; i < row.size(); ++i) cells += text_element("td", row[i]);
        rows += element("tr", cells) + "\n";
    }
    return concat("<table>\n", text_element("caption", caption), "\n", element("thead", element("tr", heads)), "\n",
                  element("tbody", "\n" + rows), "\n</table>\n");
}

std::string groups_section(const Json& report) {
    const std::string groups = text_table(groups_note(report), groups_table(report));
    if (groups.empty()) return "";
    return concat("<h2>", groups_heading, "</h2>\n", groups, "<h3>", gaps_heading, "</h3>\n",
                  text_table("The largest value of a group minus the smallest.", gaps_table(report)));
}

std::string class_row(const Json& entry) {
    std::string row = text_element("th scope=\"row\"", entry.at("name").get<std::string>());
    const std::string share = entry.at("share").is_number() ? percent(entry.at("share").get<double>()) : "";
    row += element("td", html_text(grouped(entry.at("count").get<std::int64_t>())) + text_element("span", share));
    for (const char* score : {"precision", "recall", "f1_score"}) row += text_element("td", decimal(entry.at(score)));
    return element("tr", row) + "\n";
}

std::string classes_section(const Json& report) {
    if (report.at("classes").empty()) return "";
    std::string rows;
    for (const Json& entry : report.at("classes")) rows += class_row(entry);
    return concat(
        "<h2>Classes</h2>\n<table>\n",
        text_element("caption", "Precision: how often the answer is right. Recall: how much of the class is found."), "\n",
        column_heads({"Class", "Rows", "Precision", "Recall", "F1"}), element("tbody", "\n" + rows), "\n</table>\n");
}

std::string members_section(const Json& report) {
    std::string rows;
    for (const MemberRow& row : member_rows(report)) {
        const std::string remark = row.remark.empty() ? "" : text_element("span", row.remark);
        rows += element("tr", concat(element("th scope=\"row\"", html_text(row.kind) + remark),
                                     text_element("td", row.weight), text_element("td", row.out_of_fold_loss))) +
                "\n";
    }
    if (rows.empty()) return "";
    return concat("<h2>Members</h2>\n<table>\n", text_element("caption", members_note(report)), "\n",
                  column_heads({"Member", "Weight", "Out-of-fold loss"}), element("tbody", "\n" + rows), "\n</table>\n");
}

std::string warnings_section(const Json& report) {
    if (report.at("warnings").empty()) return "";
    return "<h2>Warnings</h2>\n" + html_list(report.at("warnings").texts());
}

std::string entry(const std::string& name, const std::string& value) {
    return element("div", text_element("dt", name) + text_element("dd", value)) + "\n";
}

std::string options_section(const Json& report) {
    std::string entries = entry("libmoodleml", report.at("version").get<std::string>());
    for (const auto& [name, value] : report.at("settings").items()) {
        const auto text = value.get<std::string>();
        entries += entry(name, text.empty() ? "\xE2\x80\x93" : text);
    }
    return concat("<h2>Options and version</h2>\n", element("dl", "\n" + entries), "\n");
}

}  // namespace

std::string figure(const Chart& chart) {
    return concat("<figure>", text_element("h3", chart.heading), "\n", chart.image,
                  text_element("figcaption", chart.caption), "</figure>\n");
}

std::string html_page(const Json& report, const Config& config) {
    const std::string body =
        concat(verdict_section(report, config), flags_section(report), metrics_section(report), charts_section(report),
               importance_section(report), groups_section(report), classes_section(report), members_section(report),
               "<h2>Data</h2>\n", html_list(data_findings(report)), warnings_section(report), options_section(report));
    return concat("<!DOCTYPE html>\n<html lang=\"en\">\n", head(report), "<body>\n<main>\n", body,
                  "</main>\n</body>\n</html>\n");
}

}  // namespace mml::render
