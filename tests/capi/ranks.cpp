// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>

#include "rank_threads.hpp"
#include "support.hpp"

using namespace capi_test;

namespace {

// Rows in which all cells differ, with some columns of few values and some empty cells.
struct Table {
    std::int64_t rows = 0;
    std::vector<float> cells;
    std::vector<std::int32_t> classes;
    std::vector<double> values;
};
constexpr std::int64_t table_columns = 6;

Table table_to_learn(std::int64_t rows, int classes) {
    Table table;
    table.rows = rows;
    std::uint32_t state = 12345;
    const auto draw = [&] {
        state = state * 1664525U + 1013904223U;
        return static_cast<double>(state >> 8U) / 16777216.0;
    };
    for (std::int64_t row = 0; row < rows; ++row) {
        double cell[table_columns];
        for (double& value : cell) value = draw() + draw() + draw() - 1.5;
        cell[4] = std::floor(4 * draw());
        const double score = cell[0] + cell[1] * cell[2] + (cell[4] == 1 ? 0.5 : 0) + 0.3 * (draw() - 0.5);
        if (draw() < 0.1) cell[3] = std::numeric_limits<double>::quiet_NaN();
        for (const double value : cell) table.cells.push_back(static_cast<float>(value));
        const int group = score < -0.2 ? 0 : score < 0.5 || classes < 3 ? 1 : 2;
        table.classes.push_back(group);
        table.values.push_back(10 + score);
    }
    return table;
}

// Rows first ... last - 1; the classes that occur there, in the order of all.
Dataset part_of(const Table& table, std::int64_t first, std::int64_t last, int classes) {
    const std::vector<float> cells(table.cells.begin() + first * table_columns, table.cells.begin() + last * table_columns);
    Dataset dataset = dataset_of(cells, last - first, table_columns);
    if (classes == 0) {
        set_target(dataset.get(), {table.values.begin() + first, table.values.begin() + last});
        return dataset;
    }
    const char* const all_names[] = {"a", "b", "c"};
    std::vector<const char*> names;
    std::vector<std::int32_t> places;
    for (int k = 0; k < classes; ++k) {
        const bool occurs = std::count(table.classes.begin() + first, table.classes.begin() + last, k) > 0;
        places.push_back(occurs || first == last ? static_cast<std::int32_t>(names.size()) : -1);
        if (occurs || first == last) names.push_back(all_names[k]);
    }
    std::vector<std::int32_t> indices;
    for (std::int64_t row = first; row < last; ++row)
        indices.push_back(places[static_cast<std::size_t>(table.classes[static_cast<std::size_t>(row)])]);
    set_classes(dataset.get(), indices, names);
    return dataset;
}

std::vector<Dataset> shards_of(const Table& table, const std::vector<std::int64_t>& ends, int classes) {
    std::vector<Dataset> shards;
    std::int64_t first = 0;
    for (const std::int64_t end : ends) {
        shards.push_back(part_of(table, first, end, classes));
        first = end;
    }
    return shards;
}

double largest_difference(const std::vector<float>& a, const std::vector<float>& b) {
    REQUIRE(a.size() == b.size());
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
    return largest;
}

// Trains on one rank and on several; all ranks must have one model, whose predictions are those of one rank.
void check_same_predictions(const Table& table, const std::vector<std::int64_t>& ends, int classes, const Options& options) {
    CAPTURE(ends.size());
    CAPTURE(classes);
    const Dataset all = part_of(table, 0, table.rows, classes);
    const Model alone = trained(all.get(), config_of(options).get());
    const auto outcomes = train_on_ranks(shards_of(table, ends, classes), {options});
    for (const Outcome& outcome : outcomes) {
        REQUIRE_MESSAGE(outcome.status == MML_OK, outcome.message);
        CHECK(model_bytes(outcome.model.get()) == model_bytes(outcomes[0].model.get()));
    }
    const double difference =
        largest_difference(predictions(alone.get(), all.get()), predictions(outcomes[0].model.get(), all.get()));
    CHECK(difference < 1e-4);
}

const Options linear_only = {{"networks", "0"}, {"trees", "0"}, {"threads", "1"}};
const Options trees_only = {{"networks", "0"},    {"linear", "false"},    {"trees", "40"},
                            {"tree_leaves", "6"}, {"tree_samples", "40"}, {"threads", "1"}};
const Options both = {{"networks", "0"}, {"trees", "40"}, {"tree_leaves", "6"}, {"tree_samples", "40"}, {"threads", "1"}};

const std::vector<std::vector<std::int64_t>> cuts = {
    {600}, {300, 600}, {100, 130, 600}, {150, 300, 300, 600}, {0, 599, 600}};

void check_all_cuts(const Options& options) {
    for (const int classes : {0, 2, 3}) {
        const Table table = table_to_learn(600, classes);
        for (const auto& ends : cuts) check_same_predictions(table, ends, classes, options);
    }
}

// Classes: the share that is taken for another. Values: the root of the mean squared error, whose scale is about 1.
double error_of(const mml_model* model, const Table& table, int classes) {
    const Dataset all = part_of(table, 0, table.rows, classes);
    const std::vector<float> answers = predictions(model, all.get());
    const std::size_t outputs = answers.size() / static_cast<std::size_t>(table.rows);
    double errors = 0;
    for (std::size_t row = 0; row < static_cast<std::size_t>(table.rows); ++row) {
        const auto first = answers.begin() + static_cast<std::ptrdiff_t>(row * outputs);
        const double error = static_cast<double>(*first) - table.values[row];
        const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(outputs)) - first;
        errors += classes == 0 ? error * error : best != table.classes[row] ? 1 : 0;
    }
    errors /= static_cast<double>(table.rows);
    return classes == 0 ? std::sqrt(errors) : errors;
}

