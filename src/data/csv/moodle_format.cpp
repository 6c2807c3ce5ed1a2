// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/index.hpp"
#include "base/text.hpp"
#include "data/csv/column_names.hpp"
#include "data/csv/csv_formats.hpp"
#include "data/csv/moodle_metadata.hpp"
#include "data/csv/number_cell.hpp"
#include "data/csv/sample_rows.hpp"

namespace mml {

namespace {

constexpr const char* no_names = "ends after row 2: the columns' names and the samples are missing";

std::string contradiction(const CsvSource& source, const MoodleMetadata& metadata, const char* needed) {
    return concat("names ", source.column_names.size(), source.column_names.size() == 1 ? " column" : " columns",
                  ", which contradicts nfeatures, ", metadata.features, " in row 2: ", needed);
}

// Checks the names of a labelled file, and gives those of its features.
std::vector<std::string> labelled_names(const CsvSource& source, const CsvRecord& record, const MoodleMetadata& metadata) {
    const auto count = std::ssize(source.column_names);
    if (count != metadata.features + 1) {
        source.refuse_row(record,
                          contradiction(source, metadata, "a labelled file has the features' columns, then the target's"));
    }
    if (!metadata.target_column.empty() && source.column_names.back() != metadata.target_column) {
        source.refuse_cell(record, count - 1, source.column_names.back(),
                           concat("is the last column, but the target's is ", quote(metadata.target_column),
                                  " as targetcolumn in row 2 says"));
    }
    check_different_names(source, record, 0, count);
    return {source.column_names.begin(), source.column_names.end() - 1};
}

// Where the features' names begin in an unlabelled file's row of names, which may lack the id's name and may have the
// target's: 0 or 1.
std::int64_t first_feature_name(const CsvSource& source, const CsvRecord& record, const MoodleMetadata& metadata,
                                std::int64_t cells_of_a_row) {
    const auto more = std::ssize(source.column_names) - metadata.features;
    if (more == 0) return 0;
    const bool target_named = !metadata.target_column.empty() && source.column_names.back() == metadata.target_column;
    if (more == 1) return target_named ? 0 : 1;
    const bool as_rows = std::ssize(source.column_names) == cells_of_a_row;
    if (more != 2 && !as_rows) {
        source.refuse_row(
            record, contradiction(source, metadata, "an unlabelled file has the sample id's column, then the features'"));
    }
    return 1;
}

void set_unlabelled_names(const CsvSource& source, std::int64_t first, std::int64_t features, Dataset& dataset) {
    const auto begin = source.column_names.begin() + first;
    dataset.column_names.assign(begin, begin + features);
    if (first == 1) dataset.id_column_name = source.column_names.front();
}

Dataset read_labelled(RecordReader& reader, CsvSource& source) {
    MoodleMetadata metadata = read_metadata(reader, source, true);
    Dataset dataset;
    CsvRecord record;
    read_column_names(reader, source, record, no_names);
    dataset.column_names = labelled_names(source, record, metadata);
    dataset.metadata = std::move(metadata.pairs);
    SampleRows rows(source, {{CellRole::feature, metadata.features}, {CellRole::target, 1}}, std::move(metadata.labels));
    while (reader.next(record)) rows.add(record);
    rows.finish(dataset);
    return dataset;
}

// Whether an unlabelled file's first sample is one of a labelled file: the header ends with the target's name, and the
// sample begins with a number, which no id of Moodle's is (they are made of two, as 17-0), and ends with a class.
bool is_labelled(const CsvSource& source, const CsvRecord& record, const MoodleMetadata& metadata) {
    const auto cells = as_size(metadata.features) + 1;
    if (metadata.target_column.empty() || source.column_names.size() != cells ||
        source.column_names.back() != metadata.target_column || count_cells(record, source.dialect) != metadata.features + 1)
        return false;
    const std::vector<std::string> texts = take_texts(source, record);
    double value = 0;
    const bool is_number = texts.front().empty() || parse_decimal(texts.front(), value) == NumberForm::finite;
    return is_number && (metadata.classes.empty() || texts.back().empty() ||
                         std::ranges::find(metadata.classes, texts.back()) != metadata.classes.end());
}

// The first row of samples tells how many cells the rows have.
Dataset read_unlabelled(RecordReader& reader, CsvSource& source, bool passes_target) {
    MoodleMetadata metadata = read_metadata(reader, source, false);
    Dataset dataset;
    CsvRecord names;
    read_column_names(reader, source, names, no_names);
    CsvRecord record;
    const bool any = reader.next(record);
    const std::int64_t needed = metadata.features + 1;
    const std::int64_t cells = any ? std::max(count_cells(record, source.dialect), needed) : needed;
    source.check_columns(record, cells);
    const bool labelled = passes_target && any && is_labelled(source, record, metadata);
    const std::int64_t first = first_feature_name(source, names, metadata, cells);
    check_different_names(source, names, first, first + metadata.features);
    set_unlabelled_names(source, first, metadata.features, dataset);
    if (cells > needed) {
        dataset.notes.push_back(concat(source.name, ": its rows have ", cells, " cells where an id and ", metadata.features,
                                       " features make ", needed, "; the cells after these are not used."));
    }
    dataset.metadata = std::move(metadata.pairs);
    dataset.target_classes = std::move(metadata.classes);
    std::vector<CellRun> runs{
        {CellRole::id, 1}, {CellRole::feature, metadata.features}, {CellRole::ignored, cells - needed}};
    if (labelled) {
        runs = {{CellRole::feature, metadata.features}, {CellRole::ignored, 1}};
        dataset.notes.push_back(concat(source.name, ": the file is labelled; its target, ",
                                       quote(source.column_names.back()), ", is not used."));
    }
    SampleRows rows(source, std::move(runs), nullptr);
    for (bool more = any; more; more = reader.next(record)) rows.add(record);
    rows.finish(dataset);
    return dataset;
}

}  // namespace

Dataset read_moodle_format(const CsvInput& input, const Config& config, bool passes_target) {
    CsvSource source(input.name(), CsvDialect::php, config);
    RecordReader reader(input.open(), source);
    return config.flag(OptionId::labelled) ? read_labelled(reader, source) : read_unlabelled(reader, source, passes_target);
}

}  // namespace mml
