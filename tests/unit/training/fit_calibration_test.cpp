// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "../status_of.hpp"
#include "base/random.hpp"
#include "training/fit_calibration.hpp"

using namespace mml;

namespace {

double share_of(double link) { return 1 / (1 + std::exp(-link)); }

// 4,000 samples of two classes in four folds, of the probability that `truth` gives to a link.
template <typename Truth>
struct Rated {
    SparseRows features = SparseRows();
    TrainingSet set{features, {}, Task::classification, 2, 4, 1};
    RatedLinks rated{set, {}, {}};

    explicit Rated(Truth truth, int samples = 4000) {
        RandomStream random(3);
        for (int i = 0; i < samples; ++i) {
            const double link = 3 * random.normal();
            FoldedObservation observation;
            observation.class_index = random.uniform() < truth(link) ? 1 : 0;
            observation.fold = i % 4;
            observation.weight = 1;
            set.observations.push_back(observation);
            rated.observations.push_back(static_cast<std::size_t>(i));
            rated.links.push_back(static_cast<float>(link));
        }
    }
};

double too_sure(double link) { return share_of(link / 3); }
// No temperature bends probabilities like this.
double level(double link) { return link < 0 ? 0.3 : 0.4; }

}  // namespace

TEST_CASE("a temperature mends links that are three times too sure") {
    const Rated data(too_sure);
    const double temperature = fit_temperature(data.rated);
    CHECK(temperature == doctest::Approx(3).epsilon(0.1));
    for (const double other : {0.95, 1.05})
        CHECK(data.rated.loss({temperature * other, {}}) > data.rated.loss({temperature, {}}));
}

TEST_CASE("a temperature of three classes mends links that are twice too sure") {
    SparseRows features;
    TrainingSet set{features, {}, Task::classification, 3, 4, 1};
    RatedLinks rated{set, {}, {}};
    RandomStream random(4);
    for (std::size_t i = 0; i < 4000; ++i) {
        double shares[3];
        for (double& share : shares) {
            const double link = 2 * random.normal();
            rated.links.push_back(static_cast<float>(link));
            share = std::exp(link / 2);
        }
        const double draw = random.uniform() * (shares[0] + shares[1] + shares[2]);
        FoldedObservation observation;
        observation.class_index = draw < shares[0] ? 0 : draw < shares[0] + shares[1] ? 1 : 2;
        observation.weight = 1;
        set.observations.push_back(observation);
        rated.observations.push_back(i);
    }
    CHECK(fit_temperature(rated) == doctest::Approx(2).epsilon(0.1));
}

TEST_CASE("a temperature is where the loss and one sample more that asks for 1 are least together") {
    for (const int samples : {12, 60}) {
        Rated data(too_sure, samples);
        for (std::size_t i = 0; i < data.set.observations.size(); ++i)
            data.set.observations[i].weight = i % 3 == 0 ? 2.5 : 0.5;
        const auto cost = [&](double sharpness) {
            return data.rated.weight() * data.rated.loss({1 / sharpness, {}}) + (sharpness - 1) * (sharpness - 1);
        };
        const double found = 1 / fit_temperature(data.rated);
        CHECK(std::abs(cost(found + 1e-3) - cost(found - 1e-3)) / 2e-3 < 2e-3);
        CHECK(cost(found) < cost(found + 0.05));
        CHECK(cost(found) < cost(found - 0.05));
    }
}

// A link of 1 that was wrong: the slope is known, and rises by 2 at least, so that it tells how near the least cost is.
TEST_CASE("a temperature of one light sample is found to the fifth decimal") {
    const auto never = [](double) { return 0.0; };
    for (const double weight : {5e-5, 0.1, 0.25, 0.5, 1.0}) {
        Rated data(never, 1);
        data.rated.links = {1};
        data.set.observations[0].weight = weight;
        const double sharpness = 1 / fit_temperature(data.rated);
        CHECK(std::abs(weight * share_of(sharpness) + 2 * (sharpness - 1)) < 2.5e-5);
    }
}

TEST_CASE("a temperature stays between a quarter and four") {
    const auto always = [](double link) { return link > 0 ? 1.0 : 0.0; };
    const auto never = [](double link) { return link > 0 ? 0.0 : 1.0; };
    Rated sure(always);
    for (float& link : sure.rated.links) link /= 10;
    CHECK(fit_temperature(sure.rated) == doctest::Approx(0.25).epsilon(1e-3));
    CHECK(fit_temperature(Rated(never).rated) == doctest::Approx(4).epsilon(1e-3));
}

