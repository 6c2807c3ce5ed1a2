// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/samples.hpp"
#include "model/loading.hpp"

namespace mml {

/// The most that a samples file may hold once inflated.
constexpr std::uint64_t largest_samples_file = std::uint64_t{8} << 30U;

/// The bytes of a samples file, which are read again before they are given away. README.md of this folder lists its fields.
/// Error(limit), or Error(internal) where the reader refuses them. supervisor: who may stop it, on its thread; may be null.
std::string samples_file_bytes(const Samples& samples, std::int64_t generation, Supervisor* supervisor = nullptr);

/// Throws Error(bad_model) where the bytes are damaged or of another generation, Error(newer_format), Error(limit),
/// Error(cancelled); `name` is what messages call them.
Samples samples_from_file_bytes(std::string_view bytes, std::int64_t generation, const std::string& name,
                                const Loading& loading = {});

/// 16 hexadecimal digits by which a model knows its samples file: FNV-1a of 64 bits (Fowler, Noll and Vo, 1991). It tells
/// files apart that came about without malice; whoever may write to the directory may replace the model as well.
std::string content_hash(std::string_view bytes);

}  // namespace mml
