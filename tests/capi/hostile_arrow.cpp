// SPDX-License-Identifier: Apache-2.0
// Arrow streams whose structures are false: each is refused, and everything is released once. What a buffer holds beyond its
// end nobody can see.
#include <array>
#include <limits>

#include "arrow_table.hpp"
#include "support.hpp"

using namespace capi_test;

namespace {

constexpr std::int64_t most = std::numeric_limits<std::int64_t>::max();

// A column of numbers and one of texts, by places in a dictionary.
struct Table : ArrowTable {
    Table() {
        add("g", "x", {nullptr, numbers.data()});
        add_dictionary("size", places.data(), {nullptr, entries.data(), "XLS  "}, 2);
    }

    std::array<double, 3> numbers{1, 2, 3};
    std::array<std::int8_t, 3> places{0, 1, 0};
    std::array<std::int32_t, 3> entries{0, 2, 5};
};

void check_refused(Table& table, mml_status status = MML_BAD_DATA) {
    mml_dataset* out = nullptr;
    ArrowArrayStream stream = table.stream(3, 3);
    CHECK(mml_dataset_from_arrow(&out, &stream, config_of({{"labelled", "false"}}).get()) == status);
    check_message("");
    CHECK(out == nullptr);
    CHECK(table.streams_released == 1);
}

void check_refused_batch(const std::function<void(ArrowArray&)>& spoil) {
    Table table;
    table.spoil_batch = spoil;
    check_refused(table);
    CHECK(table.released == 2);
}

void check_refused_schema(const std::function<void(ArrowSchema&)>& spoil) {
    Table table;
    table.spoil_schema = spoil;
    check_refused(table);
}

}  // namespace

TEST_CASE("schemas of Arrow that are false are refused") {
    check_refused_schema([](ArrowSchema& schema) { schema.children = nullptr; });
    check_refused_schema([](ArrowSchema& schema) { schema.children[1] = nullptr; });
    check_refused_schema([](ArrowSchema& schema) { schema.n_children = -1; });
    check_refused_schema([](ArrowSchema& schema) { schema.n_children = 0; });
    check_refused_schema([](ArrowSchema& schema) { schema.format = nullptr; });
    check_refused_schema([](ArrowSchema& schema) { schema.release = nullptr; });
    check_refused_schema([](ArrowSchema& schema) { schema.children[0]->format = nullptr; });
    for (const char* format :
         {"", "d:", "d:9", "d:9,,", "d:9,2,", "d:9,999,32", "ts", "ts:", "tsq:", "t", "v", "+s", "+r"}) {
        CAPTURE(format);
        check_refused_schema([&](ArrowSchema& schema) { schema.children[0]->format = format; });
    }
    // A dictionary of itself, and one whose places are texts.
    check_refused_schema([](ArrowSchema& schema) { schema.children[1]->dictionary->dictionary = schema.children[1]; });
    check_refused_schema([](ArrowSchema& schema) { schema.children[1]->dictionary = schema.children[1]; });
    check_refused_schema([](ArrowSchema& schema) { schema.children[1]->format = "u"; });
    check_refused_schema([](ArrowSchema& schema) { schema.children[1]->dictionary->format = "+l"; });
}

TEST_CASE("rows of Arrow that are false are refused") {
    check_refused_batch([](ArrowArray& batch) { batch.children = nullptr; });
    check_refused_batch([](ArrowArray& batch) { batch.children[0] = nullptr; });
    for (const std::int64_t count : {std::int64_t{-1}, std::int64_t{1}, std::int64_t{3}, most})
        check_refused_batch([&](ArrowArray& batch) { batch.n_children = count; });
    for (const std::int64_t side : {std::int64_t{-1}, std::int64_t{4}, most, std::numeric_limits<std::int64_t>::min()}) {
        CAPTURE(side);
        check_refused_batch([&](ArrowArray& batch) { batch.length = side; });
        check_refused_batch([&](ArrowArray& batch) { batch.offset = side; });
        if (side != 4) check_refused_batch([&](ArrowArray& batch) { batch.children[0]->offset = side; });
        if (side != 4) check_refused_batch([&](ArrowArray& batch) { batch.children[0]->length = side; });
        if (side != 4) check_refused_batch([&](ArrowArray& batch) { batch.children[1]->dictionary->offset = side; });
        if (side != 4) check_refused_batch([&](ArrowArray& batch) { batch.children[1]->dictionary->length = side; });
    }
    check_refused_batch([](ArrowArray& batch) { batch.children[0]->length = 2; });
    check_refused_batch([](ArrowArray& batch) { batch.children[0]->n_buffers = 1; });
    check_refused_batch([](ArrowArray& batch) { batch.children[0]->n_buffers = -1; });
    check_refused_batch([](ArrowArray& batch) { batch.children[0]->buffers = nullptr; });
    check_refused_batch([](ArrowArray& batch) { batch.children[0]->buffers[1] = nullptr; });
}

TEST_CASE("dictionaries of Arrow that are false are refused") {
    check_refused_batch([](ArrowArray& batch) { batch.children[1]->dictionary = nullptr; });
    check_refused_batch([](ArrowArray& batch) { batch.children[1]->dictionary->length = 1; });
    check_refused_batch([](ArrowArray& batch) { batch.children[1]->dictionary->buffers[1] = nullptr; });
    check_refused_batch([](ArrowArray& batch) { batch.children[1]->dictionary->buffers[2] = nullptr; });
    check_refused_batch([](ArrowArray& batch) { batch.children[1]->dictionary->n_buffers = 2; });
    Table table;
    table.places = {0, -1, 0};
    check_refused(table);
    Table falling;
    falling.entries = {2, 0, 5};
    check_refused(falling);
}

TEST_CASE("views of Arrow that are false are refused") {
    constexpr std::int32_t in_buffer = 20;
    const char* const characters = "a text of 20 letters";
    struct View {
        std::int32_t length;
        char beginning[4];
        std::int32_t buffer;
        std::int32_t begin;
    };
    const auto read = [&](View view, const void* text) {
        const std::int64_t size = 20;
        ArrowTable arrow;
        arrow.add("vu", "word", {nullptr, &view, text, &size});
        ArrowArrayStream stream = arrow.stream(1, 1);
        mml_dataset* out = nullptr;
        const mml_status status = mml_dataset_from_arrow(&out, &stream, config_of({{"labelled", "false"}}).get());
        mml_dataset_free(out);
        return status;
    };
    CHECK(read({in_buffer, "", 0, 0}, characters) == MML_OK);
    CHECK(read({in_buffer, "", 0, 1}, characters) == MML_BAD_DATA);
    CHECK(read({in_buffer + 1, "", 0, 0}, characters) == MML_BAD_DATA);
    CHECK(read({in_buffer, "", 1, 0}, characters) == MML_BAD_DATA);
    CHECK(read({in_buffer, "", -1, 0}, characters) == MML_BAD_DATA);
    CHECK(read({-1, "", 0, 0}, characters) == MML_BAD_DATA);
    CHECK(read({in_buffer, "", 0, 0}, nullptr) == MML_BAD_DATA);
}

TEST_CASE("streams of Arrow without functions are refused") {
    mml_dataset* out = nullptr;
    for (const int missing : {0, 1}) {
        Table table;
        ArrowArrayStream stream = table.stream(3, 3);
        (missing == 0 ? reinterpret_cast<void*&>(stream.get_schema) : reinterpret_cast<void*&>(stream.get_next)) = nullptr;
        CHECK(mml_dataset_from_arrow(&out, &stream, nullptr) == MML_INVALID_ARGUMENT);
        CHECK(table.streams_released == 1);
    }
}
