// SPDX-License-Identifier: Apache-2.0
#include <fstream>
#include <functional>
#include <map>
#include <set>

#include "moodleml/arrow.h"
#include "support.hpp"

using namespace capi_test;

namespace {

int32_t take(const char*, size_t, void*) { return 0; }

// Valid arguments, of which each case replaces one by NULL; and outputs that must stay as they are.
struct Arguments {
    Config config = quick_config();
    Dataset dataset = classes_to_learn(40, 2, 2);
    Model model = trained(dataset.get(), config.get());
    Report report = made<Report>(
        [this](mml_report** out) { return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr); });
    Predictor predictor =
        made<Predictor>([this](mml_predictor** out) { return mml_predictor_create(out, model.get(), nullptr, 0, nullptr); });
    std::vector<float> cells = {1, 2, 3, 4};
    mml_array array = table(cells, 2, 2);
    std::vector<std::int32_t> indices = std::vector<std::int32_t>(40, 0);
    mml_array vector = column(indices);
    mml_column named = {"a", table(cells, 4, 1), MML_NUMBER, 0, nullptr};
    ArrowArrayStream stream = {};
    std::int64_t row_starts[3] = {0, 1, 2};
    std::int32_t column_indices[2] = {0, 1};
    mml_array starts = {row_starts, 3, 1, 1, 1, MML_INT64, 0};
    mml_array places = {column_indices, 2, 1, 1, 1, MML_INT32, 0};
    mml_array numbers = {cells.data(), 2, 1, 1, 1, MML_FLOAT32, 0};
    std::int64_t rows[2] = {0, 1};
    const char* names[2] = {"a", "b"};
    std::vector<const char*> ids = std::vector<const char*>(40, "id");
    float scores[80] = {};
    double doubles[80] = {};
    double target[40] = {};
    std::int32_t classes[40] = {};
    std::vector<double> contributions = std::vector<double>(240);

    mml_config* config_out = nullptr;
    mml_dataset* dataset_out = nullptr;
    mml_model* model_out = nullptr;
    mml_report* report_out = nullptr;
    mml_answer* answer_out = nullptr;
    mml_predictor* predictor_out = nullptr;
    const char* text_out = nullptr;
    double metric_out = 0;
};

int32_t fail_to_reduce(void*, size_t, mml_data_type, mml_operation, void*) { return 1; }

using Call = std::function<mml_status(Arguments&)>;
using Cases = std::multimap<std::string, Call>;

#define CASE(function, ...)                                                          \
    {                                                                                \
#function, [](Arguments & a) { static_cast<void>(a); return function(__VA_ARGS__); } \
    }

