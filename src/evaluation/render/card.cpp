// SPDX-License-Identifier: Apache-2.0
#include "evaluation/card.hpp"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/render/charts.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/style.hpp"
#include "evaluation/render/words.hpp"

namespace mml {

namespace {

using namespace render;

constexpr std::size_t most_shown_columns = 100;
constexpr std::size_t most_answered_classes = 10;

// A part of a card: sentences and a table.
struct Section {
    std::string heading;
    std::vector<std::string> sentences;
    TextTable table = {};
    std::string figure = {};  // of HTML
};

const Json& part_of(const Json& object, const char* name) {
    static const Json none;
    const Json* const found = object.is_object() ? object.find(name) : nullptr;
    return found == nullptr ? none : *found;
}

std::string words(const Json& value, const char* otherwise) {
    if (value.is_string()) return value.get<std::string>();
    return value.is_number() ? decimal(value) : otherwise;
}

std::string count_text(const Json& value) {
    return value.is_number() ? grouped(value.get<std::int64_t>()) : "an unknown number of";
}

Section model_section(const Json& card) {
    Section section{"Model", {}};
    const bool classes = card.at("task") == "classification";
    const std::string target = words(part_of(card, "predicts"), "");
    section.sentences.push_back(concat(classes ? "Predicts a class" : "Estimates a number",
                                       target.empty() ? "" : concat(": \xE2\x80\x9C", target, "\xE2\x80\x9D"), "."));
    section.sentences.push_back(concat("Intended use: ", words(part_of(card, "intended_use"), "not stated"), "."));
    section.sentences.push_back(concat("Trained: ", words(part_of(card, "trained_at"), "time not stated"),
                                       ", by libmoodleml ", words(part_of(card, "version"), "of an earlier release"), "."));
    return section;
}

Section data_section(const Json& card) {
    Section section{"Training data", {}};
    const Json& samples = card.at("samples");
    section.sentences.push_back(concat(count_text(part_of(samples, "count")), " samples, ",
                                       count_text(part_of(samples, "distinct_rows")), " different rows, ",
                                       count_text(card.at("column_count")), " columns."));
    if (card.at("prior").is_number())
        section.sentences.push_back(concat("An earlier model, whose samples were not there, has a share of ",
                                           percent(card.at("prior").get<double>()), " in each answer."));
    if (!card.at("classes").is_array() || card.at("classes").empty()) return section;
    section.table.heads = {"Class", "Share"};
    for (const Json& entry : card.at("classes")) {
        const Json& share = part_of(entry, "share");
        section.table.rows.push_back(
            {words(part_of(entry, "name"), ""), share.is_number() ? percent(share.get<double>()) : ""});
    }
    return section;
}

TextTable metrics_table(const Json& metrics) {
    TextTable table{{"Metric", "Value", "95 % interval", "Guessing"}, {}};
    for (const auto& [name, metric] : metrics.items()) {
        const bool lower = metric.at("direction") == "lower_is_better";
        table.rows.push_back({concat(metric.at("label").get<std::string>(), lower ? " (lower is better)" : ""),
                              decimal(metric.at("value")), interval_text(metric.at("interval")),
                              decimal(metric.at("baseline"))});
    }
    return table;
}

Section metrics_section(const Json& card) {
    Section section{"Metrics", {}};
    if (card.at("metrics").empty()) {
        section.sentences.emplace_back("No samples were held out, so there are none.");
        return section;
    }
    // Models of the first releases tell how many rows these are, equal ones once.
    const Json& count = card.at("rated_samples").is_null() ? card.at("rated_rows") : card.at("rated_samples");
    section.sentences.push_back(concat("On ", count.is_number() ? count_text(count) + " " : "",
                                       "training samples, each rated by members that had not seen it."));
    section.table = metrics_table(card.at("metrics"));
    return section;
}

// `rated` has "calibration" and "metrics", the card's own or those of its evaluation.
Section calibration_section(const Json& card, const Json& rated, const char* heading) {
    Section section{heading, {}};
    if (rated.at("calibration").empty()) return section;
    const bool two = card.at("class_names").size() == 2;
    section.sentences.push_back(
        concat("The probability that the model states ",
               two ? concat("for \xE2\x80\x9C", card.at("class_names")[1].get<std::string>(), "\xE2\x80\x9D")
                   : std::string("for its answer"),
               ", and how often that happened."));
    section.table.heads = {"Stated", "Happened", "95 % interval", "Samples"};
    for (const Json& point : rated.at("calibration")) {
        const bool known = point.size() == 5;
        section.table.rows.push_back({percent(point[0].get<double>()), percent(point[1].get<double>()),
                                      known
                                          ? concat(percent(point[3].get<double>()), " to ", percent(point[4].get<double>()))
                                          : std::string("\xE2\x80\x93"),
                                      percent(point[2].get<double>())});
    }
    const Chart chart = chart_of({rated.at("calibration"), two ? card.at("class_names")[1].get<std::string>() : "",
                                  decimal(part_of(part_of(rated.at("metrics"), "calibration_error"), "value")),
                                  concat("reliability-", rated.contains("kind") ? "evaluation" : "training")});
    section.figure = figure(chart);
    return section;
}

Section evaluation_section(const Json& card) {
    Section section{"Evaluation", {}};
    const Json& kept = card.at("evaluation");
    if (!kept.is_object()) return section;
    section.sentences.push_back(
        kept.at("kind") == "evaluation"
            ? concat("The model's answers for ", count_text(kept.at("rows")), " samples.")
            : concat("Models like this one, cross-validated on ", count_text(kept.at("rows")), " samples."));
    for (const Json& sentence : kept.at("verdict")) section.sentences.push_back(sentence.get<std::string>());
    section.table = metrics_table(kept.at("metrics"));
    return section;
}

Section gaps_section(const Json& card) {
    Section section{"Gaps between groups", {}};
    if (!card.at("evaluation").is_object() || card.at("evaluation").at("gaps").empty()) return section;
    section.sentences.emplace_back(
        "The largest value of a group minus the smallest, in the evaluation. A gap is above 0 by chance, too: read its "
        "interval.");
    section.table.heads = {"Measure", "Gap", "95 % interval"};
    for (const auto& [name, gap] : card.at("evaluation").at("gaps").items())
        section.table.rows.push_back(
            {gap.at("label").get<std::string>(), decimal(gap.at("value")), interval_text(gap.at("interval"))});
    return section;
}

Section evaluation_calibration_section(const Json& card) {
    const Json& kept = card.at("evaluation");
    return kept.is_object() ? calibration_section(card, kept, "Calibration in the evaluation") : Section{};
}

Section method_section(const Json& card) {
    Section section{"Method", {}};
    const Json& ensemble = card.at("ensemble");
    section.sentences.push_back(concat("A blend of the members below, pooled by ",
                                       words(part_of(ensemble, "pool"), "their links"), ", calibrated by ",
                                       words(part_of(ensemble, "calibration"), "nothing"), "."));
    section.table.heads = {"Member", "Weight", "Out-of-fold loss"};
    if (!part_of(ensemble, "members").is_array()) return section;
    for (const Json& member : part_of(ensemble, "members")) {
        section.table.rows.push_back({words(part_of(member, "kind"), ""), decimal(part_of(member, "weight")),
                                      decimal(part_of(member, "out_of_fold_loss"))});
    }
    return section;
}

std::string share_of(const Json& rated, std::size_t class_index) {
    const Json& shares = part_of(rated, "shares");
    const bool known = shares.is_array() && class_index < shares.size() && shares[class_index].is_number();
    return known ? percent(shares[class_index].get<double>()) : "\xE2\x80\x93";
}

Section decision_section(const Json& card) {
    Section section{"Decision", {}};
    const Json& decision = card.at("decision");
    if (!decision.is_object()) return section;
    section.sentences.push_back(concat(
        "Classes are chosen by the rule \xE2\x80\x9C", words(part_of(decision, "rule"), "probable"), "\xE2\x80\x9D",
        part_of(decision, "threshold").is_number()
            ? concat(": the second class from a probability of ", percent(decision.at("threshold").get<double>()), " on")
            : std::string(),
        "."));
    const Json& rated = part_of(decision, "out_of_fold");
    if (!rated.is_object()) return section;
    section.table.heads = {"On samples held out", "As decided", "Most probable class"};
    for (const auto& [name, label] :
         {std::pair<const char*, const char*>{"score", "Weighted F1"}, {"balanced_accuracy", "Balanced accuracy"}})
        section.table.rows.push_back(
            {label, decimal(part_of(rated, name)), decimal(part_of(part_of(rated, "probable"), name))});
    const std::vector<std::string> names = card.at("class_names").texts();
    for (std::size_t k = 0; k < std::min(names.size(), most_answered_classes); ++k)
        section.table.rows.push_back({concat("Answered \xE2\x80\x9C", names[k], "\xE2\x80\x9D"), share_of(rated, k),
                                      share_of(part_of(rated, "probable"), k)});
    return section;
}

std::string usual_text(const Json& usual) {
    if (usual.is_string()) return usual.get<std::string>();
    if (!usual.is_array()) return "\xE2\x80\x93";
    if (usual[0].is_null() && usual[1].is_null()) return "\xE2\x80\x93";
    if (usual[0].is_null()) return concat("below ", decimal(usual[1]));
    if (usual[1].is_null()) return concat("from ", decimal(usual[0]));
    const std::string low = decimal(usual[0]), high = decimal(usual[1]);
    return low == high ? low : concat(low, " to ", high);
}

Section columns_section(const Json& card) {
    Section section{"Columns", {}, {{"Column", "Type", "Usual"}, {}}};
    const Json& columns = card.at("columns");
    for (const Json& column : columns) {
        if (section.table.rows.size() == most_shown_columns) break;
        const Json& levels = part_of(column, "levels");
        section.table.rows.push_back(
            {column.at("name").get<std::string>(),
             concat(column.at("type").get<std::string>(),
                    levels.is_number() ? concat(", ", grouped(levels.get<std::int64_t>()), " levels") : std::string()),
             usual_text(part_of(column, "usual"))});
    }
    const auto all = card.at("column_count").get<std::int64_t>();
    const auto shown = narrowed<std::int64_t>(section.table.rows.size());
    if (all > shown) section.sentences.push_back(concat("The first ", grouped(shown), " of ", grouped(all), "."));
    return section;
}

Section options_section(const Json& card) {
    Section section{"Options", {}, {{"Option", "Value"}, {}}};
    if (!card.at("options").is_object()) return section;
    for (const auto& [name, value] : card.at("options").items()) section.table.rows.push_back({name, words(value, "")});
    return section;
}

std::vector<Section> sections_of(const Json& card) {
    return {model_section(card),
            data_section(card),
            evaluation_section(card),
            evaluation_calibration_section(card),
            gaps_section(card),
            metrics_section(card),
            calibration_section(card, card, "Calibration"),
            decision_section(card),
            {"Limits", card.at("limits").texts()},
            {"How to contest an answer", card.at("contest").texts()},
            method_section(card),
            columns_section(card),
            options_section(card)};
}

using Escape = std::string (*)(std::string_view);

// One format: how a heading, a list and a table are written.
struct Format {
    std::function<std::string(const std::string&)> heading;
    std::function<std::string(const std::vector<std::string>&)> list;
    std::function<std::string(const TextTable&)> table;
    bool has_figures = false;
};

std::string body(const Json& card, const Format& format) {
    std::string text;
    for (const Section& section : sections_of(card)) {
        if (section.sentences.empty() && section.table.rows.empty()) continue;
        text += format.heading(section.heading);
        if (!section.sentences.empty()) text += format.list(section.sentences);
        if (format.has_figures) text += section.figure;
        if (!section.table.rows.empty()) text += format.table(section.table);
    }
    return text;
}

std::string listed(const std::vector<std::string>& sentences, Escape escape) {
    std::string text;
    for (const std::string& sentence : sentences) text += concat("- ", escape(sentence), "\n");
    return text + "\n";
}

std::string markdown_rows(const TextTable& table) {
    const auto row = [](const std::vector<std::string>& cells) {
        std::string text = "|";
        for (const std::string& cell : cells) text += concat(" ", markdown_text(cell), " |");
        return text + "\n";
    };
    std::string text = row(table.heads) + "|";
    for (std::size_t i = 0; i < table.heads.size(); ++i) text += i == 0 ? " :-- |" : " --: |";
    text += "\n";
    for (const auto& cells : table.rows) text += row(cells);
    return text + "\n";
}

std::string plain_rows(const TextTable& table) {
    std::string text;
    for (const auto& cells : table.rows) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (!cells[i].empty())
                text += concat(i == 0 ? "  " : ", ", i == 0 ? "" : table.heads[i] + " ", plain_text(cells[i]));
        }
        text += "\n";
    }
    return text + "\n";
}

