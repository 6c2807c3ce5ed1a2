// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fstream>
#include <ftw.h>
#include <string>

/// A folder of its own that goes with the object.
class TemporaryFolder {
public:
    TemporaryFolder() {
        const char* place = std::getenv("TMPDIR");
        path_ = std::string(place != nullptr ? place : P_tmpdir) + "/moodleml-XXXXXX";
        REQUIRE(mkdtemp(&path_[0]) != nullptr);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        nftw(
            path_.c_str(), [](const char* path, const struct stat*, int, struct FTW*) { return std::remove(path); }, 8,
            FTW_DEPTH | FTW_PHYS);
    }

    std::string operator/(const std::string& name) const { return path_ + "/" + name; }

    /// Writes a file and tells its path.
    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream stream((*this / name).c_str(), std::ios::binary);
        stream << text;
        REQUIRE(stream.good());
        return *this / name;
    }

private:
    std::string path_;
};

/// The rows of metadata of a file as Moodle writes it, of two features and two classes.
const std::string moodle_head = "nfeatures,targetclasses,targettype\n2,\"[0,1]\",discrete\n";

/// Labelled rows, whose first cell tells their class.
inline std::string moodle_rows(int rows) {
    std::string text;
    for (int row = 0; row < rows; ++row) {
        const std::string sign = row % 2 == 0 ? "-" : "";
        text +=
            sign + "0." + std::to_string(1 + row % 9) + "," + std::to_string(row % 5) + "," + std::to_string(row % 2) + "\n";
    }
    return text;
}
