// SPDX-License-Identifier: Apache-2.0
// The calls on models, reports and model directories, and which call comes next; capi.cpp holds the others.
#include <cmath>

#include "capi_session.hpp"

namespace mml_fuzz {

namespace {

constexpr float untouched = 7;

// Scores in a buffer that may be one too few; what fails leaves them as they were.
template <typename Call>
mml_status drawn_scores(Draw& draw, std::int64_t rows, const mml_model* model, Call call) {
    const std::int64_t width = mml_model_outputs(model);
    const auto needed = static_cast<std::size_t>(rows * width);
    std::vector<float> scores(perhaps_fewer(draw, needed), untouched);
    const mml_status status = call(scores.data(), scores.size());
    expect(status != MML_OK || scores.size() == needed, "no scores where the buffer is too small");
    const auto is_untouched = [](float score) { return score == untouched; };
    if (status != MML_OK) expect(std::ranges::all_of(scores, is_untouched), "no scores where the call fails");
    const bool classes = mml_model_task(model) == MML_CLASSIFICATION;
    for (std::size_t i = 0; status == MML_OK && classes && i < scores.size(); i += static_cast<std::size_t>(width)) {
        double sum = 0;
        for (std::size_t k = i; k < i + static_cast<std::size_t>(width); ++k) sum += scores[k];
        expect(std::abs(sum - 1) < 1e-5, "probabilities that sum to 1");
    }
    return status;
}

}  // namespace

void Session::train() {
    DrawnCallback callback(draw_);
    const mml_progress_fn progress = draw_.flag() ? DrawnCallback::progress : nullptr;
    expect_status(models_.make(draw_, [&](mml_model** out) {
        const mml_model* start = draw_.below(4) == 0 ? models_.any(draw_) : nullptr;
        return mml_train(out, datasets_.any(draw_), options(true), start, progress, &callback);
    }));
}

void Session::model_store() {
    const mml_model* model = models_.any(draw_);
    if (draw_.below(4) == 0) {
        expect_status(mml_model_save(model, path("model").c_str()));
        return;
    }
    DrawnCallback callback(draw_);
    const mml_status status = mml_model_write(model, draw_.below(16) == 15 ? nullptr : DrawnCallback::write, &callback);
    expect_status(status);
    if (status != MML_OK) return;
    const std::string bytes = callback.bytes();
    expect_status(
        models_.make(draw_, [&](mml_model** out) { return mml_model_load_bytes(out, bytes.data(), bytes.size()); }));
}

void Session::model_load() {
    const std::string from = draw_.flag() ? path("model") : path("directory") + "/classifier";
    expect_status(models_.make(draw_, [&](mml_model** out) { return mml_model_load(out, from.c_str()); }));
}

void Session::model_read() {
    const mml_model* model = models_.any(draw_);
    std::int64_t index = drawn_index(draw_, mml_model_inputs(model));
    expect_name(mml_model_input_name(model, index), index, mml_model_inputs(model));
    index = drawn_index(draw_, mml_model_outputs(model));
    const std::int64_t classes = mml_model_task(model) == MML_CLASSIFICATION ? mml_model_outputs(model) : 0;
    expect_name(mml_model_class_name(model, index), index, classes);
    expect_json(mml_model_json(model), model);
    const char* decision = mml_model_decision(model);
    if ((decision != nullptr) != (classes > 0)) std::abort();
    std::vector<double> offsets(draw_.below(5));
    expect_status(mml_model_offsets(model, offsets.data(), offsets.size()));
    std::vector<float> scores(static_cast<std::size_t>(2 * mml_model_outputs(model)), draw_.flag() ? 0.5F : -1.0F);
    std::vector<std::int32_t> decided(draw_.below(4));
    expect_status(mml_decide(model, scores.data(), 2, decided.data(), nullptr, decided.size()));
}

void Session::predict() {
    const mml_model* model = models_.any(draw_);
    const mml_dataset* dataset = datasets_.any(draw_);
    expect_status(drawn_scores(draw_, mml_dataset_rows(dataset), model, [&](float* scores, std::size_t capacity) {
        return mml_predict(model, dataset, options(false), scores, capacity);
    }));
}

void Session::predict_array() {
    const mml_model* model = models_.any(draw_);
    const auto rows = static_cast<std::int64_t>(draw_.below(5));
    const std::int64_t columns = draw_.below(8) == 0 ? 1 : mml_model_inputs(model);
    const DrawnArray values(draw_, rows, columns);
    expect_status(drawn_scores(draw_, rows, model, [&](float* scores, std::size_t capacity) {
        return mml_predict_array(model, values.get(), options(false), scores, capacity);
    }));
}

void Session::evaluate() {
    DrawnCallback callback(draw_);
    const mml_progress_fn progress = draw_.flag() ? DrawnCallback::progress : nullptr;
    const bool trained = draw_.flag();
    expect_status(reports_.make(draw_, [&](mml_report** out) {
        const mml_dataset* dataset = datasets_.any(draw_);
        return trained ? mml_evaluate(out, models_.any(draw_), dataset, options(false), progress, &callback)
                       : mml_cross_validate(out, dataset, options(true), progress, &callback);
    }));
}

void Session::report_read() {
    const mml_report* report = reports_.any(draw_);
    const char* metrics[] = {"roc_auc", "accuracy", "baseline_accuracy", "log_loss_low", "rmse", "", "x\x1b\xff"};
    double value = untouched;
    const mml_status status = mml_report_metric(report, draw_.any_of(metrics), &value);
    expect_status(status);
    expect(status == MML_OK || value == untouched, "no metric where the call fails");
    expect_json(mml_report_json(report), report);
    std::string json = report == nullptr ? "{\"schema\":1}" : mml_report_json(report);
    if (draw_.flag()) json[draw_.below(json.size())] = draw_.any_of(std::string_view(" 0,]}x"));
    expect_status(
        reports_.make(draw_, [&](mml_report** out) { return mml_report_from_json(out, json.data(), json.size()); }));
    const char* formats[] = {"html", "markdown", "pdf"};
    DrawnCallback callback(draw_);
    expect_status(mml_report_render(report, draw_.any_of(formats), options(false), DrawnCallback::write, &callback));
    expect(callback.bytes().size() <= 300000, "a page of at most 300 kB");
}

void Session::moodle() {
    DrawnCallback callback(draw_);
    const mml_progress_fn progress = draw_.flag() ? DrawnCallback::progress : nullptr;
    const std::string directory = path("directory");
    const std::string other = path("directory");
    const char* names[] = {"labelled", "unlabelled", "broken", "absent"};
    const std::string file = place_of_calls().file(draw_.any_of(names));
    const std::size_t kind = draw_.below(9);
    const mml_config* config = options(kind < 4);
    expect_status(answers_.make(draw_, [&](mml_answer** out) {
        switch (kind) {
            case 0:
            case 1:
            case 2: return mml_moodle_train(out, directory.c_str(), file.c_str(), config, progress, &callback);
            case 3: return mml_moodle_evaluate(out, directory.c_str(), file.c_str(), nullptr, config, progress, &callback);
            case 4:
                return mml_moodle_evaluate(out, directory.c_str(), file.c_str(), other.c_str(), config, progress, &callback);
            case 5: return mml_moodle_export(out, directory.c_str(), other.c_str(), config);
            case 6: return mml_moodle_import(out, directory.c_str(), other.c_str(), config);
            case 7: return mml_moodle_explain(out, directory.c_str(), file.c_str(), config, progress, &callback);
            default: return mml_moodle_predict(out, directory.c_str(), file.c_str(), config, progress, &callback);
        }
    }));
}

void Session::answer_read() {
    const mml_answer* answer = answers_.any(draw_);
    const std::int32_t status = mml_answer_status(answer);
    expect(status >= 0 && status <= 12, "a status that Moodle knows");
    expect_json(mml_answer_json(answer), answer);
    expect(answer == nullptr || nlohmann::json::parse(mml_answer_json(answer)).at("status") == status, "one status");
}

void Session::library() {
    const std::int64_t index = drawn_index(draw_, mml_option_count());
    const auto option = static_cast<std::int32_t>(index);
    const char* text = mml_option_describe(option);
    expect_name(text, option, mml_option_count());
    expect(text == nullptr || nlohmann::json::accept(text), "JSON on each option");
    expect(mml_status_name(option) != nullptr && mml_last_error() != nullptr, "names that are never NULL");
    expect(nlohmann::json::accept(mml_build_info()), "JSON on the build");
}

void Session::release() {
    switch (draw_.below(5)) {
        case 0: configs_.release(draw_); break;
        case 1: datasets_.release(draw_); break;
        case 2: models_.release(draw_); break;
        case 3: reports_.release(draw_); break;
        default: answers_.release(draw_);
    }
}

void Session::step() {
    using Call = void (Session::*)();
    static constexpr Call calls[] = {&Session::config,
                                     &Session::dataset_from_text,
                                     &Session::dataset_from_file,
                                     &Session::dataset_from_array,
                                     &Session::dataset_from_csr,
                                     &Session::dataset_from_csr_arrays,
                                     &Session::dataset_select,
                                     &Session::dataset_target,
                                     &Session::dataset_texts,
                                     &Session::dataset_read,
                                     &Session::train,
                                     &Session::model_store,
                                     &Session::model_load,
                                     &Session::model_read,
                                     &Session::predict,
                                     &Session::predict_array,
                                     &Session::evaluate,
                                     &Session::report_read,
                                     &Session::moodle,
                                     &Session::answer_read,
                                     &Session::library,
                                     &Session::release};
    (this->*draw_.any_of(calls))();
}

}  // namespace mml_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    constexpr int most_calls = 24;
    mml_fuzz::Draw draw(data, size);
    mml_fuzz::Session session(draw);
    for (int call = 0; call < most_calls && !draw.empty(); ++call) session.step();
    return 0;
}
