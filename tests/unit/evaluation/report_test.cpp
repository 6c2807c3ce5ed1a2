// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <doctest/doctest.h>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "../../mentions.hpp"
#include "base/error.hpp"
#include "base/random.hpp"
#include "evaluation/report.hpp"
#include "examples.hpp"

using doctest::Approx;
using namespace mml;
using mml_test::mentions;
using testing::classified_data;
using testing::rotating_labels;
using testing::valued_data;

namespace {

// A linear model alone trains in an instant.
Config quick(const std::string& resampling = "stratified", const std::string& iterations = "3") {
    Config config;
    config.set("networks", "0");
    config.set("trees", "0");
    config.set("resampling", resampling);
    config.set("iterations", iterations);
    return config;
}

Report cross_validated(const Dataset& dataset, const Config& config) {
    Supervisor supervisor({1, config.number(OptionId::time_limit), {}});
    return cross_validate(dataset, config, supervisor);
}

Report evaluated(const Dataset& training_rows, const Dataset& rows) {
    Supervisor supervisor({1, 0, {}});
    const Training training = train_model(merge_rows(training_rows), quick(), nullptr, Progress(supervisor, 0.5));
    return evaluate(*training.model, rows, quick(), Progress(supervisor, 0.5));
}

std::string refusal(Status status, const std::function<void()>& call) {
    try {
        call();
    } catch (const Error& error) {
        CHECK(error.status() == status);
        return error.what();
    }
    return "accepted";
}

bool warns(const Report& report, const std::string& warning) {
    for (const auto& told : report.json.at("warnings")) {
        if (told == warning) return true;
    }
    return false;
}

// What is the same in every run.
Json without_seconds(Json json) {
    Json iterations = Json::array();
    for (const Json& iteration : json.at("iterations")) iterations.emplace_back(iteration)["seconds"] = nullptr;
    json["iterations"] = std::move(iterations);
    return json;
}

Dataset separable(const std::vector<std::string>& class_names, const std::vector<std::int32_t>& labels) {
    Dataset dataset = classified_data(class_names, labels);
    dataset.features = SparseRows(std::vector<float>{0});
    for (const std::int32_t label : labels) dataset.features.append_dense_row(std::vector<float>{static_cast<float>(label)});
    return dataset;
}

}  // namespace

TEST_CASE("a separable data set is rated with a score of exactly 1") {
    const Dataset training_rows = separable({"no", "yes"}, rotating_labels({20, 20}));
    const Report report = evaluated(training_rows, training_rows);
    CHECK(report.json.at("kind") == "evaluation");
    CHECK(report.json.at("rows") == 40);
    CHECK(report.json.at("columns") == 1);
    CHECK(report.json.at("options").dump() == "{}");
    CHECK(report.json.at("confusion").dump() == "[[20.0,0.0],[0.0,20.0]]");
    CHECK(report.json.at("iterations").size() == 1);
    CHECK(report.json.at("iterations")[0]["training_rows"] == 0);
    CHECK(report.json.at("iterations")[0]["test_rows"] == 40);
    for (const char* name : {"score", "accuracy", "balanced_accuracy", "precision", "recall", "f1_score", "roc_auc"}) {
        INFO(name);
        CHECK(report.metrics.at(name) == 1);
        CHECK(report.metrics.at(std::string(name) + "_deviation") == 0);
    }
    CHECK(report.metrics.at("baseline_accuracy") == 0.5);
    CHECK(report.metrics.at("baseline_roc_auc") == 0.5);
    CHECK(report.metrics.at("baseline_brier_score") == 0.25);
    CHECK(report.metrics.at("log_loss") < report.metrics.at("baseline_log_loss"));
    CHECK(report.trainings.empty());
}

TEST_CASE("rated rows may name the classes in another order, have fewer or declare more") {
    const Dataset training_rows = separable({"no", "yes"}, rotating_labels({20, 20}));
    Dataset rows = separable({"no", "yes"}, {0, 1, 1, 1, 1});
    rows.target->class_names = {"yes", "unused", "no"};
    for (auto& index : rows.target->class_indices) index = index == 1 ? 0 : 2;
    const Report report = evaluated(training_rows, rows);
    CHECK(report.metrics.at("accuracy") == 1);
    CHECK(report.json.at("classes")[0].dump() ==
          R"({"name":"no","count":1,"share":0.2,"precision":1.0,"recall":1.0,"f1_score":1.0})");
    CHECK(report.json.at("classes")[1]["name"] == "yes");
    CHECK(report.json.at("classes")[1]["count"] == 4);
    CHECK(report.metrics.at("baseline_accuracy") == 0.8);
    CHECK(warns(report, "Provided classes are very unbalanced, predictions may not be accurate."));

    const Report one_class = evaluated(training_rows, separable({"yes"}, {0}));
    CHECK(one_class.metrics.at("accuracy") == 0);
    CHECK(std::isnan(one_class.metrics.at("roc_auc")));
    CHECK(one_class.json.at("metrics")["roc_auc"]["value"].is_null());
}

