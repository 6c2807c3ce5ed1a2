// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "support.hpp"

using namespace capi_test;

namespace {

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

std::vector<float> cells_of(const mml_dataset* dataset) {
    std::vector<float> cells(static_cast<std::size_t>(mml_dataset_rows(dataset) * mml_dataset_columns(dataset)));
    succeed(mml_dataset_values(dataset, cells.data(), cells.size()));
    return cells;
}

mml_status sparse(mml_dataset** out, std::int64_t rows, std::int64_t columns, const std::vector<std::int64_t>& starts,
                  const std::vector<std::int32_t>& indices, const std::vector<float>& values) {
    return mml_dataset_from_csr(out, rows, columns, starts.data(), indices.data(), values.data());
}

Dataset from_text(const std::string& text, const mml_config* config) {
    return made<Dataset>(
        [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, text.data(), text.size(), config); });
}

mml_status set_names(mml_dataset* dataset, const std::vector<const char*>& names) {
    return mml_dataset_set_column_names(dataset, names.data(), static_cast<int64_t>(names.size()));
}

}  // namespace

TEST_CASE("a data set from an array starts without names, ids and target") {
    const auto dataset = dataset_of({1, 2, 3, 4, 5, 6}, 3, 2);
    CHECK(mml_dataset_rows(dataset.get()) == 3);
    CHECK(mml_dataset_columns(dataset.get()) == 2);
    CHECK(mml_dataset_task(dataset.get()) == 0);
    CHECK(mml_dataset_class_count(dataset.get()) == 0);
    CHECK(std::string(mml_dataset_column_name(dataset.get(), 0)) == "x0");
    CHECK(std::string(mml_dataset_column_name(dataset.get(), 1)) == "x1");
    CHECK(mml_dataset_column_name(dataset.get(), 2) == nullptr);
    CHECK(mml_dataset_column_name(dataset.get(), -1) == nullptr);
    CHECK(mml_dataset_class_name(dataset.get(), 0) == nullptr);
    CHECK(mml_dataset_row_id(dataset.get(), 0) == nullptr);
    double target = 7;
    CHECK(mml_dataset_target(dataset.get(), &target, 3) == MML_NOT_FOUND);
    check_message("no target");
    CHECK(target == 7);
}

TEST_CASE("sparse rows hold the same as an array") {
    const auto dataset = made<Dataset>([](mml_dataset** out) {
        return sparse(out, 4, 3, {0, 2, 2, 3, 5}, {0, 2, 1, 0, 1}, {1.5F, -2, 0, static_cast<float>(not_a_number), 4});
    });
    std::vector<float> cells = cells_of(dataset.get());
    REQUIRE(cells.size() == 12);
    CHECK(std::isnan(cells[9]));
    cells[9] = 9;
    CHECK(cells == std::vector<float>{1.5F, 0, -2, 0, 0, 0, 0, 0, 0, 9, 4, 0});
}

TEST_CASE("sparse rows may be empty") {
    const std::int64_t starts[] = {0, 0, 0};
    const auto dataset =
        made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_csr(out, 2, 1, starts, nullptr, nullptr); });
    CHECK(cells_of(dataset.get()) == std::vector<float>{0, 0});
    const auto none =
        made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_csr(out, 0, 1, starts, nullptr, nullptr); });
    CHECK(mml_dataset_rows(none.get()) == 0);
}

