// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "evaluation/flagging.hpp"
#include "evaluation/rating.hpp"
#include "examples.hpp"

using doctest::Approx;
using namespace mml;
using testing::classified_data;
using testing::valued_data;

namespace {

// Rows of two classes with these probabilities of the second one, answered with it from `threshold` on.
RatedRows two_classes(const std::vector<std::int32_t>& labels, const std::vector<float>& second, float threshold,
                      const std::vector<float>& weights = {}) {
    std::vector<float> predictions;
    std::vector<std::int32_t> answers;
    for (const float probability : second) {
        predictions.insert(predictions.end(), {1 - probability, probability});
        answers.push_back(probability >= threshold ? 1 : 0);
    }
    RatedRows rows;
    rows.add(*classified_data({"stays", "leaves"}, labels).target, weights, predictions, answers);
    return rows;
}

// A hundred rows by falling probability; of the first ten five are of the class, of the others five more at the end.
RatedRows hundred() {
    std::vector<std::int32_t> labels(100, 0);
    std::vector<float> second;
    for (std::size_t row = 0; row < 100; ++row) {
        if (row < 10 ? row % 2 == 0 : row >= 95) labels[row] = 1;
        second.push_back(1 - static_cast<float>(row) / 128);
    }
    return two_classes(labels, second, 1 - 19.0F / 128);
}

}  // namespace

TEST_CASE("so many of the most likely rows are flagged, and so many of the class are among them") {
    const Json flagging = flagging_json(hundred());
    CHECK(flagging.at("class") == "leaves");
    CHECK(flagging.at("share").get<double>() == Approx(0.1));
    CHECK(flagging.at("rows") == 100.0);
    REQUIRE(flagging.at("levels").size() == 6);
    const std::vector<double> shares{0.01, 0.02, 0.05, 0.1, 0.2, 0.3};
    const std::vector<double> right{1, 1, 3, 5, 5, 5};
    for (std::size_t i = 0; i < shares.size(); ++i) {
        const Json& level = flagging.at("levels")[i];
        CAPTURE(shares[i]);
        CHECK(level.at("flagged") == shares[i]);
        CHECK(level.at("rows").get<double>() == Approx(100 * shares[i]));
        CHECK(level.at("recall").get<double>() == Approx(right[i] / 10));
        CHECK(level.at("precision").get<double>() == Approx(right[i] / (100 * shares[i])));
        CHECK(level.at("lift").get<double>() == Approx(right[i] / (10 * shares[i])));
    }
    const Json& decided = flagging.at("decision");
    CHECK(decided.at("rows") == 20.0);
    CHECK(decided.at("flagged").get<double>() == Approx(0.2));
    CHECK(decided.at("recall").get<double>() == Approx(0.5));
    CHECK(decided.at("precision").get<double>() == Approx(0.25));
    CHECK(decided.at("lift").get<double>() == Approx(2.5));
}

TEST_CASE("rows of equal probability share the places that are left") {
    const RatedRows rows = two_classes({1, 1, 0, 0, 0, 0, 0, 0, 0, 0}, std::vector<float>(10, 0.5F), 0.5F);
    const Json flagging = flagging_json(rows);
    for (const Json& level : flagging.at("levels")) {
        CHECK(level.at("precision").get<double>() == Approx(0.2));
        CHECK(level.at("lift").get<double>() == Approx(1));
        CHECK(level.at("recall").get<double>() == Approx(level.at("flagged").get<double>()));
    }
}

TEST_CASE("rows count by their weight") {
    const RatedRows rows = two_classes({1, 0, 0}, {0.9F, 0.5F, 0.1F}, 0.6F, {1, 8, 1});
    const Json flagging = flagging_json(rows);
    CHECK(flagging.at("share").get<double>() == Approx(0.1));
    CHECK(flagging.at("levels")[3].at("precision") == 1.0);
    CHECK(flagging.at("levels")[4].at("precision").get<double>() == Approx(0.5));
    CHECK(flagging.at("decision").at("recall") == 1.0);
}

TEST_CASE("a model that never answers with the class has no precision") {
    const Json decided = flagging_json(two_classes({1, 0}, {0.4F, 0.1F}, 0.5F)).at("decision");
    CHECK(decided.at("rows") == 0.0);
    CHECK(decided.at("recall") == 0.0);
    CHECK(decided.at("precision").is_null());
    CHECK(decided.at("lift").is_null());
}

TEST_CASE("the class to find is the second of two, else the rarest that has rows") {
    const auto found = [](const std::vector<std::string>& names, const std::vector<std::int32_t>& labels) {
        RatedRows rows;
        rows.add(*classified_data(names, labels).target, {}, std::vector<float>(names.size() * labels.size(), 0.25F));
        return class_to_find(rows);
    };
    CHECK(found({"a", "b"}, {0, 1, 1, 1}) == 1);
    CHECK(found({"a", "b", "c", "d"}, {0, 0, 1, 1, 1, 3, 3}) == 0);
    CHECK(found({"a", "b", "c"}, {0, 0, 2, 1, 1}) == 2);
    CHECK_FALSE(found({"a", "b"}, {0, 0}));
    CHECK_FALSE(found({"a"}, {0}));
    RatedRows values;
    values.add(*valued_data({1, 2}).target, {}, std::vector<float>{1, 2});
    CHECK_FALSE(class_to_find(values));
    CHECK(flagging_json(values).is_null());
}
