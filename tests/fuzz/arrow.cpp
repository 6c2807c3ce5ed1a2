// SPDX-License-Identifier: Apache-2.0
// Arrow streams whose types, buffers and batches the first bytes choose. What the interface promises of buffers holds (they
// are as long as the rows need); what they hold is any byte.
#include <array>
#include <cmath>
#include <deque>
#include <vector>

#include "data/arrow_table.hpp"
#include "draw.hpp"
#include "expect.hpp"

using mml_fuzz::Draw;
using mml_fuzz::expect;

namespace {

constexpr std::array formats{"n", "b",  "c",   "S",   "i",    "l",       "L",   "e",      "f",  "g", "u",
                             "U", "vu", "tdD", "tdm", "tss:", "tsn:UTC", "tDu", "d:10,2", "+l", ""};
constexpr std::int64_t most_rows = 12;
constexpr std::size_t widest = 16;

template <typename Part>
void release_part(Part* part) {
    ++*static_cast<int*>(part->private_data);
    part->release = nullptr;
}

// One column: bytes enough for any type, offsets that lie within the characters, and views of texts within them.
struct Column {
    Column(Draw& draw, std::size_t number, int& released)
        : name("c" + std::to_string(number % 5)), format(draw.any_of(formats)) {
        bytes.resize((most_rows + 1) * widest);
        const std::string drawn = draw.text(200);
        drawn.copy(bytes.data(), bytes.size());
        characters = draw.text(60) + std::string(widest, 'x');
        const bool wide = format == "U";
        const bool texts = format == "u" || wide;
        for (std::size_t i = 0; texts && i <= most_rows; ++i) {
            const std::int64_t offset = static_cast<unsigned char>(bytes[i]) % static_cast<std::int64_t>(characters.size());
            const auto narrow = static_cast<std::int32_t>(offset);
            wide ? offsets.insert(offsets.end(), reinterpret_cast<const char*>(&offset),
                                  reinterpret_cast<const char*>(&offset + 1))
                 : offsets.insert(offsets.end(), reinterpret_cast<const char*>(&narrow),
                                  reinterpret_cast<const char*>(&narrow + 1));
        }
        for (std::size_t i = 0; format == "vu" && i <= most_rows; ++i) {
            bytes[16 * i + 1] = bytes[16 * i + 2] = bytes[16 * i + 3] = 0;
            bytes[16 * i] = static_cast<char>(static_cast<unsigned char>(bytes[16 * i]) % widest);
            for (const std::size_t k : {13U, 14U, 15U}) bytes[16 * i + k] = 0;
            bytes[16 * i + 12] =
                static_cast<char>(static_cast<unsigned char>(bytes[16 * i + 12]) % (characters.size() - widest + 1));
        }
        const bool has_validity = draw.flag();
        validity.assign(2, static_cast<char>(draw.below(256)));
        buffers = {has_validity ? validity.data() : nullptr, texts ? offsets.data() : bytes.data(), characters.data(),
                   &view_length};
        const std::int64_t count = format == "vu" ? 4 : texts ? 3 : 2;
        const std::int64_t given = draw.below(16) == 0 ? 1 : count;
        schema = {format.c_str(), name.c_str(), nullptr, 0, 0, nullptr, nullptr, release_part<ArrowSchema>, &released};
        array = {0,       has_validity ? -1 : 0,    0,        given, 0, buffers.data(), nullptr,
                 nullptr, release_part<ArrowArray>, &released};
    }

    std::string name;
    std::string format;
    std::vector<char> bytes;
    std::vector<char> offsets;
    std::vector<char> validity;
    std::string characters;
    std::int64_t view_length = 0;
    std::array<const void*, 4> buffers{};
    ArrowSchema schema{};
    ArrowArray array{};
};

struct Stream {
    explicit Stream(Draw& draw) : draw_(draw) {
        const std::size_t count = draw.below(6);
        for (std::size_t i = 0; i < count; ++i) columns.emplace_back(draw, i, released);
        // A column of places in another one's texts.
        if (count >= 2 && draw.flag()) {
            columns[0].schema.dictionary = &columns[1].schema;
            columns[0].array.dictionary = &columns[1].array;
            columns[1].array.length = most_rows;
        }
        for (Column& column : columns) {
            schemas.push_back(&column.schema);
            arrays.push_back(&column.array);
        }
        batches = draw.below(4);
    }