TEST_CASE("what is wrong with sparse rows is told") {
    mml_dataset* out = nullptr;
    const auto refused = [&](mml_status status, mml_status expected, const char* part) {
        CHECK(status == expected);
        check_message(part);
        CHECK(out == nullptr);
    };
    refused(sparse(&out, -1, 2, {0}, {}, {}), MML_INVALID_ARGUMENT, "rows is -1");
    refused(sparse(&out, 1, 0, {0, 0}, {}, {}), MML_INVALID_ARGUMENT, "columns is 0");
    refused(sparse(&out, 1, 2, {1, 2}, {0, 1}, {1, 2}), MML_INVALID_ARGUMENT, "row_starts begins with 1");
    refused(sparse(&out, 2, 2, {0, 2, 1}, {0, 1}, {1, 2}), MML_INVALID_ARGUMENT, "row_starts falls from 2 to 1 after row 1");
    refused(sparse(&out, 1, 2, {0, 1}, {2}, {1}), MML_INVALID_ARGUMENT, "row 0 has column 2");
    refused(sparse(&out, 1, 2, {0, 1}, {-1}, {1}), MML_INVALID_ARGUMENT, "row 0 has column -1");
    refused(sparse(&out, 1, 2, {0, 2}, {1, 0}, {1, 2}), MML_INVALID_ARGUMENT, "column 0 after 1");
    refused(sparse(&out, 1, 2, {0, 2}, {1, 1}, {1, 2}), MML_INVALID_ARGUMENT, "column 1 after 1");
    refused(sparse(&out, 2, 2, {0, 0, 1}, {1}, {static_cast<float>(infinite)}), MML_BAD_DATA, "row 1, column 1 is inf");
}

TEST_CASE("sparse rows of any data type") {
    const std::vector<std::int32_t> starts = {0, 1, 1, 3};
    const std::vector<std::int64_t> indices = {1, 0, 1};
    const std::vector<double> values = {7.5, 8, std::nan("")};
    const mml_array all[] = {table(starts, 1, 4), table(indices, 3, 1), table(values, 3, 1)};
    const auto dataset =
        made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_csr_arrays(out, 2, &all[0], &all[1], &all[2]); });
    const std::vector<float> cells = cells_of(dataset.get());
    CHECK(std::vector<float>(cells.begin(), cells.begin() + 5) == std::vector<float>{0, 7.5F, 0, 0, 8});
    CHECK(std::isnan(cells[5]));

    mml_dataset* out = nullptr;
    const auto refused = [&](const mml_array& some_starts, const mml_array& some_indices, const mml_array& some_values,
                             mml_status expected, const char* part) {
        CHECK(mml_dataset_from_csr_arrays(&out, 2, &some_starts, &some_indices, &some_values) == expected);
        check_message(part);
        CHECK(out == nullptr);
    };
    const std::vector<double> halves = {0, 0.5, 1, 3};
    const std::vector<double> far = {7, 8, 1e300};
    const std::vector<std::int64_t> beyond = {1, 0, std::int64_t{1} << 32U};
    refused(table(halves, 4, 1), all[1], all[2], MML_INVALID_ARGUMENT, "row_starts: element 1 is 0.5");
    refused(all[0], table(beyond, 3, 1), all[2], MML_INVALID_ARGUMENT, "row 2 has column 4294967296");
    refused(all[0], all[1], table(far, 3, 1), MML_BAD_DATA, "row 2, column 1");
    refused(all[0], all[1], table(values, 2, 1), MML_INVALID_ARGUMENT, "there are 3 column_indices and 2 values");
    refused(table(starts, 2, 2), all[1], all[2], MML_INVALID_ARGUMENT, "row_starts is 2 x 2");
    refused(table(starts, 0, 1), all[1], all[2], MML_INVALID_ARGUMENT, "row_starts");
}

TEST_CASE("a Moodle file's text") {
    const auto dataset =
        from_text("nfeatures,targetclasses,targettype\n2,\"[0,1]\",discrete\na,b,t\n1,,0\n3,4,1\n-1,2,1", nullptr);
    CHECK(mml_dataset_rows(dataset.get()) == 3);
    CHECK(mml_dataset_task(dataset.get()) == MML_CLASSIFICATION);
    CHECK(mml_dataset_class_count(dataset.get()) == 2);
    CHECK(std::string(mml_dataset_class_name(dataset.get(), 1)) == "1");
    CHECK(std::string(mml_dataset_column_name(dataset.get(), 1)) == "b");
    CHECK(target_of(dataset.get()) == std::vector<double>{0, 1, 1});
    const std::vector<float> cells = cells_of(dataset.get());
    CHECK(cells[0] == 1);
    CHECK(std::isnan(cells[1]));
    CHECK(cells[5] == 2);
}

