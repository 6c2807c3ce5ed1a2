// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>

#include "support.hpp"

using namespace capi_test;

namespace {

double metric(const mml_report* report, const char* name) {
    double value = -7;
    succeed(mml_report_metric(report, name, &value));
    return value;
}

nlohmann::json json_of(const mml_report* report) {
    const std::string text = mml_report_json(report);
    CHECK(text.find('\n') == std::string::npos);
    return nlohmann::json::parse(text);
}

}  // namespace

TEST_CASE("a model is rated on rows, its classes matched by name") {
    const auto dataset = classes_to_learn(500, 2, 2);
    const Config config = quick_config();
    const Model model = trained(dataset.get(), config.get());
    const auto report = made<Report>(
        [&](mml_report** out) { return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr); });
    const auto json = json_of(report.get());
    CHECK(json.at("schema") == 1);
    CHECK(json.at("warnings").is_array());
    const double accuracy = metric(report.get(), "accuracy");
    CHECK(accuracy > 0.9);
    CHECK(json.at("metrics").at("accuracy").at("value") == accuracy);
    CHECK(metric(report.get(), "baseline_accuracy") < accuracy);

    const std::vector<double> target = target_of(dataset.get());
    std::vector<std::int32_t> swapped;
    swapped.reserve(target.size());
    for (const double index : target) swapped.push_back(index == 0 ? 1 : 0);
    set_classes(dataset.get(), swapped, {"high", "low"});
    const auto again = made<Report>(
        [&](mml_report** out) { return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr); });
    CHECK(metric(again.get(), "accuracy") == accuracy);
}

TEST_CASE("an evaluation without target, or against another task, is refused") {
    const Config config = quick_config();
    const Model model = trained(classes_to_learn(60, 2, 2).get(), config.get());
    const auto unlabelled = dataset_of({1, 2}, 1, 2);
    mml_report* out = nullptr;
    CHECK(mml_evaluate(&out, model.get(), unlabelled.get(), nullptr, nullptr, nullptr) == MML_INVALID_ARGUMENT);
    CHECK(mml_cross_validate(&out, unlabelled.get(), nullptr, nullptr, nullptr) == MML_INVALID_ARGUMENT);
    check_message("has no target");
    CHECK(mml_evaluate(&out, model.get(), values_to_learn(20, 2).get(), nullptr, nullptr, nullptr) == MML_MISMATCH);
    CHECK(out == nullptr);
}

TEST_CASE("cross-validation of classes and of values") {
    const Config config = quick_config();
    const auto classes = classes_to_learn(300, 3, 2);
    const auto rated = made<Report>(
        [&](mml_report** out) { return mml_cross_validate(out, classes.get(), config.get(), nullptr, nullptr); });
    CHECK(metric(rated.get(), "accuracy") > 0.8);
    CHECK(json_of(rated.get()).at("schema") == 1);
    const auto values = values_to_learn(300, 3);
    const auto estimated = made<Report>(
        [&](mml_report** out) { return mml_cross_validate(out, values.get(), config.get(), nullptr, nullptr); });
    CHECK(json_of(estimated.get()).at("metrics").is_object());
}

TEST_CASE("an undefined metric is NaN, and null in JSON") {
    const Config config = quick_config();
    const Model model = trained(classes_to_learn(200, 2, 2).get(), config.get());
    const auto one_class = dataset_of({1, 1, 0.5F, 0.5F}, 2, 2);
    set_classes(one_class.get(), {1, 1}, {"low", "high"});
    const auto report = made<Report>(
        [&](mml_report** out) { return mml_evaluate(out, model.get(), one_class.get(), config.get(), nullptr, nullptr); });
    CHECK(std::isnan(metric(report.get(), "roc_auc")));
    CHECK(json_of(report.get()).at("metrics").at("roc_auc").at("value").is_null());
}

