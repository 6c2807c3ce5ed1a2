// SPDX-License-Identifier: Apache-2.0
#include "evaluation/render/contents.hpp"

#include "base/index.hpp"
#include "base/text.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

std::string in_quotes(const Json& name) { return concat("\xE2\x80\x9C", name.get<std::string>(), "\xE2\x80\x9D"); }

// "“a”, “b” and 3 more".
template <typename Text>
std::string listed(const Json& list, std::int64_t count, Text text) {
    std::string result;
    std::int64_t shown = 0;
    for (const Json& entry : list) {
        const bool last = shown + 1 == count;
        result += shown == 0 ? "" : last ? " and " : ", ";
        result += text(entry);
        ++shown;
    }
    return count > shown ? concat(result, " and ", grouped(count - shown), " more") : result;
}

std::string counted(std::int64_t count, const char* one, const char* many) {
    return concat(grouped(count), " ", count == 1 ? one : many);
}

void add_constant(const Json& data, std::vector<std::string>& findings) {
    const Json& constant = data.at("constant_columns");
    const auto count = constant.at("count").get<std::int64_t>();
    if (count == 0) return;
    findings.push_back(
        concat(counted(count, "column is", "columns are"),
               " the same in every row and cannot help to predict: ", listed(constant.at("names"), count, in_quotes), "."));
}

void add_missing(const Json& data, std::vector<std::string>& findings) {
    const Json& missing = data.at("missing");
    const auto count = missing.at("columns").get<std::int64_t>();
    if (count == 0) return;
    const auto text = [](const Json& entry) {
        return concat(in_quotes(entry.at("name")), " (", percent(entry.at("share").get<double>()), ")");
    };
    findings.push_back(concat(counted(count, "column lacks", "columns lack"), " values, ",
                              percent(missing.at("share").get<double>()),
                              " of all cells: ", listed(missing.at("worst"), count, text), "."));
}

void add_duplicates(const Json& data, std::vector<std::string>& findings) {
    const Json& duplicates = data.at("duplicate_columns");
    const auto count = duplicates.at("count").get<std::int64_t>();
    if (count == 0) return;
    const auto text = [](const Json& pair) { return concat(in_quotes(pair[0]), " as ", in_quotes(pair[1])); };
    findings.push_back(concat(counted(count, "column repeats", "columns repeat"),
                              " another: ", listed(duplicates.at("pairs"), count, text), "."));
}

void add_equal_rows(const Json& data, std::vector<std::string>& findings) {
    const Json& equal = data.at("equal_rows");
    const auto rows = equal.at("rows").get<std::int64_t>();
    const auto conflicting = equal.at("conflicting").get<std::int64_t>();
    if (rows > 0) {
        findings.push_back(concat(counted(rows, "row has", "rows have"),
                                  " an equal row. To keep equal rows on one side of each split, choose resampling "
                                  "\xE2\x80\x9Cgrouped\xE2\x80\x9D."));
    }
    if (conflicting == 0) return;
    std::string sentence = concat(counted(conflicting, "of these rows is", "of these rows are"),
                                  " equal to a row with another target, so that no model can distinguish them");
    if (equal.at("best_accuracy").is_number()) {
        sentence += concat(": at best ", percent(equal.at("best_accuracy").get<double>()), " can be right");
    }
    findings.push_back(sentence + ".");
}

void add_telling(const Json& report, std::vector<std::string>& findings) {
    const bool classes = report.at("task") == "classification";
    for (const Json& entry : report.at("data").at("telling_columns")) {
        findings.push_back(concat("Column ", in_quotes(entry.at("name")), " alone ", classes ? "predicts " : "explains ",
                                  percent(entry.at("share").get<double>()), classes ? " of the rows" : " of the variance",
                                  ": was it made from the target, or known only after it?"));
    }
}

// A regression has no classes to share out.
std::string split_words(const Json& report) {
    const auto resampling = report.at("options").at("resampling").get<std::string>();
    const auto count = static_cast<std::int64_t>(report.at("iterations").size());
    if (resampling == "time")
        return concat(counted(count, "split", "splits"), " by time, each on earlier rows and rated on the next ones");
    const bool folds = resampling == "folds" || resampling == "grouped" || resampling == "group_folds";
    std::string words = concat(counted(count, folds ? "fold" : "random split", folds ? "folds" : "random splits"));
    if (resampling == "grouped") words += count == 1 ? " that keeps equal rows together" : " that keep equal rows together";
    if (resampling == "group_folds") words += count == 1 ? " that keeps groups together" : " that keep groups together";
    if (resampling == "stratified" && report.at("task") == "classification") words += " with equal shares of the classes";
    return words;
}

}  // namespace

std::vector<MetricRow> metric_rows(const Json& report) {
    const bool repeated = report.at("iterations").size() > 1;
    std::vector<MetricRow> rows;
    for (const auto& [name, metric] : report.at("metrics").items()) {
        if (name == "score" || metric.at("value").is_null()) continue;
        const bool lower = metric.at("direction") == "lower_is_better";
        const Json* const probable = metric.find("probable");
        const auto meaning = metric.at("meaning").get<std::string>();
        rows.push_back({name, metric.at("label").get<std::string>(), lower ? concat(meaning, "; lower is better") : meaning,
                        decimal(metric.at("value")), repeated ? decimal(metric.at("deviation")) : "",
                        interval_text(metric.at("interval")),
                        decides(report) && probable != nullptr ? decimal(*probable) : "", decimal(metric.at("baseline"))});
    }
    return rows;
}

std::string procedure(const Json& report) {
    const std::string size = concat(counted(report.at("rows").get<std::int64_t>(), "row", "rows"), " and ",
                                    counted(report.at("columns").get<std::int64_t>(), "column", "columns"));
    const std::string source = concat("\xE2\x80\x9C", source_name(report), "\xE2\x80\x9D");
    if (report.at("kind") == "evaluation") return concat("A model rated on all rows of ", source, ", ", size, ".");
    return concat("Cross-validation on ", source, ", ", size, ": trained and rated on ", split_words(report), ", seed ",
                  report.at("options").at("seed").get<std::int64_t>(), ".");
}

std::vector<std::string> data_findings(const Json& report) {
    const Json& data = report.at("data");
    std::vector<std::string> findings;
    add_telling(report, findings);
    add_equal_rows(data, findings);
    add_constant(data, findings);
    add_missing(data, findings);
    add_duplicates(data, findings);
    if (findings.empty())
        findings.emplace_back("Nothing odd was found: no constant, missing or repeated columns, no equal rows.");
    return findings;
}

std::string interval_note(const Json& report) {
    const std::string note =
        report.at("iterations").size() > 1
            ? "95 % interval: Student\xE2\x80\x99s t over the splits, widened for training sets that overlap "
              "(Nadeau and Bengio, 2003)."
            : "95 % interval: percentiles over resamples of the rows (bootstrap).";
    return decides(report) ? note + " Most probable: the same numbers if the most probable class were the answer." : note;
}

}  // namespace mml::render
