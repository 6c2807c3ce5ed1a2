// SPDX-License-Identifier: Apache-2.0
#include "base/ranks.hpp"

#include <algorithm>
#include <array>
#include <new>

#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

// Bytes travel as whole numbers in doubles: with zeros added they stay exact, whatever adds them.
constexpr std::size_t bytes_a_number = 6;
constexpr std::size_t numbers_a_message = 174;
// At a time, so that gathering takes little memory beside its result.
constexpr std::size_t most_gathered_numbers = 65536;
// What ranks that come to the end of a call meet at; other steps are smaller.
constexpr double last_step = 0x1p52;

std::size_t numbers_for(std::size_t bytes) { return (bytes + bytes_a_number - 1) / bytes_a_number; }

double packed(std::span<const std::byte> bytes) {
    double number = 0;
    for (std::size_t i = bytes.size(); i-- > 0;) number = number * 256 + std::to_integer<unsigned char>(bytes[i]);
    return number;
}

void unpack(double number, std::span<std::byte> bytes) {
    auto rest = static_cast<std::uint64_t>(number);
    for (std::byte& byte : bytes) {
        byte = std::byte(rest & 255U);
        rest >>= 8U;
    }
}

template <typename Byte>
std::span<Byte> piece(std::span<Byte> bytes, std::size_t number) {
    const std::size_t first = number * bytes_a_number;
    return bytes.subspan(first, std::min(bytes_a_number, bytes.size() - first));
}

// What a rank says of its failure: the status, below 0, then the text, which ends with zeros.
void write_failure(std::span<double> numbers, Status status, const std::string& message) {
    numbers[0] = static_cast<double>(status);
    std::array<char, (numbers_a_message - 1) * bytes_a_number> text{};
    std::copy_n(message.begin(), std::min(message.size(), text.size() - 1), text.begin());
    const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
    for (std::size_t i = 1; i < numbers.size(); ++i) numbers[i] = packed(piece(bytes, i - 1));
}

std::string read_message(std::span<const double> numbers) {
    std::array<char, (numbers_a_message - 1) * bytes_a_number> text{};
    const std::span<std::byte> bytes = std::as_writable_bytes(std::span(text));
    for (std::size_t i = 1; i < numbers.size(); ++i) unpack(numbers[i], piece(bytes, i - 1));
    return valid_utf8(std::string(text.data()));
}

// What the exception being handled says.
std::pair<Status, std::string> current_failure() {
    try {
        throw;
    } catch (const Error& error) {
        return {error.status(), error.what()};
    } catch (const std::bad_alloc&) {
        return {Status::out_of_memory, "out of memory"};
    } catch (const std::exception& error) {
        return {Status::internal, error.what()};
    } catch (...) {
        return {Status::internal, "an unknown exception"};
    }
}

}  // namespace

Ranks::Ranks(int rank, int size, AllReduce all_reduce) {
    if (size < 1 || rank < 0 || rank >= size) {
        fail(Status::invalid_argument, concat("rank is ", rank, " of ", size, ": give a rank from 0 to size - 1"));
    }
    if (size > 1) shared_ = std::make_shared<Shared>(Shared{rank, size, std::move(all_reduce)});
}

std::int64_t Ranks::sum(std::int64_t value) const {
    return several() ? static_cast<std::int64_t>(sum(static_cast<double>(value))) : value;
}

std::int64_t Ranks::maximum(std::int64_t value) const {
    return several() ? static_cast<std::int64_t>(maximum(static_cast<double>(value))) : value;
}

void Ranks::sum(std::span<std::int64_t> values) const {
    if (!several()) return;
    std::vector<double> sums(values.begin(), values.end());
    sum(std::span(sums));
    std::ranges::transform(sums, values.begin(), [](double sum) { return static_cast<std::int64_t>(sum); });
}

// Ranks that are about to combine different things would wait for each other for ever, or crash in the caller's function. So
// they first meet with three numbers, always the same ones. There a rank that has failed says so.
void Ranks::reduce(void* values, std::size_t count, Number number, Operation operation) const {
    const auto kind = 2 * static_cast<double>(number) + static_cast<double>(operation);
    meet(8 * static_cast<double>(count) + kind);
    reduce_now(values, count, number, operation);
}

