// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <filesystem>
#include <string>

#include "../status_of.hpp"
#include "model/model_file.hpp"
#include "moodle/directory.hpp"
#include "moodle_files.hpp"

using namespace mml_test;
using mml::Status;

namespace {

constexpr const char* success = R"({"status": 0, "info": []})";
constexpr const char* class_missing =
    R"({"status": 8, "info": [], "errors": "Training data needs to include samples belonging to all classes"})";

mml::Binding binding_of(const MoodleSite& site) {
    mml::Binding binding;
    mml::load_model(site.classifier("model.mml"), &binding);
    return binding;
}

}  // namespace

TEST_CASE("training makes the directory, a model, its samples and a log") {
    const MoodleSite site;
    const mml::Answer answer = site.train(labelled_rows("ab", 0, 20));
    CHECK(answer.status == 0);
    CHECK(answer.json == success);
    CHECK(binding_of(site).generation == 1);
    CHECK(binding_of(site).samples_hash == mml::content_hash(site.bytes_of("samples-1.mml")));
    CHECK(kept_samples(site, 1).count() == 20);
    CHECK(site.classes_of(100, 110) == "0101010101");

    const std::string logs = site.model_directory() + "/logs";
    const auto run = std::filesystem::directory_iterator(logs)->path();
    const std::string lines = mml::read_file((run / "info.log").string(), no_limit);
    CHECK(lines.starts_with("training started at 20"));
    CHECK(lines.find("20 samples, 2 columns\n  class 0: 10 samples (50 %)\n  class 1: 10 samples (50 %)\n") !=
          std::string::npos);
}

TEST_CASE("training again on new rows gives what training on all of them gives") {
    MoodleSite parts;
    MoodleSite whole;
    CHECK(parts.train(labelled_rows("ab", 0, 15)).json == success);
    CHECK(parts.train(labelled_rows("ab", 15, 25)).json == success);
    CHECK(parts.train(labelled_rows("ab", 25, 40)).json == success);
    CHECK(whole.train(labelled_rows("ab", 0, 40)).json == success);
    const std::string rows = unlabelled_rows("ab", 50, 70);
    CHECK(parts.predict(rows).json == whole.predict(rows).json);
    CHECK(kept_samples(parts, 3).count() == 40);
    CHECK(binding_of(parts).generation == 3);
}

TEST_CASE("training again takes columns in another order") {
    const MoodleSite parts;
    const MoodleSite whole;
    CHECK(parts.train(labelled_rows("ab", 0, 20)).json == success);
    CHECK(parts.train(labelled_rows("ba", 20, 40)).json == success);
    CHECK(whole.train(labelled_rows("ab", 0, 40)).json == success);
    const std::string rows = unlabelled_rows("ab", 50, 70);
    CHECK(parts.predict(rows).json == whole.predict(rows).json);
    CHECK(parts.predict(unlabelled_rows("ba", 50, 70)).json == whole.predict(rows).json);
}

TEST_CASE("training again takes new columns, and the model asks for them from then on") {
    const MoodleSite site;
    CHECK(site.train(labelled_rows("ab", 0, 20)).json == success);
    CHECK(site.train(labelled_rows("acb", 20, 40)).json == success);
    CHECK(parsed(site.predict(unlabelled_rows("abc", 50, 52)))["predictions"][0][1] == "0");
    const mml::Answer without = site.predict(unlabelled_rows("ab", 50, 52));
    CHECK(without.status == 1);
    CHECK(without.json.find("\\\"c\\\"") != std::string::npos);
}

TEST_CASE("a file that lacks a column of the model is refused by name, and nothing changes") {
    const MoodleSite site;
    CHECK(site.train(labelled_rows("ab", 0, 20)).json == success);
    const std::string model = site.bytes_of("model.mml");
    for (const bool with_samples : {true, false}) {
        if (!with_samples) mml::remove_file(site.classifier("samples-1.mml"));
        const mml::Answer answer = site.train(labelled_rows("ac", 20, 40));
        CHECK(answer.status == 1);
        CHECK(parsed(answer)["info"].size() == 1);
        CHECK(answer.json.find("\\\"b\\\"") != std::string::npos);
        CHECK(answer.json.find("\\\"a\\\"") == std::string::npos);
        CHECK(site.bytes_of("model.mml") == model);
        CHECK_FALSE(mml::exists(site.classifier("samples-2.mml")));
    }
}

