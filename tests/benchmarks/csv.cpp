// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <string>

#include "base/random.hpp"
#include "base/text.hpp"
#include "data/csv_file.hpp"
#include "real_data.hpp"
#include "temporary_directory.hpp"

namespace {

void read_again_and_again(benchmark::State& state, const std::string& text, const mml::Config& config) {
    const mml_test::TemporaryDirectory directory;
    const std::string path = directory.file("samples.csv");
    write_text(path, text);
    std::int64_t rows = 0;
    while (state.KeepRunning()) rows += mml::read_csv_file(path, config).rows();
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(rows);
}

// Real data, 30 MB of it; items are samples. Moodle's cells are mostly those of the background row.
void read_moodle_csv(benchmark::State& state) {
    constexpr std::size_t wanted_bytes = 30000000;
    const std::string file = real_data("students-366-train.csv.gz");
    const std::size_t samples_in_file = 1904;
    const std::string text = with_samples(file, samples_in_file * wanted_bytes / file.size());
    read_again_and_again(state, text, {});
}
BENCHMARK(read_moodle_csv)->Unit(benchmark::kMillisecond);

// Every cell another number: no background to skip.
void read_dense_csv(benchmark::State& state) {
    constexpr int rows = 20000;
    constexpr int columns = 100;
    mml::RandomStream random(1);
    std::string text;
    for (int column = 0; column < columns; ++column) text += mml::concat("x", column, ",");
    text += "y\n";
    for (int row = 0; row < rows; ++row) {
        for (int column = 0; column < columns; ++column)
            text += mml::concat(static_cast<double>(random.below(20000)) / 10000 - 1, ",");
        text += mml::concat(random.below(2), "\n");
    }
    mml::Config config;
    config.set(mml::OptionId::format, "plain");
    read_again_and_again(state, text, config);
}
BENCHMARK(read_dense_csv)->Unit(benchmark::kMillisecond);

}  // namespace
