// SPDX-License-Identifier: Apache-2.0
#include "data/csv_file.hpp"

#include <memory>

#include "base/file.hpp"
#include "base/text.hpp"
#include "data/csv/csv_formats.hpp"

namespace mml {

namespace {

constexpr std::size_t longest_path_shown = 4096;

Dataset read_csv(const CsvInput& input, const Config& config) {
    const bool plain = config.text(OptionId::format) == "plain";
    Dataset dataset = plain ? read_plain_format(input, config) : read_moodle_format(input, config);
    dataset.source = input.name();
    dataset.named = true;
    return dataset;
}

}  // namespace

Dataset read_csv_file(const std::string& path, const Config& config, Supervisor* supervisor) {
    const auto open = [&path, supervisor]() -> ReadBytes {
        const auto file = std::make_shared<InputFile>(path, [supervisor] {
            if (supervisor == nullptr) return;
            supervisor->poll();
            supervisor->check();
        });
        return [file](std::span<char> buffer) { return file->read(buffer); };
    };
    return read_csv(CsvInput(quote(path, longest_path_shown), open, config), config);
}

Dataset read_csv_text(std::string_view text, const Config& config) {
    const auto open = [text]() -> ReadBytes {
        return [text](std::span<char> buffer) mutable {
            const std::size_t count = text.copy(buffer.data(), buffer.size());
            text.remove_prefix(count);
            return count;
        };
    };
    return read_csv(CsvInput("the data set", open, config), config);
}

}  // namespace mml
