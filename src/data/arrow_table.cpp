// SPDX-License-Identifier: Apache-2.0
#include "data/arrow_table.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "data/arrow_cells.hpp"
#include "data/column_options.hpp"
#include "data/typed_table.hpp"

namespace mml {

namespace {

constexpr const char* source = "the Arrow table";

// A structure of Arrow's that is released when this goes.
template <typename Structure>
struct Released {
    Structure value{};

    Released() = default;
    Released(const Released&) = delete;
    Released& operator=(const Released&) = delete;
    ~Released() {
        if (value.release != nullptr) value.release(&value);
    }
};

class StreamReading {
public:
    StreamReading(ArrowArrayStream& stream, const Config& config) : stream_(stream), config_(config) {}

    Dataset run() {
        if (stream_.get_schema == nullptr || stream_.get_next == nullptr)
            fail(Status::invalid_argument, "stream: it lacks a function");
        check(stream_.get_schema(&stream_, &schema_.value), "no schema");
        const ArrowSchema& schema = schema_.value;
        if (schema.release == nullptr) fail(Status::bad_data, concat(source, ": its schema was released before"));
        if (schema.format == nullptr || std::string_view(schema.format) != "+s")
            fail(Status::bad_data, concat(source, ": the stream holds single values, not the rows of a table"));
        check_children(schema.n_children, schema.children);
        TypedTable table(source, columns(), config_.integer(OptionId::memory_limit));
        for (;;) {
            Released<ArrowArray> batch;
            check(stream_.get_next(&stream_, &batch.value), "no rows");
            if (batch.value.release == nullptr) break;
            add_batch(table, batch.value);
        }
        Dataset dataset = table.finish(config_);
        take_out_columns(dataset, config_);
        return dataset;
    }

private:
    void check(int result, const char* what) {
        if (result == 0) return;
        const char* const reason = stream_.get_last_error != nullptr ? stream_.get_last_error(&stream_) : nullptr;
        fail(Status::input_output, concat(source, ": its stream gives ", what, ": ",
                                          reason != nullptr ? quote(reason) : concat("error ", result)));
    }

    template <typename Structure>
    static void check_children(std::int64_t count, Structure** children) {
        const bool given = count >= 0 && (count == 0 || children != nullptr) &&
                           std::all_of(children, children + count, [](const Structure* child) { return child != nullptr; });
        if (!given) fail(Status::bad_data, concat(source, ": it lacks columns that it counts"));
    }

    const ArrowSchema& child(std::size_t place) const { return *schema_.value.children[place]; }

    // The type of each column, as its cells are; numbers may be read as categories, texts as nothing else.
    std::vector<TypedColumn> columns() {
        std::vector<std::string> names;
        for (std::int64_t i = 0; i < schema_.value.n_children; ++i) {
            const char* const name = child(as_size(i)).name;
            names.push_back(valid_utf8(name == nullptr ? "" : name));
        }
        std::vector<TypedColumn> columns = columns_by_options(source, names, config_);
        const auto types = types_by_options(config_);
        for (std::size_t place = 0; place < columns.size(); ++place) {
            TypedColumn& column = columns[place];
            kinds_.push_back(column.role == TypedColumn::Role::ignored ? ArrowKind::number : arrow_kind(child(place)));
            column.type = kinds_.back() == ArrowKind::text   ? ColumnType::category
                          : kinds_.back() == ArrowKind::time ? ColumnType::time
                                                             : ColumnType::number;
            if (column.name == config_.text(OptionId::group_column) && kinds_.back() == ArrowKind::time)
                fail(Status::bad_data, concat(source, ": column ", quote(column.name),
                                              ", which option group_column names, holds times: give texts or numbers"));
            // Numbers of groups may be larger than float32 can tell apart.
            if (column.name == config_.text(OptionId::group_column) && kinds_.back() == ArrowKind::number)
                column.type = ColumnType::category;
            const auto wish = types.find(column.name);
            if (wish == types.end() || wish->second == column.type) continue;
            if (kinds_.back() != ArrowKind::number)
                fail(Status::bad_data, concat(source, ": column ", quote(column.name),
                                              " holds no numbers: convert it, or leave option types"));
            column.type = wish->second;
        }
        columns_ = columns;
        return columns;
    }

