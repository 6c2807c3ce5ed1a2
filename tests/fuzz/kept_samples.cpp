// SPDX-License-Identifier: Apache-2.0
// A file of kept samples: read, used and written again. It has the form of a model file, and model_file_mutator.cpp makes
// it, too.
#include "moodle/kept_samples.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "expect.hpp"

using mml_fuzz::expect;

namespace {

void expect_usable(const mml::Samples& samples) {
    for (const mml::Observation& observation : samples.observations) {
        expect(observation.row >= 0 && observation.row < samples.features.rows(), "samples of rows that are there");
        const bool known = observation.class_index >= 0 &&
                           observation.class_index < std::max(1, static_cast<int>(samples.class_names.size()));
        expect(known && observation.count > 0 && observation.weight > 0, "of classes that are there, with a weight");
    }
    std::vector<float> cells(static_cast<std::size_t>(samples.features.columns()));
    for (std::int64_t row = 0; row < samples.features.rows(); ++row) samples.features.expand_row(row, cells);
}

void read_samples(const std::string& bytes) {
    mml::Samples samples;
    if (!mml_fuzz::refusal_of([&] { samples = mml::samples_from_file_bytes(bytes, 1, "the samples"); }).empty()) return;
    expect_usable(samples);
    const std::string again = mml::samples_file_bytes(samples, 1);
    expect(mml::samples_file_bytes(mml::samples_from_file_bytes(again, 1, "the samples"), 1) == again,
           "samples that are written again are the same");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    read_samples(std::string(reinterpret_cast<const char*>(data), size));
    return 0;
}