TEST_CASE("curves pool neighbours that fall, each as if one sample more had shown what was predicted") {
    SparseRows features;
    TrainingSet set{features, {}, Task::classification, 2, 2, 1};
    RatedLinks rated{set, {}, {}};
    const auto observe = [&](double probability, int label, double weight, std::int32_t fold) {
        FoldedObservation observation;
        observation.class_index = label;
        observation.weight = weight;
        observation.fold = fold;
        rated.observations.push_back(set.observations.size());
        rated.links.push_back(static_cast<float>(std::log(probability / (1 - probability))));
        set.observations.push_back(observation);
    };
    observe(0.75, 1, 2, 0);
    observe(0.25, 1, 1, 0);
    observe(0.5, 0, 1, 1);
    CHECK(rated.weight() == 4);
    const CalibrationCurve curve = fit_curves(rated).at(0);
    REQUIRE(curve.from.size() == 2);
    CHECK(curve.from[0] == doctest::Approx(0.375));
    CHECK(curve.to[0] == doctest::Approx(1.375 / 3));
    CHECK(curve.from[1] == doctest::Approx(0.75));
    CHECK(curve.to[1] == doctest::Approx(2.75 / 3));
    // Fold 1 alone: 0.5 was 0. Fold 0 alone: both were 1, and are one pool from 1.75 / 3.
    const double of_first = -3 * std::log(0.25);
    const double of_second = -std::log(1 - (3 + 1.75 / 3) / 4);
    CHECK(cross_fitted_curves_loss(rated) == doctest::Approx((of_first + of_second) / 4).epsilon(1e-4));
}

TEST_CASE("curves find probabilities that no temperature gives, and auto takes them") {
    const Rated data(level);
    const auto curves = fit_curves(data.rated);
    REQUIRE(curves.size() == 1);
    CHECK(curves[0].at(0.01) == doctest::Approx(0.3).epsilon(0.15));
    CHECK(curves[0].at(0.99) == doctest::Approx(0.4).epsilon(0.15));
    CHECK(std::ranges::is_sorted(curves[0].to));
    const CalibrationChoice choice = choose_calibration(data.rated, "auto");
    CHECK(choice.kind == "isotonic");
    CHECK(choice.losses.isotonic.value() < choice.losses.temperature.value());
    CHECK(choice.losses.temperature.value() < choice.losses.none.value());
    CHECK(choice.calibration.temperature == 1);
}

TEST_CASE("what differs in nothing but its label is one point of a curve") {
    SparseRows features;
    TrainingSet set{features, {}, Task::classification, 2, 2, 1};
    RatedLinks rated{set, {}, {}};
    for (const int label : {0, 0, 0, 1, 1, 1}) {
        FoldedObservation observation;
        observation.class_index = label;
        observation.weight = 1;
        rated.observations.push_back(set.observations.size());
        rated.links.push_back(-1);
        set.observations.push_back(observation);
    }
    const CalibrationCurve curve = fit_curves(rated).at(0);
    REQUIRE(curve.to.size() == 1);
    CHECK(curve.to[0] == doctest::Approx((3 + share_of(-1)) / 7));
}

TEST_CASE("three classes have a curve each, which mend what no temperature does") {
    SparseRows features;
    TrainingSet set{features, {}, Task::classification, 3, 4, 1};
    RatedLinks rated{set, {}, {}};
    RandomStream random(6);
    for (std::size_t i = 0; i < 3000; ++i) {
        FoldedObservation observation;
        observation.class_index = static_cast<std::int32_t>(random.below(3));
        observation.fold = static_cast<std::int32_t>(i % 4);
        observation.weight = 1;
        set.observations.push_back(observation);
        rated.observations.push_back(i);
        // Tells the first class alone, and believes in the third all the same.
        for (const float link : {observation.class_index == 0 ? 2.0F : 0.0F, 0.0F, 3.0F}) rated.links.push_back(link);
    }
    const CalibrationChoice choice = choose_calibration(rated, "auto");
    CHECK(choice.kind == "isotonic");
    REQUIRE(choice.calibration.curves.size() == 3);
    CHECK(rated.loss(choice.calibration) == doctest::Approx(2.0 / 3 * std::log(2)).epsilon(0.03));
    CHECK(choice.losses.temperature.value() > 0.7);
    Tensors tensors;
    choice.calibration.store(tensors, "x.");
    CHECK(Calibration::load_curves(tensors, "x.", 3).at(2).to == choice.calibration.curves[2].to);
}

