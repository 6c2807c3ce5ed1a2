// SPDX-License-Identifier: Apache-2.0
// CSV text becomes a model, a file and probabilities. What fails throws, and nothing has to be freed.
#include <iostream>
#include <moodleml/moodleml.hpp>

namespace {

// Hours of work a week and weeks of absence; who works more than absence costs passes.
std::string students(int rows) {
    std::string text = "hours,absent,result\n";
    for (int row = 0; row < rows; ++row) {
        const int hours = row * 7 % 10;
        const int absent = row * 3 % 6;
        text += std::to_string(hours) + "," + std::to_string(absent) + (hours > 2 + absent ? ",passed\n" : ",failed\n");
    }
    return text;
}

bool trained_and_predicted() {
    const moodleml::Config plain{{"format", "plain"}};
    const auto samples = moodleml::Dataset::from_csv_text(students(200), plain);
    moodleml::Model::train(samples, moodleml::Config().set("networks", 0)).save("students-cpp.mml");

    const auto model = moodleml::Model::load("students-cpp.mml");
    const std::vector<float> diligent_and_not = {9, 1, 1, 4};
    const std::vector<float> scores = model.predict(moodleml::table(diligent_and_not, model.inputs()));
    for (std::size_t row = 0; row < 2; ++row) {
        for (std::size_t i = 0; i < 2; ++i) {
            std::cout << model.class_names()[i] << " " << scores[2 * row + i] << (i == 0 ? ", " : "\n");
        }
    }
    const std::size_t passed = model.class_name(0) == "passed" ? 0 : 1;
    return scores[passed] > 0.9F && scores[2 + passed] < 0.1F;
}

}  // namespace

int main() {
    try {
        return trained_and_predicted() ? 0 : 1;
    } catch (const moodleml::Error& error) {
        std::cerr << moodleml::status_name(error.status()) << ": " << error.what() << "\n";
        return 1;
    }
}
