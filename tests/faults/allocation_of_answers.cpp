// SPDX-License-Identifier: Apache-2.0
// Moodle's calls, and functions that answer at once, where memory runs out.
#include <filesystem>
#include <regex>

#include "allocations.hpp"
#include "failing_memory.hpp"

using namespace capi_test;
using faults::check_maker;
using faults::FailingMemory;
using faults::note_function;
namespace fs = std::filesystem;

// Waiting for the disk would be most of what this takes.
extern "C" __attribute__((visibility("default"))) int fsync(int /*descriptor*/) { return 0; }

namespace {

constexpr std::int64_t trained_rows = 60;

// Without what differs from run to run, and what a training could not do after the model was stored.
std::string answer_text(const mml_answer* answer) {
    static const std::regex differs(R"re("(dir|runid)": ("[^"]*"|\d+)|"The model is trained and stored, but [^\]]*)re");
    return std::regex_replace(mml_answer_json(answer), differs, "");
}

bool is_temporary(const std::string& name) { return name.ends_with(".new"); }

class Site {
public:
    Site() {
        write_text(labelled, moodle_file(trained_rows, true));
        write_text(unlabelled, moodle_file(4, false));
        mml_answer* answer = nullptr;
        succeed(mml_moodle_train(&answer, kept.c_str(), labelled.c_str(), config.get(), nullptr, nullptr));
        mml_answer_free(answer);
        put_back();
    }

    // The directory as it was after the first training.
    void put_back() const {
        fs::remove_all(directory);
        fs::remove_all(other);
        fs::copy(kept, directory, fs::copy_options::recursive);
    }
    // What the directory's model was trained on.
    std::int64_t samples() const {
        const std::string path = directory + "/classifier/model.mml";
        const auto model = made<Model>([&](mml_model** out) { return mml_model_load(out, path.c_str()); });
        const std::string json = mml_model_json(model.get());
        const std::string field = R"("samples":{"count":)";
        return std::stoll(json.substr(json.find(field) + field.size()));
    }
    mml_status train(mml_answer** out) const {
        return mml_moodle_train(out, directory.c_str(), labelled.c_str(), config.get(), nullptr, nullptr);
    }
    void check_whole() const {
        CHECK(samples() == trained_rows);
        for (const auto& entry : fs::recursive_directory_iterator(directory)) {
            CHECK(!is_temporary(entry.path().filename().string()));
        }
    }

    TemporaryDirectory folder;
    std::string labelled = folder / "labelled.csv";
    std::string unlabelled = folder / "unlabelled.csv";
    std::string kept = folder / "kept";
    std::string directory = folder / "directory";
    std::string other = folder / "other";
    Config config = config_of({{"networks", "1"},
                               {"trees", "2"},
                               {"folds", "2"},
                               {"epochs", "1"},
                               {"hidden_units", "4"},
                               {"iterations", "2"},
                               {"threads", "1"}});
};

using MoodleCall = std::function<mml_status(mml_answer**)>;

void check_answers(const Site& site, const std::string& function, const MoodleCall& call) {
    check_maker<Answer>(
        function, call, answer_text, [&] { site.put_back(); }, [&] { site.check_whole(); });
}

}  // namespace

TEST_CASE("Moodle's calls") {
    const Site site;
    const char* const directory = site.directory.c_str();
    const std::string exported = site.kept + "/classifier";
    check_answers(site, "mml_moodle_train", [&](mml_answer** out) { return site.train(out); });
    check_answers(site, "mml_moodle_predict", [&](mml_answer** out) {
        return mml_moodle_predict(out, directory, site.unlabelled.c_str(), site.config.get(), nullptr, nullptr);
    });
    check_answers(site, "mml_moodle_explain", [&](mml_answer** out) {
        return mml_moodle_explain(out, directory, site.unlabelled.c_str(), site.config.get(), nullptr, nullptr);
    });
    for (const char* trained_directory : {static_cast<const char*>(nullptr), directory}) {
        check_answers(site, "mml_moodle_evaluate", [&](mml_answer** out) {
            return mml_moodle_evaluate(out, directory, site.labelled.c_str(), trained_directory, site.config.get(), nullptr,
                                       nullptr);
        });
    }
    check_answers(site, "mml_moodle_export",
                  [&](mml_answer** out) { return mml_moodle_export(out, directory, site.other.c_str(), nullptr); });
    check_answers(site, "mml_moodle_import",
                  [&](mml_answer** out) { return mml_moodle_import(out, directory, exported.c_str(), nullptr); });
    check_answers(site, "mml_moodle_refuse",
                  [&](mml_answer** out) { return mml_moodle_refuse(out, MML_MOODLE_EVALUATION, "the directory is busy"); });
}

// Who is told that a training failed trains again: it must not have learnt by then.
TEST_CASE("a training of which the model is in place has succeeded, though memory runs out") {
    const Site site;
    const auto train = [&](std::int64_t number, faults::Failing how) {
        site.put_back();
        mml_answer* answer = nullptr;
        const FailingMemory failing(number, how);
        const mml_status status = site.train(&answer);
        return std::make_pair(status, Answer(answer));
    };
    train(INT64_MAX, faults::Failing::all_from);
    std::int64_t number = faults::allocations_met();
    int incomplete = 0;
    for (int failed = 0; failed < 5 && number > 0;) {
        number -= faults::all_faults() || failed > 0 ? 1 : 7;
        CAPTURE(number);
        for (const faults::Failing how : {faults::Failing::one, faults::Failing::all_from}) {
            const auto [status, answer] = train(number, how);
            CHECK(site.samples() == (status == MML_OK ? 2 * trained_rows : trained_rows));
            failed += status == MML_OK ? 0 : 1;
            if (status != MML_OK) continue;
            CHECK(mml_answer_status(answer.get()) == 0);
            incomplete += std::string(mml_answer_json(answer.get())).find("memory ran out") == std::string::npos ? 0 : 1;
        }
    }
    MESSAGE(incomplete, " trainings succeeded without memory for what follows the model");
    CHECK(incomplete > 10);
}

