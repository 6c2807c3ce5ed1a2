// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "data/column_options.hpp"
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

// A model's task counts, for a small file tells little.
TargetWish target_wish(const WantedColumns& wanted) {
    if (wanted.task == Task::regression) return {TargetWish::Kind::numbers};
    return {TargetWish::Kind::classes, wanted.classes};
}

TargetWish target_wish(const std::string& task) {
    if (task == "regression") return {TargetWish::Kind::numbers};
    return {task == "classification" ? TargetWish::Kind::classes : TargetWish::Kind::found};
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

// Finds types in the first rows, so that the file need hardly ever be read twice. What is wrong with them is told when they
// are read as a part of the file.
void survey(const CsvSource& source, const CellRules& rules, std::string_view beginning, std::vector<TableColumn>& columns) {
    const std::size_t last = beginning.rfind('\n');
    if (last == std::string_view::npos) return;
    beginning = beginning.substr(0, last + 1);
    try {
        RecordReader reader(
            [beginning](std::span<char> out) mutable {
                const std::size_t count = beginning.copy(out.data(), out.size());
                beginning.remove_prefix(count);
                return count;
            },
            source);
        TableRows rows(source, rules, columns, nullptr);
        CsvRecord record;
        while (record.number < source.names_row && reader.next(record)) continue;
        while (reader.next(record)) rows.add(record);
        rows.settle(columns);
    } catch (const Error&) {
        return;
    }
}

class PlainFile {
public:
    PlainFile(const CsvInput& input, const Config& config, const WantedColumns* wanted)
        : input_(input),
          config_(config),
          wanted_(wanted),
          bytes_(with_line_feeds(input.open())),
          beginning_(read_beginning(bytes_, most_beginning)),
          dialect_(dialect_of(beginning_, config)),
          source_(input.name(), dialect_.cells, config),
          rules_(dialect_.decimal_comma, config) {}

    Dataset read() {
        RecordReader reader(after_beginning(beginning_, std::move(bytes_)), source_);
        CsvRecord record;
        if (dialect_.separator_row) reader.next(record);
        read_column_names(reader, source_, record, "the file is empty");
        check_different_names(source_, record, 0, std::ssize(source_.column_names));
        Dataset dataset;
        std::vector<TableColumn> columns = table_columns(source_, record, config_, wanted_, dataset.notes);
        if (all_numbers(source_.column_names)) {
            dataset.notes.push_back(concat(
                source_.name, ": the first row, which names the columns, holds numbers only; is the row of names missing?"));
        }
        set_target_name(columns, dataset);
        survey(source_, rules_, beginning_, columns);
        if (read_rows(reader, columns, dataset)) return dataset;
        for (int again = 0; again < most_readings; ++again) {
            RecordReader another(with_line_feeds(input_.open()), source_);
            pass_names(another);
            if (read_rows(another, columns, dataset)) return dataset;
        }
        source_.refuse("changes while it is read");
    }

private:
    void pass_names(RecordReader& reader) const {
        CsvRecord record;
        if (dialect_.separator_row) reader.next(record);
        reader.next(record);
    }

    static void set_target_name(const std::vector<TableColumn>& columns, Dataset& dataset) {
        for (const TableColumn& column : columns) {
            if (column.role == CellRole::target) dataset.target_name = column.name;
        }
    }

    std::unique_ptr<LabelColumn> labels(const std::string& target) const {
        if (!config_.flag(OptionId::labelled)) return nullptr;
        if (wanted_ != nullptr) return table_labels(rules_, target_wish(*wanted_));
        return table_labels(rules_, target_wish(task_by_options(source_.name, target, config_)));
    }

    // False where a type turned out to be another; then `columns` has the new ones.
    bool read_rows(RecordReader& reader, std::vector<TableColumn>& columns, Dataset& dataset) {
        TableRows rows(source_, rules_, columns, labels(dataset.target_name));
        CsvRecord record;
        while (reader.next(record)) rows.add(record);
        if (!rows.settle(columns)) return false;
        rows.finish(dataset);
        return true;
    }

    // A type widens at most twice: from numbers to times to categories.
    static constexpr int most_readings = 2;

    const CsvInput& input_;
    const Config& config_;
    const WantedColumns* wanted_;
    ReadBytes bytes_;
    std::string beginning_;
    TableDialect dialect_;
    CsvSource source_;
    CellRules rules_;
};

}  // namespace

Dataset read_plain_format(const CsvInput& input, const Config& config, const WantedColumns* wanted) {
    return PlainFile(input, config, wanted).read();
}

}  // namespace mml
