// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/csv/feature_table.hpp"
#include "data/csv/label_column.hpp"
#include "data/dataset.hpp"

namespace mml {

enum class CellRole { id, feature, target, ignored };

/// So many neighbouring cells of one role.
struct CellRun {
    CellRole role;
    std::int64_t count;
};

/// Collects the rows of samples of a file, whose cells have the given roles in this order.
class SampleRows {
public:
    /// `labels`: needed where a cell is the target.
    SampleRows(const CsvSource& source, std::vector<CellRun> runs, std::unique_ptr<LabelColumn> labels);

    void add(const CsvRecord& record);
    /// Sets features, row_ids and target of the data set.
    void finish(Dataset& dataset);

private:
    void take_run(RowCursor& cursor, const CellRun& run, std::int32_t& feature);

    const CsvSource& source_;
    std::vector<CellRun> runs_;
    std::unique_ptr<LabelColumn> labels_;
    FeatureTable features_;
    std::vector<std::string> ids_;
    std::int64_t bytes_of_ids_ = 0;
    std::int64_t cells_ = 0;  // of a row
    std::int64_t rows_ = 0;
};

}  // namespace mml