std::string html_rows(const TextTable& table) {
    std::string text = "<table>\n<thead><tr>";
    for (const std::string& head : table.heads) text += concat("<th scope=\"col\">", html_text(head), "</th>");
    text += "</tr></thead>\n<tbody>\n";
    for (const auto& cells : table.rows) {
        text += concat("<tr><th scope=\"row\">", html_text(cells.front()), "</th>");
        for (std::size_t i = 1; i < cells.size(); ++i) text += concat("<td>", html_text(cells[i]), "</td>");
        text += "</tr>\n";
    }
    return text + "</tbody>\n</table>\n";
}

std::string html_items(const std::vector<std::string>& sentences) {
    std::string text = "<ul>\n";
    for (const std::string& sentence : sentences) text += concat("<li>", html_text(sentence), "</li>\n");
    return text + "</ul>\n";
}

std::string markdown_card(const Json& card) {
    return "# Model card\n\n" +
           body(card,
                {[](const std::string& heading) { return concat("## ", heading, "\n\n"); },
                 [](const std::vector<std::string>& sentences) { return listed(sentences, markdown_text); }, markdown_rows});
}

std::string text_card(const Json& card) {
    return body(card, {[](const std::string& heading) { return heading + "\n"; },
                       [](const std::vector<std::string>& sentences) { return listed(sentences, plain_text); }, plain_rows});
}

std::string html_card(const Json& card) {
    const std::string content =
        body(card, {[](const std::string& heading) { return concat("<h2>", html_text(heading), "</h2>\n"); }, html_items,
                    html_rows, true});
    return concat(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"color-scheme\" content=\"light dark\">\n<title>Model card</title>\n<style>",
        colours(), chart_style(), page_style(), "</style>\n</head>\n<body>\n<main>\n<h1>Model card</h1>\n", content,
        "</main>\n</body>\n</html>\n");
}

std::string json_card(const Json& card) { return card.dump() + "\n"; }

}  // namespace

std::string render_card(const Json& card, std::string_view format) {
    constexpr std::pair<const char*, std::string (*)(const Json&)> formats[] = {
        {"json", json_card}, {"markdown", markdown_card}, {"html", html_card}, {"text", text_card}};
    for (const auto& [name, renderer] : formats) {
        if (format == name) return renderer(card);
    }
    fail(Status::not_found,
         concat("no format of a card is called ", quote(format), ": there are json, markdown, html and text"));
}

}  // namespace mml
