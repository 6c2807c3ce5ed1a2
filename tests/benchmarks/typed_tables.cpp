// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "data/arrow_table.hpp"
#include "data/csv_file.hpp"
#include "real_data.hpp"
#include "temporary_directory.hpp"

// A table as people have them: eighteen columns of numbers, of which six are counts, and two of words; the last number is
// the target.

namespace {

constexpr std::size_t number_columns = 18;
constexpr std::size_t word_columns = 2;
constexpr std::size_t columns = number_columns + word_columns;
constexpr std::int64_t batch_rows = 65536;
const std::vector<std::string> words{"north", "south", "east", "west", "none"};

mml::Config table_options() {
    mml::Config config;
    config.set("format", "plain");
    config.set("target", "number-17");
    config.set("task", "regression");
    return config;
}

std::string name_of(std::size_t column) {
    return column < number_columns ? "number-" + std::to_string(column) : "word-" + std::to_string(column - number_columns);
}

double number_at(mml::RandomStream& random, std::size_t column) {
    return column % 3 == 0 ? std::floor(20 * random.uniform()) : random.normal();
}

// One batch in Arrow's memory, which a stream gives again and again.
struct ArrowTable {
    std::vector<std::vector<double>> numbers{number_columns};
    std::vector<std::vector<std::int32_t>> places{word_columns};
    std::vector<std::int32_t> offsets{0};
    std::string letters;
    std::vector<std::string> names;
    std::vector<std::vector<const void*>> buffers{columns + 1};
    std::vector<ArrowSchema> schemas{columns + 1};
    std::vector<ArrowArray> arrays{columns + 1};
    std::vector<ArrowSchema*> schema_children;
    std::vector<ArrowArray*> array_children;
    std::int64_t bytes_of_batch = batch_rows * static_cast<std::int64_t>(8 * number_columns + 4 * word_columns);

    ArrowTable() {
        mml::RandomStream random(1);
        for (std::size_t column = 0; column < number_columns; ++column)
            for (std::int64_t row = 0; row < batch_rows; ++row) numbers[column].push_back(number_at(random, column));
        for (auto& column : places)
            for (std::int64_t row = 0; row < batch_rows; ++row)
                column.push_back(static_cast<std::int32_t>(5 * random.uniform()));
        for (const std::string& word : words) {
            letters += word;
            offsets.push_back(static_cast<std::int32_t>(letters.size()));
        }
        buffers[columns] = {nullptr, offsets.data(), letters.data()};
        schemas[columns] = schema_of("u", "");
        arrays[columns] = array_of(buffers[columns], static_cast<std::int64_t>(words.size()));
        for (std::size_t column = 0; column < columns; ++column) names.push_back(name_of(column));
        for (std::size_t column = 0; column < columns; ++column) {
            const bool is_number = column < number_columns;
            buffers[column] = {nullptr, is_number ? static_cast<const void*>(numbers[column].data())
                                                  : places[column - number_columns].data()};
            schemas[column] = schema_of(is_number ? "g" : "i", names[column].c_str());
            arrays[column] = array_of(buffers[column], batch_rows);
            if (!is_number) schemas[column].dictionary = &schemas[columns];
            if (!is_number) arrays[column].dictionary = &arrays[columns];
            schema_children.push_back(&schemas[column]);
            array_children.push_back(&arrays[column]);
        }
    }

    static ArrowSchema schema_of(const char* format, const char* name) {
        ArrowSchema schema{};
        schema.format = format;
        schema.name = name;
        schema.release = [](ArrowSchema* self) { self->release = nullptr; };
        return schema;
    }
    static ArrowArray array_of(std::vector<const void*>& buffers, std::int64_t length) {
        ArrowArray array{};
        array.length = length;
        array.n_buffers = static_cast<std::int64_t>(buffers.size());
        array.buffers = buffers.data();
        array.release = [](ArrowArray* self) { self->release = nullptr; };
        return array;
    }
};

struct Stream {
    ArrowTable* table;
    int left;
};

ArrowArrayStream stream_of(Stream& state) {
    ArrowArrayStream stream{};
    stream.private_data = &state;
    stream.get_schema = [](ArrowArrayStream* self, ArrowSchema* out) {
        ArrowTable& table = *static_cast<Stream*>(self->private_data)->table;
        *out = ArrowTable::schema_of("+s", "");
        out->n_children = static_cast<std::int64_t>(columns);
        out->children = table.schema_children.data();
        return 0;
    };
    stream.get_next = [](ArrowArrayStream* self, ArrowArray* out) {
        Stream& state_of_self = *static_cast<Stream*>(self->private_data);
        static std::vector<const void*> none{nullptr};
        *out = ArrowTable::array_of(none, batch_rows);
        out->n_children = static_cast<std::int64_t>(columns);
        out->children = state_of_self.table->array_children.data();
        if (state_of_self.left-- == 0) out->release = nullptr;
        return 0;
    };
    stream.get_last_error = [](ArrowArrayStream*) { return static_cast<const char*>(nullptr); };
    stream.release = [](ArrowArrayStream* self) { self->release = nullptr; };
    return stream;
}

void read_arrow(benchmark::State& state) {
    ArrowTable table;
    const int batches = 8;
    while (state.KeepRunning()) {
        Stream source{&table, batches};
        ArrowArrayStream stream = stream_of(source);
        const mml::Dataset dataset = mml::read_arrow_stream(stream, table_options());
        benchmark::DoNotOptimize(dataset.rows());
    }
    state.SetBytesProcessed(state.iterations() * batches * table.bytes_of_batch);
}
BENCHMARK(read_arrow)->Name("read a table from Arrow")->Unit(benchmark::kMillisecond);

void read_typed_csv(benchmark::State& state) {
    const mml_test::TemporaryDirectory directory;
    mml::RandomStream random(1);
    std::string text;
    for (std::size_t column = 0; column < columns; ++column) text += (column > 0 ? "," : "") + name_of(column);
    for (int row = 0; row < 200000; ++row) {
        text += "\n";
        for (std::size_t column = 0; column < number_columns; ++column) {
            const double number = number_at(random, column);
            text += std::to_string(number).substr(0, column % 3 == 0 ? std::to_string(number).find('.') : 8) + ",";
        }
        text += words[static_cast<std::size_t>(5 * random.uniform())] + "," +
                words[static_cast<std::size_t>(5 * random.uniform())];
    }
    write_text(directory.file("table.csv"), text + "\n");
    while (state.KeepRunning()) {
        const mml::Dataset dataset = mml::read_csv_file(directory.file("table.csv"), table_options());
        benchmark::DoNotOptimize(dataset.rows());
    }
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(read_typed_csv)->Name("read a plain table of numbers and words")->Unit(benchmark::kMillisecond);

}  // namespace