TEST_CASE("what cannot be rated is refused") {
    const Dataset training_rows = separable({"no", "yes"}, rotating_labels({20, 20}));
    Dataset rows = training_rows;
    std::string expected;
    Status status = Status::mismatch;
    SUBCASE("unknown class") {
        rows = separable({"no", "perhaps"}, {0, 0, 1});
        expected =
            "the data set, sample 3: the model has no class \"perhaps\", only \"no\", \"yes\": leave such "
            "samples out or train again";
    }
    SUBCASE("another task") {
        rows = valued_data({1, 2});
        expected = "the data set: its target is a number, but the model predicts classes";
    }
    SUBCASE("no target") {
        rows.target.reset();
        status = Status::invalid_argument;
        expected = "the data set: no target is known, but rating needs labelled samples";
    }
    SUBCASE("no rows") {
        rows = separable({"no", "yes"}, {});
        status = Status::not_enough_data;
        expected = "the data set: no sample to rate";
    }
    SUBCASE("no weight") {
        rows.weights.assign(40, 0);
        status = Status::not_enough_data;
        expected = "the data set: every sample has weight 0, so there is none to rate";
    }
    CHECK(refusal(status, [&] { evaluated(training_rows, rows); }) == expected);
    if (status != Status::mismatch) CHECK(refusal(status, [&] { cross_validated(rows, quick()); }) == expected);
}

TEST_CASE("cross-validation trains and rates as often as asked") {
    const Report report = cross_validated(separable({"no", "yes"}, rotating_labels({60, 40})), quick("stratified", "4"));
    CHECK(report.json.at("kind") == "cross_validation");
    CHECK(report.json.at("options").dump() == R"({"resampling":"stratified","iterations":4,"test_share":0.2,"seed":1})");
    REQUIRE(report.json.at("iterations").size() == 4);
    for (const auto& iteration : report.json.at("iterations")) {
        CHECK(iteration["training_rows"] == 80);
        CHECK(iteration["test_rows"] == 20);
        CHECK(iteration["seconds"].get<double>() > 0);
        CHECK(iteration["accuracy"] == 1.0);
    }
    CHECK(report.json.at("confusion").dump() == "[[48.0,0.0],[0.0,32.0]]");
    CHECK(report.metrics.at("score") == 1);
    CHECK(report.metrics.at("score_deviation") == 0);
    CHECK(report.metrics.at("baseline_accuracy") == 0.6);
    CHECK(report.metrics.at("baseline_balanced_accuracy") == 0.5);
    CHECK(report.json.at("warnings").empty());
    REQUIRE(report.trainings.size() == 4);
    CHECK(report.trainings[0].model == nullptr);
    REQUIRE(report.json.at("models").size() == 4);
    for (const auto& model : report.json.at("models")) {
        double weight = 0;
        for (const auto& member : model["members"]) weight += member["weight"].get<double>();
        CHECK(weight == doctest::Approx(1));
    }
}

// Four of five rows are of the first class, and the feature says little: the most probable class is nearly always the first.
Dataset faint() {
    std::vector<std::int32_t> labels = rotating_labels({80, 20});
    Dataset dataset = classified_data({"stays", "leaves"}, labels);
    dataset.features = SparseRows(std::vector<float>{0});
    RandomStream stream(5);
    for (const std::int32_t label : labels) {
        dataset.features.append_dense_row(std::vector<float>{static_cast<float>(stream.normal() + 1.2 * label)});
    }
    return dataset;
}

TEST_CASE("answers are rated at the decision that each split's training rows gave") {
    const Dataset dataset = faint();
    Config config = quick();
    const Report probable = cross_validated(dataset, config);
    config.set("decision", "balanced");
    const Report balanced = cross_validated(dataset, config);
    CHECK(probable.json.at("decision").dump() == R"({"rule":"probable","threshold":0.5,"threshold_deviation":0.0})");
    CHECK(balanced.json.at("decision").at("rule") == "balanced");
    CHECK(balanced.json.at("decision").at("threshold").get<double>() < 0.4);
    CHECK(balanced.metrics.at("balanced_accuracy") > probable.metrics.at("balanced_accuracy") + 0.05);
    CHECK(balanced.metrics.at("probable_balanced_accuracy") == probable.metrics.at("balanced_accuracy"));
    CHECK(probable.metrics.at("probable_balanced_accuracy") == probable.metrics.at("balanced_accuracy"));
    for (const char* name : {"roc_auc", "pr_auc", "log_loss", "brier_score", "calibration_error"}) {
        CAPTURE(name);
        CHECK(balanced.metrics.at(name) == probable.metrics.at(name));
        CHECK_FALSE(balanced.json.at("metrics").at(name).contains("probable"));
    }
    CHECK(balanced.json.at("flagging").at("class") == "leaves");
    CHECK(balanced.json.at("flagging").at("levels") == probable.json.at("flagging").at("levels"));
    CHECK(balanced.json.at("flagging").at("decision").at("recall") == balanced.json.at("classes")[1].at("recall"));
    CHECK(balanced.json.at("flagging").at("decision").at("precision") == balanced.json.at("classes")[1].at("precision"));
}

