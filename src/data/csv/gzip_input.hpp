// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "data/csv/read_bytes.hpp"

namespace mml {

/// What a gzip file begins with.
constexpr const char* gzip_beginning = "\x1f\x8b";

/// Unpacks a gzip file, also one of several members, in pieces. What it gives throws Error(bad_data), naming the file, where
/// the bytes are damaged or end too early.
ReadBytes unpacked_gzip(ReadBytes read, std::string name);

}  // namespace mml