const Cases option_and_data_cases = {
    CASE(mml_config_create, nullptr),
    CASE(mml_config_set, nullptr, "seed", "1"),
    CASE(mml_config_set, a.config.get(), nullptr, "1"),
    CASE(mml_config_set, a.config.get(), "seed", nullptr),
    CASE(mml_config_set_ranks, nullptr, 0, 2, fail_to_reduce, nullptr),
    CASE(mml_config_set_ranks, a.config.get(), 0, 2, nullptr, nullptr),
    CASE(mml_config_set_list, nullptr, "seed=1"),
    CASE(mml_config_set_list, a.config.get(), nullptr),
    CASE(mml_config_get, nullptr, "seed", &a.text_out),
    CASE(mml_config_get, a.config.get(), nullptr, &a.text_out),
    CASE(mml_config_get, a.config.get(), "seed", nullptr),
    CASE(mml_dataset_from_csv, nullptr, "file.csv", nullptr),
    CASE(mml_dataset_from_csv, &a.dataset_out, nullptr, nullptr),
    CASE(mml_dataset_from_columns, nullptr, &a.named, 1),
    CASE(mml_dataset_from_columns, &a.dataset_out, nullptr, 1),
    CASE(mml_dataset_from_arrow, nullptr, &a.stream, nullptr),
    CASE(mml_dataset_from_arrow, &a.dataset_out, nullptr, nullptr),
    CASE(mml_dataset_from_csv_for, nullptr, "file.csv", a.model.get(), nullptr),
    CASE(mml_dataset_from_csv_for, &a.dataset_out, nullptr, a.model.get(), nullptr),
    CASE(mml_dataset_from_csv_for, &a.dataset_out, "file.csv", nullptr, nullptr),
    CASE(mml_dataset_from_csv_text, nullptr, "a\n1\n", 4, nullptr),
    CASE(mml_dataset_from_csv_text, &a.dataset_out, nullptr, 4, nullptr),
    CASE(mml_dataset_from_csv_text, &a.dataset_out, nullptr, 0, nullptr),
    CASE(mml_dataset_from_array, nullptr, &a.array),
    CASE(mml_dataset_from_array, &a.dataset_out, nullptr),
    CASE(mml_dataset_from_csr, nullptr, 2, 2, a.row_starts, a.column_indices, a.cells.data()),
    CASE(mml_dataset_from_csr, &a.dataset_out, 2, 2, nullptr, a.column_indices, a.cells.data()),
    CASE(mml_dataset_from_csr, &a.dataset_out, 2, 2, a.row_starts, nullptr, a.cells.data()),
    CASE(mml_dataset_from_csr, &a.dataset_out, 2, 2, a.row_starts, a.column_indices, nullptr),
    CASE(mml_dataset_from_csr_arrays, nullptr, 2, &a.vector, &a.vector, &a.vector),
    CASE(mml_dataset_from_csr_arrays, &a.dataset_out, 2, nullptr, &a.vector, &a.vector),
    CASE(mml_dataset_from_csr_arrays, &a.dataset_out, 2, &a.vector, nullptr, &a.vector),
    CASE(mml_dataset_from_csr_arrays, &a.dataset_out, 2, &a.vector, &a.vector, nullptr),
    CASE(mml_dataset_set_classes, nullptr, &a.vector, a.names, 2),
    CASE(mml_dataset_set_classes, a.dataset.get(), nullptr, a.names, 2),
    CASE(mml_dataset_set_classes, a.dataset.get(), &a.vector, nullptr, 2),
    CASE(mml_dataset_set_target, nullptr, &a.vector),
    CASE(mml_dataset_set_target, a.dataset.get(), nullptr),
    CASE(mml_dataset_set_weights, nullptr, &a.vector),
    CASE(mml_dataset_set_weights, a.dataset.get(), nullptr),
    CASE(mml_dataset_set_groups, nullptr, &a.vector, a.names, 2),
    CASE(mml_dataset_set_groups, a.dataset.get(), nullptr, a.names, 2),
    CASE(mml_dataset_set_groups, a.dataset.get(), &a.vector, nullptr, 2),
    CASE(mml_dataset_set_times, nullptr, &a.vector),
    CASE(mml_dataset_set_times, a.dataset.get(), nullptr),
    CASE(mml_dataset_set_column_names, nullptr, a.names, 2),
    CASE(mml_dataset_set_column_names, a.dataset.get(), nullptr, 2),
    CASE(mml_dataset_set_row_ids, nullptr, a.ids.data(), 40),
    CASE(mml_dataset_set_row_ids, a.dataset.get(), nullptr, 40),
    CASE(mml_dataset_select, nullptr, a.dataset.get(), a.rows, 2),
    CASE(mml_dataset_select, &a.dataset_out, nullptr, a.rows, 2),
    CASE(mml_dataset_select, &a.dataset_out, a.dataset.get(), nullptr, 2),
    CASE(mml_dataset_values, nullptr, a.scores, 80),
    CASE(mml_dataset_values, a.dataset.get(), nullptr, 80),
    CASE(mml_dataset_target, nullptr, a.target, 40),
    CASE(mml_dataset_target, a.dataset.get(), nullptr, 40),
};