    ArrowArrayStream stream() {
        return {get_schema, get_next, [](ArrowArrayStream*) { return "broken"; }, release, this};
    }

    static Stream& self(ArrowArrayStream* stream) { return *static_cast<Stream*>(stream->private_data); }
    static int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
        Stream& own = self(stream);
        *out = {own.draw_.below(16) == 0 ? "i" : "+s",
                "",
                nullptr,
                0,
                static_cast<std::int64_t>(own.schemas.size()),
                own.schemas.data(),
                nullptr,
                release_part<ArrowSchema>,
                &own.released};
        ++own.made;
        return 0;
    }
    static int get_next(ArrowArrayStream* stream, ArrowArray* out) {
        Stream& own = self(stream);
        if (own.draw_.below(32) == 1) return 5;
        *out = {};
        if (own.batches-- == 0) return 0;
        const auto rows = static_cast<std::int64_t>(own.draw_.below(most_rows));
        for (ArrowArray* array : own.arrays) array->length = most_rows;
        *out = {rows,
                0,
                static_cast<std::int64_t>(own.draw_.below(static_cast<std::size_t>(most_rows - rows) + 1)),
                1,
                static_cast<std::int64_t>(own.arrays.size()),
                nullptr,
                own.arrays.data(),
                nullptr,
                release_part<ArrowArray>,
                &own.released};
        ++own.made;
        return 0;
    }
    static void release(ArrowArrayStream* stream) {
        ++self(stream).streams_released;
        stream->release = nullptr;
    }

    std::deque<Column> columns;
    std::vector<ArrowSchema*> schemas;
    std::vector<ArrowArray*> arrays;
    std::size_t batches = 0;
    int made = 0;
    int released = 0;
    int streams_released = 0;

private:
    Draw& draw_;
};

mml::Config drawn_config(Draw& draw) {
    mml::Config config;
    config.set("labelled", draw.flag() ? "true" : "false");
    config.set("task", draw.any_of(std::vector<std::string>{"auto", "classification", "regression"}));
    config.set("types", draw.any_of(std::vector<std::string>{"", "", "c0=category", "c1=time,c0=number"}));
    config.set("id", draw.any_of(std::vector<std::string>{"", "", "c1"}));
    return config;
}

void expect_consistent(const mml::Dataset& dataset) {
    const auto rows = static_cast<std::size_t>(dataset.rows());
    expect(static_cast<std::int64_t>(dataset.column_names.size()) == dataset.columns(), "a name for each column");
    expect(dataset.categories.empty() || dataset.categories.size() == dataset.column_names.size(), "levels for each column");
    expect(dataset.row_ids.empty() || dataset.row_ids.size() == rows, "an id for each row");
    std::vector<float> cells(static_cast<std::size_t>(dataset.columns()));
    for (std::int64_t row = 0; row < dataset.rows(); ++row) {
        dataset.features.expand_row(row, cells);
        for (std::size_t i = 0; i < cells.size(); ++i) {
            expect(!std::isinf(cells[i]), "finite cells");
            if (!mml::has_levels(dataset.categories, i) || std::isnan(cells[i])) continue;
            expect(cells[i] >= 0 && cells[i] < static_cast<float>(dataset.categories[i].size()), "levels that are there");
        }
    }
    if (!dataset.target) return;
    const bool classes = dataset.target->task == mml::Task::classification;
    expect((classes ? dataset.target->class_indices.size() : dataset.target->values.size()) == rows,
           "a target for each row");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Draw draw(data, size);
    const mml::Config config = drawn_config(draw);
    Stream source(draw);
    ArrowArrayStream stream = source.stream();
    mml::Dataset dataset;
    const std::string refusal = mml_fuzz::refusal_of([&] { dataset = mml::read_arrow_stream(stream, config); });
    expect(source.streams_released == 1, "the stream is released once");
    expect(source.made == source.released, "what the stream gave is released once");
    if (refusal.empty()) expect_consistent(dataset);
    return 0;
}
