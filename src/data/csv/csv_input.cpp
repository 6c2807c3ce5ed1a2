// SPDX-License-Identifier: Apache-2.0
#include "data/csv/csv_input.hpp"

#include <array>

#include "base/error.hpp"
#include "base/text.hpp"
#include "data/csv/gzip_input.hpp"
#include "data/csv/text_encoding.hpp"

namespace mml {

namespace {

constexpr std::size_t longest_mark = 6;

struct PackedForm {
    std::string_view mark;
    const char* advice;
};
constexpr std::array<PackedForm, 4> foreign_forms{{
    {{"\x28\xB5\x2F\xFD", 4},
     "is packed by zstd: unpack it with `zstd -d` first, or pipe it in: zstd -dc FILE | moodleml ... -"},
    {{"\xFD"
      "7zXZ\0",
      6},
     "is packed by xz: unpack it with `unxz` first, or pipe it in: xz -dc FILE | moodleml ... -"},
    {{"BZh", 3}, "is packed by bzip2: unpack it with `bunzip2` first, or pipe it in: bzip2 -dc FILE | moodleml ... -"},
    {{"PK\x03\x04", 4},
     "is a zip archive, as workbooks of Excel and LibreOffice are: unpack it, or save the sheet as CSV (UTF-8)"},
}};

void refuse_foreign_form(const std::string& name, std::string_view beginning) {
    for (const PackedForm& form : foreign_forms) {
        if (beginning.starts_with(form.mark)) fail(Status::bad_data, concat(name, ": the file ", form.advice));
    }
    // Parquet begins and ends with this; nothing of CSV does.
    if (beginning.starts_with("PAR1")) {
        fail(Status::bad_data,
             concat(name, ": the file is in Parquet's format: write it as CSV first, for example by DuckDB's COPY ... TO"));
    }
}

}  // namespace

ReadBytes after_beginning(std::string beginning, ReadBytes rest) {
    return [beginning = std::move(beginning), rest = std::move(rest),
            given = std::size_t{0}](std::span<char> out) mutable -> std::size_t {
        if (given == beginning.size()) return rest(out);
        const std::size_t count = beginning.copy(out.data(), out.size(), given);
        given += count;
        return count;
    };
}

std::string read_beginning(const ReadBytes& read, std::size_t size) {
    std::string beginning(size, '\0');
    std::size_t count = 0;
    while (count < size) {
        const std::size_t more = read(std::span(beginning).subspan(count));
        if (more == 0) break;
        count += more;
    }
    beginning.resize(count);
    return beginning;
}

ReadBytes CsvInput::open() const {
    ReadBytes read = open_();
    std::string beginning = mml::read_beginning(read, longest_mark);
    refuse_foreign_form(name_, beginning);
    const bool packed = beginning.starts_with(gzip_beginning);
    read = after_beginning(std::move(beginning), std::move(read));
    if (packed) read = unpacked_gzip(std::move(read), name_);
    beginning = mml::read_beginning(read, longest_mark);
    const TextEncoding encoding = marked_encoding(beginning, named_encoding(encoding_));
    read = as_utf8(after_beginning(std::move(beginning), std::move(read)), encoding);
    return read;
}

}  // namespace mml