const Cases model_cases = {
    CASE(mml_train, nullptr, a.dataset.get(), nullptr, nullptr, nullptr, nullptr),
    CASE(mml_train, &a.model_out, nullptr, nullptr, nullptr, nullptr, nullptr),
    CASE(mml_model_save, nullptr, "model.mml"),
    CASE(mml_model_save, a.model.get(), nullptr),
    CASE(mml_model_write, nullptr, take, nullptr),
    CASE(mml_model_write, a.model.get(), nullptr, nullptr),
    CASE(mml_model_card, nullptr, "json", take, nullptr),
    CASE(mml_model_card, a.model.get(), nullptr, take, nullptr),
    CASE(mml_model_card, a.model.get(), "json", nullptr, nullptr),
    CASE(mml_model_with_report, nullptr, a.model.get(), a.report.get()),
    CASE(mml_model_with_report, &a.model_out, nullptr, a.report.get()),
    CASE(mml_model_with_report, &a.model_out, a.model.get(), nullptr),
    CASE(mml_model_drift, nullptr, a.dataset.get(), nullptr, take, nullptr),
    CASE(mml_model_drift, a.model.get(), nullptr, nullptr, take, nullptr),
    CASE(mml_model_drift, a.model.get(), a.dataset.get(), nullptr, nullptr, nullptr),
    CASE(mml_model_load, nullptr, "model.mml"),
    CASE(mml_model_load, &a.model_out, nullptr),
    CASE(mml_model_load_with, nullptr, "model.mml", nullptr, nullptr, nullptr),
    CASE(mml_model_load_with, &a.model_out, nullptr, nullptr, nullptr, nullptr),
    CASE(mml_model_load_bytes_with, nullptr, "bytes", 5, nullptr, nullptr, nullptr),
    CASE(mml_model_load_bytes_with, &a.model_out, nullptr, 5, nullptr, nullptr, nullptr),
    CASE(mml_model_load_bytes, nullptr, "bytes", 5),
    CASE(mml_model_load_bytes, &a.model_out, nullptr, 5),
    CASE(mml_model_load_bytes, &a.model_out, nullptr, 0),
    CASE(mml_predict, nullptr, a.dataset.get(), nullptr, a.scores, 80),
    CASE(mml_predict, a.model.get(), nullptr, nullptr, a.scores, 80),
    CASE(mml_predict, a.model.get(), a.dataset.get(), nullptr, nullptr, 80),
    CASE(mml_decide, nullptr, a.scores, 1, a.classes, a.scores, 1),
    CASE(mml_decide, a.model.get(), nullptr, 1, a.classes, a.scores, 1),
    CASE(mml_decide, a.model.get(), a.scores, 1, nullptr, a.scores, 1),
    CASE(mml_model_offsets, nullptr, a.target, 2),
    CASE(mml_model_offsets, a.model.get(), nullptr, 2),
    CASE(mml_predict_array, nullptr, &a.array, nullptr, a.scores, 80),
    CASE(mml_predict_array, a.model.get(), nullptr, nullptr, a.scores, 80),
    CASE(mml_predict_array, a.model.get(), &a.array, nullptr, nullptr, 80),
    CASE(mml_predictor_create, nullptr, a.model.get(), nullptr, 0, nullptr),
    CASE(mml_predictor_create, &a.predictor_out, nullptr, nullptr, 0, nullptr),
    CASE(mml_predictor_create, &a.predictor_out, a.model.get(), nullptr, 2, nullptr),
    CASE(mml_predictor_predict, nullptr, &a.array, a.scores, 80),
    CASE(mml_predictor_predict, a.predictor.get(), nullptr, a.scores, 80),
    CASE(mml_predictor_predict, a.predictor.get(), &a.array, nullptr, 80),
    CASE(mml_predictor_predict_double, nullptr, &a.array, a.doubles, 80),
    CASE(mml_predictor_predict_double, a.predictor.get(), nullptr, a.doubles, 80),
    CASE(mml_predictor_predict_double, a.predictor.get(), &a.array, nullptr, 80),
    CASE(mml_predictor_predict_csr, nullptr, &a.starts, &a.places, &a.numbers, a.scores, 80),
    CASE(mml_predictor_predict_csr, a.predictor.get(), nullptr, &a.places, &a.numbers, a.scores, 80),
    CASE(mml_predictor_predict_csr, a.predictor.get(), &a.starts, nullptr, &a.numbers, a.scores, 80),
    CASE(mml_predictor_predict_csr, a.predictor.get(), &a.starts, &a.places, nullptr, a.scores, 80),
    CASE(mml_predictor_predict_csr, a.predictor.get(), &a.starts, &a.places, &a.numbers, nullptr, 80),
    CASE(mml_predictor_decide, nullptr, &a.array, a.classes, nullptr, 40),
    CASE(mml_predictor_decide, a.predictor.get(), nullptr, a.classes, nullptr, 40),
    CASE(mml_predictor_decide, a.predictor.get(), &a.array, nullptr, nullptr, 40),
    CASE(mml_explain, nullptr, a.dataset.get(), nullptr, nullptr, nullptr, a.contributions.data(), 240),
    CASE(mml_explain, a.model.get(), nullptr, nullptr, nullptr, nullptr, a.contributions.data(), 240),
    CASE(mml_explain, a.model.get(), a.dataset.get(), nullptr, nullptr, nullptr, nullptr, 240),
    CASE(mml_predict_double, nullptr, a.dataset.get(), nullptr, a.doubles, 80),
    CASE(mml_predict_double, a.model.get(), nullptr, nullptr, a.doubles, 80),
    CASE(mml_predict_double, a.model.get(), a.dataset.get(), nullptr, nullptr, 80),
    CASE(mml_predict_array_double, nullptr, &a.array, nullptr, a.doubles, 80),
    CASE(mml_predict_array_double, a.model.get(), nullptr, nullptr, a.doubles, 80),
    CASE(mml_predict_array_double, a.model.get(), &a.array, nullptr, nullptr, 80),
    CASE(mml_evaluate, nullptr, a.model.get(), a.dataset.get(), nullptr, nullptr, nullptr),
    CASE(mml_evaluate, &a.report_out, nullptr, a.dataset.get(), nullptr, nullptr, nullptr),
    CASE(mml_evaluate, &a.report_out, a.model.get(), nullptr, nullptr, nullptr, nullptr),
    CASE(mml_cross_validate, nullptr, a.dataset.get(), nullptr, nullptr, nullptr),
    CASE(mml_cross_validate, &a.report_out, nullptr, nullptr, nullptr, nullptr),
    CASE(mml_report_metric, nullptr, "accuracy", &a.metric_out),
    CASE(mml_report_metric, a.report.get(), nullptr, &a.metric_out),
    CASE(mml_report_metric, a.report.get(), "accuracy", nullptr),
    CASE(mml_report_from_json, nullptr, "{}", 2),
    CASE(mml_report_from_json, &a.report_out, nullptr, 0),
    CASE(mml_report_render, nullptr, "html", nullptr, take, nullptr),
    CASE(mml_report_render, a.report.get(), nullptr, nullptr, take, nullptr),
    CASE(mml_report_render, a.report.get(), "html", nullptr, nullptr, nullptr),
};

