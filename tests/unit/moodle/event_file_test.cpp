// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>
#include <vector>

#include "moodle/event_file.hpp"

namespace {

std::string hexadecimal(const std::string& bytes) {
    std::string text;
    for (const char byte : bytes) {
        text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4U];
        text += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15U];
    }
    return text;
}

}  // namespace

// The bytes are what TensorBoard's own RecordWriter makes of the same events.
TEST_CASE("an events file is, byte for byte, what TensorBoard writes") {
    const std::vector<mml::Scalar> scalars{{"loss/training", 300, 0.25F}};
    CHECK(hexadecimal(mml::event_file_bytes(1700000000.5, scalars)) ==
          "1800000000000000a37f4b220900002040fc54d9411a0d627261696e2e4576656e743a322b353110"
          "2400000000000000422b804d0900002040fc54d94110ac022a160a140a0d6c6f73732f747261696e696e67150000803e1a5cfd5f");
}
