// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stdexcept>
#include <string>
#include <zlib.h>

namespace mml_test {

/// The text of a compressed file. Throws std::runtime_error.
inline std::string inflated(const std::string& path) {
    const gzFile file = ::gzopen(path.c_str(), "rb");
    if (file == nullptr) throw std::runtime_error("cannot read " + path);
    std::string text;
    char piece[65536];
    for (int count = ::gzread(file, piece, sizeof piece); count > 0; count = ::gzread(file, piece, sizeof piece)) {
        text.append(piece, static_cast<std::size_t>(count));
    }
    ::gzclose(file);
    return text;
}

}  // namespace mml_test
