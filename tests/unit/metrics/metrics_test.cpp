// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <cstdint>
#include <doctest/doctest.h>
#include <vector>

#include "metrics/calibration_error.hpp"
#include "metrics/metrics.hpp"

using doctest::Approx;
using namespace mml;

namespace {

// Owns what ClassifiedRows refers to.
struct Rows {
    std::vector<std::int32_t> labels;
    std::vector<float> probabilities;
    std::int64_t classes = 2;
    std::vector<float> weights = {};

    ClassifiedRows view() const { return {labels, probabilities, classes, weights}; }
};

// Fawcett's counting definition, in O(n^2).
double counted_auc(const ClassifiedRows& rows) {
    double better = 0;
    double pairs = 0;
    for (std::int64_t a = 0; a < rows.rows(); ++a) {
        for (std::int64_t b = 0; b < rows.rows(); ++b) {
            if (rows.label(a) != 1 || rows.label(b) == 1) continue;
            const float difference = rows.scores(a)[1] - rows.scores(b)[1];
            pairs += rows.weight(a) * rows.weight(b);
            better += rows.weight(a) * rows.weight(b) * (difference > 0 ? 1.0 : difference == 0 ? 0.5 : 0.0);
        }
    }
    return better / pairs;
}

}  // namespace

TEST_CASE("equal probabilities predict the class of the lowest index") {
    CHECK(predicted_class(std::vector<float>{0.5F, 0.5F}) == 0);
    CHECK(predicted_class(std::vector<float>{0.2F, 0.4F, 0.4F}) == 1);
    CHECK(predicted_class(std::vector<float>{0, 0, 1}) == 2);
    CHECK(predicted_class(std::vector<float>{1}) == 0);
}

// As computed it is 1 + 2e-16.
TEST_CASE("a correlation is 1 at most, whatever is rounded") {
    CHECK(matthews_correlation({{1, 3}, {1, 3}, {1, 3}}) == 1);
    CHECK(matthews_correlation({{1, 3}, {3, 1}, {0, 0}}) == -1);
}

// Four rows of class 0 of which three are found, one of class 1 that is found.
TEST_CASE("measures that count classes") {
    const Rows rows{{0, 0, 0, 0, 1}, {0.9F, 0.1F, 0.8F, 0.2F, 0.7F, 0.3F, 0.4F, 0.6F, 0.3F, 0.7F}};
    const ClassCounts counts = count_classes(rows.view());
    CHECK(counts.actual == std::vector<double>{4, 1});
    CHECK(counts.predicted == std::vector<double>{3, 2});
    CHECK(counts.correct == std::vector<double>{3, 1});
    CHECK(confusion_matrix(rows.view()) == std::vector<double>{3, 1, 0, 1});
    CHECK(accuracy(counts) == 0.8);
    CHECK(balanced_accuracy(counts) == 0.875);

    const auto scores = class_scores(counts);
    REQUIRE(scores.size() == 2);
    CHECK(scores[0].precision == 1);
    CHECK(scores[0].recall == 0.75);
    CHECK(scores[0].f1_score == Approx(6.0 / 7));
    CHECK(scores[1].precision == 0.5);
    CHECK(scores[1].recall == 1);
    CHECK(scores[1].f1_score == Approx(2.0 / 3));
    CHECK(weighted_scores(counts).precision == Approx(0.9));
    CHECK(weighted_scores(counts).recall == Approx(0.8));
    CHECK(weighted_scores(counts).f1_score == Approx((4 * 6.0 / 7 + 2.0 / 3) / 5));
}

TEST_CASE("one row of a small weight is enough") {
    const Rows rows{{1}, {0.25F, 0.75F}, 2, {0.5F}};
    const ClassCounts counts = count_classes(rows.view());
    CHECK(accuracy(counts) == 1);
    CHECK(balanced_accuracy(counts) == 1);
    CHECK(weighted_scores(counts).f1_score == 1);
    CHECK(average_precision_one_vs_rest(rows.view()) == 1);
    CHECK(log_loss(rows.view()) == Approx(-std::log(0.75)));
    CHECK(brier_score(rows.view()) == 0.0625);
}

