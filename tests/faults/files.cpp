// SPDX-License-Identifier: Apache-2.0
// Each system call on files fails in turn: what was there stays whole, nothing else stays, and the message tells the reason.
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "../capi/support.hpp"
#include "failing_files.hpp"

using namespace capi_test;
using faults::FailingFiles;
using faults::FileFault;
namespace fs = std::filesystem;

namespace {

struct Kind {
    FileFault fault;
    const char* reason;  // as messages tell it; nullptr: the call must succeed all the same
};

const Kind kinds[] = {{{EIO, false}, "Input/output error"},
                      {{ENOSPC, false}, "No space left on device"},
                      {{EINTR, false}, nullptr},
                      {{0, true}, nullptr}};

std::set<std::string>& failed_calls() {
    static std::set<std::string> names;
    return names;
}

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::int64_t count_of(const fs::directory_iterator& entries) { return std::distance(entries, fs::directory_iterator()); }

std::int64_t open_descriptors() { return count_of(fs::directory_iterator("/proc/self/fd")); }

// Lets each system call of `call` fail in turn; `check` judges each time, told the reason that a failure must give.
void check_each_file_call(const std::string& function, const std::function<void()>& prepare,
                          const std::function<mml_status()>& call,
                          const std::function<void(mml_status, const char*)>& check) {
    INFO(function);
    for (const Kind& kind : kinds) {
        std::int64_t number = 0;
        for (bool more = true; more; ++number) {
            prepare();
            const std::int64_t descriptors = open_descriptors();
            mml_status status = MML_OK;
            {
                const FailingFiles failing(number, kind.fault);
                status = call();
            }
            const std::string failed = faults::failed_file_call();
            CAPTURE(number);
            CAPTURE(failed);
            check(status, kind.reason);
            CHECK(open_descriptors() == descriptors);
            failed_calls().insert(failed);
            more = !failed.empty();
        }
        MESSAGE(function, ": ", number - 1, " system calls, ",
                std::string(kind.reason == nullptr ? "it succeeds" : kind.reason));
        CHECK(number > 1);
    }
}

void check_status(mml_status status, const char* reason) {
    if (status == MML_OK) return;
    const std::string message = mml_last_error();
    CAPTURE(message);
    REQUIRE(reason != nullptr);
    CHECK(status == MML_IO);
    CHECK(message.find(reason) != std::string::npos);
    CHECK(message.find('\n') == std::string::npos);
}

Config tiny_config() {
    return config_of({{"networks", "0"}, {"trees", "2"}, {"folds", "2"}, {"threads", "1"}, {"keep_runs", "2"}});
}

std::int64_t samples_of(const std::string& path) {
    const auto model = made<Model>([&](mml_model** out) { return mml_model_load(out, path.c_str()); });
    const std::string json = mml_model_json(model.get());
    const std::string field = "\"samples\":{\"count\":";
    return std::stoll(json.substr(json.find(field) + field.size()));
}

class Site {
public:
    Site() {
        write_text(labelled, moodle_file(60, true));
        write_text(unlabelled, moodle_file(4, false));
        directory = kept;
        train();
        directory = folder / "directory";
    }

    void put_back() const {
        fs::remove_all(directory);
        fs::remove_all(other);
        fs::copy(kept, directory, fs::copy_options::recursive);
    }
    std::string model_path() const { return directory + "/classifier/model.mml"; }

    // One training more, after which all is known that the directory's model knew.
    void check_goes_on() {
        const std::int64_t before = samples_of(model_path());
        CHECK((before == 60 || before == 120));
        for (const auto& entry : fs::recursive_directory_iterator(directory)) CHECK(entry.path().extension() != ".new");
        train();
        CHECK(answer().starts_with("{\"status\": 0"));
        CHECK(samples_of(model_path()) == before + 60);
        CHECK(count_of(fs::directory_iterator(directory + "/classifier")) <= 3);
    }
    void train() { succeed(call(mml_moodle_train, labelled)); }

