// SPDX-License-Identifier: Apache-2.0
// A server's threads share one const model, and predict rows of arrays into buffers of their own: no lock is needed, and
// without options a prediction starts no further threads. Link with -pthread.
#include <algorithm>
#include <atomic>
#include <iostream>
#include <moodleml/moodleml.hpp>
#include <thread>

namespace {

constexpr std::int64_t columns = 3;
constexpr std::int64_t rows = 400;

std::vector<float> made_cells() {
    std::vector<float> cells;
    for (int i = 0; i < rows * columns; ++i) cells.push_back(static_cast<float>(i * 7919 % 1009) / 1009);
    return cells;
}

moodleml::Model trained(const std::vector<float>& cells) {
    std::vector<std::int32_t> classes;
    for (std::size_t row = 0; row < rows; ++row) classes.push_back(cells[row * columns] > 0.5F ? 1 : 0);
    auto dataset = moodleml::Dataset::from_array(moodleml::table(cells, columns));
    dataset.set_classes(moodleml::column(classes), {"low", "high"});
    return moodleml::Model::train(dataset, {{"epochs", "10"}});
}

// One thread: answers requests for a row each, until there are none; counts those that differ from what is expected.
void serve(const moodleml::Model& model, const std::vector<float>& cells, const std::vector<float>& expected,
           std::atomic<int>& requests, std::atomic<int>& wrong) {
    float scores[2];
    for (int request = --requests; request >= 0; request = --requests) {
        const auto row = static_cast<std::size_t>(request % rows);
        model.predict(moodleml::table(&cells[row * columns], 1, columns), scores, 2);
        if (!std::equal(scores, scores + 2, &expected[2 * row])) ++wrong;
    }
}

}  // namespace

int main() {
    const std::vector<float> cells = made_cells();
    const moodleml::Model model = trained(cells);
    const std::vector<float> expected = model.predict(moodleml::table(cells, columns));

    std::atomic<int> requests(2000);
    std::atomic<int> wrong(0);
    std::vector<std::thread> pool;
    for (int i = 0; i < 4; ++i) pool.emplace_back([&] { serve(model, cells, expected, requests, wrong); });
    for (std::thread& thread : pool) thread.join();
    std::cout << "2000 predictions by 4 threads, " << wrong << " differ from the main thread's\n";
    return wrong == 0 ? 0 : 1;
}
