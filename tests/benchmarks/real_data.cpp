// SPDX-License-Identifier: Apache-2.0
#include "real_data.hpp"

#include <algorithm>
#include <fstream>
#include <stdexcept>

#include "inflated.hpp"

std::string real_data(const std::string& name) { return mml_test::inflated(MOODLEML_EXAMPLES "/" + name); }

std::string with_samples(const std::string& moodle_file, std::size_t samples) {
    std::size_t first = 0;
    for (int line = 0; line < 3; ++line) first = moodle_file.find('\n', first) + 1;
    std::string text = moodle_file.substr(0, first);
    std::size_t line = first;
    for (std::size_t sample = 0; sample < samples; ++sample) {
        if (line >= moodle_file.size()) line = first;
        const std::size_t end = std::min(moodle_file.find('\n', line), moodle_file.size());
        text.append(moodle_file, line, end - line).push_back('\n');
        line = end + 1;
    }
    return text;
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    if (!file.flush()) throw std::runtime_error("cannot write " + path);
}
