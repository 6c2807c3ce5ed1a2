// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <vector>

#include "model/original/byte_cursor.hpp"
#include "model/original/pickle.hpp"

namespace mml {

constexpr const char* numpy_array_wrapper_type = "joblib.numpy_pickle NumpyArrayWrapper";
constexpr const char* numpy_array_type = "numpy ndarray";
constexpr const char* numpy_type_type = "numpy dtype";

/// The array that `wrapper` describes, whose bytes are the next ones of `cursor`: integers of 1 to 8 bytes, little-endian,
/// in one dimension, of at most 1,000,000. Memory is taken for bytes that are there only. Errors: bad_model.
std::vector<std::int64_t> read_numpy_array(const Pickle& pickle, const PickleObject& wrapper, ByteCursor& cursor);

}  // namespace mml