void check_failure(const std::vector<Outcome>& outcomes, mml_status status, const std::string& part) {
    for (const Outcome& outcome : outcomes) {
        CHECK(outcome.status == status);
        CHECK_MESSAGE(outcome.message.find(part) != std::string::npos, "the message is: ", outcome.message);
        CHECK(outcome.message == outcomes[0].message);
        CHECK(outcome.model == nullptr);
    }
}

Dataset csv_text(const std::string& text) {
    const Config config = config_of({{"format", "plain"}});
    return made<Dataset>(
        [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, text.data(), text.size(), config.get()); });
}

std::string city_rows(int first, int last, const std::string& city, const std::string& label) {
    std::string text = "age,city,passed\n";
    for (int i = first; i < last; ++i)
        text += std::to_string(18 + i) + "," + (i % 3 == 0 ? city : "Bonn") + "," + (i % 2 == 0 ? label : "no") + "\n";
    return text;
}

}  // namespace

TEST_CASE("ranks on shards predict what one rank on all rows predicts: the linear model") {
    Options options = linear_only;
    options.push_back({"linear_strength", "10"});
    check_all_cuts(options);
}

// Of three classes the search for weights ends where the loss hardly falls, and rounding decides where that is.
TEST_CASE("ranks on shards predict what one rank on all rows predicts: the linear model over all its strengths") {
    for (const int classes : {0, 2}) {
        const Table table = table_to_learn(600, classes);
        for (const auto& ends : cuts) check_same_predictions(table, ends, classes, linear_only);
    }
}

TEST_CASE("ranks on shards predict what one rank on all rows predicts: trees") { check_all_cuts(trees_only); }

TEST_CASE("ranks on shards predict what one rank on all rows predicts: blend, calibration and decision") {
    Options options = both;
    options.push_back({"decision", "balanced"});
    const Table table = table_to_learn(900, 2);
    for (const auto& ends : {std::vector<std::int64_t>{450, 900}, {100, 130, 900}, {0, 500, 899, 900}})
        check_same_predictions(table, ends, 2, options);
}