    template <typename Function>
    mml_status call(Function function, const std::string& file) {
        mml_answer* out = nullptr;
        const mml_status status = function(&out, directory.c_str(), file.c_str(), config.get(), nullptr, nullptr);
        answer_.reset(out);
        return status;
    }
    template <typename Function>
    mml_status transfer(Function function, const std::string& place) {
        mml_answer* out = nullptr;
        const mml_status status = function(&out, directory.c_str(), place.c_str(), config.get());
        answer_.reset(out);
        return status;
    }
    std::string answer() const { return mml_answer_json(answer_.get()); }
    bool refused(mml_status status) const { return status == MML_OK && !answer().starts_with("{\"status\": 0"); }

    TemporaryDirectory folder;
    std::string labelled = folder / "labelled.csv";
    std::string unlabelled = folder / "unlabelled.csv";
    std::string kept = folder / "kept";
    std::string other = folder / "other";
    std::string directory;
    Config config = tiny_config();

private:
    Answer answer_;
};

// A failure after which the new model is there all the same says so, and what has failed.
void check_tells_of_model(const std::string& message, bool in_place) {
    CAPTURE(message);
    const auto tells = [&](const char* text) { return message.find(text) != std::string::npos; };
    CHECK(tells("the model is in place") == in_place);
    CHECK((tells(", but may be lost at a power cut: cannot bring to disk the directory ") ||
           tells(", but the samples of the one before remain: cannot remove ")) == in_place);
}

std::set<std::string> names_in(const std::string& directory) {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory)) names.insert(entry.path().filename());
    return names;
}

// A refusal is Moodle's status 1 with the reason.
void check_answer(const Site& site, mml_status status, const char* reason) {
    check_status(status, reason);
    if (!site.refused(status)) return;
    const std::string answer = site.answer();
    CAPTURE(answer);
    REQUIRE(reason != nullptr);
    CHECK(answer.starts_with("{\"status\": 1, \"info\": ["));
    CHECK(answer.find(reason) != std::string::npos);
}

void check_refused_training(const Site& site, bool trained) {
    check_tells_of_model(site.answer(), trained);
    CHECK((site.answer().find("; to train on the same samples again would count them twice") != std::string::npos) ==
          trained);
    if (!trained) CHECK(names_in(site.directory + "/classifier") == names_in(site.kept + "/classifier"));
}

}  // namespace

TEST_CASE("a model is saved whole or the old file stays") {
    const TemporaryDirectory directory;
    const auto dataset = classes_to_learn(60, 3, 2);
    const Config config = tiny_config();
    const Model model = trained(dataset.get(), config.get());
    const std::string bytes = model_bytes(model.get());
    const std::string path = directory / "model.mml";
    check_each_file_call(
        "mml_model_save", [&] { write_text(path, "old"); }, [&] { return mml_model_save(model.get(), path.c_str()); },
        [&](mml_status status, const char* reason) {
            check_status(status, reason);
            const std::string found = bytes_of(path);
            CHECK((found == bytes || (found == "old" && status != MML_OK)));
            if (status != MML_OK) check_tells_of_model(mml_last_error(), found == bytes);
            CHECK(count_of(fs::directory_iterator(directory / "")) == 1);
        });
}

TEST_CASE("files are read whole or not at all") {
    const TemporaryDirectory directory;
    const std::string samples = directory / "samples.csv";
    const std::string stored = directory / "model.mml";
    write_text(samples, moodle_file(60, true));
    const auto dataset =
        made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_csv(out, samples.c_str(), nullptr); });
    const Config config = tiny_config();
    const Model model = trained(dataset.get(), config.get());
    succeed(mml_model_save(model.get(), stored.c_str()));
    Dataset read;
    check_each_file_call(
        "mml_dataset_from_csv", [&] { read.reset(); },
        [&] {
            mml_dataset* out = nullptr;
            const mml_status status = mml_dataset_from_csv(&out, samples.c_str(), nullptr);
            read.reset(out);
            return status;
        },
        [&](mml_status status, const char* reason) {
            check_status(status, reason);
            CHECK(mml_dataset_rows(read.get()) == (status == MML_OK ? 60 : 0));
            read.reset();
        });
    for (const std::string& path : {stored, std::string(MOODLEML_TEST_DATA "/original-models/three/classifier")}) {
        Model loaded;
        check_each_file_call(
            "mml_model_load", [&] { loaded.reset(); },
            [&] {
                mml_model* out = nullptr;
                const mml_status status = mml_model_load(&out, path.c_str());
                loaded.reset(out);
                return status;
            },
            [&](mml_status status, const char* reason) {
                check_status(status, reason);
                CHECK((loaded != nullptr) == (status == MML_OK));
            });
    }
}

