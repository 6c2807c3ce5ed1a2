// SPDX-License-Identifier: Apache-2.0
// Data sets of typed columns and of Arrow streams.
#include <array>
#include <cmath>
#include <limits>

#include "arrow_table.hpp"
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

TEST_CASE("decimals of an Arrow stream have 32 to 256 bits") {
    const auto read = [&](const char* format, const void* values) {
        ArrowTable arrow;
        arrow.add(format, "price", {nullptr, values});
        ArrowArrayStream stream = arrow.stream(2, 1);
        return values_of(made<Dataset>([&](mml_dataset** out) {
                             return mml_dataset_from_arrow(out, &stream, config_of({{"labelled", "false"}}).get());
                         }).get());
    };
    const std::array<std::int32_t, 2> narrow{-150, 3};
    CHECK(read("d:9,2,32", narrow.data()) == std::vector<float>{-1.5F, 0.03F});
    const std::array<std::int64_t, 2> wide{-150, 3000000000000};
    CHECK(read("d:18,2,64", wide.data()) == std::vector<float>{-1.5F, 3e10F});
    constexpr std::uint64_t ones = ~std::uint64_t{0};
    const std::array<std::uint64_t, 8> widest{ones - 149, ones, ones, ones, 0, 0, 1, 0};
    CHECK(read("d:76,2,256", widest.data()) == std::vector<float>{-1.5F, 3.402823669209385e36F});
    mml_dataset* out = nullptr;
    ArrowTable odd;
    odd.add("d:9,2,16", "price", {nullptr, narrow.data()});
    ArrowArrayStream stream = odd.stream(2, 1);
    CHECK(mml_dataset_from_arrow(&out, &stream, config_of({{"labelled", "false"}}).get()) == MML_BAD_DATA);
    check_message("has the type \"d:9,2,16\"");
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
    stream = arrow.stream(3, 2);
    const Config typed = config_of({{"target", "y"}, {"types", "y=category"}});
    const auto named = made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_arrow(out, &stream, typed.get()); });
    CHECK(mml_dataset_task(named.get()) == MML_CLASSIFICATION);
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
