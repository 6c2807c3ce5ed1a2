// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mml {

/// A file, pipe or device opened for reading in pieces; closed when the object goes. Where nothing is to be read yet, or
/// nobody writes to a named pipe yet, it waits, calling `meanwhile` about twenty times a second; what that throws ends it.
/// All functions here throw Error(input_output) with the path and the system's reason; not found is told apart by exists().
class InputFile {
public:
    explicit InputFile(const std::string& path, std::function<void()> meanwhile = nullptr);
    InputFile(const InputFile&) = delete;
    InputFile& operator=(const InputFile&) = delete;
    ~InputFile();

    /// Reads up to buffer.size() bytes; 0 only at the end.
    std::size_t read(std::span<char> buffer);

private:
    void wait() const;

    std::string path_;
    std::function<void()> meanwhile_;
    int descriptor_;
};

bool exists(const std::string& path);
/// Whether both name one file or directory, also by links; false where either is not there.
bool is_same(const std::string& path, const std::string& other);
/// Whether the path, which need not be there yet, is the directory or below it, also by links.
bool is_within(const std::string& path, const std::string& directory);

/// The whole of a regular file; anything else is refused, a named pipe without waiting for who writes to it. Error(limit)
/// where it is longer than `limit` bytes. meanwhile: called after every few megabytes; what it throws ends the reading.
std::string read_file(const std::string& path, std::uint64_t limit, const std::function<void()>& meanwhile = nullptr);
/// The same of its first bytes, at most `size`.
std::string read_beginning(const std::string& path, std::size_t size);

/// Replaces the file at once or not at all, also when the machine stops in between: temporary file in the same directory,
/// fsync, rename, fsync of the directory. On failure the old file is whole and no temporary file stays; only where the
/// last fsync fails, the new file is in place already, which *in_place tells then too. A symbolic link is replaced, not
/// followed; anything else that is no regular file is refused.
void replace_file(const std::string& path, std::string_view bytes, unsigned mode, bool* in_place = nullptr);

/// What lies in a directory; nothing where it is absent or cannot be read.
std::vector<std::string> names_in(const std::string& directory);

/// Makes the directory and its parents; permissions are `file_mode` with search permission wherever it has read permission.
void make_directories(const std::string& path, unsigned file_mode);

/// Removes one file; fine where there is none.
void remove_file(const std::string& path);

/// Removes a directory with all below it, never following symbolic links; fine where there is none.
void remove_tree(const std::string& path);

}  // namespace mml
