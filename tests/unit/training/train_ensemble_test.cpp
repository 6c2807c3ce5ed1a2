// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <initializer_list>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../../mentions.hpp"
#include "../status_of.hpp"
#include "base/random.hpp"
#include "training/train_ensemble.hpp"

using namespace mml;
using mml_test::mentions;

namespace {

// Rows of three whole numbers 0 ... 9, of which `shares` gives the probability of class 1.
template <typename Shares>
Samples samples_of(std::int32_t count, Shares shares) {
    Samples samples;
    samples.features = SparseRows(std::vector<float>(3));
    samples.column_names = {"a", "b", "c"};
    samples.class_names = {"no", "yes"};
    RandomStream random(5);
    for (std::int32_t row = 0; row < count; ++row) {
        std::vector<float> cells(3);
        for (float& cell : cells) cell = static_cast<float>(random.below(10));
        samples.features.append_dense_row(cells);
        samples.observations.push_back({row, random.uniform() < shares(cells) ? 1 : 0});
    }
    return samples;
}

// Nothing that a sum of columns could tell.
double chequered(const std::vector<float>& cells) { return (cells[0] > 4.5F) != (cells[1] > 4.5F) ? 0.95 : 0.05; }
double rare(const std::vector<float>&) { return 0.1; }

EnsembleTraining trained(const Samples& samples, std::initializer_list<std::pair<const char*, const char*>> options) {
    Config config;
    for (const auto& [name, value] : options) config.set(name, value);
    Supervisor supervisor({2, 0, {}});
    return train_ensemble(samples, config, Progress(supervisor));
}

Json member(const EnsembleTraining& training, const std::string& kind) {
    for (const Json& member : training.description.at("members")) {
        if (member["kind"] == kind) return member;
    }
    return {};
}

}  // namespace

TEST_CASE("on large sets a member that the trees beat by far on the first fold is given up") {
    const Samples samples = samples_of(4000, chequered);
    const EnsembleTraining training = trained(samples, {{"networks", "0"}, {"trees", "40"}});
    const auto linear = member(training, "linear");
    CHECK(linear["given_up"] == true);
    CHECK(linear["weight"] == 0.0);
    CHECK(linear["out_of_fold_loss"].is_null());
    CHECK(linear["first_fold_loss"].get<double>() > 2 * linear["best_first_fold_loss"].get<double>());
    CHECK(member(training, "trees")["weight"] == 1.0);
    CHECK(training.ensemble.parts().size() == 1);
}

TEST_CASE("with a pilot margin of 0, and on smaller sets, the linear model is rated on all folds") {
    for (const auto& [count, margin] : {std::pair(4000, "0"), std::pair(1000, "0.03")}) {
        const EnsembleTraining training =
            trained(samples_of(count, chequered), {{"networks", "0"}, {"trees", "40"}, {"pilot_margin", margin}});
        CHECK(member(training, "linear")["out_of_fold_loss"].get<double>() > 0.6);
    }
}

TEST_CASE("networks that are beaten cost one fold") {
    const EnsembleTraining training =
        trained(samples_of(4000, chequered), {{"linear", "false"}, {"trees", "40"}, {"epochs", "1"}, {"networks", "4"}});
    CHECK(member(training, "networks")["given_up"] == true);
    CHECK(training.ensemble.parts().size() == 1);
}

TEST_CASE("networks of more than two classes are always part of the blend's choice") {
    Samples samples = samples_of(1000, chequered);
    samples.class_names.emplace_back("perhaps");
    for (std::size_t i = 0; i < samples.observations.size(); i += 5) samples.observations[i].class_index = 2;
    const EnsembleTraining training =
        trained(samples, {{"linear", "false"}, {"trees", "40"}, {"epochs", "1"}, {"networks", "4"}});
    CHECK_FALSE(member(training, "networks").contains("given_up"));
    CHECK(member(training, "networks")["out_of_fold_loss"].is_number());
}

TEST_CASE("balanced class weights predict as if the classes were equally frequent") {
    const Samples samples = samples_of(2000, rare);
    for (const auto& [weights, expected] : {std::pair("none", 0.1), std::pair("balanced", 0.5)}) {
        const EnsembleTraining training = trained(samples, {{"effort", "fast"}, {"class_weights", weights}});
        std::vector<float> scores(2 * 2000);
        training.ensemble.score(samples.features, 0, 2000, std::span(scores));
        double mean = 0;
        for (std::size_t row = 0; row < 2000; ++row) mean += static_cast<double>(scores[2 * row + 1]) / 2000;
        CHECK(mean == doctest::Approx(expected).epsilon(0.1));
    }
}

TEST_CASE("what was chosen is in the description") {
    const EnsembleTraining training = trained(samples_of(1200, chequered), {{"effort", "fast"}, {"pool", "probability"}});
    CHECK(training.description["pool"] == "probability");
    CHECK(training.description["calibration"].is_string());
    CHECK(training.description["calibration_losses"].size() == 3);
    CHECK(training.ensemble.scale().pool == Pool::probability);
}

TEST_CASE("an ensemble whose numbers are out of range or no whole ones is refused") {
    const EnsembleTraining training = trained(samples_of(200, rare), {{"effort", "fast"}});
    Tensors tensors;
    const Json stored = training.ensemble.store(tensors, "");
    CHECK(Ensemble::load(tensors, "", stored).scale().classes == 2);
    for (const auto& change : {std::pair("classes", 2.5), std::pair("classes", 1.0), std::pair("inputs", 3.5),
                               std::pair("inputs", -1.0), std::pair("temperature", 0.0)}) {
        CAPTURE(change.first);
        CAPTURE(change.second);
        Json damaged = stored;
        damaged[change.first] = change.second;
        CHECK(mml_test::status_of([&] { Ensemble::load(tensors, "", damaged); }) == Status::bad_model);
    }
}

