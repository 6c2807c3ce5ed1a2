// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <doctest/doctest.h>
#include <vector>

#include "ensemble/pool.hpp"

using namespace mml;

TEST_CASE("probabilities of links are their softmax by the temperature") {
    std::vector<double> shares(2);
    write_probabilities(std::vector<float>{2}, 2, shares);
    CHECK(shares[1] == doctest::Approx(1 / (1 + std::exp(-1.0))));
    CHECK(shares[0] == doctest::Approx(1 - shares[1]));
    shares.resize(3);
    write_probabilities(std::vector<float>{0, 2, 4}, 2, shares);
    const double sum = 1 + std::exp(1.0) + std::exp(2.0);
    CHECK(shares[0] == doctest::Approx(1 / sum));
    CHECK(shares[1] == doctest::Approx(std::exp(1.0) / sum));
    CHECK(shares[2] == doctest::Approx(std::exp(2.0) / sum));
    write_probabilities(std::vector<float>{-3e38F, 0, 3e38F}, 1, shares);
    CHECK(shares == std::vector<double>{0, 0, 1});
}

TEST_CASE("links of probabilities are log-odds of two classes, logarithms of more, and never infinite") {
    std::vector<float> links(1);
    write_links(std::vector<double>{0.25, 0.75}, links);
    CHECK(links[0] == doctest::Approx(std::log(3.0)));
    write_links(std::vector<double>{0, 1}, links);
    CHECK(links[0] == doctest::Approx(690.78).epsilon(1e-4));
    links.assign(3, 7);
    write_links(std::vector<double>{0.5, 0.25, 0.25}, links);
    for (std::size_t k = 0; k < 3; ++k) CHECK(links[k] == doctest::Approx(std::log(k == 0 ? 0.5 : 0.25)));
    // Rows lie one behind the other.
    const std::vector<double> shares{0.5, 0.5, 0.125};
    write_links(std::span(shares).first(2), std::span(links).first(2));
    CHECK(links[2] == doctest::Approx(std::log(0.25)));
}
