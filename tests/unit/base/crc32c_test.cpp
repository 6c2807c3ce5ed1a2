// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>
#include <string>

#include "base/crc32c.hpp"

TEST_CASE("CRC-32C gives the check values of RFC 3720 and of the catalogue of CRCs") {
    CHECK(mml::crc32c("") == 0U);
    CHECK(mml::crc32c("123456789") == 0xE3069283U);
    CHECK(mml::crc32c(std::string(32, '\0')) == 0x8A9136AAU);
    CHECK(mml::crc32c(std::string(32, '\xFF')) == 0x62A8AB43U);
}