TEST_CASE("a model whose samples are gone lives on as a part of the next one") {
    const MoodleSite site;
    CHECK(site.train(labelled_rows("ab", 0, 200)).json == success);
    mml::remove_file(site.classifier("samples-1.mml"));
    // These rows alone teach nothing: the same features with either label.
    CHECK(site.train(labelled_text({"a", "b"}, {"0,0,0", "0,0,1"})).json == success);
    CHECK(site.classes_of(300, 310) == "0101010101");
    CHECK(kept_samples(site, 2).count() == 2);
    CHECK(site.train(labelled_text({"a", "b"}, {"0,0,0", "0,0,1"})).json == success);
    CHECK(site.classes_of(300, 310) == "0101010101");
    CHECK(kept_samples(site, 3).count() == 4);
}

TEST_CASE("samples that another model was stored with are left aside") {
    const MoodleSite site;
    const MoodleSite other;
    CHECK(site.train(labelled_rows("ab", 0, 100)).json == success);
    CHECK(other.train(labelled_rows("ab", 100, 130)).json == success);
    mml::replace_file(site.classifier("samples-1.mml"), other.bytes_of("samples-1.mml"), 0600);
    CHECK(site.train(labelled_rows("ab", 200, 210)).json == success);
    CHECK(kept_samples(site, 2).count() == 10);
    CHECK(site.classes_of(300, 310) == "0101010101");
}

TEST_CASE("with option keep_rows or keep_megabytes 0 no samples are stored, and nothing is forgotten all the same") {
    for (const char* option : {"keep_rows", "keep_megabytes"}) {
        MoodleSite site;
        CHECK(site.train(labelled_rows("ab", 0, 200)).json == success);
        site.config.set(option, "0");
        CHECK(site.train(labelled_rows("ab", 200, 220)).json == success);
        CHECK_FALSE(mml::exists(site.classifier("samples-1.mml")));
        CHECK_FALSE(mml::exists(site.classifier("samples-2.mml")));
        CHECK(binding_of(site).samples_hash.empty());
        CHECK(site.train(labelled_text({"a", "b"}, {"0,0,0", "0,0,1"})).json == success);
        CHECK(site.classes_of(300, 310) == "0101010101");
    }
}

TEST_CASE("training again and again without kept samples goes on, and the stored model stays small") {
    MoodleSite site;
    site.config.set("keep_rows", "0");
    std::size_t largest = 0;
    for (int part = 0; part < 80; ++part) {
        CHECK(site.train(labelled_rows("ab", 20 * part, 20 * part + 20)).json == success);
        const std::size_t size = site.bytes_of("model.mml").size();
        if (part < 20) largest = std::max(largest, size);
        CHECK(size < 1.2 * static_cast<double>(largest));
    }
    CHECK(mml::load_model(site.classifier("model.mml"))->sample_weight().all == doctest::Approx(1600));
    CHECK(site.classes_of(3000, 3010) == "0101010101");
}

TEST_CASE("at most option keep_rows different rows are kept") {
    MoodleSite site;
    site.config.set("keep_rows", "30");
    CHECK(site.train(labelled_rows("ab", 0, 100)).json == success);
    CHECK(kept_samples(site, 1).features.rows() == 30);
    CHECK(kept_samples(site, 1).weight() == doctest::Approx(100));
}

TEST_CASE("the samples of the last generation stay for going back, older ones go") {
    const MoodleSite site;
    for (int part = 0; part < 4; ++part) CHECK(site.train(labelled_rows("ab", 10 * part, 10 * part + 10)).json == success);
    CHECK_FALSE(mml::exists(site.classifier("samples-1.mml")));
    CHECK_FALSE(mml::exists(site.classifier("samples-2.mml")));
    CHECK(kept_samples(site, 3).count() == 30);
    CHECK(kept_samples(site, 4).count() == 40);
}

TEST_CASE("an older model that is put back goes on from its own samples") {
    const MoodleSite site;
    CHECK(site.train(labelled_rows("ab", 0, 10)).json == success);
    const std::string older = site.bytes_of("model.mml");
    CHECK(site.train(labelled_rows("ab", 10, 20)).json == success);
    mml::replace_file(site.classifier("model.mml"), older, 0600);
    CHECK(site.train(labelled_rows("ab", 20, 25)).json == success);
    CHECK(kept_samples(site, 2).count() == 15);
}

