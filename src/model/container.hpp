// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/tensors.hpp"
#include "model/loading.hpp"

namespace mml {

/// What a .mml file holds: texts (the safetensors "__metadata__") and tensors.
struct Container {
    std::map<std::string, std::string> texts;
    Tensors tensors;
    int format_version = 1;  ///< to write it in: the oldest layout that can hold it
};

/// The newest layout that this library reads and writes. 2: models with categories, with origins, or with
/// trees that send empty cells.
constexpr int container_format_version = 2;

/// The longest header, in bytes: names, descriptions and the tensors' places. A model of 414 columns has some 30,000.
constexpr std::uint64_t largest_container_header = std::uint64_t{64} << 20U;

/// One gzip stream of one safetensors payload; README.md beside this file is the format. `texts` must not hold the reserved
/// names "format", "format_version" and "kind", which this sets: kind is "model" or "samples". compression: zlib's 0 ... 9.
/// meanwhile: as GzipWriter's.
std::string container_bytes(const Container& container, const std::string& kind, int compression,
                            std::function<void()> meanwhile = nullptr);

/// Reads what container_bytes() wrote. Every size is checked against the bytes there are before memory is taken for it; at
/// most `limit` bytes are inflated, of which the header at most largest_container_header. Throws Error(bad_model) where
/// anything does not fit, Error(newer_format) for a higher format_version, Error(limit), Error(cancelled). `name` is what
/// messages call it, such as the path.
Container container_from_bytes(std::string_view bytes, const std::string& kind, const std::string& name, std::uint64_t limit,
                               const Loading& loading = {});

}  // namespace mml
