// SPDX-License-Identifier: Apache-2.0
// Data sets of typed columns and of Arrow streams.
#include <array>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>

#include "moodleml/arrow.h"
#include "support.hpp"

using namespace capi_test;

namespace {

constexpr double none = std::numeric_limits<double>::quiet_NaN();

std::vector<float> values_of(const mml_dataset* dataset) {
    std::vector<float> cells(static_cast<std::size_t>(mml_dataset_rows(dataset) * mml_dataset_columns(dataset)));
    succeed(mml_dataset_values(dataset, cells.data(), cells.size()));
    return cells;
}

std::vector<std::string> names_of(const mml_dataset* dataset) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < mml_dataset_columns(dataset); ++i) names.emplace_back(mml_dataset_column_name(dataset, i));
    return names;
}

// An Arrow table in memory whose parts count how often they are released.
class ArrowTable {
public:
    void add(const char* format, const char* name, std::vector<const void*> buffers) {
        ArrowSchema& schema = schemas_.emplace_back();
        schema = {format, name, nullptr, ARROW_FLAG_NULLABLE, 0, nullptr, nullptr, release_part<ArrowSchema>, &released};
        buffers_.push_back(std::move(buffers));
    }
    void add_dictionary(const char* name, const void* places, std::vector<const void*> texts, std::int64_t count) {
        add("c", name, {nullptr, places});
        texts_ = std::move(texts);
        dictionary_schema_ = {"u", "", nullptr, 0, 0, nullptr, nullptr, release_part<ArrowSchema>, &released};
        dictionary_ = {count, 0, 0, 3, 0, texts_.data(), nullptr, nullptr, release_part<ArrowArray>, &released};
        schemas_.back().dictionary = &dictionary_schema_;
        dictionary_place_ = schemas_.size() - 1;
    }

    // Rows first ... first + rows - 1 of what was added, batch after batch of `batch` rows.
    ArrowArrayStream stream(std::int64_t rows, std::int64_t batch, std::int64_t first = 0) {
        rows_ = first + rows;
        next_ = first;
        batch_ = batch;
        return {get_schema, get_next, last_error, release_stream, this};
    }

    int released = 0;
    int streams_released = 0;
    bool fails = false;
    std::array<const void*, 1> whole_rows = {nullptr};  // a bit of each row of a batch: 0 where it is null as a whole

private:
    template <typename Part>
    static void release_part(Part* part) {
        ++*static_cast<int*>(part->private_data);
        part->release = nullptr;
    }
    static ArrowTable& self(ArrowArrayStream* stream) { return *static_cast<ArrowTable*>(stream->private_data); }

    static int get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
        ArrowTable& table = self(stream);
        table.schema_children_.clear();
        for (ArrowSchema& schema : table.schemas_) table.schema_children_.push_back(&schema);
        *out = {"+s",
                "",
                nullptr,
                0,
                static_cast<std::int64_t>(table.schemas_.size()),
                table.schema_children_.data(),
                nullptr,
                release_part<ArrowSchema>,
                &table.released};
        return 0;
    }
    static int get_next(ArrowArrayStream* stream, ArrowArray* out) {
        ArrowTable& table = self(stream);
        if (table.fails) return 5;
        std::memset(out, 0, sizeof *out);
        if (table.next_ == table.rows_) return 0;
        const std::int64_t count = std::min(table.batch_, table.rows_ - table.next_);
        table.arrays_.clear();
        table.children_.clear();
        for (std::size_t i = 0; i < table.schemas_.size(); ++i) {
            const auto buffers = static_cast<std::int64_t>(table.buffers_[i].size());
            ArrowArray* const dictionary = i == table.dictionary_place_ ? &table.dictionary_ : nullptr;
            table.arrays_.push_back({count, -1, table.next_, buffers, 0, table.buffers_[i].data(), nullptr, dictionary,
                                     release_part<ArrowArray>, &table.released});
        }
        for (ArrowArray& array : table.arrays_) table.children_.push_back(&array);
        *out = {count,
                table.whole_rows[0] == nullptr ? 0 : -1,
                0,
                1,
                static_cast<std::int64_t>(table.children_.size()),
                table.whole_rows.data(),
                table.children_.data(),
                nullptr,
                release_part<ArrowArray>,
                &table.released};
        table.next_ += count;
        return 0;
    }
    static const char* last_error(ArrowArrayStream*) { return "the disk is gone"; }
    static void release_stream(ArrowArrayStream* stream) {
        ++self(stream).streams_released;
        stream->release = nullptr;
    }

    std::deque<ArrowSchema> schemas_;
    std::vector<ArrowSchema*> schema_children_;
    std::deque<std::vector<const void*>> buffers_;
    std::vector<const void*> texts_;
    ArrowSchema dictionary_schema_ = {};
    ArrowArray dictionary_ = {};
    std::size_t dictionary_place_ = std::numeric_limits<std::size_t>::max();
    std::deque<ArrowArray> arrays_;
    std::vector<ArrowArray*> children_;
    std::int64_t rows_ = 0;
    std::int64_t next_ = 0;
    std::int64_t batch_ = 1;
};

}  // namespace

