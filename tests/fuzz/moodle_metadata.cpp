// SPDX-License-Identifier: Apache-2.0
// The two rows of metadata at the head of a Moodle file, before samples that are in order: a labelled file becomes a data
// set whose classes are in order too, an unlabelled one an answer that Moodle can read. The rows come as they are, or made
// of drawn names and values.
#include <fstream>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "../unit/moodle/moodle_files.hpp"
#include "data/csv/number_cell.hpp"
#include "draw.hpp"
#include "expect.hpp"
#include "moodle/moodle_file.hpp"

using mml_fuzz::Draw;
using mml_fuzz::expect;

namespace {

// A directory whose model knows the columns a and b.
const mml_test::MoodleSite& trained_site() {
    static const mml_test::MoodleSite site;
    static const mml::Answer trained = site.train(mml_test::labelled_rows("ab", 0, 12));
    expect(trained.status == 0, "a model to predict with");
    return site;
}

std::string written(const std::string& name, const std::string& text) {
    const std::string path = trained_site().place.file(name);
    std::ofstream(path, std::ios::binary) << text;
    return path;
}

using Pairs = std::vector<std::pair<std::string, std::string>>;

struct Metadata {
    std::string text;
    bool is_drawn = false;
    std::optional<Pairs> pairs;  // of drawn ones, where as many values as names are there
};

constexpr const char* known_names[] = {"nfeatures", "targetclasses", "targettype", "targetcolumn",
                                       "targetmin", "targetmax",     "x"};
constexpr const char* known_values[] = {"2",           "1",     "3",  "0",        "[0,1]",   "[0,1,-0.0]", "[0,0.5,1]",
                                        "[\"0\",0,1]", "[1,0]", "y",  "discrete", "linear",  "lineal",     "[0,1]|[1,2]",
                                        "-1",          "",      "[]", "y|y",      "[0,1,2]", "\"linear\"", "[0,1]|"};

std::string drawn_text(Draw& draw) {
    std::string text = draw.text(8);
    std::erase_if(text, [](char c) { return c < ' ' || c > '~' || c == '\\' || c == '"'; });
    return text;
}

std::string cell(const std::string& text) {
    std::string quoted = "\"";
    for (const char c : text) quoted += c == '"' ? "\"\"" : std::string(1, c);
    return quoted + "\"";
}

// Of all bytes hardly any are two rows that fit each other.
Metadata drawn_metadata(Draw& draw) {
    Pairs pairs{{"nfeatures", "2"}};
    for (std::size_t count = draw.below(6); count > 0; --count) {
        const std::size_t name = draw.below(16);
        const std::string drawn_name = name < std::size(known_names) ? known_names[name] : known_names[1 + name % 3];
        const std::size_t value = draw.below(32);
        pairs.emplace_back(name == 15 ? drawn_text(draw) : drawn_name,
                           value < std::size(known_values) ? known_values[value] : drawn_text(draw));
    }
    if (draw.below(8) == 7) std::swap(pairs.front(), pairs.back());
    std::string first_row, second_row;
    for (const auto& [name, value] : pairs) {
        first_row += (first_row.empty() ? "" : ",") + cell(name);
        second_row += (second_row.empty() ? "" : ",") + cell(value);
    }
    const std::size_t more = draw.below(16);
    if (more >= 14) (more == 14 ? first_row : second_row) += ",2";
    return {first_row + "\n" + second_row, true, more < 14 ? std::optional(pairs) : std::nullopt};
}

void expect_target(const mml::Dataset& dataset) {
    std::set<double> numbers;
    for (const std::string& name : dataset.target->class_names) {
        double number = 0;
        const bool is_number = mml::parse_decimal(name, number) == mml::NumberForm::finite;
        expect(!is_number || numbers.insert(number).second, "no two classes of one number");
    }
    for (const auto& [name, value] : dataset.metadata) {
        if (name != "targettype") continue;
        std::string_view type = mml::trimmed(value);
        if (type.size() >= 2 && type.front() == '"' && type.back() == '"') type = type.substr(1, type.size() - 2);
        expect(type.empty() || type == "linear" || type == "discrete", "a type of target that there is");
        if (type == "linear") expect(dataset.target->task == mml::Task::regression, "numbers where the target is linear");
    }
}

void read_labelled(const std::string& path, const Metadata& given) {
    mml::Config config;
    mml::Supervisor supervisor({});
    mml::Dataset dataset;
    if (!mml_fuzz::refusal_of([&] { dataset = mml::read_labelled_file(path, config, supervisor); }).empty()) return;
    expect(dataset.target.has_value(), "a labelled file has a target");
    expect_target(dataset);
    const std::vector<std::string>& names = dataset.target->class_names;
    expect(std::set<std::string>(names.begin(), names.end()).size() == names.size(), "different classes");
    expect(mml::class_counts(*dataset.target).size() == names.size(), "a count for each class");
    if (given.is_drawn) expect(given.pairs == dataset.metadata, "the metadata as they stand");
    std::set<std::string> metadata;
    for (const auto& [name, value] : dataset.metadata) {
        expect(metadata.insert(name).second, "metadata named once");
        expect(mml::valid_utf8(name + value) == name + value, "metadata in UTF-8");
    }
}

void expect_answer(const mml::Answer& answer) {
    const mml_test::ordered_json json = mml_test::parsed(answer);
    expect(json.at("status") == answer.status && (answer.status == 0 || answer.status == 1), "a status that Moodle knows");
    expect(answer.json.find('\n') == std::string::npos, "an answer of one line");
    for (const auto& sentence : json.at("info")) mml_fuzz::expect_message(sentence.get<std::string>());
    if (answer.status != 0) return;
    for (const auto& prediction : json.at("predictions")) {
        expect(prediction.size() == 3 && (prediction[1] == "0" || prediction[1] == "1"), "a class that the model knows");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Draw draw(data, size);
    const std::size_t form = draw.below(4);
    const Metadata metadata = form / 2 == 1 ? drawn_metadata(draw) : Metadata{draw.rest(), false, {}};
    if (form % 2 == 1) {
        read_labelled(written("labelled.csv", metadata.text + "\na,b,y\n0.5,-1,1\n0,,0\n1,0.25,1\n"), metadata);
    } else {
        const std::string path = written("unlabelled.csv", metadata.text + "\nid,a,b\n1-0,0.5,-1\n2-0,0,\n");
        const mml::Answer answer = mml::moodle_predict(trained_site().model_directory(), path, trained_site().config, {});
        expect_answer(answer);
        expect(answer.status != 0 || !metadata.is_drawn || metadata.pairs, "a value for each of the metadata");
    }
    return 0;
}
