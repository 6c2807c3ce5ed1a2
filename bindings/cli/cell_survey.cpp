// SPDX-License-Identifier: Apache-2.0
#include "cell_survey.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <span>
#include <vector>

namespace mml::cli {

namespace {

constexpr std::int64_t block_cells = std::int64_t{1} << 20U;

bool same(float a, float b) { return a == b || (std::isnan(a) && std::isnan(b)); }

class Survey {
public:
    explicit Survey(std::int64_t columns) : first_(static_cast<std::size_t>(columns)), varies_(first_.size()) {}

    void add_row(std::span<const float> row) {
        if (result_.cells == 0) std::ranges::copy(row, first_.begin());
        result_.cells += static_cast<std::int64_t>(row.size());
        for (std::size_t i = 0; i < row.size(); ++i) {
            result_.missing += std::isnan(row[i]) ? 1 : 0;
            result_.zero += row[i] == 0 ? 1 : 0;
            if (!same(row[i], first_[i])) varies_[i] = true;
        }
    }

    CellSurvey result() const {
        CellSurvey result = result_;
        for (std::size_t i = 0; i < first_.size() && result.cells > 0; ++i) {
            if (varies_[i]) continue;
            ++(std::isnan(first_[i]) ? result.empty_columns : result.constant_columns);
        }
        return result;
    }

private:
    CellSurvey result_;
    std::vector<float> first_;
    std::vector<bool> varies_;
};

}  // namespace

CellSurvey survey_cells(const moodleml::Dataset& dataset) {
    const std::int64_t rows = dataset.rows();
    const std::int64_t columns = dataset.columns();
    if (columns == 0) return {};
    const std::int64_t block_rows = std::clamp<std::int64_t>(block_cells / columns, 1, std::max<std::int64_t>(rows, 1));
    std::vector<std::int64_t> indices(static_cast<std::size_t>(block_rows));
    std::vector<float> values(static_cast<std::size_t>(block_rows * columns));
    Survey survey(columns);
    for (std::int64_t start = 0; start < rows; start += block_rows) {
        const std::int64_t count = std::min(block_rows, rows - start);
        indices.resize(static_cast<std::size_t>(count));
        std::iota(indices.begin(), indices.end(), start);
        dataset.select(indices).values(values.data(), values.size());
        for (std::int64_t i = 0; i < count; ++i) {
            survey.add_row(
                std::span(values).subspan(static_cast<std::size_t>(i * columns), static_cast<std::size_t>(columns)));
        }
    }
    return survey.result();
}

}  // namespace mml::cli
