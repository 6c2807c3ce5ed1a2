// SPDX-License-Identifier: Apache-2.0
#include "data/csv/sample_rows.hpp"

#include "base/index.hpp"

namespace mml {

namespace {

std::int64_t count_of(const std::vector<CellRun>& runs, CellRole role) {
    std::int64_t count = 0;
    for (const CellRun& run : runs) count += run.role == role ? run.count : 0;
    return count;
}

}  // namespace

SampleRows::SampleRows(const CsvSource& source, std::vector<CellRun> runs, std::unique_ptr<LabelColumn> labels)
    : source_(source), runs_(std::move(runs)), labels_(std::move(labels)), features_(count_of(runs_, CellRole::feature)) {
    for (const CellRun& run : runs_) cells_ += run.count;
}

void SampleRows::add(const CsvRecord& record) {
    ++rows_;
    source_.check_rows(record, rows_);
    RowCursor cursor(source_, record, cells_);
    std::int32_t feature = 0;
    for (const CellRun& run : runs_) take_run(cursor, run, feature);
    cursor.finish();
    features_.end_row();
    source_.check_memory(record, features_.bytes() + bytes_of_ids_ + (labels_ ? labels_->bytes() : 0));
}

void SampleRows::take_run(RowCursor& cursor, const CellRun& run, std::int32_t& feature) {
    const auto count = static_cast<std::int32_t>(run.count);
    switch (run.role) {
        case CellRole::feature:
            features_.take_cells(cursor, feature, count);
            feature += count;
            break;
        case CellRole::id:
            ids_.push_back(cursor.take_text());
            bytes_of_ids_ += narrowed<std::int64_t>(sizeof(std::string) + ids_.back().capacity());
            break;
        case CellRole::target: labels_->take_cell(cursor); break;
        case CellRole::ignored:
            for (std::int32_t i = 0; i < count; ++i) cursor.take_text();
            break;
    }
}

void SampleRows::finish(Dataset& dataset) {
    dataset.features = features_.finish();
    dataset.row_ids = std::move(ids_);
    if (labels_) dataset.target = labels_->finish();
}

}  // namespace mml