TEST_CASE("a class and a level may occur on one rank alone, and a rank may have no rows") {
    std::vector<Dataset> shards;
    shards.push_back(csv_text(city_rows(0, 60, "Ulm", "no")));
    shards.push_back(csv_text(city_rows(60, 60, "Jena", "yes")));
    shards.push_back(csv_text(city_rows(60, 120, "Jena", "yes")));
    const auto outcomes = train_on_ranks(shards, {both});
    for (const Outcome& outcome : outcomes) REQUIRE_MESSAGE(outcome.status == MML_OK, outcome.message);
    const mml_model* model = outcomes[0].model.get();
    CHECK(mml_model_outputs(model) == 2);
    CHECK(mml_model_class_name(model, 1) == std::string("yes"));
    for (const Outcome& outcome : outcomes) CHECK(model_bytes(model) == model_bytes(outcome.model.get()));
    const Dataset all = csv_text(city_rows(0, 60, "Ulm", "no") + city_rows(60, 120, "Jena", "yes").substr(16));
    const Config config = config_of(both);
    const Model alone = trained(all.get(), config.get());
    CHECK(largest_difference(predictions(alone.get(), all.get()), predictions(model, all.get())) < 1e-4);
    const auto json = nlohmann::json::parse(mml_model_json(model));
    CHECK(json["samples"]["count"] == 120);
    CHECK(json["ranks"] == 3);
}

// Batches are dealt by rank, so that only the loss can be compared: with that of the constant, and of one rank.
TEST_CASE("networks on shards learn what one rank on all rows learns") {
    const Options networks_only = {
        {"linear", "false"}, {"trees", "0"}, {"networks", "2"}, {"epochs", "40"}, {"threads", "1"}};
    for (const int classes : {0, 2, 3}) {
        CAPTURE(classes);
        const Table table = table_to_learn(600, classes);
        const Dataset all = part_of(table, 0, table.rows, classes);
        const double alone = error_of(trained(all.get(), config_of(networks_only).get()).get(), table, classes);
        for (const auto& ends : {std::vector<std::int64_t>{300, 600}, {100, 130, 600}, {0, 599, 600}}) {
            CAPTURE(ends.size());
            const auto outcomes = train_on_ranks(shards_of(table, ends, classes), {networks_only});
            for (const Outcome& outcome : outcomes) {
                REQUIRE_MESSAGE(outcome.status == MML_OK, outcome.message);
                CHECK(model_bytes(outcome.model.get()) == model_bytes(outcomes[0].model.get()));
            }
            CHECK(error_of(outcomes[0].model.get(), table, classes) < alone + 0.02);
        }
        CHECK(alone < 0.2);
    }
}

TEST_CASE("networks of ranks take their place in the blend, or are given up on all ranks") {
    const Table table = table_to_learn(300, 2);
    const auto outcomes = train_on_ranks(shards_of(table, {100, 110, 300}, 2), {{{"epochs", "40"}, {"threads", "1"}}});
    for (const Outcome& outcome : outcomes) {
        REQUIRE_MESSAGE(outcome.status == MML_OK, outcome.message);
        CHECK(model_bytes(outcome.model.get()) == model_bytes(outcomes[0].model.get()));
    }
    const std::string json = mml_model_json(outcomes[0].model.get());
    CHECK(json.find("\"networks\"") != std::string::npos);
    CHECK(json.find("leaves out") == std::string::npos);
}