TEST_CASE("a data set is made column by column") {
    std::vector<double> numbers{1, none, 3};
    std::vector<std::int32_t> codes{1, -1, 0};
    std::vector<double> seconds{86400, none, 90000};
    const char* levels[] = {"red", "blue"};
    const mml_column columns[] = {{"a", table(numbers, 3, 1), MML_NUMBER, 0, nullptr},
                                  {"colour", column(codes), MML_CATEGORY, 2, levels},
                                  {"day", table(seconds, 1, 3), MML_TIME, 0, nullptr}};
    const auto dataset = made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_columns(out, columns, 3); });
    CHECK(names_of(dataset.get()) ==
          std::vector<std::string>{"a", "colour", "day", "day (weekday)", "day (month)", "day (hour)"});
    const std::vector<float> cells = values_of(dataset.get());
    CHECK(std::vector<float>(cells.begin(), cells.begin() + 6) == std::vector<float>{1, 1, 1, 5, 1, 0});
    for (int i = 6; i < 12; ++i) CHECK(std::isnan(cells[static_cast<std::size_t>(i)]));
    CHECK(cells[13] == 0);
    CHECK(cells[17] == 1);
    CHECK(std::string(mml_dataset_level_name(dataset.get(), 1, 1)) == "blue");
    for (const std::int64_t level : {-1, 2}) CHECK(mml_dataset_level_name(dataset.get(), 1, level) == nullptr);
    for (const std::int64_t column : {-1, 0, 6}) CHECK(mml_dataset_level_name(dataset.get(), column, 0) == nullptr);
    CHECK(mml_dataset_level_name(nullptr, 1, 0) == nullptr);
}

TEST_CASE("columns that do not fit are refused") {
    mml_dataset* out = nullptr;
    std::vector<double> numbers{1, 2};
    std::vector<double> more{1, 2, 3};
    const char* levels[] = {"red", "red"};
    mml_column columns[] = {{"a", table(numbers, 2, 1), MML_NUMBER, 0, nullptr},
                            {"b", table(more, 3, 1), MML_NUMBER, 0, nullptr}};
    CHECK(mml_dataset_from_columns(&out, columns, 2) == MML_INVALID_ARGUMENT);
    check_message("columns[1] has 3 rows");
    columns[1] = {"a", table(numbers, 2, 1), MML_NUMBER, 0, nullptr};
    CHECK(mml_dataset_from_columns(&out, columns, 2) == MML_BAD_DATA);
    check_message("two columns are called \"a\"");
    columns[1] = {"b", table(numbers, 2, 1), MML_CATEGORY, 2, levels};
    CHECK(mml_dataset_from_columns(&out, columns, 2) == MML_BAD_DATA);
    check_message("\"red\" occurs twice");
    columns[1] = {"b", table(numbers, 2, 1), MML_CATEGORY, 1, levels};
    CHECK(mml_dataset_from_columns(&out, columns, 2) == MML_BAD_DATA);
    check_message("columns[1]: row 0 is 1");
    columns[1] = {"b", table(numbers, 2, 1), 4, 0, nullptr};
    CHECK(mml_dataset_from_columns(&out, columns, 2) == MML_INVALID_ARGUMENT);
    numbers[1] = std::numeric_limits<double>::infinity();
    CHECK(mml_dataset_from_columns(&out, columns, 1) == MML_BAD_DATA);
    check_message("row 1, column \"a\"");
    CHECK(mml_dataset_from_columns(&out, columns, 0) == MML_INVALID_ARGUMENT);
    CHECK(out == nullptr);
}

