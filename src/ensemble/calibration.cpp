// SPDX-License-Identifier: Apache-2.0
#include "ensemble/calibration.hpp"

#include <algorithm>
#include <functional>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "ensemble/pool.hpp"

namespace mml {

namespace {

bool is_curve(const CalibrationCurve& curve) {
    const auto inside = [](float probability) { return probability >= 0 && probability <= 1; };
    const auto positive = [](float probability) { return probability > 0 && probability < 1; };
    return !curve.from.empty() && std::ranges::all_of(curve.from, inside) && std::ranges::all_of(curve.to, positive) &&
           std::ranges::adjacent_find(curve.from, std::greater_equal<>()) == curve.from.end() &&
           std::ranges::is_sorted(curve.to);
}

}  // namespace

// How many points are not above it.
std::size_t CalibrationCurve::place_of(double probability) const {
    const auto above = std::ranges::partition_point(from, [&](double point) { return !(probability < point); });
    return as_size(above - from.begin());
}

double CalibrationCurve::at(double probability) const {
    const std::size_t place = place_of(probability);
    if (place == 0) return to.front();
    if (place == from.size()) return to.back();
    const double low = from[place - 1], start = to[place - 1];
    const double part = (probability - low) / (from[place] - low);
    return start + part * (to[place] - start);
}

double CalibrationCurve::slope(double probability) const {
    const std::size_t place = place_of(probability);
    if (place == 0 || place == from.size()) return 0;
    return double{to[place] - to[place - 1]} / (from[place] - from[place - 1]);
}

void Calibration::write(std::span<const float> links, std::span<double> probabilities) const {
    write_probabilities(links, temperature, probabilities);
    if (curves.empty()) return;
    if (links.size() == 1) {
        probabilities[1] = curves[0].at(probabilities[1]);
        probabilities[0] = 1 - probabilities[1];
        return;
    }
    double sum = 0;
    for (std::size_t k = 0; k < probabilities.size(); ++k) {
        probabilities[k] = curves[k].at(probabilities[k]);
        sum += probabilities[k];
    }
    for (double& probability : probabilities) probability /= sum;
}

void Calibration::store(Tensors& tensors, const std::string& prefix) const {
    for (std::size_t k = 0; k < curves.size(); ++k) {
        tensors.put(concat(prefix, "calibration.", k, ".from"), curves[k].from);
        tensors.put(concat(prefix, "calibration.", k, ".to"), curves[k].to);
    }
}

std::vector<CalibrationCurve> Calibration::load_curves(const Tensors& tensors, const std::string& prefix,
                                                       std::size_t links) {
    std::vector<CalibrationCurve> curves;
    for (std::size_t k = 0; k < links; ++k) {
        CalibrationCurve curve{tensors.get<float>(concat(prefix, "calibration.", k, ".from"), {-1}), {}};
        curve.to = tensors.get<float>(concat(prefix, "calibration.", k, ".to"), {curve.from.size()});
        if (!is_curve(curve)) fail(Status::bad_model, "damaged model: a calibration curve does not rise or is out of range");
        curves.push_back(std::move(curve));
    }
    return curves;
}

}  // namespace mml