TEST_CASE("more than 8000 samples are rated on two of their folds, unless option rated_folds says otherwise") {
    const auto folds = [](const Samples& samples, const char* rated) {
        const EnsembleTraining training = trained(
            samples, {{"networks", "4"}, {"epochs", "2"}, {"trees", "8"}, {"pilot_margin", "0"}, {"rated_folds", rated}});
        for (const auto& each : training.description["members"]) CHECK(each["out_of_fold_loss"].get<double>() < 0.75);
        CHECK(member(training, "linear")["weight"].get<double>() < 0.1);
        return training.description["folds"].get<int>();
    };
    CHECK(folds(samples_of(8000, chequered), "0") == 4);
    const Samples many = samples_of(8001, chequered);
    CHECK(folds(many, "0") == 2);
    CHECK(folds(many, "3") == 3);
    CHECK(folds(many, "20") == 4);
}

TEST_CASE("more than 8000 samples get half of the networks, unless an option says otherwise or a fold would get none") {
    const auto networks = [](std::int32_t count, std::vector<std::pair<const char*, const char*>> options) {
        options.insert(options.end(), {{"linear", "false"}, {"trees", "0"}, {"epochs", "1"}, {"hidden_units", "2"}});
        Config config;
        for (const auto& option : options) config.set(option.first, option.second);
        Supervisor supervisor({2, 0, {}});
        const EnsembleTraining training = train_ensemble(samples_of(count, chequered), config, Progress(supervisor));
        return member(training, "networks")["networks"].get<int>();
    };
    CHECK(networks(8000, {}) == 4);
    CHECK(networks(8001, {}) == 2);
    CHECK(networks(8001, {{"networks", "4"}}) == 4);
    CHECK(networks(8001, {{"rated_folds", "3"}}) == 3);
    CHECK(networks(8001, {{"effort", "best"}}) == 8);
}

TEST_CASE("members that only know groups are rated as guessing where groups are held out") {
    // Column 0 is the group's number, and all samples of a group are of one class.
    Samples samples;
    samples.features = SparseRows(std::vector<float>(2));
    samples.column_names = {"group", "noise"};
    samples.class_names = {"no", "yes"};
    RandomStream random(9);
    for (std::int32_t row = 0; row < 2000; ++row) {
        const std::int32_t group = row % 100;
        samples.features.append_dense_row(
            std::vector<float>{static_cast<float>(group * 37 % 100), static_cast<float>(random.uniform())});
        samples.observations.push_back({row, group < 50 ? 0 : 1, 1, -1});
    }
    const auto loss = [&] { return trained(samples, {{"networks", "0"}}).description.at("out_of_fold_loss").get<double>(); };
    CHECK(loss() < 0.4);
    for (Observation& each : samples.observations) each.group = each.row % 100;
    CHECK(loss() > 0.6);
}

TEST_CASE("there are no more folds than groups") {
    Samples samples = samples_of(300, rare);
    for (Observation& each : samples.observations) each.group = each.row % 2;
    CHECK(trained(samples, {{"networks", "0"}, {"trees", "10"}}).description.at("folds") == 2);
    for (Observation& each : samples.observations) each.group = 0;
    CHECK(trained(samples, {{"networks", "0"}, {"trees", "10"}}).description.at("folds") == 0);
}

TEST_CASE("a class of one sample does not keep the others from being rated") {
    Samples samples = samples_of(300, chequered);
    samples.class_names.emplace_back("once");
    samples.observations.back().class_index = 2;
    const EnsembleTraining training = trained(samples, {{"networks", "0"}, {"trees", "20"}});
    CHECK(training.description["folds"] == 4);
    CHECK(training.description["out_of_fold_loss"].is_number());
    CHECK(member(training, "trees")["weight"].get<double>() > 0.5);
    REQUIRE(training.warnings.size() == 1);
    CHECK(training.warnings[0] == mentions("\"once\"", "members"));
}

TEST_CASE("targets are standardised whatever their offset and scale") {
    const auto estimated = [](double offset, double scale) {
        Samples samples = samples_of(200, rare);
        samples.task = Task::regression;
        samples.class_names.clear();
        std::vector<float> cells(3);
        for (Observation& observation : samples.observations) {
            samples.features.expand_row(observation.row, cells);
            observation.class_index = 0;
            observation.value = offset + scale * static_cast<double>(cells[0]);
        }
        const EnsembleTraining training = trained(samples, {{"networks", "0"}, {"trees", "0"}});
        std::vector<double> scores(200);
        training.ensemble.score(samples.features, 0, 200, std::span(scores));
        double worst = 0;
        for (const Observation& observation : samples.observations)
            worst = std::max(worst, std::abs(scores[static_cast<std::size_t>(observation.row)] - observation.value));
        return worst / scale;
    };
    CHECK(estimated(0, 1) < 0.05);
    CHECK(estimated(1.7e9, 0.1) < 0.05);
    CHECK(estimated(20239878, 1) < 0.05);
    CHECK(estimated(1e15, 10) < 0.5);
    CHECK(estimated(0, 1e-30) < 0.05);
    CHECK(estimated(0, 1e-200) < 0.05);
    CHECK(estimated(0, 1e39) < 0.05);
    CHECK(estimated(0, 1e200) < 0.05);
}
