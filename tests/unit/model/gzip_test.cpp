// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>

#include "model/gzip.hpp"

TEST_CASE("a callback is called after every megabyte, and leaves the compressed bytes alone") {
    std::string bytes;
    for (int i = 0; bytes.size() < 5'000'000; ++i) bytes += std::to_string(i % 977 * i);
    int calls = 0;
    mml::GzipWriter plain(6), watched(6, [&] { ++calls; });
    plain.append(bytes);
    watched.append(bytes);
    CHECK(calls == 5);
    CHECK(plain.finish() == watched.finish());
}
