// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mml {

/// What the original's classifier.pkl tells of its network.
struct OriginalClassifier {
    std::int64_t hidden_units = 0;   ///< of each hidden layer
    std::int64_t hidden_layers = 0;  ///< 1 to 8
    std::int64_t classes = 0;        ///< 2 or more
    std::int64_t epochs = 0;
    std::int64_t batch_size = 0;  ///< 0 where it is not told
    /// The columns that are inputs, counted from 0 and rising, at least one; the others are left out.
    std::vector<std::int32_t> columns;
};

/// Reads the bytes of a classifier.pkl of moodle-mlbackend-python 3. Errors, without the file's name: bad_model where they
/// are damaged, hold anything else, or sizes are out of range; limit.
OriginalClassifier read_classifier_pickle(std::string file);

/// The longest classifier.pkl that is read, also once it is decompressed, in bytes.
constexpr std::uint64_t largest_classifier_pickle = std::uint64_t{16} << 20U;

}  // namespace mml