const Cases moodle_cases = {
    CASE(mml_moodle_train, nullptr, "directory", "file.csv", nullptr, nullptr, nullptr),
    CASE(mml_moodle_train, &a.answer_out, nullptr, "file.csv", nullptr, nullptr, nullptr),
    CASE(mml_moodle_train, &a.answer_out, "directory", nullptr, nullptr, nullptr, nullptr),
    CASE(mml_moodle_predict, nullptr, "directory", "file.csv", nullptr, nullptr, nullptr),
    CASE(mml_moodle_predict, &a.answer_out, nullptr, "file.csv", nullptr, nullptr, nullptr),
    CASE(mml_moodle_predict, &a.answer_out, "directory", nullptr, nullptr, nullptr, nullptr),
    CASE(mml_moodle_explain, nullptr, "directory", "file.csv", nullptr, nullptr, nullptr),
    CASE(mml_moodle_explain, &a.answer_out, nullptr, "file.csv", nullptr, nullptr, nullptr),
    CASE(mml_moodle_explain, &a.answer_out, "directory", nullptr, nullptr, nullptr, nullptr),
    CASE(mml_moodle_evaluate, nullptr, "directory", "file.csv", "trained", nullptr, nullptr, nullptr),
    CASE(mml_moodle_evaluate, &a.answer_out, nullptr, "file.csv", "trained", nullptr, nullptr, nullptr),
    CASE(mml_moodle_evaluate, &a.answer_out, "directory", nullptr, "trained", nullptr, nullptr, nullptr),
    CASE(mml_moodle_export, nullptr, "directory", "other", nullptr),
    CASE(mml_moodle_export, &a.answer_out, nullptr, "other", nullptr),
    CASE(mml_moodle_export, &a.answer_out, "directory", nullptr, nullptr),
    CASE(mml_moodle_import, nullptr, "directory", "other", nullptr),
    CASE(mml_moodle_import, &a.answer_out, nullptr, "other", nullptr),
    CASE(mml_moodle_import, &a.answer_out, "directory", nullptr, nullptr),
    CASE(mml_moodle_convert, nullptr, "directory", nullptr),
    CASE(mml_moodle_convert, &a.answer_out, nullptr, nullptr),
    CASE(mml_moodle_refuse, nullptr, MML_MOODLE_CALL, "message"),
    CASE(mml_moodle_refuse, &a.answer_out, MML_MOODLE_CALL, nullptr),
};

