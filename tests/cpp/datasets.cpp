// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

using moodleml::Dataset;

TEST_CASE("an array becomes a data set and comes back") {
    const std::vector<double> cells = {1, 2, 3, 4, 5, std::nan("")};
    const Dataset dataset = Dataset::from_array(moodleml::table(cells, 2));
    CHECK(dataset.rows() == 3);
    CHECK(dataset.columns() == 2);
    CHECK(dataset.task() == 0);
    const std::vector<float> values = dataset.values();
    REQUIRE(values.size() == 6);
    CHECK(values[3] == 4.0F);
    CHECK(std::isnan(values[5]));
    float too_small[5];
    CHECK(status_of([&] { dataset.values(too_small, 5); }) == MML_BUFFER_TOO_SMALL);
}

TEST_CASE("views know type, rows and columns") {
    const std::vector<std::int64_t> cells(6);
    const mml_array table = moodleml::table(cells, 3);
    CHECK(table.type == MML_INT64);
    CHECK(table.rows == 2);
    CHECK(table.columns == 3);
    CHECK(table.row_stride == 3);
    CHECK(table.column_stride == 1);
    CHECK(moodleml::column(cells).rows == 6);
    CHECK(moodleml::column(cells).columns == 1);
    const int part[4] = {};
    CHECK(moodleml::table(part, 2, 2).type == MML_INT32);
    CHECK(status_of([&] { moodleml::table(cells, 4); }) == MML_INVALID_ARGUMENT);
    CHECK(status_of([&] { moodleml::table(cells, 0); }) == MML_INVALID_ARGUMENT);
}

TEST_CASE("compressed sparse rows") {
    const std::vector<std::int64_t> starts = {0, 1, 1, 2};
    const std::vector<std::int32_t> columns = {1, 0};
    const std::vector<float> values = {7, 8};
    const Dataset dataset = Dataset::from_csr(3, 2, starts.data(), columns.data(), values.data());
    CHECK(dataset.values() == std::vector<float>{0, 7, 0, 0, 8, 0});

    const std::vector<double> wide = {7, 8};
    const Dataset other = Dataset::from_csr(2, moodleml::column(starts), moodleml::column(columns), moodleml::column(wide));
    CHECK(other.values() == dataset.values());
}

TEST_CASE("CSV text, its names and ids") {
    moodleml::Config plain{{"format", "plain"}, {"target", "price"}, {"task", "regression"}};
    const Dataset dataset = Dataset::from_csv_text("size,age,price\n1,2,3\n4,5,6\n", plain);
    CHECK(dataset.column_names() == std::vector<std::string>{"size", "age"});
    CHECK(dataset.target() == std::vector<double>{3, 6});
    CHECK(dataset.task() == MML_REGRESSION);
    CHECK_FALSE(dataset.has_row_ids());
    CHECK_THROWS_AS(dataset.row_id(0), std::out_of_range);
    CHECK(status_of([] { Dataset::from_csv("no-such-file.csv"); }) == MML_IO);
}

TEST_CASE("groups are rated, and kept whole in folds") {
    Dataset dataset = small_classes(120);
    std::vector<std::int32_t> schools;
    std::vector<double> times;
    for (int row = 0; row < 120; ++row) {
        schools.push_back(row % 4);
        times.push_back(row);
    }
    dataset.set_groups(moodleml::column(schools), {"north", "east", "south", "west"});
    dataset.set_times(moodleml::column(times));
    moodleml::Config config({{"networks", "0"}, {"trees", "0"}, {"iterations", "2"}, {"resampling", "group_folds"}});
    const auto report = moodleml::Report::cross_validate(dataset, config);
    CHECK(report.json().find("\"name\":\"south\",\"rows\":30") != std::string::npos);
    config.set("resampling", "time");
    CHECK(moodleml::Report::cross_validate(dataset, config).json().find("\"training_rows\":40") != std::string::npos);
    CHECK(status_of([&] { dataset.set_groups(moodleml::column(schools), {"one"}); }) == MML_BAD_DATA);
    const std::vector<std::int32_t> alike(120, 0);
    dataset.set_groups(moodleml::column(alike), {"one"});
    CHECK(status_of([&] { moodleml::Report::cross_validate(dataset, config); }) == MML_BAD_DATA);
    times[3] = std::numeric_limits<double>::infinity();
    CHECK(status_of([&] { dataset.set_times(moodleml::column(times)); }) == MML_BAD_DATA);
}

TEST_CASE("names, classes, ids and weights") {
    Dataset dataset = small_classes(40);
    dataset.set_column_names({"first", "second"});
    dataset.set_row_ids(std::vector<std::string>(40, "a"));
    const std::vector<float> weights(40, 0.5F);
    dataset.set_weights(moodleml::column(weights));
    CHECK(dataset.column_name(1) == "second");
    CHECK_THROWS_AS(dataset.column_name(2), std::out_of_range);
    CHECK_FALSE(dataset.has_levels(0));
    CHECK_THROWS_AS(dataset.level_name(0, 0), std::out_of_range);
    CHECK(dataset.class_names() == std::vector<std::string>{"low", "high"});
    CHECK(dataset.class_name(0) == "low");
    CHECK(dataset.has_row_ids());
    CHECK(dataset.row_id(39) == "a");
    CHECK(dataset.json().find("\"schema\"") != std::string::npos);
    CHECK(status_of([&] { dataset.set_column_names({"one"}); }) == MML_INVALID_ARGUMENT);
    const Dataset chosen = dataset.select({10, 0, 10});
    CHECK(chosen.target() == std::vector<double>{1, 0, 1});
    CHECK(chosen.class_count() == 2);
    CHECK(dataset.select({}).rows() == 0);
}

TEST_CASE("a moved handle is empty, and says so") {
    Dataset dataset = small_classes();
    Dataset other = std::move(dataset);
    CHECK(other.rows() == 100);
    CHECK(dataset.handle() == nullptr);  // NOLINT(bugprone-use-after-move): what is tested
    CHECK(dataset.rows() == 0);
    CHECK(status_of([&] { dataset.json(); }) == MML_INVALID_ARGUMENT);
    dataset = std::move(other);
    CHECK(dataset.rows() == 100);
}

TEST_CASE("a handle can be given away and taken over") {
    mml_dataset* handle = small_values().release();
    REQUIRE(handle != nullptr);
    const Dataset owner(handle);
    CHECK(owner.handle() == handle);
    CHECK(owner.target().size() == 100);
}
