// SPDX-License-Identifier: Apache-2.0
#include "data/csv_file.hpp"

#include <filesystem>
#include <memory>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "data/csv/csv_formats.hpp"

namespace mml {

namespace {

constexpr std::size_t longest_path_shown = 4096;

Dataset read_csv(const CsvInput& input, const Config& config, const WantedColumns* wanted) {
    const bool plain = config.text(OptionId::format) == "plain";
    Dataset dataset =
        plain ? read_plain_format(input, config, wanted) : read_moodle_format(input, config, wanted != nullptr);
    dataset.source = input.name();
    dataset.named = true;
    take_out_columns(dataset, config);
    return dataset;
}

// What can be read but once, such as a pipe, with what was read of it kept.
class KeptInput {
public:
    KeptInput(InputFile& file, std::string name, std::int64_t megabytes)
        : file_(file), name_(std::move(name)), megabytes_(megabytes) {}

    std::size_t read(std::size_t& place, std::span<char> out) {
        if (place == kept_.size()) kept_.append(out.data(), file_.read(out));
        constexpr std::size_t bytes_in_megabyte = 1000000;
        if (megabytes_ > 0 && kept_.size() / bytes_in_megabyte >= as_size(megabytes_)) {
            fail(Status::limit, concat(name_, ": what cannot be read twice is kept, and takes more than ", megabytes_,
                                       " megabytes, the limit set by option memory_limit"));
        }
        const std::size_t count = kept_.copy(out.data(), out.size(), place);
        place += count;
        return count;
    }

private:
    InputFile& file_;
    std::string name_;
    std::int64_t megabytes_;
    std::string kept_;
};

}  // namespace

Dataset read_csv_file(const std::string& path, const Config& config, Supervisor* supervisor, const WantedColumns* wanted) {
    const std::string name = quote(path, longest_path_shown);
    const auto opened = [&path, supervisor] {
        return std::make_shared<InputFile>(path, [supervisor] {
            if (supervisor == nullptr) return;
            supervisor->poll();
            supervisor->check();
        });
    };
    std::error_code ignored;
    if (std::filesystem::is_regular_file(path, ignored) || config.text(OptionId::format) != "plain") {
        const auto open = [&opened]() -> ReadBytes {
            return [file = opened()](std::span<char> buffer) { return file->read(buffer); };
        };
        return read_csv(CsvInput(name, open, config), config, wanted);
    }
    const std::shared_ptr<InputFile> file = opened();
    KeptInput kept(*file, name, config.integer(OptionId::memory_limit));
    const auto open = [&kept]() -> ReadBytes {
        return [&kept, place = std::size_t{0}](std::span<char> buffer) mutable { return kept.read(place, buffer); };
    };
    return read_csv(CsvInput(name, open, config), config, wanted);
}

Dataset read_csv_text(std::string_view text, const Config& config, const WantedColumns* wanted) {
    const auto open = [text]() -> ReadBytes {
        return [text](std::span<char> buffer) mutable {
            const std::size_t count = text.copy(buffer.data(), buffer.size());
            text.remove_prefix(count);
            return count;
        };
    };
    return read_csv(CsvInput("the data set", open, config), config, wanted);
}

}  // namespace mml
