// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include "data/target_rules.hpp"
#include "data/typed_table.hpp"

using namespace mml;

namespace {

bool are_classes(const std::vector<double>& values, int others = 0) {
    NumberClasses classes;
    for (const double value : values) classes.add(value);
    for (int i = 0; i < others; ++i) classes.add_other();
    return classes.hold();
}

std::vector<double> numbers_to(int last) {
    std::vector<double> values;
    for (int i = 0; i <= last; ++i) values.push_back(i);
    return values;
}

}  // namespace

TEST_CASE("up to 20 different whole numbers are classes") {
    CHECK(are_classes({3, 1, 3, 0}));
    CHECK(are_classes(numbers_to(19)));
    CHECK_FALSE(are_classes(numbers_to(20)));
    CHECK_FALSE(are_classes(numbers_to(20000)));
    CHECK_FALSE(are_classes({1, 2.5}));
    CHECK(are_classes(numbers_to(17), 2));
    CHECK_FALSE(are_classes(numbers_to(17), 3));
}

TEST_CASE("numbers and texts are classes in their order") {
    const Target numbers = classes_of_numbers(std::vector<double>{10, 9, 10, -1});
    CHECK(numbers.class_names == std::vector<std::string>{"-1", "9", "10"});
    CHECK(numbers.class_indices == std::vector<std::int32_t>{2, 1, 2, 0});
    const Target texts = classes_of_texts({"no", "yes", "maybe"}, std::vector<std::int32_t>{1, 0, 2, 1});
    CHECK(texts.class_names == std::vector<std::string>{"maybe", "no", "yes"});
    CHECK(texts.class_indices == std::vector<std::int32_t>{2, 1, 0, 2});
}

TEST_CASE("odd labels are noted for columns as for files") {
    TypedTable table("the table", {{"x", ColumnType::number}, {"y", ColumnType::category, TypedColumn::Role::target}}, 0);
    table.begin_rows(3);
    for (std::int64_t row = 0; row < 3; ++row) {
        table.set_number(0, row, static_cast<double>(row));
        table.set_level(1, row, table.add_level(1, row == 0 ? "Yes" : row == 1 ? "yes " : "n/a"));
    }
    table.end_rows();
    const Dataset dataset = table.finish(Config());
    REQUIRE(dataset.notes.size() == 2);
    CHECK(dataset.notes[0].find("n/a") != std::string::npos);
    CHECK(dataset.notes[1].find("blanks or capitals") != std::string::npos);
}
