// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <filesystem>
#include <map>
#include <string>

#include "../inflated.hpp"
#include "../status_of.hpp"
#include "model/model_file.hpp"
#include "moodle_files.hpp"

using namespace mml_test;
using mml::Status;

namespace {

namespace fs = std::filesystem;

std::string original(const std::string& model) { return std::string(MOODLEML_TEST_DATA "/original-models/") + model; }

// A model directory as the original left it.
struct OriginalSite : MoodleSite {
    explicit OriginalSite(const std::string& model) {
        fs::copy(original(model), model_directory(), fs::copy_options::recursive);
        fs::permissions(model_directory(), fs::perms::owner_all, fs::perm_options::add);
    }
};

std::map<std::string, std::string> files_of(const std::string& directory) {
    std::map<std::string, std::string> files;
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
        const std::string name = fs::relative(entry.path(), directory).string();
        if (entry.is_regular_file()) files[name] = mml::read_file(entry.path().string(), no_limit);
    }
    return files;
}

ordered_json expected_predictions(const std::string& model) {
    return ordered_json::parse(mml::read_file(original(model) + "/predictions.json", no_limit)).at("predictions");
}

// The largest difference between probabilities; 2 where ids or classes differ.
double difference(const ordered_json& predictions, const ordered_json& expected) {
    if (predictions.size() != expected.size()) return 2;
    double largest = 0;
    for (std::size_t i = 0; i < predictions.size(); ++i) {
        if (predictions[i][0] != expected[i][0] || predictions[i][1] != expected[i][1]) return 2;
        const auto number = [](const ordered_json& cell) { return std::stod(cell.get<std::string>()); };
        largest = std::max(largest, std::abs(number(predictions[i][2]) - number(expected[i][2])));
    }
    return largest;
}

std::string three_to_predict() { return mml::read_file(original("three") + "/predict.csv", no_limit); }
std::string students(const char* part) { return inflated(mml::concat(MOODLEML_EXAMPLES "/students-366-", part, ".csv.gz")); }

// As predict.csv names them.
constexpr const char* columns_of_three[] = {"\\test_indicator_fullname", "\\test_indicator_multiclass"};

std::string labelled_three(const std::vector<std::string>& rows, const std::string& classes = "[0,1,2]") {
    return labelled_text({columns_of_three[0], columns_of_three[1]}, rows, classes);
}

}  // namespace

TEST_CASE("a directory of the original predicts at once, as the original does to 1e-5") {
    const OriginalSite students_site("m366");
    const ordered_json two = parsed(students_site.predict(students("predict")));
    CHECK(two.at("status") == 0);
    CHECK(difference(two.at("predictions"), expected_predictions("m366")) < 1e-5);
    const OriginalSite site("three");
    const ordered_json three = parsed(site.predict(three_to_predict()));
    CHECK(three.at("info").empty());
    CHECK(difference(three.at("predictions"), expected_predictions("three")) < 1e-5);
    CHECK_FALSE(mml::exists(site.classifier("model.mml")));
}

TEST_CASE("classes are the data set's") {
    const OriginalSite site("three");
    const auto class_of_first = [&](const std::string& classes) {
        const std::string text = mml::concat("nfeatures,targetclasses\n2,\"", classes, "\"\nsampleid,a,b\n0-0,-0.2,-1\n");
        return parsed(site.predict(text));
    };
    CHECK(class_of_first("[0,1,2]").at("predictions")[0][1] == "1");
    CHECK(class_of_first("[4,5,6]").at("predictions")[0][1] == "5");
    CHECK(class_of_first("no list").at("predictions")[0][1] == "1");
    const ordered_json other = class_of_first("[7,8]");
    CHECK(other.at("status") == 1);
    CHECK(other.at("info")[0].get<std::string>().find("has 2 classes, but the model has 3") != std::string::npos);
    const ordered_json narrow = parsed(site.predict("nfeatures\n1\nsampleid,a\n0-0,1\n"));
    CHECK(narrow.at("status") == 1);
    CHECK(narrow.at("info")[0].get<std::string>().find("looks at column 2") != std::string::npos);
}

TEST_CASE("training goes on from it, writes our form beside and leaves its files alone") {
    OriginalSite site("three");
    const auto before = files_of(site.model_directory());
    CHECK(site.train(labelled_three({"0.3,1,0", "0.1,-1,1", "0.2,0,2"})).status == 0);
    auto after = files_of(site.model_directory());
    for (const auto& [name, bytes] : before) CHECK(after.at(name) == bytes);
    CHECK(after.contains("classifier/model.mml"));
    CHECK(after.contains("classifier/samples-1.mml"));
    const auto model = mml::load_model(site.classifier("model.mml"));
    REQUIRE(model->prior().model);
    CHECK(model->prior().share == doctest::Approx(150.0 / 153.0));
    CHECK(model->prior().model->input_names() == std::vector<std::string>{columns_of_three[0], columns_of_three[1]});
    CHECK_FALSE(model->prior().model->by_position());
    // Three samples change little of what 150 taught.
    const ordered_json answer = parsed(site.predict(three_to_predict()));
    const double apart = difference(answer.at("predictions"), expected_predictions("three"));
    CHECK(apart > 1e-4);
    CHECK(apart < 0.02);
    // A second training keeps it, though the original's files are gone.
    fs::remove_all(site.classifier("model.ckpt"));
    fs::remove(site.classifier("classifier.pkl"));
    CHECK(site.train(labelled_three({"0.3,1,0", "0.1,-1,1", "0.2,0,2"})).status == 0);
    CHECK(mml::load_model(site.classifier("model.mml"))->prior().share == doctest::Approx(150.0 / 156.0));
}

