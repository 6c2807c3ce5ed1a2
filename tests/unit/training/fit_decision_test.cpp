// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <doctest/doctest.h>
#include <numeric>

#include "../status_of.hpp"
#include "base/random.hpp"
#include "training/fit_decision.hpp"

using namespace mml;
using mml_test::status_of;

namespace {

using Kind = DecisionRule::Kind;

// Samples of as many classes as `centres` has, whose calibrated probabilities are scattered about them (as logarithms).
RatedProbabilities scattered(const std::vector<double>& centres, std::size_t count, double spread = 1.5) {
    RatedProbabilities all{.classes = centres.size()};
    RandomStream random(7);
    all.class_shares.resize(centres.size());
    for (std::size_t i = 0; i < count; ++i) {
        std::vector<double> shares;
        for (const double centre : centres) shares.push_back(std::exp(centre + spread * random.normal()));
        const double sum = std::reduce(shares.begin(), shares.end());
        double rest = random.uniform() * sum;
        std::size_t label = 0;
        while (label + 1 < shares.size() && rest >= shares[label]) rest -= shares[label++];
        for (const double share : shares) all.probabilities.push_back(static_cast<float>(share / sum));
        all.labels.push_back(static_cast<std::int32_t>(label));
        all.weights.push_back(1);
        all.rows.push_back(static_cast<std::int64_t>(i));
        all.class_shares[label] += 1 / static_cast<double>(count);
    }
    return all;
}

// One of seven belongs to the second class.
RatedProbabilities one_of_seven(std::size_t count = 3000) { return scattered({0, -2.6}, count); }

RatedProbabilities reordered(const RatedProbabilities& from, const std::vector<std::size_t>& rows,
                             const std::vector<std::size_t>& classes) {
    RatedProbabilities all{.classes = from.classes};
    for (const std::size_t row : rows) {
        for (const std::size_t k : classes) all.probabilities.push_back(from.of(row)[k]);
        const auto label = std::ranges::find(classes, static_cast<std::size_t>(from.labels[row])) - classes.begin();
        all.labels.push_back(static_cast<std::int32_t>(label));
        all.weights.push_back(from.weights[row]);
        all.rows.push_back(from.rows[row]);
    }
    for (const std::size_t k : classes) all.class_shares.push_back(from.class_shares[k]);
    return all;
}

double share_of_second(const RatedProbabilities& rated, const Decision& decision) {
    double sum = 0;
    for (std::size_t i = 0; i < rated.size(); ++i) sum += decision.decide(rated.of(i)) == 1 ? rated.weights[i] : 0;
    return sum / std::reduce(rated.weights.begin(), rated.weights.end());
}

double metric(const RatedProbabilities& rated, const Decision& decision, const char* name) {
    return describe_decision(decision, rated)["out_of_fold"][name].get<double>();
}

}  // namespace

TEST_CASE("the rule `probable` needs no samples and moves nothing") {
    CHECK(fit_decision(one_of_seven(), {}) == Decision());
    CHECK(fit_decision(RatedProbabilities{.classes = 2, .class_shares = {0.9, 0.1}}, {}) == Decision());
}

TEST_CASE("`score` and `balanced` do better by their own measure than the most probable class, also on other samples") {
    // Hardly any of these is above one half.
    const RatedProbabilities samples = scattered({0, -2.6}, 3000, 0.8);
    const RatedProbabilities others = scattered({0, -2.6}, 20000, 0.8);
    for (const auto& [kind, name] : {std::pair(Kind::score, "score"), std::pair(Kind::balanced, "balanced_accuracy")}) {
        const Decision decision = fit_decision(samples, {kind, 0});
        CHECK(metric(samples, decision, name) > metric(samples, Decision(), name) + 0.005);
        CHECK(metric(others, decision, name) > metric(others, Decision(), name) + 0.005);
    }
}

