// SPDX-License-Identifier: Apache-2.0
// The two rows of metadata at the head of a Moodle file, before samples that are in order: a labelled file becomes a data
// set whose classes are in order too, an unlabelled one an answer that Moodle can read.
#include <fstream>
#include <set>

#include "../unit/moodle/moodle_files.hpp"
#include "draw.hpp"
#include "expect.hpp"
#include "moodle/moodle_file.hpp"

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

void read_labelled(const std::string& path) {
    mml::Config config;
    mml::Supervisor supervisor({});
    mml::Dataset dataset;
    if (!mml_fuzz::refusal_of([&] { dataset = mml::read_labelled_file(path, config, supervisor); }).empty()) return;
    expect(dataset.target.has_value(), "a labelled file has a target");
    const std::vector<std::string>& names = dataset.target->class_names;
    expect(std::set<std::string>(names.begin(), names.end()).size() == names.size(), "different classes");
    expect(mml::class_counts(*dataset.target).size() == names.size(), "a count for each class");
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
    mml_fuzz::Draw draw(data, size);
    const bool labelled = draw.flag();
    const std::string metadata = draw.rest();
    if (labelled) {
        read_labelled(written("labelled.csv", metadata + "\na,b,y\n0.5,-1,1\n0,,0\n1,0.25,1\n"));
    } else {
        const std::string path = written("unlabelled.csv", metadata + "\nid,a,b\n1-0,0.5,-1\n2-0,0,\n");
        expect_answer(mml::moodle_predict(trained_site().model_directory(), path, trained_site().config, {}));
    }
    return 0;
}
