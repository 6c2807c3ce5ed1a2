// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "data/csv/column_names.hpp"
#include "data/csv/csv_formats.hpp"
#include "data/csv/number_cell.hpp"
#include "data/csv/table_dialect.hpp"
#include "data/csv/table_labels.hpp"
#include "data/csv/table_rows.hpp"
#include "data/csv/text_encoding.hpp"

namespace mml {

namespace {

constexpr std::size_t most_beginning = std::size_t{1} << 16U;
constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

TargetWish target_wish(const std::string& task) {
    if (task == "regression") return {TargetWish::Kind::numbers};
    return {task == "classification" ? TargetWish::Kind::classes : TargetWish::Kind::found};
}

// The target's place among the columns.
std::int64_t target_column(const CsvSource& source, const CsvRecord& record, const std::string& name) {
    const auto count = static_cast<std::int64_t>(source.column_names.size());
    if (count < 2) {
        source.refuse_row(
            record,
            "names one column, but a labelled file has the target's and at least one feature's; what separates "
            "them is a comma, semicolon, tab or pipe (option separator)");
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

TableDialect dialect_of(std::string_view beginning, const Config& config) {
    if (beginning.starts_with(byte_order_mark)) beginning.remove_prefix(byte_order_mark.size());
    return table_dialect(beginning, config);
}

}  // namespace

Dataset read_plain_format(const CsvInput& input, const Config& config) {
    ReadBytes bytes = with_line_feeds(input.open());
    std::string beginning = read_beginning(bytes, most_beginning);
    const TableDialect dialect = dialect_of(beginning, config);
    CsvSource source(input.name(), dialect.cells, config);
    RecordReader reader(after_beginning(std::move(beginning), std::move(bytes)), source);
    CsvRecord record;
    read_column_names(reader, source, record, "the file is empty");
    const std::size_t columns = source.column_names.size();
    check_different_names(source, record, 0, static_cast<std::int64_t>(columns));

    Dataset dataset;
    dataset.column_names = source.column_names;
    const CellRules rules(dialect.decimal_comma, config);
    std::vector<CellRole> roles(columns, CellRole::feature);
    std::unique_ptr<LabelColumn> labels;
    if (config.flag(OptionId::labelled)) {
        const std::int64_t target = target_column(source, record, config.text(OptionId::target));
        dataset.column_names.erase(dataset.column_names.begin() + target);
        roles[static_cast<std::size_t>(target)] = CellRole::target;
        labels = table_labels(rules, target_wish(config.text(OptionId::task)));
    }
    if (all_numbers(source.column_names)) {
        dataset.notes.push_back(concat(
            source.name, ": the first row, which names the columns, holds numbers only; is the row of names missing?"));
    }
    TableRows rows(source, rules, std::move(roles), std::move(labels));
    while (reader.next(record)) rows.add(record);
    rows.finish(dataset);
    return dataset;
}

}  // namespace mml
