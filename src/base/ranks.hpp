// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/large_vector.hpp"

namespace mml {

/// The processes that train one model together, each on its own rows. Every function but rank(), size() and several() is
/// collective: all ranks call it, in the same order and with the same number of values. With one rank, nothing is called and
/// nothing changes. Copies share their state; one call at a time uses it, on the thread of that call.
class Ranks {
public:
    /// The same numbers as mml_data_type and mml_operation.
    enum class Number : std::int32_t { float32 = 1, float64 = 2 };
    enum class Operation : std::int32_t { sum = 1, maximum = 2 };
    /// As mml_all_reduce_fn: returns 0 if it worked.
    using AllReduce = std::function<std::int32_t(void* values, std::size_t count, Number number, Operation operation)>;

    /// One rank.
    Ranks() = default;
    /// Throws Error(invalid_argument) if rank is not from 0 to size - 1.
    Ranks(int rank, int size, AllReduce all_reduce);

    int rank() const { return shared_ ? shared_->rank : 0; }
    int size() const { return shared_ ? shared_->size : 1; }
    bool several() const { return shared_ != nullptr; }

    /// Replaces each value by its sum over the ranks.
    void sum(std::span<float> values) const {
        if (several()) reduce(values.data(), values.size(), Number::float32, Operation::sum);
    }
    void sum(std::span<double> values) const {
        if (several()) reduce(values.data(), values.size(), Number::float64, Operation::sum);
    }
    double sum(double value) const {
        sum(std::span(&value, 1));
        return value;
    }
    /// Of whole numbers up to 2^53.
    std::int64_t sum(std::int64_t value) const;
    void sum(std::span<std::int64_t> values) const;
    std::int64_t maximum(std::int64_t value) const;
    double maximum(double value) const {
        if (several()) reduce(&value, 1, Number::float64, Operation::maximum);
        return value;
    }
    /// Whether it holds on any rank.
    bool any(bool holds) const { return several() ? maximum(holds ? 1.0 : 0.0) > 0 : holds; }

    /// The items of each rank.
    template <typename Item, typename Items = LargeVector<Item>>
    std::vector<Items> gathered_by_rank(std::span<const Item> own) const {
        static_assert(std::is_trivially_copyable_v<Item>);
        std::vector<Items> all;
        for (const LargeVector<std::byte>& part : gather(std::as_bytes(own))) {
            Items& items = all.emplace_back();
            items.resize(part.size() / sizeof(Item));
            if (!part.empty()) std::memcpy(items.data(), part.data(), part.size());
        }
        return all;
    }
    /// The same one after the other, rank after rank.
    template <typename Item, typename Items = LargeVector<Item>>
    Items gathered(std::span<const Item> own) const {
        std::vector<Items> parts = gathered_by_rank<Item, Items>(own);
        Items all = std::move(parts.front());
        for (std::size_t rank = 1; rank < parts.size(); ++rank) {
            all.insert(all.end(), parts[rank].begin(), parts[rank].end());
            parts[rank] = Items();
        }
        return all;
    }
    /// The texts of each rank.
    std::vector<std::vector<std::string>> gathered_texts(const std::vector<std::string>& own) const;

    /// Runs one call's work on all ranks. If it fails on one of them, every rank throws that rank's error, whose message
    /// then begins with the rank, at its next collective step or at the end. Nothing waits for a rank that has failed.
    template <typename Work>
    void together(const Work& work) const {
        if (!several()) {
            work();
            return;
        }
        begin();
        try {
            work();
            finish();
        } catch (...) {
            tell_and_rethrow();
        }
    }

private:
    struct Shared {
        int rank;
        int size;
        AllReduce all_reduce;
        bool ended = false;  ///< all ranks know that the call has failed, or they cannot be reached
    };

    void reduce(void* values, std::size_t count, Number number, Operation operation) const;
    void reduce_now(void* values, std::size_t count, Number number, Operation operation) const;
    void meet(double step) const;
    std::vector<LargeVector<std::byte>> gather(std::span<const std::byte> own) const;
    void begin() const { shared_->ended = false; }
    void finish() const;
    [[noreturn]] void tell_and_rethrow() const;
    [[noreturn]] void throw_failure(Status status, const std::string& message) const;

    std::shared_ptr<Shared> shared_;
};

}  // namespace mml