TEST_CASE("converting an original's model") {
    const TemporaryDirectory folder;
    const std::string directory = folder / "model";
    const auto prepare = [&] {
        fs::remove_all(directory);
        fs::copy(MOODLEML_TEST_DATA "/original-models/three", directory, fs::copy_options::recursive);
    };
    check_maker<Answer>(
        "mml_moodle_convert", [&](mml_answer** out) { return mml_moodle_convert(out, directory.c_str(), nullptr); },
        answer_text, prepare);
}

TEST_CASE("functions that answer at once need no memory") {
    const auto dataset = classes_to_learn(20, 2, 2);
    const Config config = quick_config();
    const Model model = trained(dataset.get(), config.get());
    const auto report = made<Report>(
        [&](mml_report** out) { return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr); });
    const Site site;
    const auto answer = made<Answer>([&](mml_answer** out) {
        return mml_moodle_predict(out, site.directory.c_str(), site.unlabelled.c_str(), nullptr, nullptr, nullptr);
    });
    REQUIRE(mml_option_describe(0) != nullptr);
    bool right = true;
    {
        const FailingMemory failing(0);
        right = mml_abi_version() == MML_ABI_MAJOR * 1000 + MML_ABI_MINOR && mml_version()[0] != '\0' &&
                mml_status_name(MML_BUSY)[4] == 'B' && mml_last_error() != nullptr && mml_option_count() > 0 &&
                mml_option_describe(0)[0] == '{' && mml_dataset_rows(dataset.get()) == 20 &&
                mml_dataset_columns(dataset.get()) == 2 && mml_dataset_task(dataset.get()) == MML_CLASSIFICATION &&
                mml_dataset_class_count(dataset.get()) == 2 && mml_dataset_column_name(dataset.get(), 0)[0] == 'x' &&
                mml_dataset_class_name(dataset.get(), 0)[0] == 'l' && mml_dataset_row_id(dataset.get(), 0) == nullptr &&
                mml_dataset_json(dataset.get())[0] == '{' && mml_model_task(model.get()) == MML_CLASSIFICATION &&
                mml_model_inputs(model.get()) == 2 && mml_model_outputs(model.get()) == 2 &&
                mml_model_input_name(model.get(), 1)[0] == 'x' && mml_model_class_name(model.get(), 0)[0] == 'l' &&
                mml_model_decision(model.get())[0] == 'p' && mml_model_json(model.get())[0] == '{' &&
                mml_report_json(report.get())[0] == '{' && mml_answer_status(answer.get()) == 0 &&
                mml_answer_json(answer.get())[0] == '{' && mml_moodle_interface_version()[0] == '3';
    }
    CHECK(right);
    for (const char* function : {"abi_version",         "version",
                                 "status_name",         "last_error",
                                 "option_count",        "option_describe",
                                 "dataset_rows",        "dataset_columns",
                                 "dataset_task",        "dataset_class_count",
                                 "dataset_column_name", "dataset_class_name",
                                 "dataset_row_id",      "dataset_json",
                                 "model_task",          "model_inputs",
                                 "model_outputs",       "model_input_name",
                                 "model_class_name",    "model_decision",
                                 "model_json",          "report_json",
                                 "answer_status",       "answer_json",
                                 "answer_reason",       "dataset_level_name"}) {
        note_function(std::string("mml_") + function);
    }
    note_function("mml_moodle_interface_version");
}

TEST_CASE("freeing needs no memory") {
    auto dataset = classes_to_learn(20, 2, 2);
    Config config = quick_config();
    Model model = trained(dataset.get(), config.get());
    auto report = made<Report>(
        [&](mml_report** out) { return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr); });
    const Site site;
    auto answer = made<Answer>([&](mml_answer** out) {
        return mml_moodle_predict(out, site.directory.c_str(), site.unlabelled.c_str(), nullptr, nullptr, nullptr);
    });
    {
        const FailingMemory failing(0);
        mml_answer_free(answer.release());
        mml_report_free(report.release());
        mml_model_free(model.release());
        mml_config_free(config.release());
        mml_dataset_free(dataset.release());
    }
    CHECK(faults::allocations_met() == 0);
    for (const char* handle : {"answer", "report", "model", "config", "dataset"}) {
        note_function(std::string("mml_") + handle + "_free");
    }
}

TEST_CASE("a message is there though no memory is, not even for the message of another error") {
    mml_config* out = nullptr;
    mml_status made_none = MML_OK;
    mml_status refused = MML_OK;
    const char* information = "";
    {
        const FailingMemory failing(0);
        made_none = mml_config_create(&out);
        refused = mml_model_load(nullptr, "a name that no short string has room for");
        information = mml_build_info();
    }
    CHECK(made_none == MML_OUT_OF_MEMORY);
    CHECK(refused == MML_OUT_OF_MEMORY);
    CHECK(std::string(mml_last_error()).starts_with("out of memory"));
    CHECK(out == nullptr);
    CHECK((information == nullptr || information[0] == '{'));
    CHECK(mml_build_info()[0] == '{');
    note_function("mml_build_info");
}
