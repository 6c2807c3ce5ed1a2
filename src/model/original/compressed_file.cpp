// SPDX-License-Identifier: Apache-2.0
#include "model/original/compressed_file.hpp"

#include <array>
#include <memory>
#include <new>
#include <string_view>
#include <zlib.h>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "model/original/byte_cursor.hpp"

namespace mml {

namespace {

struct Form {
    std::string_view start;
    const char* name;
};

constexpr std::array other_forms{Form{"BZh", "bzip2"},
                                 Form{std::string_view("\xFD"
                                                       "7zXZ\0",
                                                       6),
                                      "xz"},
                                 Form{std::string_view("\x5D\0\0", 3), "lzma"}, Form{"\x04\x22\x4D\x18", "lz4"},
                                 Form{"ZF0x", "joblib before 0.10"}};

constexpr int zlib_or_gzip = 15 + 32;  // as zlib.h tells of inflateInit2
constexpr std::size_t inflated_piece = 1U << 16U;

void close_stream(z_stream* stream) {
    inflateEnd(stream);
    delete stream;
}

std::string inflated(std::string_view bytes, std::uint64_t limit) {
    const std::unique_ptr<z_stream, void (*)(z_stream*)> stream(new z_stream{}, close_stream);
    if (inflateInit2(stream.get(), zlib_or_gzip) != Z_OK) throw std::bad_alloc();
    stream->next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream->avail_in = narrowed<uInt>(bytes.size());
    std::string content;
    std::string piece(inflated_piece, '\0');
    int result = Z_OK;
    while (result == Z_OK) {
        stream->next_out = reinterpret_cast<Bytef*>(piece.data());
        stream->avail_out = narrowed<uInt>(piece.size());
        result = inflate(stream.get(), Z_NO_FLUSH);
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        content.append(piece, 0, piece.size() - stream->avail_out);
        if (content.size() > limit) fail(Status::limit, concat("it holds more than the limit of ", limit, " bytes"));
    }
    if (result != Z_STREAM_END || stream->avail_in > 0) refuse_bytes("its compressed bytes are damaged or cut off");
    return content;
}

}  // namespace

std::string joblib_content(std::string file, std::uint64_t limit) {
    for (const Form& form : other_forms) {
        if (file.starts_with(form.start)) {
            refuse_bytes(concat("it is compressed by ", form.name,
                                ": load it in Python and dump it again without compression, or train a new model"));
        }
    }
    const bool compressed = file.starts_with("\x1F\x8B") || file.starts_with("\x78");
    return compressed ? inflated(file, limit) : std::move(file);
}

}  // namespace mml
