// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <memory_resource>
#include <optional>
#include <vector>

namespace mml {

/// Pieces of memory, all made at once, that calls on any thread borrow without a lock.
class WorkspacePool {
public:
    WorkspacePool(std::size_t pieces, std::size_t bytes_of_piece);

    /// One piece as long as this lives. Where all are lent, or a piece is too small, memory comes from the heap.
    class Loan {
    public:
        explicit Loan(const WorkspacePool& pool);
        Loan(const Loan&) = delete;
        Loan& operator=(const Loan&) = delete;
        ~Loan();
        std::pmr::memory_resource& memory() { return *memory_; }
        /// Frees what was taken, for the next rows.
        void clear() { memory_->release(); }

    private:
        const WorkspacePool& pool_;
        std::size_t piece_;
        std::optional<std::pmr::monotonic_buffer_resource> memory_;
    };

    std::size_t bytes() const { return pieces_ * bytes_of_piece_; }

private:
    std::size_t borrow() const;

    std::size_t pieces_;
    std::size_t bytes_of_piece_;
    std::unique_ptr<std::byte[]> memory_;  // not written here, so that pieces nobody borrows take no pages
    std::unique_ptr<std::atomic<bool>[]> lent_;
};

/// Counts what is asked of it, and takes it from the heap until it goes, as a piece does.
class CountingMemory : public std::pmr::memory_resource {
public:
    std::size_t bytes() const { return bytes_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* /*place*/, std::size_t /*bytes*/, std::size_t /*alignment*/) override {}
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }

    std::size_t bytes_ = 0;
    std::pmr::monotonic_buffer_resource memory_;
};

}  // namespace mml
