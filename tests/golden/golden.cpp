// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "moodleml/moodleml.hpp"

namespace {

namespace fs = std::filesystem;
using moodleml::Dataset;
using moodleml::Model;
using Names = std::vector<std::string>;

// Of all formats: the older ones too load for ever.
std::vector<fs::path> golden_files() {
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(MOODLEML_GOLDEN)) {
        if (entry.path().extension() == ".mml") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<float> expected_scores(fs::path file) {
    std::ifstream stream(file.replace_extension(".scores.csv"));
    std::vector<float> scores;
    for (std::string line; std::getline(stream, line);) {
        std::istringstream cells(line);
        for (std::string cell; std::getline(cells, cell, ',');) scores.push_back(std::stof(cell));
    }
    return scores;
}

Dataset rows_beside(const fs::path& file) {
    return Dataset::from_csv((file.parent_path() / "rows.csv").string(), {{"format", "plain"}, {"labelled", "false"}});
}

// The largest difference, where estimates beyond 1 count by their size; infinite where one is none.
double difference(const std::vector<float>& scores, const std::vector<float>& expected) {
    if (scores.size() != expected.size()) return HUGE_VAL;
    double largest = 0;
    for (std::size_t i = 0; i < scores.size(); ++i) {
        const double wanted = static_cast<double>(expected[i]);
        const double apart = std::fabs(static_cast<double>(scores[i]) - wanted) / std::max(1.0, std::fabs(wanted));
        largest = std::isfinite(apart) ? std::max(largest, apart) : HUGE_VAL;
    }
    return largest;
}

constexpr double tolerance = 1e-5;

// All rows and one by one, with the bits of the model's own answers.
void check_predictor(const Model& model, const std::vector<float>& cells, std::int64_t columns) {
    const moodleml::Predictor predictor(model);
    const std::vector<float> expected = model.predict(moodleml::table(cells, columns));
    std::vector<float> all(expected.size()), single(expected.size());
    predictor.predict(moodleml::table(cells, columns), all.data(), all.size());
    const auto outputs = static_cast<std::size_t>(model.outputs());
    const auto width = static_cast<std::size_t>(columns);
    for (std::size_t row = 0; row < cells.size() / width; ++row) {
        const mml_array one = {cells.data() + row * width, 1, columns, columns, 1, MML_FLOAT32, 0};
        predictor.predict(one, single.data() + row * outputs, outputs);
    }
    CHECK(all == expected);
    CHECK(single == expected);
}

}  // namespace

TEST_CASE("every golden file predicts what it did when it was written") {
    const auto files = golden_files();
    CHECK(files.size() >= 16);
    for (const fs::path& file : files) {
        CAPTURE(file.string());
        const Model model = Model::load(file.string());
        const Dataset rows = rows_beside(file);
        const std::vector<float> expected = expected_scores(file);
        REQUIRE(expected.size() == static_cast<std::size_t>(rows.rows() * model.outputs()));
        CHECK(difference(model.predict(rows), expected) < tolerance);
        const std::vector<float> cells = rows.values();
        CHECK(difference(model.predict(moodleml::table(cells, rows.columns())), expected) < tolerance);
        check_predictor(model, cells, rows.columns());
        CHECK(difference(Model::from_bytes(model.bytes()).predict(rows), expected) < tolerance);
    }
}

TEST_CASE("golden files hold what their names say") {
    for (const fs::path& file : golden_files()) {
        CAPTURE(file.string());
        const Model model = Model::load(file.string());
        const std::string name = file.stem().string();
        const std::string target = name.substr(name.find('-') + 1);
        const bool original = name.rfind("original", 0) == 0;
        CHECK(model.input_names() == (original ? Names{"x0", "x1"} : Names{"a", "b", "code", "flag"}));
        CHECK(model.outputs() == (target == "value" ? 1 : target == "two" ? 2 : 3));
        CHECK(model.class_names().size() == (target == "value" ? 0U : target == "two" ? 2U : 3U));
        const std::string json = model.json();
        for (const std::string kind : {"linear", "trees", "networks"}) {
            const bool named = name.rfind(kind, 0) == 0 || name.rfind("blend", 0) == 0;
            if (named) CHECK(json.find("\"kind\":\"" + kind + "\"") != std::string::npos);
        }
        CHECK((json.find("\"prior\"") != std::string::npos) == (name.rfind("prior", 0) == 0));
    }
}

TEST_CASE("expected predictions differ from row to row") {
    for (const fs::path& file : golden_files()) {
        CAPTURE(file.string());
        const std::vector<float> expected = expected_scores(file);
        const auto range = std::minmax_element(expected.begin(), expected.end());
        CHECK(*range.second - *range.first > 0.2F);
    }
}