TEST_CASE("a class without samples is refused in the words that Moodle knows, and nothing is stored") {
    const MoodleSite site;
    for (const std::string& text : {labelled_text({"a"}, {"1,0", "0,0"}), labelled_text({"a"}, {"1,1"}),
                                    labelled_text({"a"}, {"1,0", "0,1"}, "[0,1,2]")}) {
        const mml::Answer answer = site.train(text);
        CHECK(answer.status == 8);
        CHECK(answer.json == class_missing);
        CHECK_FALSE(mml::exists(site.model_directory() + "/classifier"));
    }
}

TEST_CASE("whether all classes are there is judged on kept and new rows together") {
    const MoodleSite site;
    CHECK(site.train(labelled_rows("ab", 0, 20)).json == success);
    CHECK(site.train(labelled_text({"a", "b"}, {"0.7,0.1,1", "0.7,0.2,1"})).json == success);
    CHECK(kept_samples(site, 2).count() == 22);
    mml::remove_file(site.classifier("samples-2.mml"));
    CHECK(site.train(labelled_text({"a", "b"}, {"0.7,0.3,1"})).json == success);
    CHECK(site.train(labelled_text({"a", "b"}, {"0.7,0.3,1"}, "[0,1,2]")).json == class_missing);
    // Enough of them to outweigh what the model of the earlier samples says.
    CHECK(site.train(labelled_text({"a", "b"}, std::vector<std::string>(60, "9,9,2"), "[0,1,2]")).json == success);
    CHECK(parsed(site.predict(unlabelled_text({"a", "b"}, {"x,9,9"})))["predictions"][0][1] == "2");
}

TEST_CASE("a file without samples is answered with status 8 and the reason") {
    const MoodleSite site;
    const mml::Answer answer = site.train(labelled_text({"a", "b"}, {}));
    CHECK(answer.status == 8);
    CHECK(parsed(answer)["info"][0].get<std::string>().find("no sample") != std::string::npos);
    CHECK_FALSE(mml::exists(site.classifier("model.mml")));
}

TEST_CASE("a file that is absent or malformed is answered with status 1 and the reason, and nothing changes") {
    const MoodleSite site;
    CHECK(site.train(labelled_rows("ab", 0, 20)).json == success);
    const std::string model = site.bytes_of("model.mml");
    for (const std::string& text : {std::string("no moodle file"), std::string(), labelled_text({"a", "b"}, {"1,nan,0"}),
                                    labelled_text({"a", "b"}, {"1,2,7"}), labelled_text({"a", "b"}, {"1,2"})}) {
        const mml::Answer answer = site.train(text);
        CHECK(answer.status == 1);
        CHECK(parsed(answer)["info"][0].get<std::string>().find("train.csv") != std::string::npos);
        CHECK(site.bytes_of("model.mml") == model);
    }
    const mml::Answer answer = mml::moodle_train(site.model_directory(), site.place.file("absent"), site.config, {});
    CHECK(answer.status == 1);
    CHECK(answer.json.find("absent") != std::string::npos);
    CHECK(binding_of(site).generation == 1);
}

TEST_CASE("small sets with both classes train, and contradicting rows are no error") {
    CHECK(MoodleSite().train(labelled_text({"a"}, {"1,0", "1,1"})).json == success);
    CHECK(MoodleSite().train(labelled_text({"a"}, {"1,0", "0,1"})).json == success);
    CHECK(MoodleSite().train(labelled_text({"a"}, {"1,0", "0,1", "1,1", "0,0"})).json == success);
}

TEST_CASE("one constant column: the majority is predicted") {
    const MoodleSite site;
    CHECK(site.train(labelled_text({"a"}, {"1,1", "1,1", "1,1", "1,1", "1,1", "1,0", "1,0", "1,0"})).json == success);
    CHECK(parsed(site.predict(unlabelled_text({"a"}, {"7-1,1"})))["predictions"][0][1] == "1");
}

TEST_CASE("a damaged model is answered with status 1 and left as it is") {
    const MoodleSite site;
    CHECK(site.train(labelled_rows("ab", 0, 20)).json == success);
    std::string damaged = site.bytes_of("model.mml");
    damaged.resize(damaged.size() / 2);
    mml::replace_file(site.classifier("model.mml"), damaged, 0600);
    const mml::Answer answer = site.train(labelled_rows("ab", 20, 40));
    CHECK(answer.status == 1);
    CHECK(answer.json.find("model.mml") != std::string::npos);
    CHECK(site.bytes_of("model.mml") == damaged);
    CHECK(kept_samples(site, 1).count() == 20);
}

