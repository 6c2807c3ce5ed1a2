// SPDX-License-Identifier: Apache-2.0
#include "model/loading.hpp"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/text.hpp"

namespace mml {

void Loading::require(std::uint64_t bytes) const {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 2);
    memory_.require(static_cast<std::int64_t>(std::min(bytes, most)), "reading it", "or take a smaller file");
}

void Loading::pause() const {
    if (supervisor_ == nullptr) return;
    supervisor_->poll();
    supervisor_->check();
}

std::string Loading::read_file(const std::string& path, std::uint64_t limit) const {
    constexpr std::size_t longest_path_shown = 1024;
    // What has no size is no regular file either, which read_file() refuses in its own words.
    std::error_code no_size;
    const std::uintmax_t size = std::filesystem::file_size(path, no_size);
    try {
        if (!no_size) require(size);
    } catch (const Error& error) {
        fail(error.status(), concat(mml::quote(path, longest_path_shown), ": ", error.what()));
    }
    return mml::read_file(path, limit, [this] { pause(); });
}

}  // namespace mml