TEST_CASE("an unlabelled Moodle file's ids") {
    const Config config = config_of({{"labelled", "false"}});
    const auto dataset = from_text("nfeatures,targetclasses\n1,\"[0,1]\"\nsampleid,a\n12-0,1\n13-0,2\n", config.get());
    CHECK(std::string(mml_dataset_row_id(dataset.get(), 0)) == "12-0");
    CHECK(std::string(mml_dataset_row_id(dataset.get(), 1)) == "13-0");
    CHECK(mml_dataset_row_id(dataset.get(), 2) == nullptr);
    CHECK(mml_dataset_task(dataset.get()) == 0);
}

TEST_CASE("a plain file, from a file and from its text") {
    const TemporaryDirectory directory;
    const std::string text = "height,kind,weight\n1.5,a,10\n2,b,20\n2.5,a,30\n";
    write_text(directory / "plain.csv", text);
    const Config config = config_of({{"format", "plain"}, {"target", "kind"}});
    const auto read = made<Dataset>(
        [&](mml_dataset** out) { return mml_dataset_from_csv(out, (directory / "plain.csv").c_str(), config.get()); });
    const auto parsed = from_text(text, config.get());
    for (const mml_dataset* dataset : {read.get(), parsed.get()}) {
        CHECK(cells_of(dataset) == std::vector<float>{1.5F, 10, 2, 20, 2.5F, 30});
        CHECK(target_of(dataset) == std::vector<double>{0, 1, 0});
        CHECK(std::string(mml_dataset_class_name(dataset, 1)) == "b");
    }
}

TEST_CASE("a data set describes itself") {
    const auto dataset = dataset_of({1, 2, 3, 4}, 4, 1);
    const auto unlabelled = nlohmann::json::parse(mml_dataset_json(dataset.get()));
    CHECK(unlabelled ==
          nlohmann::json::parse(R"({"schema": 1, "source": "the data set", "rows": 4, "columns": 1, "task": null,
                                                  "classes": [], "inputs": [{"name": "x0", "type": "number"}], "metadata": {}, "warnings": []})"));
    set_classes(dataset.get(), {0, 1, 1, 1}, {"no", "yes"});
    const auto labelled = nlohmann::json::parse(mml_dataset_json(dataset.get()));
    CHECK(labelled.at("task") == "classification");
    CHECK(labelled.at("classes") == nlohmann::json::parse(R"([{"name": "no", "rows": 1}, {"name": "yes", "rows": 3}])"));
    set_target(dataset.get(), {1, 2, 3, 4});
    CHECK(nlohmann::json::parse(mml_dataset_json(dataset.get())).at("task") == "regression");
    const auto file = from_text("nfeatures,other\n1,x|y\na,t\n1,0\n2,1\n", nullptr);
    CHECK(nlohmann::json::parse(mml_dataset_json(file.get())).at("metadata").at("other") == "x|y");
}

TEST_CASE("classes are indices in any type, and replace what was there") {
    const auto dataset = dataset_of({1, 2, 3}, 3, 1);
    const char* names[] = {"a", "b", "c"};
    set_target(dataset.get(), {1.5, 2, 3});
    CHECK(mml_dataset_task(dataset.get()) == MML_REGRESSION);
    const std::vector<double> doubles = {0, 2, 1};
    const mml_array array = column(doubles);
    CHECK(mml_dataset_set_classes(dataset.get(), &array, names, 3) == MML_OK);
    CHECK(mml_dataset_task(dataset.get()) == MML_CLASSIFICATION);
    CHECK(mml_dataset_class_count(dataset.get()) == 3);
    CHECK(target_of(dataset.get()) == doubles);
    const std::vector<std::int64_t> integers = {1, 1, 0};
    const mml_array others = column(integers);
    CHECK(mml_dataset_set_classes(dataset.get(), &others, names, 2) == MML_OK);
    CHECK(target_of(dataset.get()) == std::vector<double>{1, 1, 0});
    CHECK(mml_dataset_class_name(dataset.get(), 2) == nullptr);
}