// What functions give that return a value; the frees give nothing, and must only return.
const std::map<std::string, std::function<bool()>> getters = {
    {"mml_dataset_rows", [] { return mml_dataset_rows(nullptr) == 0; }},
    {"mml_dataset_columns", [] { return mml_dataset_columns(nullptr) == 0; }},
    {"mml_dataset_task", [] { return mml_dataset_task(nullptr) == 0; }},
    {"mml_dataset_class_count", [] { return mml_dataset_class_count(nullptr) == 0; }},
    {"mml_dataset_column_name", [] { return mml_dataset_column_name(nullptr, 0) == nullptr; }},
    {"mml_dataset_level_name", [] { return mml_dataset_level_name(nullptr, 0, 0) == nullptr; }},
    {"mml_dataset_class_name", [] { return mml_dataset_class_name(nullptr, 0) == nullptr; }},
    {"mml_dataset_row_id", [] { return mml_dataset_row_id(nullptr, 0) == nullptr; }},
    {"mml_dataset_json", [] { return mml_dataset_json(nullptr) == nullptr; }},
    {"mml_model_task", [] { return mml_model_task(nullptr) == 0; }},
    {"mml_model_inputs", [] { return mml_model_inputs(nullptr) == 0; }},
    {"mml_model_outputs", [] { return mml_model_outputs(nullptr) == 0; }},
    {"mml_model_input_name", [] { return mml_model_input_name(nullptr, 0) == nullptr; }},
    {"mml_model_class_name", [] { return mml_model_class_name(nullptr, 0) == nullptr; }},
    {"mml_model_decision", [] { return mml_model_decision(nullptr) == nullptr; }},
    {"mml_model_json", [] { return mml_model_json(nullptr) == nullptr; }},
    {"mml_report_json", [] { return mml_report_json(nullptr) == nullptr; }},
    {"mml_answer_status", [] { return mml_answer_status(nullptr) == 0; }},
    {"mml_answer_reason", [] { return mml_answer_reason(nullptr) == MML_OK; }},
    {"mml_answer_json", [] { return mml_answer_json(nullptr) == nullptr; }},
    {"mml_config_free", [] { return mml_config_free(nullptr), true; }},
    {"mml_dataset_free", [] { return mml_dataset_free(nullptr), true; }},
    {"mml_model_free", [] { return mml_model_free(nullptr), true; }},
    {"mml_predictor_free", [] { return mml_predictor_free(nullptr), true; }},
    {"mml_report_free", [] { return mml_report_free(nullptr), true; }},
    {"mml_answer_free", [] { return mml_answer_free(nullptr), true; }},
};

const std::set<std::string> without_pointers = {
    "mml_abi_version", "mml_version",      "mml_build_info",      "mml_status_name",
    "mml_last_error",  "mml_option_count", "mml_option_describe", "mml_moodle_interface_version"};

// Another failure in between, so that each case must set a message of its own.
void set_another_message(Arguments& arguments) {
    REQUIRE(mml_config_set(arguments.config.get(), "another", "1") == MML_UNKNOWN_OPTION);
}

void check_case(const std::string& name, const Call& call, Arguments& arguments) {
    set_another_message(arguments);
    CHECK_MESSAGE(call(arguments) == MML_INVALID_ARGUMENT, name);
    const std::string message = mml_last_error();
    CHECK_MESSAGE(message.ends_with(" is NULL"), name, ": ", message);
}

void check_untouched(const Arguments& arguments) {
    CHECK(arguments.config_out == nullptr);
    CHECK(arguments.dataset_out == nullptr);
    CHECK(arguments.model_out == nullptr);
    CHECK(arguments.report_out == nullptr);
    CHECK(arguments.answer_out == nullptr);
    CHECK(arguments.text_out == nullptr);
    CHECK(arguments.metric_out == 0);
    for (const float score : arguments.scores) CHECK(score == 0);
    for (const double value : arguments.target) CHECK(value == 0);
    CHECK(std::string(mml_dataset_class_name(arguments.dataset.get(), 0)) == "low");
    CHECK(mml_dataset_row_id(arguments.dataset.get(), 0) == nullptr);
}

}  // namespace

TEST_CASE("NULL for any pointer is refused by name and nothing is written") {
    Arguments arguments;
    for (const Cases* cases : {&option_and_data_cases, &model_cases, &moodle_cases}) {
        for (const auto& [name, call] : *cases) check_case(name, call, arguments);
    }
    check_untouched(arguments);
}

TEST_CASE("functions that return a value give 0 or NULL for NULL and set no error") {
    REQUIRE(mml_config_create(nullptr) == MML_INVALID_ARGUMENT);
    for (const auto& getter : getters) CHECK_MESSAGE(getter.second(), getter.first);
    CHECK(std::string(mml_last_error()) == "out is NULL");
}

TEST_CASE("the cases above cover every exported function") {
    std::set<std::string> covered = without_pointers;
    for (const Cases* cases : {&option_and_data_cases, &model_cases, &moodle_cases}) {
        for (const auto& [name, call] : *cases) covered.insert(name);
    }
    for (const auto& [name, holds] : getters) covered.insert(name);
    std::set<std::string> exported;
    std::ifstream file(MOODLEML_SYMBOLS);
    for (std::string name; std::getline(file, name);) exported.insert(name);
    CHECK(exported.size() > 50);
    CHECK(covered == exported);
}