TEST_CASE("weights count rows that many times") {
    const Rows single{{0, 1, 1}, {0.9F, 0.1F, 0.6F, 0.4F, 0.3F, 0.7F}, 2, {1, 2, 3}};
    const Rows repeated{{0, 1, 1, 1, 1, 1}, {0.9F, 0.1F, 0.6F, 0.4F, 0.6F, 0.4F, 0.3F, 0.7F, 0.3F, 0.7F, 0.3F, 0.7F}};
    CHECK(confusion_matrix(single.view()) == confusion_matrix(repeated.view()));
    CHECK(accuracy(count_classes(single.view())) == accuracy(count_classes(repeated.view())));
    CHECK(roc_auc(single.view(), 1) == roc_auc(repeated.view(), 1));
    CHECK(log_loss(single.view()) == Approx(log_loss(repeated.view())));
    CHECK(brier_score(single.view()) == Approx(brier_score(repeated.view())));
    CHECK(accuracy(count_classes(single.view())) == Approx(4.0 / 6));
}

TEST_CASE("area under the ROC curve") {
    SUBCASE("of a perfect order is 1, of the reverse 0") {
        CHECK(roc_auc(Rows{{0, 1}, {0.51F, 0.49F, 0.5F, 0.5F}}.view(), 1) == 1);
        CHECK(roc_auc(Rows{{1, 0}, {0.51F, 0.49F, 0.5F, 0.5F}}.view(), 1) == 0);
    }
    SUBCASE("counts ties half") {
        CHECK(roc_auc(Rows{{0, 1, 1}, {0.5F, 0.5F, 0.5F, 0.5F, 0.5F, 0.5F}}.view(), 1) == 0.5);
        // Pairs (negative, positive): .2 < .2 half, .2 < .8 won, .6 > .2 lost, .6 < .8 won.
        CHECK(roc_auc(Rows{{0, 1, 0, 1}, {0.8F, 0.2F, 0.8F, 0.2F, 0.4F, 0.6F, 0.2F, 0.8F}}.view(), 1) == 0.625);
    }
    SUBCASE("is undefined with one class, or where the other has no weight") {
        CHECK(std::isnan(roc_auc(Rows{{1, 1}, {0.5F, 0.5F, 0.2F, 0.8F}}.view(), 1)));
        CHECK(std::isnan(roc_auc(Rows{{0}, {0.5F, 0.5F}}.view(), 1)));
        CHECK(std::isnan(roc_auc(Rows{{0, 1}, {0.5F, 0.5F, 0.5F, 0.5F}, 2, {0, 1}}.view(), 1)));
    }
    SUBCASE("is what counting all pairs gives") {
        Rows rows;
        for (std::uint32_t i = 0; i < 200; ++i) {
            rows.labels.push_back(i * 7919 % 13 < 5 ? 1 : 0);
            const float score = static_cast<float>(i * 104729 % 32) / 32 + (rows.labels.back() == 1 ? 0.125F : 0);
            rows.probabilities.insert(rows.probabilities.end(), {1 - score, score});
            rows.weights.push_back(static_cast<float>(i % 4) / 2);
        }
        CHECK(roc_auc(rows.view(), 1) == Approx(counted_auc(rows.view())).epsilon(1e-12));
        CHECK(counted_auc(rows.view()) > 0.55);
    }
    SUBCASE("of each class against the rest averages over the classes that occur") {
        const Rows rows{{0, 1, 0}, {0.6F, 0.3F, 0.1F, 0.6F, 0.4F, 0, 0.7F, 0.2F, 0.1F}, 3};
        CHECK(roc_auc(rows.view(), 0) == 0.75);
        CHECK(roc_auc(rows.view(), 1) == 1);
        CHECK(std::isnan(roc_auc(rows.view(), 2)));
        CHECK(roc_auc_one_vs_rest(rows.view()) == 0.875);
    }
}

