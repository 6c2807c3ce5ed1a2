// SPDX-License-Identifier: Apache-2.0
#include <atomic>
#include <nlohmann/json.hpp>
#include <thread>

#include "support.hpp"

using namespace capi_test;

namespace {

struct Called {
    int32_t status = 0;
    nlohmann::json json;
};

template <typename Call>
Called answer_of(Call call) {
    const auto answer = made<Answer>(call);
    const std::string text = mml_answer_json(answer.get());
    CHECK(text.find('\n') == std::string::npos);
    return {mml_answer_status(answer.get()), nlohmann::json::parse(text)};
}

Called train(const std::string& directory, const std::string& file, const mml_config* config) {
    return answer_of(
        [&](mml_answer** out) { return mml_moodle_train(out, directory.c_str(), file.c_str(), config, nullptr, nullptr); });
}

Called predict(const std::string& directory, const std::string& file, const mml_config* config) {
    return answer_of([&](mml_answer** out) {
        return mml_moodle_predict(out, directory.c_str(), file.c_str(), config, nullptr, nullptr);
    });
}

// Holds a training up until it may go on.
struct Gate {
    std::atomic<bool> entered{false};
    std::atomic<bool> open{false};
};

int32_t wait_at(const mml_progress*, void* user) {
    auto& gate = *static_cast<Gate*>(user);
    gate.entered = true;
    while (!gate.open) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return 0;
}

int32_t stop(const mml_progress*, void*) { return 1; }

struct Place {
    TemporaryDirectory root;
    std::string directory = root / "model";
    std::string labelled = root / "labelled.csv";
    std::string unlabelled = root / "unlabelled.csv";
    Config config = quick_config();

    Place() {
        write_text(labelled, moodle_file(80, true));
        write_text(unlabelled, moodle_file(4, false));
    }
};

}  // namespace

TEST_CASE("not trained yet, trained, predicted") {
    const Place place;
    const Called before = predict(place.directory, place.unlabelled, place.config.get());
    CHECK(before.status == 2);
    CHECK(before.json == nlohmann::json::parse(R"({"status": 2, "info": ["Provided model have not been trained yet"]})"));
    const Called training = train(place.directory, place.labelled, place.config.get());
    CHECK(training.status == 0);
    CHECK(training.json.at("status") == 0);
    const Called prediction = predict(place.directory, place.unlabelled, place.config.get());
    CHECK(prediction.status == 0);
    REQUIRE(prediction.json.at("predictions").size() == 4);
    CHECK(prediction.json.at("predictions")[0][0] == "0-0");
    CHECK(prediction.json.at("predictions")[0][1] == "0");
    CHECK(prediction.json.at("predictions")[3][1] == "1");
    CHECK(prediction.json.at("predictions")[3][2].is_string());
}

TEST_CASE("a bad data set is an answer, not a failure") {
    const Place place;
    write_text(place.labelled, "nfeatures,targetclasses\n1,\"[0,1]\"\na,t\nx,0\n");
    const Called training = train(place.directory, place.labelled, place.config.get());
    CHECK(training.status == 1);
    CHECK(training.json.at("info").dump().find("\\\"x\\\"") != std::string::npos);
}

TEST_CASE("an answer tells whose fault a refusal is") {
    const Place place;
    const auto reason = [](const auto& call) { return mml_answer_reason(made<Answer>(call).get()); };
    const auto train_on = [&](const std::string& file) {
        return reason([&](mml_answer** out) {
            return mml_moodle_train(out, place.directory.c_str(), file.c_str(), place.config.get(), nullptr, nullptr);
        });
    };
    const auto import_from = [&](const std::string& folder, const std::string& into) {
        return reason([&](mml_answer** out) { return mml_moodle_import(out, into.c_str(), folder.c_str(), nullptr); });
    };
    const std::string damaged = place.root / "damaged";
    std::filesystem::create_directories(damaged + "/model.mml");  // a directory cannot be read as a file
    CHECK(train_on(place.root / "missing.csv") == MML_IO);
    CHECK(import_from(damaged, place.directory) == MML_BAD_MODEL);
    CHECK(import_from(place.root / "missing", place.directory) == MML_OK);
    CHECK(train_on(place.labelled) == MML_OK);
    CHECK(import_from(place.directory, "/proc/self/nowhere") == MML_IO);
    write_text(place.labelled, "nfeatures\n1\na,t\nx,0\n");
    CHECK(train_on(place.labelled) == MML_BAD_DATA);
}