TEST_CASE("an Arrow stream is read in batches of any size") {
    const std::array<std::int32_t, 4> whole{7, 1, 2, 3};
    const std::array<double, 4> numbers{0, 0.5, 1.5, 2.5};
    const std::array<std::uint8_t, 1> valid{0b1011};  // row 2 is missing
    const std::array<std::int32_t, 5> starts{0, 1, 4, 8, 11};
    const char* const texts = "xredbluered";
    const std::array<std::int8_t, 4> places{0, 1, 0, 1};
    const std::array<std::int32_t, 3> entries{0, 2, 5};
    const std::array<std::int64_t, 4> times{0, 86400000, 3600000, 0};
    const std::array<std::uint8_t, 1> bits{0b1010};
    for (const std::int64_t batch : {1, 2, 3}) {
        CAPTURE(batch);
        ArrowTable arrow;
        arrow.add("i", "whole", {nullptr, whole.data()});
        arrow.add("g", "number", {valid.data(), numbers.data()});
        arrow.add("u", "colour", {valid.data(), starts.data(), texts});
        arrow.add_dictionary("size", places.data(), {nullptr, entries.data(), "XLS  "}, 2);
        arrow.add("tsm:UTC", "when", {nullptr, times.data()});
        arrow.add("b", "paid", {nullptr, bits.data()});
        ArrowArrayStream stream = arrow.stream(3, batch, 1);
        const Config config = config_of({{"labelled", "false"}, {"ignore", "paid"}});
        const auto dataset =
            made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_arrow(out, &stream, config.get()); });
        CHECK((stream.release == nullptr));
        CHECK(arrow.streams_released == 1);
        CHECK(mml_dataset_rows(dataset.get()) == 3);
        CHECK(names_of(dataset.get()).size() == 8);
        const std::vector<float> cells = values_of(dataset.get());
        CHECK(std::vector<float>(cells.begin(), cells.begin() + 5) == std::vector<float>{1, 0.5F, 0, 0, 1});
        CHECK(std::isnan(cells[9]));
        CHECK(std::isnan(cells[10]));
        CHECK(cells[11] == 1);
        CHECK(cells[18] == 0);  // red again
    }
}

TEST_CASE("decimals of an Arrow stream keep sign and scale") {
    struct Decimal {
        std::uint64_t low;
        std::int64_t high;
    };
    const std::array<Decimal, 5> decimals{{{~std::uint64_t{0}, -1}, {3, 0}, {0, 1}, {0, -1}, {~std::uint64_t{0} - 149, -1}}};
    const auto read = [&](const char* format, const char* types) {
        ArrowTable arrow;
        arrow.add(format, "price", {nullptr, decimals.data()});
        ArrowArrayStream stream = arrow.stream(5, 2);
        const Config config = config_of({{"labelled", "false"}, {"types", types}});
        return made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_arrow(out, &stream, config.get()); });
    };
    const float two_to_64 = 18446744073709551616.0F;
    CHECK(values_of(read("d:38,0", "").get()) == std::vector<float>{-1, 3, two_to_64, -two_to_64, -150});
    CHECK(values_of(read("d:38,2", "").get()) ==
          std::vector<float>{-0.01F, 0.03F, two_to_64 / 100, -two_to_64 / 100, -1.5F});
    CHECK(values_of(read("d:38,-1", "").get())[4] == -1500);
    const auto levels = read("d:38,1", "price=category");  // as a CSV file's 0.3, not 0.30000000000000004
    CHECK(std::string(mml_dataset_level_name(levels.get(), 0, 1)) == "0.3");
}