TEST_CASE("training on it knows its classes though the new samples lack one") {
    const OriginalSite site("three");
    CHECK(site.train(labelled_three({"0.3,1,0", "0.1,-1,1"})).status == 0);
    CHECK(mml::load_model(site.classifier("model.mml"))->class_names() == std::vector<std::string>{"0", "1", "2"});
    const OriginalSite renamed("three");
    CHECK(renamed.train(labelled_three({"0.3,1,7", "0.1,-1,8", "0.1,-1,9"}, "[7,8,9]")).status == 0);
    const auto prior = mml::load_model(renamed.classifier("model.mml"))->prior().model;
    CHECK(prior->class_names() == std::vector<std::string>{"7", "8", "9"});
}

TEST_CASE("what does not fit a model of the original is refused and changes nothing") {
    const OriginalSite site("three");
    const auto before = files_of(site.model_directory());
    CHECK(site.train(labelled_text({"a"}, {"1,0", "2,1", "3,2"}, "[0,1,2]")).status == 1);
    CHECK(site.train(labelled_three({"1,0,5", "2,1,6"}, "[5,6]")).status == 1);
    mml::replace_file(site.classifier("classifier.pkl"),
                      mml::read_file(MOODLEML_TEST_DATA "/pickles/refused-os-system.pkl", no_limit), 0600);
    const mml::Answer refused = site.train(labelled_three({"0.3,1,0", "0.1,-1,1", "0.2,0,2"}));
    CHECK(refused.status == 1);
    CHECK(refused.json.find("posix system") != std::string::npos);
    CHECK(site.predict(three_to_predict()).status == 1);
    CHECK(files_of(site.classifier("")).size() == files_of(original("three") + "/classifier").size());
    CHECK(before.contains("classifier/classifier.pkl"));
}

TEST_CASE("a trained model of the original is evaluated") {
    const OriginalSite site("m366");
    const ordered_json answer = parsed(site.evaluate(students("train"), site.model_directory()));
    REQUIRE(answer.contains("score"));
    CHECK(answer.at("accuracy").get<double>() == doctest::Approx(1644.0 / 1904.0).epsilon(0.02));
    CHECK(answer.at("auc").get<double>() > 0.6);
    CHECK_FALSE(mml::exists(site.classifier("model.mml")));
}

TEST_CASE("exported, and imported from its own form and from ours") {
    const OriginalSite site("three");
    const std::string exported = site.place.file("exported");
    CHECK(mml::moodle_export(site.model_directory(), exported, mml::Config()).status == 0);
    CHECK(files_of(exported).size() == 1);
    const std::string expected = site.predict(three_to_predict()).json;
    for (const std::string& from : {exported, site.model_directory(), site.model_directory() + "/classifier"}) {
        CAPTURE(from);
        const MoodleSite target;
        REQUIRE(mml::moodle_import(target.model_directory(), from, mml::Config()).status == 0);
        CHECK(files_of(target.classifier("")).size() == 1);
        CHECK(target.predict(three_to_predict()).json == expected);
        CHECK(target.train(labelled_three({"0.3,1,0", "0.1,-1,1", "0.2,0,2"})).status == 0);
        CHECK(mml::load_model(target.classifier("model.mml"))->prior().share == doctest::Approx(150.0 / 153.0));
    }
}

TEST_CASE("converted, our form lies beside, and the original's files are as they were") {
    const OriginalSite site("three");
    const auto before = files_of(site.model_directory());
    const std::string expected = site.predict(three_to_predict()).json;
    const mml::Answer answer = mml::moodle_convert(site.model_directory(), mml::Config());
    CHECK(answer.json == R"({"status": 0, "info": [], "converted": true})");
    auto after = files_of(site.model_directory());
    for (const auto& [name, bytes] : before) CHECK(after.at(name) == bytes);
    CHECK(site.predict(three_to_predict()).json == expected);
    REQUIRE(site.train(labelled_three({"0.3,1,0", "0.1,-1,1", "0.2,0,2"})).status == 0);
    const std::string trained = site.bytes_of("model.mml");
    CHECK(mml::moodle_convert(site.model_directory(), mml::Config()).json ==
          R"({"status": 0, "info": [], "converted": false})");
    CHECK(site.bytes_of("model.mml") == trained);
    const MoodleSite empty;
    CHECK(mml::moodle_convert(empty.model_directory(), mml::Config()).json ==
          R"({"status": 1, "info": ["There is nothing to convert."]})");
    CHECK_FALSE(mml::exists(empty.model_directory()));
}

TEST_CASE("our form counts where both are there") {
    const OriginalSite site("three");
    REQUIRE(site.train(labelled_three({"0.3,1,0", "0.1,-1,1", "0.2,0,2"})).status == 0);
    const std::string answer = site.predict(three_to_predict()).json;
    mml::replace_file(site.classifier("classifier.pkl"), "damaged", 0600);
    CHECK(site.predict(three_to_predict()).json == answer);
    fs::remove(site.classifier("model.mml"));
    CHECK(site.predict(three_to_predict()).status == 1);
}
