// SPDX-License-Identifier: Apache-2.0
#include "model/original/classifier_pickle.hpp"

#include <cstdint>
#include <string>

#include "base/error.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    try {
        mml::read_classifier_pickle(std::string(reinterpret_cast<const char*>(data), size));
    } catch (const mml::Error&) {
    }
    return 0;
}