TEST_CASE("evaluation with and without a trained model") {
    const Place place;
    const auto evaluate = [&](const char* trained_directory) {
        return answer_of([&](mml_answer** out) {
            return mml_moodle_evaluate(out, place.directory.c_str(), place.labelled.c_str(), trained_directory,
                                       place.config.get(), nullptr, nullptr);
        });
    };
    const Called splits = evaluate(nullptr);
    CHECK(splits.json.at("score").is_number());
    CHECK(splits.json.at("status") == splits.status);
    CHECK(!std::filesystem::exists(place.directory + "/classifier"));
    train(place.directory, place.labelled, place.config.get());
    const Called rated = evaluate(place.directory.c_str());
    CHECK(rated.status == 0);
    CHECK(rated.json.at("score") == 1);
}

TEST_CASE("export and import carry a model, and no samples") {
    const Place place;
    const std::string exported = place.root / "exported";
    const std::string imported = place.root / "imported";
    const auto export_status = [&] {
        return answer_of([&](mml_answer** out) {
                   return mml_moodle_export(out, place.directory.c_str(), exported.c_str(), nullptr);
               })
            .status;
    };
    CHECK(export_status() == 1);
    train(place.directory, place.labelled, place.config.get());
    CHECK(export_status() == 0);
    for (const auto& file : std::filesystem::recursive_directory_iterator(exported)) {
        CHECK(file.path().filename().string().find("samples") == std::string::npos);
    }
    const Called import =
        answer_of([&](mml_answer** out) { return mml_moodle_import(out, imported.c_str(), exported.c_str(), nullptr); });
    CHECK(import.status == 0);
    CHECK(predict(imported, place.unlabelled, place.config.get()).json ==
          predict(place.directory, place.unlabelled, place.config.get()).json);
}

TEST_CASE("MML_BUSY for a second writer of one directory; readers do not wait") {
    const Place place;
    train(place.directory, place.labelled, place.config.get());
    const auto before = predict(place.directory, place.unlabelled, place.config.get()).json;
    Gate gate;
    mml_status first = MML_INTERNAL;
    std::jthread writer([&] {
        mml_answer* answer = nullptr;
        first =
            mml_moodle_train(&answer, place.directory.c_str(), place.labelled.c_str(), place.config.get(), wait_at, &gate);
        mml_answer_free(answer);
    });
    while (!gate.entered) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    const Config impatient = quick_config();
    succeed(mml_config_set(impatient.get(), "lock_timeout", "0.1"));
    mml_answer* answer = nullptr;
    CHECK(mml_moodle_train(&answer, place.directory.c_str(), place.labelled.c_str(), impatient.get(), nullptr, nullptr) ==
          MML_BUSY);
    CHECK(answer == nullptr);
    CHECK(predict(place.directory, place.unlabelled, place.config.get()).json == before);
    gate.open = true;
    writer.join();
    CHECK(first == MML_OK);
}

TEST_CASE("a model that is deleted while it trains does not come back, nor replace the next one") {
    for (const bool is_trained_again : {false, true}) {
        CAPTURE(is_trained_again);
        const Place place;
        train(place.directory, place.labelled, place.config.get());
        Gate gate;
        mml_status first = MML_INTERNAL;
        std::string message;
        std::jthread writer([&] {
            mml_answer* answer = nullptr;
            first = mml_moodle_train(&answer, place.directory.c_str(), place.labelled.c_str(), place.config.get(), wait_at,
                                     &gate);
            message = mml_last_error();
            mml_answer_free(answer);
        });
        while (!gate.entered) std::this_thread::sleep_for(std::chrono::milliseconds(2));
        std::filesystem::remove_all(place.directory);
        if (is_trained_again) train(place.directory, place.labelled, place.config.get());
        const auto before = predict(place.directory, place.unlabelled, place.config.get());
        gate.open = true;
        writer.join();
        CHECK(first == MML_BUSY);
        CHECK(message.find("was deleted or moved meanwhile") != std::string::npos);
        CHECK(predict(place.directory, place.unlabelled, place.config.get()).json == before.json);
        CHECK(std::filesystem::exists(place.directory) == is_trained_again);
    }
}

TEST_CASE("a callback that stops a training leaves the directory's model") {
    const Place place;
    train(place.directory, place.labelled, place.config.get());
    const auto before = predict(place.directory, place.unlabelled, place.config.get()).json;
    mml_answer* answer = nullptr;
    CHECK(mml_moodle_train(&answer, place.directory.c_str(), place.labelled.c_str(), place.config.get(), stop, nullptr) ==
          MML_CANCELLED);
    CHECK(answer == nullptr);
    CHECK(predict(place.directory, place.unlabelled, place.config.get()).json == before);
}
