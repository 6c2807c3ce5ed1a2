// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mml {

/// The tensors of float32 in a TensorFlow checkpoint of one shard (variables.index and variables.data-00000-of-00001), of
/// which only those that are asked for are looked at. Errors, without the files' names: bad_model.
class Checkpoint {
public:
    /// Both must live as long as this.
    Checkpoint(std::string_view index, std::string_view data);

    bool has(const std::string& name) const { return entries_.contains(name); }
    /// Finite numbers in row-major order; refuses another shape or type, and bytes whose checksum does not fit.
    std::vector<float> tensor(const std::string& name, const std::vector<std::int64_t>& shape) const;

private:
    std::map<std::string, std::string, std::less<>> entries_;
    std::string_view data_;
};

/// The longest index and data that are read, in bytes.
constexpr std::uint64_t largest_checkpoint_index = std::uint64_t{16} << 20U;
constexpr std::uint64_t largest_checkpoint_data = std::uint64_t{256} << 20U;

}  // namespace mml