TEST_CASE("a stored model is rated at its own decision") {
    const Dataset dataset = faint();
    Config config = quick();
    config.set("decision", "balanced");
    Supervisor supervisor({1, 0, {}});
    const Training training = train_model(merge_rows(dataset), config, nullptr, Progress(supervisor, 0.5));
    const Report report = evaluate(*training.model, dataset, quick(), Progress(supervisor, 0.5));
    CHECK(report.json.at("decision").at("rule") == "balanced");
    CHECK(report.json.at("decision").at("threshold") == training.model->decision().threshold());
    CHECK(report.metrics.at("balanced_accuracy") > report.metrics.at("probable_balanced_accuracy"));
}

TEST_CASE("cross-validation gives the curves of its networks") {
    Config config = quick("folds", "2");
    config.set("networks", "1");
    config.set("linear", "false");
    config.set("epochs", "2");
    config.set("folds", "2");
    const Report report = cross_validated(classified_data({"no", "yes"}, rotating_labels({30, 30})), config);
    REQUIRE(report.trainings.size() == 2);
    REQUIRE_FALSE(report.trainings[1].curves.empty());
    CHECK_FALSE(report.trainings[1].curves[0].training_loss.empty());
}

TEST_CASE("the baseline of an iteration comes from its training rows") {
    // Two folds of 3 : 2 and 2 : 3; each is rated with the other's shares.
    const Report report = cross_validated(separable({"no", "yes"}, rotating_labels({5, 5})), quick("folds", "2"));
    REQUIRE(report.json.at("iterations").size() == 2);
    CHECK(report.metrics.at("baseline_accuracy") == Approx(0.4));
}

TEST_CASE("the report is the same on any number of threads") {
    const Dataset dataset = classified_data({"a", "b", "c"}, rotating_labels({30, 30, 20}));
    const auto report_with = [&](const char* threads) {
        Config config = quick("random");
        config.set("threads", threads);
        Supervisor supervisor({config.threads(), 0, {}});
        return without_seconds(cross_validate(dataset, config, supervisor).json).dump();
    };
    const std::string report = report_with("1");
    CHECK(report_with("2") == report);
    CHECK(report_with("3") == report);
}

TEST_CASE("more than two classes") {
    const Report report = cross_validated(separable({"a", "b", "c"}, rotating_labels({20, 20, 20})), quick());
    CHECK(report.json.at("metrics")["roc_auc"]["value"].is_null());
    CHECK(report.metrics.at("roc_auc_one_vs_rest") > 0.9);
    CHECK(report.metrics.at("baseline_accuracy") == Approx(1.0 / 3));
}

TEST_CASE("splits that lack a class are left out") {
    // Each of the two samples of "rare" is alone in its fold; the other three folds lack the class.
    const Dataset dataset = separable({"often", "rare"}, rotating_labels({18, 2}));
    const Report report = cross_validated(dataset, quick("folds", "5"));
    CHECK(report.json.at("iterations").size() == 2);
    CHECK(report.trainings.size() == 2);
    CHECK(warns(report,
                "3 of 5 splits were left out, as their training or test samples lack class \"rare\" (2 samples in all)."));
}

TEST_CASE("cross-validation needs two samples of each class, or two values") {
    CHECK(refusal(Status::not_enough_data, [] {
              cross_validated(separable({"a", "b"}, {0, 0, 0, 1}), quick());
          }) == mentions("cross", "3", "\"b\"", "1"));
    CHECK(refusal(Status::not_enough_data, [] { cross_validated(valued_data({1}), quick()); }) ==
          mentions("cross", "3", "1"));
    CHECK(cross_validated(separable({"a", "b"}, {0, 1, 0, 1}), quick()).json.at("iterations").size() == 3);
}

TEST_CASE("a regression") {
    std::vector<double> values(60);
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = static_cast<double>(i % 10);
    const Report report = cross_validated(valued_data(values), quick());
    CHECK(report.json.at("task") == "regression");
    CHECK(report.json.at("classes").empty());
    CHECK(report.metrics.at("r2") > 0.9);
    CHECK(report.metrics.at("score") == report.metrics.at("r2"));
    CHECK(report.metrics.at("baseline_r2") <= 0);
    CHECK(report.metrics.at("rmse") < report.metrics.at("baseline_rmse"));
    CHECK(report.metrics.at("mae") < report.metrics.at("baseline_mae"));
}

