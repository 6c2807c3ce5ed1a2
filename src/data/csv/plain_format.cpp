// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "data/csv/column_names.hpp"
#include "data/csv/csv_formats.hpp"
#include "data/csv/number_cell.hpp"
#include "data/csv/sample_rows.hpp"

namespace mml {

namespace {

std::unique_ptr<LabelColumn> label_column(const std::string& task) {
    if (task == "regression") return number_target(EmptyLabel::refused);
    if (task == "classification") return found_classes(EmptyLabel::refused, true);
    return classes_or_numbers();
}

// The target's place among the columns.
std::int64_t target_column(const CsvSource& source, const CsvRecord& record, const std::string& name) {
    const auto count = static_cast<std::int64_t>(source.column_names.size());
    if (count < 2) {
        source.refuse_row(record,
                          "names one column, but a labelled file has the target's and at least one feature's; columns are "
                          "separated by commas");
    }
    if (name.empty()) return count - 1;
    const auto found = std::ranges::find(source.column_names, name);
    if (found == source.column_names.end()) {
        source.refuse_row(record, concat("names no column ", quote(name), ", the target by option target; it names ",
                                         quoted_list(source.column_names)));
    }
    return found - source.column_names.begin();
}

bool all_numbers(const std::vector<std::string>& names) {
    double value = 0;
    return std::ranges::all_of(names,
                               [&](const std::string& name) { return parse_decimal(name, value) == NumberForm::finite; });
}

}  // namespace

Dataset read_plain_format(RecordReader& reader, CsvSource& source, const Config& config) {
    CsvRecord record;
    read_column_names(reader, source, record, "the file is empty");
    const auto columns = static_cast<std::int64_t>(source.column_names.size());
    check_different_names(source, record, 0, columns);

    Dataset dataset;
    dataset.column_names = source.column_names;
    std::vector<CellRun> runs{{CellRole::feature, columns}};
    std::unique_ptr<LabelColumn> labels;
    if (config.flag(OptionId::labelled)) {
        const std::int64_t target = target_column(source, record, config.text(OptionId::target));
        dataset.column_names.erase(dataset.column_names.begin() + target);
        runs = {{CellRole::feature, target}, {CellRole::target, 1}, {CellRole::feature, columns - target - 1}};
        labels = label_column(config.text(OptionId::task));
    }
    if (all_numbers(source.column_names)) {
        dataset.notes.push_back(concat(
            source.name, ": the first row, which names the columns, holds numbers only; is the row of names missing?"));
    }
    SampleRows rows(source, std::move(runs), std::move(labels));
    while (reader.next(record)) rows.add(record);
    rows.finish(dataset);
    return dataset;
}

}  // namespace mml
