// SPDX-License-Identifier: Apache-2.0
#include "model/prepared_model.hpp"

#include <numeric>

#include "base/index.hpp"
#include "model/category_coding.hpp"

namespace mml {

namespace {

std::vector<CellChange> changes_of(const Model& model) {
    if (model.categories().empty()) return {};
    return level_changes(model.categories(), {}, model.input_names(), "the predictor's rows");
}

std::vector<std::int32_t> all_columns(const Model& model) {
    std::vector<std::int32_t> columns(as_size(model.inputs()));
    std::iota(columns.begin(), columns.end(), 0);
    return columns;
}

}  // namespace

PreparedModel::PreparedModel(const Model& model) : PreparedModel(model, all_columns(model), changes_of(model)) {
    columns_.clear();
}

// Each prior sees the table's numbers itself, as in Model::predict().
PreparedModel::PreparedModel(const Model& model, const std::vector<std::int32_t>& columns, std::vector<CellChange> changes)
    : model_(model), columns_(columns), changes_(std::move(changes)), ensemble_(model.ensemble()) {
    if (!model.prior().model) return;
    const Model& prior = *model.prior().model;
    std::vector<std::int32_t> columns_of_prior;
    for (const std::int32_t column : model.prior_columns()) columns_of_prior.push_back(item(columns, column));
    std::vector<CellChange> changes_of_prior =
        prior.categories().empty() ? std::vector<CellChange>()
                                   : level_changes_of_earlier(prior.categories(), {}, columns_of_prior.size());
    prior_.reset(new PreparedModel(prior, columns_of_prior, std::move(changes_of_prior)));
}

template <typename Number>
void PreparedModel::score(const DenseRows& table, std::span<Number> scores, Workspace& space) const {
    ensemble_.score(view_of(table, space), scores, space);
    if (!prior_) return;
    std::pmr::vector<Number> prior_scores(table.rows * as_size(prior_->model_.outputs()), &space);
    prior_->score(table, std::span<Number>(prior_scores), space);
    model_.mix(std::span<const Number>(prior_scores), scores);
}

template void PreparedModel::score(const DenseRows&, std::span<float>, Workspace&) const;
template void PreparedModel::score(const DenseRows&, std::span<double>, Workspace&) const;

DenseRows PreparedModel::view_of(const DenseRows& table, Workspace& space) const {
    if (columns_.empty() && changes_.empty()) return table;
    const auto width = as_size(model_.inputs());
    auto* const cells = static_cast<float*>(space.allocate(table.rows * width * sizeof(float), alignof(float)));
    for (std::size_t row = 0; row < table.rows; ++row) {
        for (std::size_t column = 0; column < width; ++column) {
            float& cell = cells[row * width + column];
            cell = table.row(row)[columns_.empty() ? column : as_size(columns_[column])];
            if (!changes_.empty() && changes_[column]) cell = changes_[column](cell);
        }
    }
    return {cells, table.rows, width};
}

}  // namespace mml
