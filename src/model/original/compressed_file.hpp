// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

namespace mml {

/// The content of a file that joblib wrote plainly or compressed with zlib or gzip. Errors: bad_model where the compressed
/// bytes are damaged or of another kind, which is named; limit where more than `limit` bytes come of them.
std::string joblib_content(std::string file, std::uint64_t limit);

}  // namespace mml
