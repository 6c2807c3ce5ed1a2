// SPDX-License-Identifier: Apache-2.0
#include "model/gzip.hpp"

#include <algorithm>
#include <limits>
#include <new>
#include <zlib.h>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/little_endian.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

// RFC 1952: magic, deflate, no flags, no time, no extra flags, unknown system. The checksum does not cover these bytes,
// so that any other value would be a change nobody sees.
constexpr std::string_view member_header("\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff", 10);
constexpr std::size_t trailer_size = 8;
// Negative: deflate's bytes alone, without a frame of zlib's.
constexpr int window_bits = -15;
constexpr int memory_level = 8;
// Deflate's densest code: 258 bytes in two bits.
constexpr std::uint64_t highest_ratio = 1032;
constexpr std::size_t piece_size = 1U << 16U;
// Some 10 milliseconds of work.
constexpr std::size_t between_calls = 1U << 24U;
constexpr std::uint64_t largest_length = std::numeric_limits<std::uint32_t>::max();

[[noreturn]] void refuse_damaged(std::string_view why) {
    fail(Status::bad_model, concat("damaged, ", why, "; restore the file from a backup or train again"));
}

void end_deflate(z_stream* stream) {
    deflateEnd(stream);
    delete stream;
}

void end_inflate(z_stream* stream) {
    inflateEnd(stream);
    delete stream;
}

ZlibStream started_deflate(int level) {
    ZlibStream stream(new z_stream{}, end_deflate);
    if (deflateInit2(stream.get(), level, Z_DEFLATED, window_bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
    return stream;
}

ZlibStream started_inflate() {
    ZlibStream stream(new z_stream{}, end_inflate);
    if (inflateInit2(stream.get(), window_bits) != Z_OK) throw std::bad_alloc();
    return stream;
}

void set_input(z_stream& stream, std::string_view bytes) {
    // zlib never writes there; its interface says const only where a macro asks for it.
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = narrowed<uInt>(bytes.size());
}

std::uint32_t updated_checksum(std::uint32_t checksum, std::string_view bytes) {
    return static_cast<std::uint32_t>(
        crc32(checksum, reinterpret_cast<const Bytef*>(bytes.data()), narrowed<uInt>(bytes.size())));
}

}  // namespace

GzipWriter::GzipWriter(int level, std::function<void()> meanwhile)
    : stream_(started_deflate(level)), meanwhile_(std::move(meanwhile)), out_(member_header) {}

void GzipWriter::append(std::string_view bytes) {
    size_ += bytes.size();
    // Some 30 milliseconds of work. Stored blocks follow the pieces, so that files without a callback keep theirs.
    constexpr std::size_t between_deflates = 1U << 20U;
    const std::size_t most = meanwhile_ ? between_deflates : std::numeric_limits<uInt>::max();
    while (!bytes.empty()) {
        const std::string_view piece = bytes.substr(0, most);
        bytes.remove_prefix(piece.size());
        checksum_ = updated_checksum(checksum_, piece);
        set_input(*stream_, piece);
        deflate_into_out(Z_NO_FLUSH);
        if (meanwhile_) meanwhile_();
    }
}

void GzipWriter::deflate_into_out(int flush) {
    do {
        const std::size_t start = out_.size();
        out_.resize(start + piece_size);
        stream_->next_out = reinterpret_cast<Bytef*>(out_.data() + start);
        stream_->avail_out = static_cast<uInt>(piece_size);
        deflate(stream_.get(), flush);
        out_.resize(start + piece_size - stream_->avail_out);
    } while (stream_->avail_out == 0);
}

std::string GzipWriter::finish() {
    deflate_into_out(Z_FINISH);
    append_little_endian(out_, checksum_);
    append_little_endian(out_, static_cast<std::uint32_t>(size_));
    if (std::max<std::uint64_t>(size_, out_.size()) > largest_length) {
        fail(Status::limit,
             concat("a file of ", size_, " bytes before compression is too large for its format; keep fewer samples"));
    }
    return std::move(out_);
}

GzipReader::GzipReader(std::string_view bytes, std::uint64_t limit, std::function<void()> meanwhile)
    : stream_(started_inflate()), meanwhile_(std::move(meanwhile)) {
    if (!bytes.starts_with(member_header))
        fail(Status::bad_model, "not a file of libmoodleml, or its first bytes are damaged");
    if (bytes.size() < member_header.size() + trailer_size || bytes.size() > largest_length)
        refuse_damaged("it was cut off");
    expected_checksum_ = from_little_endian<std::uint32_t>(bytes.substr(bytes.size() - trailer_size));
    length_ = from_little_endian<std::uint32_t>(bytes.substr(bytes.size() - trailer_size / 2));
    remaining_ = length_;
    bytes = bytes.substr(member_header.size(), bytes.size() - member_header.size() - trailer_size);
    if (remaining_ / highest_ratio > bytes.size()) refuse_damaged("its length does not fit");
    set_input(*stream_, bytes);
    if (remaining_ <= limit) return;
    // Memory is not the matter here but the message: a cut or damaged file has any number for a length.
    skip(limit + 1);
    fail(Status::limit, concat("it holds more than the limit of ", limit, " bytes"));
}

void GzipReader::inflate_into(std::span<char> out) {
    stream_->next_out = reinterpret_cast<Bytef*>(out.data());
    stream_->avail_out = narrowed<uInt>(out.size());
    int result = Z_OK;
    while (result == Z_OK && stream_->avail_out > 0) result = inflate(stream_.get(), Z_NO_FLUSH);
    if (result == Z_MEM_ERROR) throw std::bad_alloc();
    ended_ = result == Z_STREAM_END;
}

void GzipReader::read(std::span<char> out) {
    if (out.empty()) return;
    if (ended_ || out.size() > remaining_) refuse_damaged("it ends too early");
    while (!out.empty()) {
        const std::span<char> piece = out.first(std::min(out.size(), between_calls));
        read_piece(piece);
        out = out.subspan(piece.size());
    }
}

void GzipReader::read_piece(std::span<char> out) {
    if (ended_) refuse_damaged("its compressed bytes are cut off or changed");
    inflate_into(out);
    if (stream_->avail_out > 0) refuse_damaged("its compressed bytes are cut off or changed");
    remaining_ -= out.size();
    checksum_ = updated_checksum(checksum_, {out.data(), out.size()});
    since_meanwhile_ += out.size();
    if (!meanwhile_ || since_meanwhile_ < between_calls) return;
    since_meanwhile_ = 0;
    meanwhile_();
}

void GzipReader::skip(std::uint64_t size) {
    std::string piece(piece_size, '\0');
    while (size > 0) {
        const auto count = as_size(std::min<std::uint64_t>(size, piece_size));
        read(std::span(piece).first(count));
        size -= count;
    }
}

void GzipReader::finish() {
    skip(remaining_);
    // The end may not have been seen yet; room for one byte shows whether there is more before it.
    char beyond = 0;
    if (!ended_) inflate_into({&beyond, 1});
    if (!ended_ || stream_->total_out != length_) refuse_damaged("its length does not fit");
    if (stream_->avail_in > 0) refuse_damaged("there are bytes after its end");
    if (checksum_ != expected_checksum_) refuse_damaged("its checksum does not fit");
}

}  // namespace mml
