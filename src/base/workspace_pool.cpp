// SPDX-License-Identifier: Apache-2.0
#include "base/workspace_pool.hpp"

#include <functional>
#include <thread>

namespace mml {

namespace {

// A cache line of each piece is its own.
constexpr std::size_t piece_alignment = 64;

std::size_t rounded_up(std::size_t bytes) { return (bytes + piece_alignment - 1) / piece_alignment * piece_alignment; }

}  // namespace

WorkspacePool::WorkspacePool(std::size_t pieces, std::size_t bytes_of_piece)
    : pieces_(pieces),
      bytes_of_piece_(rounded_up(bytes_of_piece)),
      memory_(std::make_unique_for_overwrite<std::byte[]>(pieces_ * bytes_of_piece_)),
      lent_(std::make_unique<std::atomic<bool>[]>(pieces_)) {}

// Threads begin their search at different pieces, so that they seldom meet. Returns the number of pieces where none is free.
std::size_t WorkspacePool::borrow() const {
    const std::size_t first = std::hash<std::thread::id>()(std::this_thread::get_id()) % pieces_;
    for (std::size_t i = 0; i < pieces_; ++i) {
        const std::size_t piece = (first + i) % pieces_;
        if (!lent_[piece].exchange(true, std::memory_order_acquire)) return piece;
    }
    return pieces_;
}

WorkspacePool::Loan::Loan(const WorkspacePool& pool) : pool_(pool), piece_(pool.borrow()) {
    if (piece_ == pool_.pieces_) {
        memory_.emplace();
    } else {
        memory_.emplace(pool_.memory_.get() + piece_ * pool_.bytes_of_piece_, pool_.bytes_of_piece_);
    }
}

WorkspacePool::Loan::~Loan() {
    memory_.reset();
    if (piece_ < pool_.pieces_) pool_.lent_[piece_].store(false, std::memory_order_release);
}

void* CountingMemory::do_allocate(std::size_t bytes, std::size_t alignment) {
    bytes_ += bytes + alignment;
    return memory_.allocate(bytes, alignment);
}

}  // namespace mml