TEST_CASE("`balanced` of calibrated probabilities has its threshold at the share of the class") {
    const RatedProbabilities samples = one_of_seven(20000);
    CHECK(fit_decision(samples, {Kind::balanced, 0}).threshold() == doctest::Approx(samples.class_shares[1]).epsilon(0.15));
}

TEST_CASE("a decision does not depend on the order of rows, nor on that of classes") {
    const RatedProbabilities samples = scattered({0, -1, -2}, 500);
    std::vector<std::size_t> rows(samples.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    for (const Kind kind : {Kind::score, Kind::balanced}) {
        const std::vector<double> offsets = fit_decision(samples, {kind, 0}).offsets();
        std::ranges::reverse(rows);
        CHECK(fit_decision(reordered(samples, rows, {0, 1, 2}), {kind, 0}).offsets() == offsets);
        const std::vector<double> turned = fit_decision(reordered(samples, rows, {2, 0, 1}), {kind, 0}).offsets();
        CHECK(turned[0] == doctest::Approx(offsets[2]));
        CHECK(turned[1] == doctest::Approx(offsets[0]));
        CHECK(turned[2] == doctest::Approx(offsets[1]));
    }
    const RatedProbabilities two = one_of_seven(500);
    const double threshold = fit_decision(two, {Kind::score, 0}).threshold();
    CHECK(fit_decision(reordered(two, rows, {1, 0}), {Kind::score, 0}).threshold() == doctest::Approx(1 - threshold));
}

TEST_CASE("a sample of weight two counts as two samples") {
    const RatedProbabilities samples = one_of_seven(400);
    std::vector<std::size_t> twice;
    for (std::size_t i = 0; i < samples.size(); ++i) twice.insert(twice.end(), 2, i);
    RatedProbabilities heavy = samples;
    for (double& weight : heavy.weights) weight = 2;
    for (const DecisionRule rule : {DecisionRule{Kind::score, 0}, DecisionRule{Kind::share, 10}}) {
        const Decision doubled = fit_decision(reordered(samples, twice, {0, 1}), rule);
        CHECK(fit_decision(heavy, rule).threshold() == doctest::Approx(doubled.threshold()).epsilon(1e-9));
    }
}

TEST_CASE("`cost:1` is the rule of fewest errors, and a higher ratio finds no fewer") {
    const RatedProbabilities samples = one_of_seven();
    CHECK(fit_decision(samples, {Kind::cost, 1}).offsets().empty());
    CHECK(fit_decision(samples, {Kind::cost, 3}).threshold() == doctest::Approx(0.25));
    double least = 0;
    for (const double ratio : {0.1, 0.5, 1.0, 2.0, 5.0, 20.0, 100.0}) {
        const double share = share_of_second(samples, fit_decision(samples, {Kind::cost, ratio}));
        CHECK(share >= least);
        least = share;
    }
    CHECK(least > 0.5);
}

TEST_CASE("`share` decides for the second class on that share, also on other samples") {
    const RatedProbabilities samples = one_of_seven();
    const RatedProbabilities others = scattered({0, -2.6}, 20000);
    for (const double percent : {0.1, 1.0, 10.0, 50.0, 90.0, 99.9}) {
        const Decision decision = fit_decision(samples, {Kind::share, percent});
        const double share = percent / 100;
        CHECK(std::abs(share_of_second(samples, decision) - share) <= 1.01 / 3000);
        CHECK(std::abs(share_of_second(others, decision) - share) < 4 * std::sqrt(share * (1 - share) / 3000) + 1.0 / 3000);
    }
}

TEST_CASE("`share` of samples that are mostly alike decides for those that stand out, never for none") {
    RatedProbabilities samples{.classes = 2, .class_shares = {0.75, 0.25}};
    for (int i = 0; i < 100; ++i) {
        const float probability = i < 70 ? 0.1F : 0.8F;
        samples.probabilities.insert(samples.probabilities.end(), {1 - probability, probability});
        samples.labels.push_back(i < 75 ? 0 : 1);
        samples.weights.push_back(1);
    }
    CHECK(share_of_second(samples, fit_decision(samples, {Kind::share, 5})) == doctest::Approx(0.3));
    CHECK(share_of_second(samples, fit_decision(samples, {Kind::share, 95})) == doctest::Approx(1));
}

TEST_CASE("without rated samples a decision starts from the class shares") {
    const RatedProbabilities none{.classes = 2, .class_shares = {0.9, 0.1}};
    CHECK(fit_decision(none, {Kind::balanced, 0}).threshold() == doctest::Approx(0.1));
    CHECK(fit_decision(none, {Kind::score, 0}).threshold() == doctest::Approx(0.25));  // odds 1/9, their root 1/3
    CHECK(fit_decision(none, {Kind::share, 50}).threshold() == doctest::Approx(0.1));
    CHECK(fit_decision(none, {Kind::share, 5}).threshold() > fit_decision(none, {Kind::share, 20}).threshold());
}

TEST_CASE("few samples move a decision little from its start, a plateau gives its middle") {
    const RatedProbabilities few = one_of_seven(20);
    CHECK(fit_decision(few, {Kind::score, 0}).threshold() ==
          doctest::Approx(std::sqrt(few.class_shares[1] / few.class_shares[0]) /
                          (1 + std::sqrt(few.class_shares[1] / few.class_shares[0])))
              .epsilon(0.5));
    // Nothing between .02 and .98: anything there does, and the start of two equal classes is .5.
    RatedProbabilities apart{.classes = 2, .class_shares = {0.5, 0.5}};
    for (int i = 0; i < 2000; ++i) {
        const float probability = i % 2 == 0 ? 0.02F : 0.98F;
        apart.probabilities.insert(apart.probabilities.end(), {1 - probability, probability});
        apart.labels.push_back(i % 2);
        apart.weights.push_back(1);
    }
    CHECK(fit_decision(apart, {Kind::score, 0}).threshold() == doctest::Approx(0.5).epsilon(0.01));
}

TEST_CASE("class weights are not corrected for a second time") {
    const RatedProbabilities samples = one_of_seven();
    RatedProbabilities weighted = samples;  // as if both classes had weighed the same in training
    weighted.class_factors = {0.5 / samples.class_shares[0], 0.5 / samples.class_shares[1]};
    for (std::size_t i = 0; i < weighted.size(); ++i) {
        const double no = static_cast<double>(samples.of(i)[0]) * weighted.class_factors[0];
        const double yes = static_cast<double>(samples.of(i)[1]) * weighted.class_factors[1];
        weighted.probabilities[2 * i] = static_cast<float>(no / (no + yes));
        weighted.probabilities[2 * i + 1] = static_cast<float>(yes / (no + yes));
    }
    for (const DecisionRule rule : {DecisionRule{Kind::score, 0}, DecisionRule{Kind::balanced, 0},
                                    DecisionRule{Kind::cost, 2}, DecisionRule{Kind::share, 10}}) {
        const Decision plain = fit_decision(samples, rule);
        const Decision after = fit_decision(weighted, rule);
        std::size_t other = 0;
        for (std::size_t i = 0; i < samples.size(); ++i)
            other += plain.decide(samples.of(i)) != after.decide(weighted.of(i)) ? 1 : 0;
        CHECK(other <= 3);
    }
}

TEST_CASE("a class without samples keeps its place, and what needs two classes is refused for three") {
    RatedProbabilities samples = scattered({0, -2}, 300);
    std::vector<float> three;
    for (std::size_t i = 0; i < samples.size(); ++i) three.insert(three.end(), {samples.of(i)[0], samples.of(i)[1], 0.0F});
    samples.probabilities = three;
    samples.classes = 3;
    samples.class_shares.push_back(0);
    for (const Kind kind : {Kind::score, Kind::balanced}) CHECK(std::abs(fit_decision(samples, {kind, 0}).offsets()[2]) < 1);
    for (const Kind kind : {Kind::cost, Kind::share})
        CHECK(status_of([&] { fit_decision(samples, {kind, 2}); }) == Status::invalid_argument);
}
