// SPDX-License-Identifier: Apache-2.0
#include "data/csv_file.hpp"

#include "base/file.hpp"
#include "base/text.hpp"
#include "data/csv/csv_formats.hpp"

namespace mml {

namespace {

constexpr std::size_t longest_path_shown = 4096;

Dataset read_csv(ReadBytes read, const std::string& name, const Config& config) {
    const bool plain = config.text(OptionId::format) == "plain";
    CsvSource source(name, plain ? CsvDialect::standard : CsvDialect::php, config);
    RecordReader reader(std::move(read), source);
    Dataset dataset = plain ? read_plain_format(reader, source, config) : read_moodle_format(reader, source, config);
    dataset.source = name;
    dataset.named = true;
    return dataset;
}

}  // namespace

Dataset read_csv_file(const std::string& path, const Config& config, Supervisor* supervisor) {
    InputFile file(path, [supervisor] {
        if (supervisor == nullptr) return;
        supervisor->poll();
        supervisor->check();
    });
    return read_csv([&file](std::span<char> buffer) { return file.read(buffer); }, quote(path, longest_path_shown), config);
}

Dataset read_csv_text(std::string_view text, const Config& config) {
    const auto read = [text](std::span<char> buffer) mutable {
        const std::size_t count = text.copy(buffer.data(), buffer.size());
        text.remove_prefix(count);
        return count;
    };
    return read_csv(read, "the data set", config);
}

}  // namespace mml
