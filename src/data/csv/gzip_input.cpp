// SPDX-License-Identifier: Apache-2.0
#include "data/csv/gzip_input.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <new>
#include <vector>
#include <zlib.h>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

constexpr std::size_t bytes_at_once = std::size_t{1} << 16U;
constexpr int gzip_window = 15 + 16;  // zlib: the largest window, in gzip's frame

class GzipInput {
public:
    GzipInput(ReadBytes read, std::string name) : read_(std::move(read)), name_(std::move(name)), packed_(bytes_at_once) {
        if (inflateInit2(&stream_, gzip_window) != Z_OK) throw std::bad_alloc();
    }
    GzipInput(const GzipInput&) = delete;
    GzipInput& operator=(const GzipInput&) = delete;
    ~GzipInput() { inflateEnd(&stream_); }

    std::size_t read(std::span<char> out) {
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        const auto room = static_cast<uInt>(std::min<std::size_t>(out.size(), std::numeric_limits<uInt>::max()));
        stream_.avail_out = room;
        while (stream_.avail_out == room && fill()) inflate_some();
        return room - stream_.avail_out;
    }

private:
    // Whether there are packed bytes; refuses an end within a member.
    bool fill() {
        if (stream_.avail_in > 0) return true;
        const std::size_t count = read_(packed_);
        stream_.next_in = reinterpret_cast<Bytef*>(packed_.data());
        stream_.avail_in = narrowed<uInt>(count);
        if (count == 0 && in_member_) refuse("end too early: the file is cut off");
        return count > 0;
    }

    void inflate_some() {
        if (!in_member_ && !begin_member()) return;
        const int result = inflate(&stream_, Z_NO_FLUSH);
        if (result == Z_MEM_ERROR) throw std::bad_alloc();
        if (result == Z_STREAM_END) {
            in_member_ = false;
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            refuse(concat("are damaged (", stream_.msg != nullptr ? stream_.msg : "no valid stream", ")"));
        }
    }

    // Programs that write tapes fill up with zeros, which belong to no member.
    bool begin_member() {
        while (any_member_ && stream_.avail_in > 0 && *stream_.next_in == 0) {
            ++stream_.next_in;
            --stream_.avail_in;
        }
        if (stream_.avail_in == 0) return false;
        inflateReset(&stream_);
        return in_member_ = any_member_ = true;
    }

    [[noreturn]] void refuse(const std::string& what) const {
        fail(Status::bad_data, concat(name_, ": its gzip-packed bytes ", what));
    }

    ReadBytes read_;
    std::string name_;
    std::vector<char> packed_;
    z_stream stream_{};
    bool in_member_ = false;
    bool any_member_ = false;
};

}  // namespace

ReadBytes unpacked_gzip(ReadBytes read, std::string name) {
    const auto input = std::make_shared<GzipInput>(std::move(read), std::move(name));
    return [input](std::span<char> out) { return input->read(out); };
}

}  // namespace mml
