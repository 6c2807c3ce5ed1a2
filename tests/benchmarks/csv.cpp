// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <unistd.h>
#include <zlib.h>

#include "base/random.hpp"
#include "base/text.hpp"
#include "data/csv_file.hpp"

namespace {

std::string inflated(const std::string& path) {
    const gzFile file = ::gzopen(path.c_str(), "rb");
    if (file == nullptr) throw std::runtime_error("cannot read " + path);
    std::string text;
    char piece[65536];
    for (int count = ::gzread(file, piece, sizeof piece); count > 0; count = ::gzread(file, piece, sizeof piece)) {
        text.append(piece, static_cast<std::size_t>(count));
    }
    ::gzclose(file);
    return text;
}

// A file that goes when the object does.
class TemporaryFile {
public:
    explicit TemporaryFile(const std::string& text)
        : path_(std::filesystem::temp_directory_path() / mml::concat("moodleml-benchmark-", ::getpid(), ".csv")) {
        std::ofstream(path_, std::ios::binary) << text;
    }
    TemporaryFile(const TemporaryFile&) = delete;
    TemporaryFile& operator=(const TemporaryFile&) = delete;
    ~TemporaryFile() { std::filesystem::remove(path_); }
    std::string path() const { return path_.string(); }

private:
    std::filesystem::path path_;
};

void read_again_and_again(benchmark::State& state, const std::string& text, const mml::Config& config) {
    const TemporaryFile file(text);
    std::int64_t rows = 0;
    while (state.KeepRunning()) rows += mml::read_csv_file(file.path(), config).rows();
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
    state.SetItemsProcessed(rows);
}

// Real data, 30 MB of it; items are samples. Moodle's cells are mostly those of the background row.
void read_moodle_csv(benchmark::State& state) {
    constexpr std::size_t wanted_bytes = 30000000;
    std::string text = inflated(MOODLEML_EXAMPLES "/students-366-train.csv.gz");
    if (!text.ends_with('\n')) text += '\n';
    std::size_t samples = 0;
    for (int line = 0; line < 3; ++line) samples = text.find('\n', samples) + 1;
    const std::string repeated = text.substr(samples);
    while (text.size() < wanted_bytes) text += repeated;
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
