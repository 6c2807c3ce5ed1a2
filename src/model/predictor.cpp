// SPDX-License-Identifier: Apache-2.0
#include "model/predictor.hpp"

#include <algorithm>
#include <numeric>
#include <thread>

#include "base/index.hpp"
#include "model/column_match.hpp"

namespace mml {

namespace {

constexpr const char* callers_rows = "the predictor's columns";
// Cells of a block stay in a processor's second cache.
constexpr std::size_t cells_a_block = std::size_t{1} << 17U;
constexpr std::size_t bytes_of_alignments = 256;

std::size_t most_calls() { return std::max<std::size_t>(16, std::size_t{2} * std::thread::hardware_concurrency()); }

std::vector<std::int32_t> sources_of(const Model& model, const std::vector<std::string>& columns) {
    if (!columns.empty()) {
        return match_column_names({model.input_names(), model.named(), "the model", "", model.by_position()},
                                  {columns, true, callers_rows, ""});
    }
    std::vector<std::int32_t> identity(as_size(model.inputs()));
    std::iota(identity.begin(), identity.end(), 0);
    return identity;
}

bool counts_from_origins(const Model& model) {
    return !model.origins().empty() || (model.prior().model && counts_from_origins(*model.prior().model));
}

}  // namespace

Predictor::Predictor(std::shared_ptr<const Model> model, const std::vector<std::string>& columns, MemoryLimit limit)
    : model_(std::move(model)),
      prepared_(*model_),
      columns_(columns.empty() ? model_->inputs() : std::ssize(columns)),
      column_names_(columns),
      needs_table_(counts_from_origins(*model_)),
      is_open_(columns.empty() && model_->by_position()),
      sources_(sources_of(*model_, columns)),
      rows_a_block_(std::clamp<std::size_t>(cells_a_block / sources_.size(), 1, DenseScorer::most_rows)),
      workspaces_(most_calls(), bytes_of_call(limit)) {}

// By a call on rows of zeros: what it takes does not depend on the cells.
std::size_t Predictor::bytes_of_call(MemoryLimit limit) const {
    const std::vector<float> zeros(sources_.size() * rows_a_block_);
    std::vector<double> scores(rows_a_block_ * as_size(model_->outputs()));
    std::size_t most = 0;
    for (const std::size_t rows : {std::size_t{1}, rows_a_block_}) {
        CountingMemory memory;
        prepared_.score({zeros.data(), rows, sources_.size()}, std::span(scores), memory);
        most = std::max(most, memory.bytes());
    }
    const std::size_t bytes_of_cells = zeros.size() * sizeof(float);
    const std::size_t bytes_of_scores = scores.size() * sizeof(double);
    const std::size_t bytes = most + bytes_of_cells + bytes_of_scores + bytes_of_alignments;
    limit.require(static_cast<std::int64_t>(most_calls() * bytes), "this predictor", "or predict without one");
    return bytes;
}

DenseRows Predictor::read_block(std::int64_t first, std::size_t count, const ReadRows& read, Workspace& space) const {
    const std::size_t width = sources_.size();
    auto* const cells = static_cast<float*>(space.allocate(count * width * sizeof(float), alignof(float)));
    return {read(first, count, sources_, cells), count, width};
}

template <typename Number>
void Predictor::predict(std::int64_t rows, const ReadRows& read, std::span<Number> scores) const {
    WorkspacePool::Loan loan(workspaces_);
    const auto outputs = as_size(model_->outputs());
    for (std::int64_t first = 0; first < rows; first += static_cast<std::int64_t>(rows_a_block_)) {
        const std::size_t count = std::min(rows_a_block_, as_size(rows - first));
        const DenseRows block = read_block(first, count, read, loan.memory());
        prepared_.score(block, scores.subspan(as_size(first) * outputs, count * outputs), loan.memory());
        loan.clear();
    }
}

template void Predictor::predict(std::int64_t, const ReadRows&, std::span<float>) const;
template void Predictor::predict(std::int64_t, const ReadRows&, std::span<double>) const;

void Predictor::decide(std::int64_t rows, const ReadRows& read, std::span<std::int32_t> classes,
                       std::span<float> strengths) const {
    WorkspacePool::Loan loan(workspaces_);
    const auto outputs = as_size(model_->outputs());
    for (std::int64_t first = 0; first < rows; first += static_cast<std::int64_t>(rows_a_block_)) {
        const std::size_t count = std::min(rows_a_block_, as_size(rows - first));
        const DenseRows block = read_block(first, count, read, loan.memory());
        std::pmr::vector<float> scores(count * outputs, &loan.memory());
        std::pmr::vector<float> shares(outputs, &loan.memory());
        prepared_.score(block, std::span<float>(scores), loan.memory());
        const auto place = as_size(first);
        decide(scores, classes.subspan(place, count), strengths.empty() ? strengths : strengths.subspan(place, count),
               shares);
        loan.clear();
    }
}

void Predictor::decide(std::span<const float> scores, std::span<std::int32_t> classes, std::span<float> strengths) const {
    std::vector<float> shares(as_size(model_->outputs()));
    decide(scores, classes, strengths, shares);
}

void Predictor::decide(std::span<const float> scores, std::span<std::int32_t> classes, std::span<float> strengths,
                       std::span<float> shares) const {
    for (std::size_t row = 0; row < classes.size(); ++row) {
        const auto probabilities = scores.subspan(row * shares.size(), shares.size());
        classes[row] = model_->decision().decide(probabilities);
        if (strengths.empty()) continue;
        model_->decision().write_strengths(probabilities, shares);
        strengths[row] = item(shares, classes[row]);
    }
}

}  // namespace mml
