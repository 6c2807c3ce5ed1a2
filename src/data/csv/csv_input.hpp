// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "config/config.hpp"
#include "data/csv/read_bytes.hpp"

namespace mml {

/// Starts reading from the first byte; may be called again once the reading before has ended.
using OpenBytes = std::function<ReadBytes()>;

/// A CSV file before anything of it is read. What is read is text: gzip is unpacked, and UTF-16 (told by its byte order
/// mark) and the encoding of option `encoding` become UTF-8.
class CsvInput {
public:
    /// `name` is fit for a message.
    CsvInput(std::string name, OpenBytes open, const Config& config)
        : name_(std::move(name)), open_(std::move(open)), encoding_(config.text(OptionId::encoding)) {}

    const std::string& name() const { return name_; }
    /// The file from its beginning. What it gives throws Error(bad_data) where the packed bytes are damaged, or where the
    /// file is packed in another way (the message names the program that unpacks it).
    ReadBytes open() const;

private:
    std::string name_;
    OpenBytes open_;
    std::string encoding_;
};

/// Bytes that were read already, then the rest.
ReadBytes after_beginning(std::string beginning, ReadBytes rest);

/// The first bytes, as many as asked for where there are so many.
std::string read_beginning(const ReadBytes& read, std::size_t size);

}  // namespace mml