TEST_CASE("log loss is finite for a certain error, and next to 0 for certainty that is right") {
    CHECK(log_loss(Rows{{0, 1}, {0.5F, 0.5F, 0.75F, 0.25F}}.view()) == Approx((std::log(2) + std::log(4)) / 2));
    CHECK(log_loss(Rows{{0}, {0, 1}}.view()) == Approx(23 * std::log(2)));
    const double certain = log_loss(Rows{{0}, {1, 0}}.view());
    CHECK(certain > 1.19e-7);
    CHECK(certain < 1.20e-7);
}

TEST_CASE("Brier score: of the second of two classes, else the sum over classes") {
    CHECK(brier_score(Rows{{0, 1}, {0.5F, 0.5F, 0.75F, 0.25F}}.view()) == (0.25 + 0.5625) / 2);
    CHECK(brier_score(Rows{{2}, {0.25F, 0.25F, 0.5F}, 3}.view()) == 0.0625 + 0.0625 + 0.25);
    CHECK(brier_score(Rows{{0}, {1}, 1}.view()) == 0);
}

TEST_CASE("measures of estimates") {
    const std::vector<double> targets{1, 2, 6};
    const std::vector<double> estimates{2, 2, 3};
    const EstimatedRows rows{targets, estimates, {}};
    CHECK(root_mean_squared_error(rows) == Approx(std::sqrt(10.0 / 3)));
    CHECK(mean_absolute_error(rows) == Approx(4.0 / 3));
    CHECK(r_squared(rows) == Approx(1 - 10.0 / 14));
    const std::vector<float> weights{1, 2, 0};
    CHECK(mean_absolute_error({targets, estimates, weights}) == Approx(1.0 / 3));
}

TEST_CASE("R squared of a constant target is undefined, also where its mean rounds") {
    const std::vector<double> targets(3, 0.1);
    const std::vector<double> estimates{0.1F, 0.2F, 0.3F};
    CHECK(std::isnan(r_squared({targets, estimates, {}})));
    CHECK(std::isnan(r_squared({std::span(targets).first(1), std::span(estimates).first(1), {}})));
}

TEST_CASE("all is undefined where nothing weighs anything") {
    for (const Rows& rows : {Rows{{}, {}}, Rows{{0, 1}, {0.5F, 0.5F, 0.5F, 0.5F}, 2, {0, 0}}}) {
        const ClassCounts counts = count_classes(rows.view());
        CHECK(std::isnan(accuracy(counts)));
        CHECK(std::isnan(balanced_accuracy(counts)));
        CHECK(std::isnan(weighted_scores(counts).f1_score));
        CHECK(std::isnan(roc_auc(rows.view(), 1)));
        CHECK(std::isnan(roc_auc_one_vs_rest(rows.view())));
        CHECK(std::isnan(log_loss(rows.view())));
        CHECK(std::isnan(brier_score(rows.view())));
    }
    const EstimatedRows none;
    CHECK(std::isnan(root_mean_squared_error(none)));
    CHECK(std::isnan(mean_absolute_error(none)));
    CHECK(std::isnan(r_squared(none)));
}

TEST_CASE("forecasts without weights count once each, and 1 belongs to the last bin") {
    const std::vector<Forecast> list{{0.25F, true}, {0.25F, false}, {1.0F, true}, {0.0F, false}};
    const auto bins = binned(list, {});
    REQUIRE(bins.size() == calibration_bins);
    CHECK(bins.back().weight == 1);
    CHECK(bins.back().happened == 1);
    CHECK(bins.front().weight == 1);
    double weight = 0;
    for (const CalibrationBin& bin : bins) weight += bin.weight;
    CHECK(weight == 4);
    CHECK(calibration_error(bins) == 0.125);
    CHECK(std::isnan(calibration_error({})));
}
