// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mml::cli {

/// Where a command's result goes: standard output, or a file that appears whole or not at all (a temporary file beside it
/// takes its place in the end; a device or pipe is written to directly). Every failure to write throws Failure.
class Output {
public:
    /// An empty path or "-" is standard output.
    explicit Output(const std::string& path = "");
    ~Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;

    /// Also throws where a signal asked to stop (interruption.hpp).
    void write(std::string_view text);
    /// To be called when all is written; without it a file does not appear.
    void finish();

private:
    void open(const std::string& path);
    void flush();
    [[noreturn]] void fail(const std::string& what) const;

    std::string name_;       // what messages call it
    std::string path_;       // where the temporary file goes in the end
    std::string temporary_;  // empty where none is open
    int descriptor_ = 1;
    std::string waiting_;
};

/// Throws Failure where writing to `output` (empty or "-": standard output) would replace or lengthen one of the files that
/// the command reads: the same file, also by another name or a link. Inputs that are empty or not there are passed over.
void refuse_to_replace(const std::string& output, const std::vector<std::string>& inputs);

/// Writes to standard output.
void print(std::string_view text);

/// Writes to standard error as far as it goes; nothing can be done where it does not.
void write_standard_error(std::string_view text);

/// Opens /dev/null for those of the three standard streams that are closed: else the next file opened would take their
/// number and be overwritten by messages.
void ensure_standard_streams();

}  // namespace mml::cli
