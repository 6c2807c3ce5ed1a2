// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "data/samples.hpp"
#include "model/loading.hpp"
#include "model/model.hpp"

namespace mml {

/// What ties a model file to the samples kept beside it in a model directory (src/moodle): both carry the generation,
/// and the model the hash of the samples file. A model that stands alone (saved, exported, imported) has neither.
struct Binding {
    std::int64_t generation = 0;  ///< 0 ... largest_generation, one more with each training; 0: stands alone
    std::string samples_hash;     ///< of the samples file's bytes; empty: no samples were kept
};

constexpr std::int64_t largest_generation = 9007199254740991;

/// The longest model file that is read, in bytes, before and after it is inflated.
constexpr std::uint64_t largest_model_file = std::uint64_t{1} << 30U;

/// The bytes of a model file (README.md beside this file is the format), which are read again before they are given away.
/// Error(limit) where they are more than largest_model_file, Error(internal) where the reader refuses them.
std::string model_bytes(const Model& model, const Binding& binding = {});
/// Throws Error(bad_model), Error(newer_format) with both numbers, or Error(limit); `name` is what messages call it.
/// Where `binding` is given, it is set to the file's. Where reading may take more than `loading` allows, Error(limit) before
/// the memory is taken; Error(cancelled).
std::shared_ptr<const Model> model_from_bytes(std::string_view bytes, const std::string& name, Binding* binding = nullptr,
                                              const Loading& loading = {});

/// As replace_file() does; where only the last fsync fails the message says that the model is in place.
void save_model(const Model& model, const std::string& path, unsigned mode, const Binding& binding = {},
                bool* in_place = nullptr);
/// Besides the above Error(input_output).
std::shared_ptr<const Model> load_model(const std::string& path, Binding* binding = nullptr, const Loading& loading = {});

}  // namespace mml
