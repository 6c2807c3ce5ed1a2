// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <utility>

namespace mml {

/// A seeded stream of random numbers, the same on every machine (the standard library's distributions and
/// std::shuffle are not). xoshiro256++ (Blackman and Vigna, 2021), seeded through SplitMix64.
/// A stream is made from the user's seed and the names of what it is for, so that no work depends on the order in
/// which other work drew its numbers: RandomStream(seed, purpose, index).
class RandomStream {
public:
    explicit RandomStream(std::uint64_t seed, std::uint64_t purpose = 0, std::uint64_t index = 0);

    std::uint64_t next();
    /// Uniform in [0, 1).
    double uniform();
    /// Uniform in 0 ... bound - 1, without bias; bound > 0.
    std::uint64_t below(std::uint64_t bound);
    /// Standard normal (Box and Muller, 1958).
    double normal();

    template <typename T>
    void shuffle(std::span<T> values) {
        for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[below(i)]);
    }

private:
    std::uint64_t state_[4];
};

/// What streams are for; each use has its own, so that adding one leaves the others' numbers as they were.
namespace purpose {
enum : std::uint64_t { folds = 1, split, network, kept_samples, trees, resampled_rows, surveyed_rows, permuted_rows };
}

}  // namespace mml