TEST_CASE("auto takes the temperature where it is enough, and on small sets") {
    CHECK(choose_calibration(Rated(too_sure).rated, "auto").kind == "temperature");
    const CalibrationChoice small = choose_calibration(Rated(level, 400).rated, "auto");
    CHECK(small.kind == "temperature");
    CHECK_FALSE(small.losses.isotonic.has_value());
}

TEST_CASE("curves are tried from a thousand samples on, and nothing where there are none") {
    CHECK(choose_calibration(Rated(level, 1000).rated, "auto").losses.isotonic.has_value());
    CHECK_FALSE(choose_calibration(Rated(level, 999).rated, "auto").losses.isotonic.has_value());
    for (const char* wanted : {"auto", "temperature", "isotonic"})
        CHECK(choose_calibration(Rated(level, 0).rated, wanted).kind == "none");
}

TEST_CASE("probabilities that are one as float32 are one point of a curve") {
    Rated data(level, 2);
    data.rated.links = {20, 21};
    data.set.observations[0].class_index = 0;
    data.set.observations[1].class_index = 1;
    CHECK(fit_curves(data.rated).at(0).from == std::vector<float>{1});
}

TEST_CASE("a kind that is asked for is taken; none changes nothing") {
    const Rated data(too_sure, 400);
    CHECK(choose_calibration(data.rated, "isotonic").calibration.curves.size() == 1);
    CHECK(choose_calibration(data.rated, "temperature").calibration.temperature > 2);
    const CalibrationChoice none = choose_calibration(data.rated, "none");
    CHECK(none.calibration.temperature == 1);
    CHECK(none.calibration.curves.empty());
}

TEST_CASE("curves are level beyond their ends and straight between their points") {
    const CalibrationCurve curve{{0.25F, 0.5F}, {0.5F, 0.75F}};
    CHECK(curve.at(0) == 0.5);
    CHECK(curve.at(0.375) == 0.625);
    CHECK(curve.at(1) == 0.75);
    std::vector<double> shares(2);
    Calibration{1, {curve}}.write(std::vector<float>{0}, shares);
    CHECK(shares == std::vector<double>{0.25, 0.75});
}

TEST_CASE("of more than two classes each has a curve, and they are brought to a sum of 1") {
    std::vector<double> shares(3);
    const Calibration calibration{1, {{{0.5F}, {0.25F}}, {{0.5F}, {0.5F}}, {{0.5F}, {0.25F}}}};
    calibration.write(std::vector<float>{0, 0, 0}, shares);
    CHECK(shares == std::vector<double>{0.25, 0.5, 0.25});
    const Calibration uneven{1, {{{0.5F}, {0.25F}}, {{0.5F}, {0.125F}}, {{0.5F}, {0.125F}}}};
    uneven.write(std::vector<float>{0, 0, 0}, shares);
    CHECK(shares == std::vector<double>{0.5, 0.25, 0.25});
}

TEST_CASE("stored curves come back; damaged ones are refused") {
    Tensors tensors;
    Calibration{1, {{{0.25F, 0.5F}, {0.5F, 0.75F}}}}.store(tensors, "x.");
    CHECK(Calibration::load_curves(tensors, "x.", 1).at(0).to == std::vector<float>{0.5F, 0.75F});
    tensors.put("x.calibration.0.from", std::vector<float>{0, 1});
    CHECK(Calibration::load_curves(tensors, "x.", 1).at(0).from == std::vector<float>{0, 1});
    for (const auto& [from, to] : std::vector<CalibrationCurve>{{{0.5F, 0.5F}, {0.5F, 0.75F}},
                                                                {{0.25F, 0.5F}, {0.75F, 0.5F}},
                                                                {{0.25F, 0.5F}, {0.5F, 1.0F}},
                                                                {{0.25F, NAN}, {0.5F, 0.75F}},
                                                                {{}, {}},
                                                                {{0.25F}, {0.5F, 0.75F}}}) {
        tensors.put("x.calibration.0.from", from);
        tensors.put("x.calibration.0.to", to);
        CHECK(mml_test::status_of([&] { Calibration::load_curves(tensors, "x.", 1); }) == Status::bad_model);
    }
}
