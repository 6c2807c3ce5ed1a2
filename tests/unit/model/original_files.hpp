// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "base/file.hpp"

namespace mml_test {

inline std::string original_directory(const std::string& model) {
    return std::string(MOODLEML_TEST_DATA "/original-models/") + model + "/classifier";
}

inline std::string original_file(const std::string& model, const std::string& name) {
    return mml::read_file(original_directory(model) + "/" + name, 1U << 20U);
}

constexpr const char* original_index = "model.ckpt/variables/variables.index";
constexpr const char* original_data = "model.ckpt/variables/variables.data-00000-of-00001";

inline std::string pickle_file(const std::string& name) {
    return mml::read_file(std::string(MOODLEML_TEST_DATA "/pickles/") + name + ".pkl", 1U << 20U);
}

}  // namespace mml_test
