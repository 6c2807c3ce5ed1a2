// SPDX-License-Identifier: Apache-2.0
#include "capi/pieces.hpp"

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml::capi {

namespace {

constexpr std::size_t largest_piece = 65536;

bool take_piece(mml_write_fn write, std::string_view piece, void* user) {
    try {
        return write(piece.data(), piece.size(), user) == 0;
    } catch (...) {  // the header: an exception that leaves a callback means stop
        return false;
    }
}

}  // namespace

void hand_pieces(std::string_view bytes, mml_write_fn write, void* user, const char* what) {
    for (std::size_t begin = 0; begin < bytes.size(); begin += largest_piece) {
        const bool taken = take_piece(write, bytes.substr(begin, largest_piece), user);
        if (!taken) fail(Status::cancelled, concat("stopped by the function that takes ", what));
    }
}

}  // namespace mml::capi