TEST_CASE("rows of an Arrow stream that are null as a whole are refused") {
    const std::array<double, 3> numbers{0.5, 1.5, 2.5};
    const std::array<std::uint8_t, 1> valid{0b01};
    ArrowTable arrow;
    arrow.add("g", "x", {nullptr, numbers.data()});
    arrow.whole_rows[0] = valid.data();
    ArrowArrayStream stream = arrow.stream(3, 2);
    mml_dataset* out = nullptr;
    CHECK(mml_dataset_from_arrow(&out, &stream, config_of({{"labelled", "false"}}).get()) == MML_BAD_DATA);
    check_message("row 1: the row as a whole is null");
    CHECK(arrow.streams_released == 1);
}

TEST_CASE("an Arrow stream has a target") {
    const std::array<double, 3> numbers{0.5, 1.5, 2.5};
    const std::array<std::int32_t, 4> starts{0, 3, 5, 8};
    ArrowTable arrow;
    arrow.add("g", "x", {nullptr, numbers.data()});
    arrow.add("g", "y", {nullptr, numbers.data()});
    arrow.add("u", "label", {nullptr, starts.data(), "yesnoyes"});
    ArrowArrayStream stream = arrow.stream(3, 2);
    const auto classes = made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_arrow(out, &stream, nullptr); });
    CHECK(mml_dataset_class_count(classes.get()) == 2);
    CHECK(std::string(mml_dataset_class_name(classes.get(), 0)) == "no");
    stream = arrow.stream(3, 2);
    const Config config = config_of({{"target", "y"}});
    const auto values = made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_arrow(out, &stream, config.get()); });
    CHECK(mml_dataset_task(values.get()) == MML_REGRESSION);
    CHECK(names_of(values.get()) == std::vector<std::string>{"x", "label"});
    for (const char* option : {"id", "ignore"}) {
        mml_dataset* out = nullptr;
        stream = arrow.stream(3, 2);
        CHECK(mml_dataset_from_arrow(&out, &stream, config_of({{option, "label"}}).get()) == MML_BAD_DATA);
        check_message(option);
        check_message("but it is the target");
    }
    mml_dataset* out = nullptr;
    stream = arrow.stream(3, 2);
    CHECK(mml_dataset_from_arrow(&out, &stream, config_of({{"types", "nothing=number"}}).get()) == MML_BAD_DATA);
    check_message("there is no column \"nothing\", which option types names");
}

TEST_CASE("times of an Arrow stream are no groups") {
    const std::array<std::int32_t, 3> days{1, 2, 3};
    ArrowTable arrow;
    arrow.add("i", "x", {nullptr, days.data()});
    arrow.add("tdD", "day", {nullptr, days.data()});
    ArrowArrayStream stream = arrow.stream(3, 2);
    mml_dataset* out = nullptr;
    const Config config = config_of({{"labelled", "false"}, {"group_column", "day"}});
    CHECK(mml_dataset_from_arrow(&out, &stream, config.get()) == MML_BAD_DATA);
    check_message("holds times: give texts or numbers");
}

TEST_CASE("an Arrow stream that cannot be read is released") {
    mml_dataset* out = nullptr;
    const std::array<double, 1> numbers{1};
    ArrowTable lists;
    lists.add("+l", "things", {nullptr, numbers.data()});
    ArrowArrayStream stream = lists.stream(1, 1);
    CHECK(mml_dataset_from_arrow(&out, &stream, config_of({{"labelled", "false"}}).get()) == MML_BAD_DATA);
    check_message("\"things\" has the type \"+l\"");
    CHECK(lists.streams_released == 1);
    CHECK(mml_dataset_from_arrow(&out, &stream, nullptr) == MML_INVALID_ARGUMENT);
    ArrowTable failing;
    failing.add("g", "x", {nullptr, numbers.data()});
    failing.fails = true;
    stream = failing.stream(1, 1);
    CHECK(mml_dataset_from_arrow(&out, &stream, config_of({{"labelled", "false"}}).get()) == MML_IO);
    check_message("the disk is gone");
    CHECK(failing.streams_released == 1);
    CHECK(out == nullptr);
}
