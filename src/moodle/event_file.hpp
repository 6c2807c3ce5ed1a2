// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace mml {

/// One point of a curve in TensorBoard.
struct Scalar {
    std::string tag;
    std::int64_t step = 0;
    float value = 0;
};

/// The bytes of a TensorBoard events file: TFRecord frames, each holding one Event message in protobuf's encoding. The
/// file's name must contain "tfevents" for TensorBoard to find it. wall_time: seconds since 1970.
std::string event_file_bytes(double wall_time, std::span<const Scalar> scalars);

}  // namespace mml
