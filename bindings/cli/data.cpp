// SPDX-License-Identifier: Apache-2.0
#include "data.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <numeric>
#include <system_error>
#include <vector>

#include "output.hpp"
#include "text.hpp"

namespace mml::cli {

namespace {

void add_class_shares(Json& classes, std::int64_t rows) {
    for (Json& entry : classes)
        entry["share"] = rows == 0 ? 0.0 : entry.at("rows").get<double>() / static_cast<double>(rows);
}

Json target_range(const moodleml::Dataset& dataset) {
    const std::vector<double> values = dataset.target();
    if (values.empty()) return nullptr;
    const auto [smallest, largest] = std::ranges::minmax(values);
    const double mean = std::reduce(values.begin(), values.end()) / static_cast<double>(values.size());
    return {{"minimum", smallest}, {"mean", mean}, {"maximum", largest}};
}

// To a thousandth of the target's range, so that dates in seconds keep their seconds and others show no noise.
std::string target_text(double value, double range) {
    const double decimals = range > 0 ? std::max(3 - std::floor(std::log10(range)), 0.0) : 4;
    const double rounded = std::round(value * std::pow(10, decimals)) / std::pow(10, decimals);
    const bool readable = decimals <= 9 && std::isfinite(rounded);
    return !readable || std::trunc(rounded) == rounded ? significant(readable ? rounded : value, 6) : exact(rounded);
}

}  // namespace

// What a pipe has given is gone, and who opens it once more may wait for ever.
std::string first_bytes(const std::string& path) {
    std::error_code failed;
    if (!std::filesystem::is_regular_file(path, failed)) return {};
    std::array<char, 4096> bytes{};
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rbe"), &std::fclose);
    return file ? std::string(bytes.data(), std::fread(bytes.data(), 1, bytes.size(), file.get())) : std::string();
}

std::string data_path(const std::string& path) { return path == "-" ? "/dev/stdin" : path; }

moodleml::Dataset read_data(const std::string& path, const moodleml::Config& config, const moodleml::Model* model) {
    if (model != nullptr) return moodleml::Dataset::from_csv_for(*model, data_path(path), config);
    return moodleml::Dataset::from_csv(data_path(path), config);
}

Json data_summary(const moodleml::Dataset& dataset) {
    Json summary = Json::parse(dataset.json());
    if (dataset.task() == MML_CLASSIFICATION) add_class_shares(summary.at("classes"), dataset.rows());
    if (dataset.task() == MML_REGRESSION) summary["target"] = target_range(dataset);
    return summary;
}

std::string data_text(const Json& summary) {
    std::string text = one_line(summary.at("source").get<std::string>()) + ": " + grouped(summary.at("rows")) +
                       " samples, " + grouped(summary.at("columns")) + " columns" +
                       (summary.at("task").is_null() ? ", no target" : "") + "\n";
    Table table;
    if (summary.at("task") == "classification") {
        for (const Json& entry : summary.at("classes")) {
            table.add_row(
                {"class " + entry.at("name").get<std::string>(), grouped(entry.at("rows")), percent(entry.at("share"))});
        }
    } else if (const Json& target = field(summary, "target"); target.is_object()) {
        const double range = number(target.at("maximum")) - number(target.at("minimum"));
        for (const auto& [name, value] : target.items())
            table.add_row({"target, " + name, target_text(number(value), range)});
    }
    return text + table.text("  ");
}

std::string inputs_text(const Json& summary) {
    Table table({0, 1});
    std::int64_t numbers = 0;
    for (const Json& input : field(summary, "inputs")) {
        if (input.at("type") == "number") ++numbers;
    }
    table.add_row({"columns of numbers", grouped(numbers)});
    for (const Json& input : field(summary, "inputs")) {
        if (input.at("type") == "category")
            table.add_row({"category " + input.at("name").get<std::string>(), grouped(input.at("levels")) + " texts"});
    }
    return table.text("  ");
}

void show_warnings(const Json& document) {
    for (const Json& warning : document.value("warnings", Json::array())) {
        write_standard_error("moodleml: warning: " + one_line(warning.get<std::string>()) + "\n");
    }
}

}  // namespace mml::cli
