// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/random.hpp"
#include "ensemble/shared_network.hpp"

namespace mml {

NetworkParameters zero_parameters(const SharedShape& shape);
/// Weights and biases up to 1 / sqrt(fan-in), as all members start from the same matrices; the signs, 1 or -1, are what
/// they differ by.
NetworkParameters random_parameters(const SharedShape& shape, RandomStream& random);

}  // namespace mml
