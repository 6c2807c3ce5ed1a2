// SPDX-License-Identifier: Apache-2.0
// Shows how far a training is, cancels one by the callback's answer, and ends one by an exception, which comes out of the
// call.
#include <iostream>
#include <moodleml/moodleml.hpp>

namespace {

moodleml::Dataset made_data(std::size_t rows) {
    std::vector<float> cells;
    std::vector<double> values;
    for (std::size_t i = 0; i < rows * 4; ++i) cells.push_back(static_cast<float>(i * 7919 % 1009) / 1009);
    for (std::size_t row = 0; row < rows; ++row) values.push_back(3.0 * static_cast<double>(cells[row * 4]));
    auto dataset = moodleml::Dataset::from_array(moodleml::table(cells, 4));
    dataset.set_target(moodleml::column(values));
    return dataset;
}

struct ConnectionLost : std::exception {};

// Whether training with this callback throws what is expected.
template <typename Expected>
bool ends_with(const moodleml::Dataset& dataset, const moodleml::Config& config, const moodleml::Progress& progress) {
    try {
        moodleml::Model::train(dataset, config, progress);
        return false;
    } catch (const Expected&) {
        return true;
    }
}

}  // namespace

int main() {
    const auto dataset = made_data(3000);
    const moodleml::Config config{{"epochs", "20"}};

    const auto model = moodleml::Model::train(dataset, config, [](const mml_progress& progress) {
        std::cout << "\r" << static_cast<int>(100 * progress.fraction) << " %" << std::flush;
        return true;
    });
    std::cout << "\ntrained: " << model.bytes().size() << " bytes\n";

    const bool cancelled = ends_with<moodleml::Cancelled>(
        dataset, config, [](const mml_progress& progress) { return progress.fraction < 0.2; });
    const bool thrown =
        ends_with<ConnectionLost>(dataset, config, [](const mml_progress&) -> bool { throw ConnectionLost(); });
    std::cout << (cancelled ? "cancelled" : "not cancelled") << ", " << (thrown ? "thrown" : "not thrown") << "\n";
    return cancelled && thrown ? 0 : 1;
}