    void add_batch(TypedTable& table, const ArrowArray& batch) {
        if (batch.n_children != schema_.value.n_children || batch.length < 0 || batch.offset < 0)
            fail(Status::bad_data, concat(source, ": its rows have another number of columns than its schema"));
        check_children(batch.n_children, batch.children);
        std::vector<std::unique_ptr<ArrowCells>> cells;
        places_.assign(columns_.size(), {});
        for (std::size_t place = 0; place < columns_.size(); ++place) {
            const bool used = columns_[place].role != TypedColumn::Role::ignored;
            cells.push_back(used ? arrow_cells(child(place), *batch.children[place], batch.offset, batch.length) : nullptr);
        }
        const std::int64_t missing = first_missing_row(batch);
        if (missing < batch.length)
            fail(Status::bad_data, concat(source, ", row ", rows_ + missing, ": the row as a whole is null: leave it out"));
        rows_ += batch.length;
        for (std::int64_t first = 0; first < batch.length; first += TypedTable::block_rows) {
            const std::int64_t count = std::min(TypedTable::block_rows, batch.length - first);
            table.begin_rows(count);
            for (std::size_t place = 0; place < columns_.size(); ++place) {
                if (cells[place]) set_cells(table, place, *cells[place], first, count);
            }
            table.end_rows();
        }
    }

    void set_cells(TypedTable& table, std::size_t place, const ArrowCells& cells, std::int64_t first, std::int64_t count) {
        if (columns_[place].type == ColumnType::category) {
            for (std::int64_t row = 0; row < count; ++row)
                table.set_level(place, row, level(table, place, cells, first + row));
        } else if (columns_[place].type == ColumnType::time) {
            for (std::int64_t row = 0; row < count; ++row) table.set_time(place, row, cells.number(first + row));
        } else {
            numbers_.resize(as_size(count));
            cells.numbers(first, numbers_);
            table.set_numbers(place, numbers_);
        }
    }

    // Each place of a dictionary is looked up once a batch.
    std::int32_t level(TypedTable& table, std::size_t place, const ArrowCells& cells, std::int64_t row) {
        if (cells.is_missing(row)) return TextDictionary::none;
        if (kinds_[place] == ArrowKind::number) return table.add_level(place, number_text(cells.number(row)));
        const std::int64_t entry = cells.dictionary_place(row);
        if (entry < 0) return table.add_level(place, cells.text(row));
        std::vector<std::int32_t>& known = places_[place];
        if (known.size() <= as_size(entry)) known.resize(as_size(entry) + 1, TextDictionary::none);
        std::int32_t& found = item(known, entry);
        if (found == TextDictionary::none) found = table.add_level(place, cells.text(row));
        return found;
    }

    ArrowArrayStream& stream_;
    const Config& config_;
    Released<ArrowSchema> schema_;
    std::vector<TypedColumn> columns_;
    std::vector<ArrowKind> kinds_;
    std::int64_t rows_ = 0;                          // of the batches before
    std::vector<double> numbers_;                    // of a column, of a block's rows
    std::vector<std::vector<std::int32_t>> places_;  // of each column the levels of its dictionary's places, in this batch
};

}  // namespace

Dataset read_arrow_stream(ArrowArrayStream& stream, const Config& config) {
    if (stream.release == nullptr) fail(Status::invalid_argument, "stream: it was released before");
    struct Release {
        ArrowArrayStream& stream;
        ~Release() {
            if (stream.release != nullptr) stream.release(&stream);
        }
    } const release{stream};
    return StreamReading(stream, config).run();
}

}  // namespace mml