TEST_CASE("a model for classes does not go on with numbers, nor the other way round") {
    const std::string numbers = "nfeatures,targettype,targetmin,targetmax\n1,linear,0,9\na,target\n1,2.5\n2,3.5\n3,4.5\n";
    const MoodleSite site;
    CHECK(site.train(labelled_text({"a"}, {"1,0", "0,1"})).json == success);
    CHECK(site.train(numbers).status == 1);
    const MoodleSite other;
    CHECK(other.train(numbers).json == success);
    CHECK(other.train(labelled_text({"a"}, {"1,0", "0,1"})).status == 1);
}

TEST_CASE("files get the permissions of option file_mode") {
    MoodleSite site;
    site.config.set("file_mode", "0640");
    CHECK(site.train(labelled_rows("ab", 0, 20)).json == success);
    CHECK(mml_test::permissions_of(site.classifier("model.mml")) == 0640);
    CHECK(mml_test::permissions_of(site.classifier("samples-1.mml")) == 0640);
    CHECK(mml_test::permissions_of(site.model_directory() + "/.moodleml.lock") == 0640);
    CHECK(mml_test::permissions_of(site.model_directory()) == 0750);
    CHECK(mml_test::permissions_of(site.model_directory() + "/classifier") == 0750);
    const MoodleSite strict;
    CHECK(strict.train(labelled_rows("ab", 0, 20)).json == success);
    CHECK(mml_test::permissions_of(strict.classifier("model.mml")) == 0600);
    CHECK(mml_test::permissions_of(strict.model_directory() + "/logs") == 0700);
}

TEST_CASE("a busy directory and a stop by the caller are thrown, and nothing is stored") {
    MoodleSite site;
    site.config.set("lock_timeout", "0");
    {
        mml::Supervisor supervisor({});
        const mml::FileLock lock = mml::ModelDirectory(site.model_directory()).lock_for_writing(site.config, supervisor);
        CHECK(status_of([&] { site.train(labelled_rows("ab", 0, 20)); }) == Status::busy);
    }
    const std::string file = site.file("train.csv", labelled_rows("ab", 0, 20));
    const auto stop = [](const mml::ProgressReport&) { return false; };
    CHECK(status_of([&] { mml::moodle_train(site.model_directory(), file, site.config, stop); }) == Status::cancelled);
    CHECK_FALSE(mml::exists(site.model_directory() + "/classifier"));
    CHECK_FALSE(mml::exists(site.model_directory() + "/logs"));
    CHECK(status_of([&] { mml::moodle_train("", file, site.config, {}); }) == Status::invalid_argument);
}

TEST_CASE("progress rises to the whole of the call") {
    const MoodleSite site;
    double last = 0;
    bool fell = false;
    const auto watch = [&](const mml::ProgressReport& report) {
        fell = fell || report.fraction < last;
        last = report.fraction;
        return true;
    };
    const std::string file = site.file("train.csv", labelled_rows("ab", 0, 20));
    CHECK(mml::moodle_train(site.model_directory(), file, site.config, watch).status == 0);
    CHECK_FALSE(fell);
    CHECK(last == 1);
}

TEST_CASE("the logs of the last trainings stay, as many as option keep_runs says") {
    MoodleSite site;
    site.config.set("keep_runs", "2");
    site.config.set("max_deviation", "1");
    CHECK(site.evaluate(labelled_rows("ab", 0, 40)).status == 0);
    for (int part = 0; part < 4; ++part) site.train(labelled_rows("ab", 10 * part, 10 * part + 10));
    const auto runs = [&] {
        return std::distance(std::filesystem::directory_iterator(site.model_directory() + "/logs"), {});
    };
    CHECK(runs() == 3);
    site.config.set("keep_runs", "0");
    site.train(labelled_rows("ab", 0, 10));
    CHECK(runs() == 1);
}

TEST_CASE("a log that cannot be written does not undo the training") {
    const MoodleSite site;
    mml::make_directories(site.model_directory(), 0600);
    mml::replace_file(site.model_directory() + "/logs", "in the way", 0600);
    const mml::Answer answer = site.train(labelled_rows("ab", 0, 20));
    CHECK(answer.status == 0);
    CHECK(parsed(answer)["info"][0].get<std::string>().find("log") != std::string::npos);
    CHECK(site.classes_of(100, 110) == "0101010101");
}