TEST_CASE("ranks that disagree fail together with one message") {
    const Table table = table_to_learn(200, 2);
    SUBCASE("options") {
        Options others = both;
        others[1] = {"trees", "41"};
        check_failure(train_on_ranks(shards_of(table, {100, 200}, 2), {both, others}), MML_MISMATCH,
                      "option trees is \"41\" on rank 1, but \"40\" on rank 0");
    }
    SUBCASE("task") {
        std::vector<Dataset> shards;
        shards.push_back(part_of(table, 0, 100, 2));
        shards.push_back(part_of(table, 100, 200, 0));
        check_failure(train_on_ranks(shards, {both}), MML_MISMATCH,
                      "the target is a number on rank 1, but a class on rank 0");
    }
    SUBCASE("number of columns") {
        std::vector<Dataset> shards;
        shards.push_back(classes_to_learn(50, 4, 2));
        shards.push_back(classes_to_learn(50, 3, 2));
        check_failure(train_on_ranks(shards, {both}), MML_MISMATCH, "rank 1 has 3 columns, but rank 0 has 4");
    }
    SUBCASE("names of columns") {
        std::vector<Dataset> shards;
        shards.push_back(csv_text("a,b,y\n1,2,no\n2,3,yes\n"));
        shards.push_back(csv_text("a,c,y\n1,2,no\n2,3,yes\n"));
        check_failure(train_on_ranks(shards, {both}), MML_MISMATCH, "column 1 is \"c\" on rank 1, but \"b\" on rank 0");
    }
    SUBCASE("types of columns") {
        std::vector<Dataset> shards;
        shards.push_back(csv_text("a,b,y\n1,2,no\n2,3,yes\n"));
        shards.push_back(csv_text("a,b,y\n1,red,no\n2,blue,yes\n"));
        check_failure(train_on_ranks(shards, {both}), MML_MISMATCH,
                      "column \"b\" holds numbers on rank 0, but texts on rank 1");
    }
}

TEST_CASE("what fails on one rank ends the call on all") {
    const Table table = table_to_learn(300, 2);
    std::vector<Dataset> shards = shards_of(table, {100, 200, 300}, 2);
    SUBCASE("its data set has no target") {
        shards[1] = dataset_of({1, 2, 3, 4, 5, 6}, 1, 6);
        check_failure(train_on_ranks(shards, {both}), MML_INVALID_ARGUMENT, "rank 1 of 3: the data set has no target");
    }
    SUBCASE("its progress callback stops it") {
        Meeting meeting(3);
        const auto stop = [](int number) { return number == 2 ? 1 : 0; };
        check_failure(train_on_ranks(meeting, shards, {both}, stop), MML_CANCELLED, "rank 2 of 3: stopped by the progress");
    }
}

TEST_CASE("a rank that is lost ends the call on all") {
    const Table table = table_to_learn(300, 2);
    for (const int step : {1, 2, 3, 20, 100, 500}) {
        CAPTURE(step);
        Meeting meeting(3);
        meeting.patience = std::chrono::milliseconds(300);
        meeting.lose_at = step;
        const auto outcomes = train_on_ranks(meeting, shards_of(table, {100, 200, 300}, 2), {both});
        for (const Outcome& outcome : outcomes) {
            CHECK(outcome.status == MML_IO);
            CHECK(outcome.message.find("the all-reduce of rank") != std::string::npos);
            CHECK(outcome.model == nullptr);
        }
    }
}

TEST_CASE("calls on one rank refuse several") {
    const Dataset dataset = classes_to_learn(40, 2, 2);
    const Config config = quick_config();
    CHECK(mml_config_set_ranks(config.get(), 2, 2, all_reduce, nullptr) == MML_INVALID_ARGUMENT);
    check_message("rank is 2 of 2: give a rank from 0 to size - 1");
    succeed(mml_config_set_ranks(config.get(), 0, 1, all_reduce, nullptr));  // which is not called
    const Model model = trained(dataset.get(), config.get());
    succeed(mml_config_set_ranks(config.get(), 0, 2, all_reduce, nullptr));
    mml_report* report = nullptr;
    CHECK(mml_evaluate(&report, model.get(), dataset.get(), config.get(), nullptr, nullptr) == MML_INVALID_ARGUMENT);
    check_message("only mml_train() works on several ranks");
    CHECK(mml_cross_validate(&report, dataset.get(), config.get(), nullptr, nullptr) == MML_INVALID_ARGUMENT);
}