void Ranks::reduce_now(void* values, std::size_t count, Number number, Operation operation) const {
    if (count == 0) return;
    const std::int32_t result = shared_->all_reduce(values, count, number, operation);
    if (result == 0) return;
    shared_->ended = true;
    if (result == static_cast<std::int32_t>(Status::cancelled)) fail(Status::cancelled, "stopped by the all-reduce");
    fail(Status::input_output, concat("the all-reduce of rank ", shared_->rank, " of ", shared_->size, " returned ", result,
                                      ": look whether all ranks are running and reach each other"));
}

void Ranks::meet(double step) const {
    double states[] = {0, step, -step};
    reduce_now(states, 3, Number::float64, Operation::maximum);
    if (states[0] > 0) throw_failure(Status::ok, "");
    if (states[1] == -states[2]) return;
    shared_->ended = true;
    fail(Status::mismatch,
         "the ranks are at different steps of the training: give all of them the same options and version");
}

void Ranks::finish() const { meet(last_step); }

void Ranks::tell_and_rethrow() const {
    if (shared_->ended) throw;
    const auto [status, message] = current_failure();
    double states[] = {1, 0, 0};
    reduce_now(states, 3, Number::float64, Operation::maximum);
    throw_failure(status, message);
}

// The lowest of the ranks that failed speaks for all. What every rank says alike is not one rank's.
void Ranks::throw_failure(Status status, const std::string& message) const {
    shared_->ended = true;
    std::vector<double> numbers(as_size(shared_->size) * numbers_a_message);
    const auto of_rank = [&](int rank) {
        return std::span(numbers).subspan(as_size(rank) * numbers_a_message, numbers_a_message);
    };
    if (status != Status::ok) write_failure(of_rank(shared_->rank), status, message);
    reduce_now(numbers.data(), numbers.size(), Number::float64, Operation::sum);
    int first = 0;
    while (first + 1 < shared_->size && of_rank(first)[0] == 0) ++first;
    bool alike = true;
    for (int rank = 0; rank < shared_->size; ++rank) alike = alike && std::ranges::equal(of_rank(rank), of_rank(0));
    const std::string text = read_message(of_rank(first));
    fail(static_cast<Status>(of_rank(first)[0]), alike ? text : concat("rank ", first, " of ", shared_->size, ": ", text));
}

std::vector<LargeVector<std::byte>> Ranks::gather(std::span<const std::byte> own) const {
    if (!several()) return {LargeVector<std::byte>(own.begin(), own.end())};
    std::vector<std::int64_t> sizes(as_size(shared_->size));
    item(sizes, shared_->rank) = narrowed<std::int64_t>(own.size());
    sum(std::span(sizes));
    std::vector<LargeVector<std::byte>> parts;
    LargeVector<double> numbers;
    for (int rank = 0; rank < shared_->size; ++rank) {
        LargeVector<std::byte>& part = parts.emplace_back(as_size(item(sizes, rank)));
        const std::span<std::byte> bytes(part);
        const std::size_t all = numbers_for(part.size());
        for (std::size_t first = 0; first < all; first += most_gathered_numbers) {
            numbers.assign(std::min(most_gathered_numbers, all - first), 0.0);
            for (std::size_t i = 0; rank == shared_->rank && i < numbers.size(); ++i)
                numbers[i] = packed(piece(own, first + i));
            sum(std::span(numbers));
            for (std::size_t i = 0; i < numbers.size(); ++i) unpack(numbers[i], piece(bytes, first + i));
        }
    }
    return parts;
}

std::vector<std::vector<std::string>> Ranks::gathered_texts(const std::vector<std::string>& own) const {
    if (!several()) return {own};
    std::vector<std::size_t> lengths;
    std::string all;
    for (const std::string& text : own) {
        lengths.push_back(text.size());
        all += text;
    }
    const auto counted = gathered_by_rank(std::span<const std::size_t>(lengths));
    const auto written = gathered_by_rank<char, std::string>(all);
    std::vector<std::vector<std::string>> result(counted.size());
    for (std::size_t rank = 0; rank < counted.size(); ++rank) {
        std::size_t begin = 0;
        for (const std::size_t length : counted[rank]) {
            result[rank].push_back(written[rank].substr(begin, length));
            begin += length;
        }
    }
    return result;
}

}  // namespace mml
