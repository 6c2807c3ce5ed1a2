// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "config/memory_limit.hpp"
#include "data/dataset.hpp"
#include "moodleml/moodleml.h"

namespace mml::capi {

/// What messages call a table that is no file.
constexpr const char* unnamed_source = "the data set";

/// The features of a caller's table, as a data set without target. Error(limit) once it takes more than the limit.
Dataset dataset_from_array(const mml_array* values, MemoryLimit limit = MemoryLimit());

/// The same from compressed sparse rows, as mml_dataset_from_csr() takes them.
Dataset dataset_from_sparse_rows(std::int64_t rows, std::int64_t columns, const std::int64_t* row_starts,
                                 const std::int32_t* column_indices, const float* values);

/// The same, as mml_dataset_from_csr_arrays() takes them.
Dataset dataset_from_sparse_rows(std::int64_t columns, const mml_array* row_starts, const mml_array* column_indices,
                                 const mml_array* values);

/// What mml_dataset_json() answers for `dataset` with this target, or nullptr.
std::string dataset_json(const Dataset& dataset, const Target* target);

/// Columns of one length, each of a type.
Dataset dataset_from_columns(const mml_column* columns, std::int64_t count);

}  // namespace mml::capi
