// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/tensors.hpp"

namespace mml {

/// One tensor as the safetensors header describes it.
struct TensorEntry {
    std::size_t type = 0;  ///< the index of its type of number in Tensor::values
    std::vector<std::int64_t> shape;
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
};

struct ContainerHeader {
    std::map<std::string, std::string> texts;
    std::map<std::string, TensorEntry> tensors;
};

/// Throws Error(bad_model) for a file that is whole but not as the format says.
[[noreturn]] void refuse_container(std::string_view why);

/// Bytes of one number, by TensorEntry::type.
std::size_t number_width(std::size_t type);

/// How many numbers a tensor of this shape has; nothing where the shape is none that a file may have: a negative length,
/// more than 8 dimensions, or more than 2^32 - 1 numbers (lengths of 0 left aside, so that nobody counts to 10^18 over an
/// empty tensor).
std::optional<std::uint64_t> number_count(const std::vector<std::int64_t>& shape);

/// The JSON text, padded with spaces to a multiple of 8 bytes.
std::string header_text(const ContainerHeader& header);

/// Parses the text and checks each tensor by itself; how the ranges lie to each other and to the data is the caller's to
/// check. Errors: bad_model, and newer_format, which is told before anything is judged that a later format may
/// have changed.
ContainerHeader parse_header(std::string_view text);

}  // namespace mml
