// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

struct z_stream_s;

namespace mml {

using ZlibStream = std::unique_ptr<z_stream_s, void (*)(z_stream_s*)>;

/// Makes one gzip member, piece by piece. Time, flags, extra flags and system in its header are always the same bytes.
class GzipWriter {
public:
    /// level: zlib's 0 (stored) ... 9. meanwhile: called after every megabyte that is appended; what it throws ends the
    /// writing.
    explicit GzipWriter(int level, std::function<void()> meanwhile = nullptr);

    void append(std::string_view bytes);
    /// The whole member; the writer is done after it. Error(limit) where gzip cannot tell the length (4 GB).
    std::string finish();

private:
    void deflate_into_out(int flush);

    ZlibStream stream_;
    std::function<void()> meanwhile_;
    std::string out_;
    std::uint64_t size_ = 0;
    std::uint32_t checksum_ = 0;
};

/// Reads what GzipWriter made and nothing else: one member with the same header, no byte after it. Errors, without
/// the file's name: bad_model where it is not so, limit.
class GzipReader {
public:
    /// `bytes` must live as long as the reader. Error(limit) where they inflate to more than `limit` bytes. meanwhile:
    /// called after every few megabytes that are inflated; what it throws ends the reading.
    GzipReader(std::string_view bytes, std::uint64_t limit, std::function<void()> meanwhile = nullptr);

    /// Bytes still to be read, as the member's trailer tells; at most the limit, and no more than the bytes there are can
    /// inflate to.
    std::uint64_t remaining() const { return remaining_; }
    /// Fills all of `out`.
    void read(std::span<char> out);
    /// Reads what remains and checks that the member ends there and that length and checksum fit. May be called again.
    void finish();

private:
    void skip(std::uint64_t size);
    void inflate_into(std::span<char> out);
    void read_piece(std::span<char> out);

    ZlibStream stream_;
    std::function<void()> meanwhile_;
    std::uint64_t since_meanwhile_ = 0;
    std::uint64_t length_ = 0;
    std::uint64_t remaining_ = 0;
    std::uint32_t expected_checksum_ = 0;
    std::uint32_t checksum_ = 0;
    bool ended_ = false;
};

}  // namespace mml