TEST_CASE("R squared of a constant target is null") {
    const Report report = cross_validated(valued_data(std::vector<double>(12, 3.5)), quick());
    CHECK(report.json.at("metrics")["r2"]["value"].is_null());
    CHECK(std::isnan(report.metrics.at("score")));
    CHECK(report.metrics.at("rmse") == Approx(0));
    CHECK(Json::parse(report.json.dump()).has_value());  // "nan" would be no JSON
}

TEST_CASE("samples of weight 0 are as if they were not there") {
    Dataset dataset = separable({"no", "yes"}, rotating_labels({20, 20}));
    for (int i = 0; i < 40; ++i) dataset.features.append_dense_row(std::vector<float>{0});
    dataset.target->class_indices.insert(dataset.target->class_indices.end(), 40, 1);
    dataset.weights.assign(40, 1);
    dataset.weights.insert(dataset.weights.end(), 40, 0);
    const Report report = cross_validated(dataset, quick());
    CHECK(report.metrics.at("accuracy") == 1);
    CHECK(report.json.at("classes")[1]["share"] == 0.5);
}

TEST_CASE("when time is up no further iteration starts") {
    Config config = quick("stratified", "5");
    config.set("time_limit", "0.000001");
    const Report report = cross_validated(separable({"no", "yes"}, rotating_labels({20, 20})), config);
    CHECK(report.json.at("iterations").size() == 1);
    CHECK(warns(report, "The time limit ended the cross-validation after 1 of 5 iterations."));
    CHECK(report.json.at("warnings").size() == 2);  // and what the model says of its training
}

TEST_CASE("a model that the time limit left half trained is not rated beside whole ones") {
    // The second training meets a callback that sleeps until the time is up.
    bool rated = false;
    Supervisor supervisor({1, 0.5, [&](const ProgressReport& progress) {
                               if (rated && progress.phase == Phase::training) {
                                   std::this_thread::sleep_for(std::chrono::milliseconds(600));
                               }
                               rated = rated || progress.phase == Phase::evaluating;
                               return true;
                           }});
    Config config = quick();
    config.set("memory_limit", "1000");  // so that one iteration comes after the other
    const Report report = cross_validate(separable({"no", "yes"}, rotating_labels({20, 20})), config, supervisor);
    CHECK(report.json.at("iterations").size() == 1);
    CHECK(warns(report, "The time limit ended the cross-validation after 1 of 3 iterations."));
    CHECK(report.metrics.at("accuracy") == 1);
}

TEST_CASE("progress rises to the whole, and stops the call where the callback says so") {
    const Dataset dataset = separable({"no", "yes"}, rotating_labels({20, 20}));
    std::vector<double> fractions;
    bool rating_was_told = false;
    Supervisor supervisor({1, 0, [&](const ProgressReport& progress) {
                               fractions.push_back(progress.fraction);
                               rating_was_told = rating_was_told || progress.phase == Phase::evaluating;
                               return true;
                           }});
    cross_validate(dataset, quick(), supervisor);
    supervisor.poll();
    CHECK(std::is_sorted(fractions.begin(), fractions.end()));
    CHECK(fractions.back() == Approx(1).epsilon(0.001));
    CHECK(rating_was_told);

    Supervisor stopped({1, 0, [](const ProgressReport&) { return false; }});
    CHECK(refusal(Status::cancelled, [&] { cross_validate(dataset, quick(), stopped); }) == mentions("stopped", "progress"));
}

TEST_CASE("class names that are not UTF-8 can be cross-validated") {
    const Report report = cross_validated(separable({"\xff", "b"}, rotating_labels({20, 20})), quick());
    CHECK(report.metrics.at("accuracy") == 1);
    CHECK(report.json.at("classes")[0]["name"] == "\xEF\xBF\xBD");
}

TEST_CASE("splits that are left out count as progress") {
    double fraction = 0;
    Supervisor supervisor({1, 0, [&](const ProgressReport& progress) {
                               fraction = progress.fraction;
                               return true;
                           }});
    cross_validate(separable({"often", "rare"}, rotating_labels({18, 2})), quick("folds", "5"), supervisor);
    supervisor.poll();
    CHECK(fraction == Approx(1).epsilon(0.001));
}

TEST_CASE("what the reader noted of the file is in the report") {
    Dataset dataset = separable({"no", "yes"}, rotating_labels({20, 20}));
    dataset.notes = {"The header names one column more."};
    CHECK(warns(cross_validated(dataset, quick()), "The header names one column more."));
    CHECK(warns(evaluated(dataset, dataset), "The header names one column more."));
}
