// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace mml {

/// The entries of a table file as LevelDB's table_format.md describes it and TensorFlow stores its index in: blocks of
/// prefix-compressed entries, each with a checksum, and a footer. Blocks that are compressed are refused. At most 10,000
/// entries with names of at most 4,096 bytes. Errors, without the file's name: bad_model.
std::map<std::string, std::string, std::less<>> read_table(std::string_view bytes);

}  // namespace mml