TEST_CASE("a model directory forgets nothing") {
    Site site;
    check_each_file_call(
        "mml_moodle_train", [&] { site.put_back(); }, [&] { return site.call(mml_moodle_train, site.labelled); },
        [&](mml_status status, const char* reason) {
            check_answer(site, status, reason);
            const bool trained = samples_of(site.model_path()) == 120;
            if (site.refused(status))
                check_refused_training(site, trained);
            else if (status == MML_OK)
                CHECK(trained);
            site.check_goes_on();
        });
}

TEST_CASE("predicting and rating leave the directory as it is") {
    Site site;
    check_each_file_call(
        "mml_moodle_predict", [&] { site.put_back(); }, [&] { return site.call(mml_moodle_predict, site.unlabelled); },
        [&](mml_status status, const char* reason) {
            check_answer(site, status, reason);
            CHECK(bytes_of(site.model_path()) == bytes_of(site.kept + "/classifier/model.mml"));
        });
    check_each_file_call(
        "mml_moodle_explain", [&] { site.put_back(); }, [&] { return site.call(mml_moodle_explain, site.unlabelled); },
        [&](mml_status status, const char* reason) { check_answer(site, status, reason); });
    const auto evaluate = [&] {
        return site.call(
            [&](mml_answer** out, const char* directory, const char* file, const mml_config* config,
                mml_progress_fn progress,
                void* user) { return mml_moodle_evaluate(out, directory, file, directory, config, progress, user); },
            site.labelled);
    };
    check_each_file_call(
        "mml_moodle_evaluate", [&] { site.put_back(); }, evaluate,
        [&](mml_status status, const char* reason) {
            check_answer(site, status, reason);
            CHECK(bytes_of(site.model_path()) == bytes_of(site.kept + "/classifier/model.mml"));
        });
}

TEST_CASE("a model is exported, imported and converted whole or not at all") {
    Site site;
    const std::string bytes = bytes_of(site.kept + "/classifier/model.mml");
    check_each_file_call(
        "mml_moodle_export", [&] { site.put_back(); }, [&] { return site.transfer(mml_moodle_export, site.other); },
        [&](mml_status status, const char* reason) {
            check_answer(site, status, reason);
            CHECK(bytes_of(site.model_path()) == bytes);
            const bool exported = fs::exists(site.other + "/model.mml");
            if (exported) CHECK(samples_of(site.other + "/model.mml") == 60);
            if (site.refused(status)) check_tells_of_model(site.answer(), exported);
        });
    const std::string exported = site.kept + "/classifier";
    check_each_file_call(
        "mml_moodle_import", [&] { site.put_back(); }, [&] { return site.transfer(mml_moodle_import, exported); },
        [&](mml_status status, const char* reason) {
            check_answer(site, status, reason);
            CHECK(samples_of(site.model_path()) == 60);
            if (site.refused(status)) check_tells_of_model(site.answer(), bytes_of(site.model_path()) != bytes);
        });
    const std::string original = MOODLEML_TEST_DATA "/original-models/three/classifier";
    const auto convert = [](mml_answer** out, const char* directory, const char* /*place*/, const mml_config* config) {
        return mml_moodle_convert(out, directory, config);
    };
    const auto lay_original = [&] {
        fs::remove_all(site.directory);
        fs::create_directory(site.directory);
        fs::copy(original, site.directory + "/classifier", fs::copy_options::recursive);
    };
    check_each_file_call(
        "mml_moodle_convert", lay_original, [&] { return site.transfer(convert, ""); },
        [&](mml_status status, const char* reason) {
            check_answer(site, status, reason);
            const bool converted = fs::exists(site.model_path());
            if (converted) CHECK(samples_of(site.model_path()) > 0);
            if (site.refused(status)) check_tells_of_model(site.answer(), converted);
        });
}

TEST_CASE("each kind of system call has failed") {
    for (const std::string name : {"open", "read", "write", "fsync", "rename", "close", "fchmod", "mkdir", "chmod", "stat",
                                   "flock", "fopen64", "fdopendir", "readdir", "unlink"}) {
        CAPTURE(name);
        CHECK(failed_calls().contains(name));
    }
}