TEST_CASE("a class index that is none is refused by row and changes nothing") {
    const auto dataset = dataset_of({1, 2}, 2, 1);
    set_classes(dataset.get(), {0, 1}, {"a", "b"});
    const char* names[] = {"c", "d"};
    for (const double bad : {2.0, -1.0, 0.5, not_a_number, infinite, 1e300, -0.001}) {
        const std::vector<double> indices = {0, bad};
        const mml_array array = column(indices);
        CHECK(mml_dataset_set_classes(dataset.get(), &array, names, 2) == MML_BAD_DATA);
        check_message("row 1 is ");
    }
    CHECK(std::string(mml_dataset_class_name(dataset.get(), 0)) == "a");
    CHECK(target_of(dataset.get()) == std::vector<double>{0, 1});
}

TEST_CASE("names of classes and columns: there, different, UTF-8") {
    const auto dataset = dataset_of({1, 2, 3, 4}, 2, 2);
    const std::vector<std::int32_t> indices = {0, 1};
    const mml_array array = column(indices);
    const auto class_status = [&](std::vector<const char*> names, int32_t count) {
        return mml_dataset_set_classes(dataset.get(), &array, names.data(), count);
    };
    CHECK(class_status({"a", "a"}, 2) == MML_INVALID_ARGUMENT);
    check_message("\"a\" occurs twice");
    CHECK(class_status({"a", nullptr}, 2) == MML_INVALID_ARGUMENT);
    check_message("names[1] is NULL");
    CHECK(class_status({"a", "\xff"}, 2) == MML_INVALID_ARGUMENT);
    check_message("\"\\xff\"");
    CHECK(class_status({"a"}, 0) == MML_INVALID_ARGUMENT);
    CHECK(class_status({"a"}, -1) == MML_INVALID_ARGUMENT);
    check_message("count is -1");
    CHECK(mml_dataset_task(dataset.get()) == 0);

    CHECK(set_names(dataset.get(), {"größe", "名前"}) == MML_OK);
    CHECK(std::string(mml_dataset_column_name(dataset.get(), 0)) == "größe");
    CHECK(set_names(dataset.get(), {"a"}) == MML_INVALID_ARGUMENT);
    check_message("count is 1: the data set has 2 columns");
    CHECK(set_names(dataset.get(), {"a", "b", "c"}) == MML_INVALID_ARGUMENT);
    CHECK(set_names(dataset.get(), {"a", "a"}) == MML_INVALID_ARGUMENT);
    CHECK(set_names(dataset.get(), {"a", nullptr}) == MML_INVALID_ARGUMENT);
    CHECK(mml_dataset_set_column_names(dataset.get(), nullptr, 2) == MML_INVALID_ARGUMENT);
    CHECK(std::string(mml_dataset_column_name(dataset.get(), 1)) == "名前");
}

TEST_CASE("targets and weights are finite, weights not negative") {
    const auto dataset = dataset_of({1, 2}, 2, 1);
    for (const double bad : {not_a_number, infinite, -infinite}) {
        const std::vector<double> values = {bad, 1};
        const mml_array array = column(values);
        CHECK(mml_dataset_set_target(dataset.get(), &array) == MML_BAD_DATA);
        check_message("row 0 is ");
        CHECK(mml_dataset_set_weights(dataset.get(), &array) == MML_BAD_DATA);
    }
    for (const double bad : {-1.0, -1e-30, -1e308}) {
        const std::vector<double> values = {1, bad};
        const mml_array array = column(values);
        CHECK(mml_dataset_set_weights(dataset.get(), &array) == MML_BAD_DATA);
        check_message("row 1 is ");
    }
    CHECK(mml_dataset_task(dataset.get()) == 0);
    set_target(dataset.get(), {1e300, -0.1});
    CHECK(target_of(dataset.get()) == std::vector<double>{1e300, -0.1});
}