TEST_CASE("a report is written as a page, in pieces") {
    const auto dataset = classes_to_learn(500, 2, 2);
    const Config config = quick_config();
    const Model model = trained(dataset.get(), config.get());
    const auto report = made<Report>(
        [&](mml_report** out) { return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr); });
    const auto append = [](const char* bytes, size_t size, void* user) -> int32_t {
        static_cast<std::string*>(user)->append(bytes, size);
        return 0;
    };
    std::string page;
    succeed(mml_report_render(report.get(), "html", nullptr, append, &page));
    CHECK(page.starts_with("<!DOCTYPE html>"));
    CHECK(page.ends_with("</html>\n"));
    std::string again;
    succeed(mml_report_render(report.get(), "html", config.get(), append, &again));
    CHECK(again == page);
    std::string text;
    succeed(mml_report_render(report.get(), "markdown", nullptr, append, &text));
    CHECK(text.starts_with("# "));

    CHECK(mml_report_render(report.get(), "pdf", nullptr, append, &text) == MML_NOT_FOUND);
    check_message("\"html\", \"markdown\"");
    const auto refuse = [](const char*, size_t, void*) -> int32_t { return 1; };
    CHECK(mml_report_render(report.get(), "html", nullptr, refuse, nullptr) == MML_CANCELLED);
    const auto thrower = [](const char*, size_t, void*) -> int32_t { throw 1; };
    CHECK(mml_report_render(report.get(), "html", nullptr, thrower, nullptr) == MML_CANCELLED);
}

TEST_CASE("a report is made again of its JSON") {
    const auto dataset = classes_to_learn(200, 2, 2);
    const auto append = [](const char* bytes, size_t size, void* user) -> int32_t {
        static_cast<std::string*>(user)->append(bytes, size);
        return 0;
    };
    const auto page_of = [&](const mml_report* report) {
        std::string page;
        succeed(mml_report_render(report, "html", nullptr, append, &page));
        return page;
    };
    const auto report = made<Report>(
        [&](mml_report** out) { return mml_cross_validate(out, dataset.get(), quick_config().get(), nullptr, nullptr); });
    const std::string json = mml_report_json(report.get());
    const auto again = made<Report>([&](mml_report** out) { return mml_report_from_json(out, json.data(), json.size()); });
    CHECK(mml_report_json(again.get()) == json);
    CHECK(page_of(again.get()) == page_of(report.get()));
    const nlohmann::json metrics = json_of(report.get()).at("metrics");
    for (const auto& [name, value] : metrics.items()) {
        for (const std::string& each : {name, name + "_deviation", name + "_low", name + "_high", "baseline_" + name}) {
            const double expected = metric(report.get(), each.c_str());
            const double is = metric(again.get(), each.c_str());
            CHECK((is == expected || (std::isnan(is) && std::isnan(expected))));
        }
    }
    mml_report* none = nullptr;
    for (const std::string& wrong : {std::string(), std::string("{"), std::string("[]"), std::string("{\"schema\":1}"),
                                     std::string("{\"schema\":2}"), json.substr(0, json.size() / 2)}) {
        CHECK(mml_report_from_json(&none, wrong.data(), wrong.size()) == MML_BAD_DATA);
        check_message("not a report");
    }
    CHECK(none == nullptr);
}

TEST_CASE("a model keeps a report that is on its classes") {
    const auto dataset = classes_to_learn(200, 2, 2);
    const Config config = quick_config();
    const Model model = trained(dataset.get(), config.get());
    const auto report = made<Report>(
        [&](mml_report** out) { return mml_evaluate(out, model.get(), dataset.get(), config.get(), nullptr, nullptr); });
    const Model kept = made<Model>([&](mml_model** out) { return mml_model_with_report(out, model.get(), report.get()); });
    const nlohmann::json found = nlohmann::json::parse(mml_model_json(kept.get())).at("evaluation");
    CHECK(found.at("metrics").at("accuracy").at("value") == metric(report.get(), "accuracy"));
    CHECK_FALSE(nlohmann::json::parse(mml_model_json(model.get())).contains("evaluation"));
    const Model estimator = trained(values_to_learn(200, 2).get(), config.get());
    mml_model* none = nullptr;
    CHECK(mml_model_with_report(&none, estimator.get(), report.get()) == MML_MISMATCH);
    check_message("the report is on a classification");
    CHECK(none == nullptr);
}

TEST_CASE("metrics have an interval around them") {
    const auto dataset = classes_to_learn(300, 3, 2);
    const auto report = made<Report>(
        [&](mml_report** out) { return mml_cross_validate(out, dataset.get(), quick_config().get(), nullptr, nullptr); });
    const double low = metric(report.get(), "accuracy_low");
    const double high = metric(report.get(), "accuracy_high");
    CHECK(low <= metric(report.get(), "accuracy"));
    CHECK(high >= metric(report.get(), "accuracy"));
    CHECK(json_of(report.get()).at("metrics").at("accuracy").at("interval") == nlohmann::json::array({low, high}));
}