TEST_CASE("row ids come back as they came") {
    const auto dataset = dataset_of({1, 2}, 2, 1);
    const char* ids[] = {"1234-0", "1234-0"};
    CHECK(mml_dataset_set_row_ids(dataset.get(), ids, 2) == MML_OK);
    CHECK(std::string(mml_dataset_row_id(dataset.get(), 1)) == "1234-0");
    CHECK(mml_dataset_set_row_ids(dataset.get(), ids, 1) == MML_INVALID_ARGUMENT);
    check_message("count is 1: the data set has 2 rows");
    const char* broken[] = {"1", nullptr};
    CHECK(mml_dataset_set_row_ids(dataset.get(), broken, 2) == MML_INVALID_ARGUMENT);
    check_message("ids[1] is NULL");
    CHECK(std::string(mml_dataset_row_id(dataset.get(), 0)) == "1234-0");
}

TEST_CASE("a selection takes rows in the given order with all that belongs to them") {
    const auto dataset = dataset_of({1, 2, 3}, 3, 1);
    const char* ids[] = {"a", "b", "c"};
    CHECK(mml_dataset_set_row_ids(dataset.get(), ids, 3) == MML_OK);
    CHECK(set_names(dataset.get(), {"height"}) == MML_OK);
    set_classes(dataset.get(), {0, 1, 0}, {"no", "yes"});
    const auto select = [&](mml_dataset** out, const std::vector<std::int64_t>& rows) {
        return mml_dataset_select(out, dataset.get(), rows.data(), static_cast<std::int64_t>(rows.size()));
    };
    const auto selection = made<Dataset>([&](mml_dataset** out) { return select(out, {2, 1, 1}); });
    CHECK(cells_of(selection.get()) == std::vector<float>{3, 2, 2});
    CHECK(target_of(selection.get()) == std::vector<double>{0, 1, 1});
    CHECK(std::string(mml_dataset_row_id(selection.get(), 0)) == "c");
    CHECK(std::string(mml_dataset_column_name(selection.get(), 0)) == "height");
    CHECK(nlohmann::json::parse(mml_dataset_json(selection.get())).at("classes")[1].at("rows") == 2);
    const auto none = made<Dataset>([&](mml_dataset** out) { return mml_dataset_select(out, dataset.get(), nullptr, 0); });
    CHECK(mml_dataset_rows(none.get()) == 0);
    CHECK(mml_dataset_class_count(none.get()) == 2);

    mml_dataset* out = nullptr;
    CHECK(select(&out, {0, 3}) == MML_INVALID_ARGUMENT);
    check_message("rows[1] is 3");
    CHECK(select(&out, {-1}) == MML_INVALID_ARGUMENT);
    CHECK(mml_dataset_select(&out, dataset.get(), nullptr, 1) == MML_INVALID_ARGUMENT);
    CHECK(mml_dataset_select(&out, dataset.get(), nullptr, -1) == MML_INVALID_ARGUMENT);
    CHECK(out == nullptr);
}

TEST_CASE("a buffer that is too small is told how large it must be, and stays as it was") {
    const auto dataset = dataset_of({1, 2, 3, 4, 5, 6}, 3, 2);
    set_target(dataset.get(), {1, 2, 3});
    std::vector<float> cells(6, 7);
    CHECK(mml_dataset_values(dataset.get(), cells.data(), 5) == MML_BUFFER_TOO_SMALL);
    check_message("holds 5 values: 6 are needed");
    CHECK(cells == std::vector<float>(6, 7));
    std::vector<double> target(3, 7);
    CHECK(mml_dataset_target(dataset.get(), target.data(), 0) == MML_BUFFER_TOO_SMALL);
    check_message("3 are needed");
    CHECK(target == std::vector<double>(3, 7));
}
