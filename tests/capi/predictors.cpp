// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <limits>
#include <thread>

#include "support.hpp"

using namespace capi_test;

namespace {

Predictor predictor_of(const mml_model* model, const std::vector<const char*>& columns = {}) {
    return made<Predictor>([&](mml_predictor** out) {
        return mml_predictor_create(out, model, columns.data(), static_cast<std::int64_t>(columns.size()), nullptr);
    });
}

std::vector<float> values_of(const mml_dataset* dataset) {
    std::vector<float> values(static_cast<std::size_t>(mml_dataset_rows(dataset) * mml_dataset_columns(dataset)));
    succeed(mml_dataset_values(dataset, values.data(), values.size()));
    return values;
}

std::vector<float> scores_of(const mml_predictor* predictor, const mml_array& values, std::int64_t outputs) {
    std::vector<float> scores(static_cast<std::size_t>(values.rows * outputs));
    succeed(mml_predictor_predict(predictor, &values, scores.data(), scores.size()));
    return scores;
}

// All rows at once, in pieces, and one by one, as float32, float64 and column by column: the bits are those of
// mml_predict().
void check_same_bits(const mml_model* model, const mml_dataset* dataset) {
    const std::vector<float> expected = predictions(model, dataset);
    const std::int64_t rows = mml_dataset_rows(dataset), columns = mml_dataset_columns(dataset),
                       outputs = mml_model_outputs(model);
    const std::vector<float> values = values_of(dataset);
    const Predictor predictor = predictor_of(model);
    for (const std::int64_t piece : {rows, std::int64_t{1}, std::int64_t{7}, std::int64_t{65}}) {
        std::vector<float> scores;
        for (std::int64_t first = 0; first < rows; first += piece) {
            const mml_array some = {
                values.data() + first * columns, std::min(piece, rows - first), columns, columns, 1, MML_FLOAT32, 0};
            const std::vector<float> made = scores_of(predictor.get(), some, outputs);
            scores.insert(scores.end(), made.begin(), made.end());
        }
        CHECK(scores == expected);
    }
    const std::vector<double> wide(values.begin(), values.end());
    CHECK(scores_of(predictor.get(), table(wide, rows, columns), outputs) == expected);
    std::vector<double> turned(wide.size());
    for (std::int64_t i = 0; i < rows; ++i) {
        for (std::int64_t j = 0; j < columns; ++j)
            turned[static_cast<std::size_t>(j * rows + i)] = wide[static_cast<std::size_t>(i * columns + j)];
    }
    const mml_array by_column = {turned.data(), rows, columns, 1, rows, MML_FLOAT64, 0};
    CHECK(scores_of(predictor.get(), by_column, outputs) == expected);
}

Config all_members() {
    return config_of({{"networks", "2"}, {"epochs", "10"}, {"trees", "20"}, {"pilot_margin", "0"}, {"folds", "3"}});
}

}  // namespace

TEST_CASE("a predictor answers with the bits of its model, for every task, kind of member and prior") {
    const Dataset datasets[] = {classes_to_learn(300, 3, 2), classes_to_learn(300, 3, 3), values_to_learn(300, 3)};
    for (const Dataset& dataset : datasets) {
        for (const char* alone : {"", "linear", "trees", "networks"}) {
            const Config config = all_members();
            for (const char* member : {"linear", "trees", "networks"}) {
                const bool off = alone[0] != '\0' && std::string(alone) != member;
                if (off) succeed(mml_config_set(config.get(), member, std::string(member) == "linear" ? "false" : "0"));
            }
            const Model model = trained(dataset.get(), config.get());
            check_same_bits(model.get(), dataset.get());
            const auto next = made<Model>(
                [&](mml_model** out) { return mml_train(out, dataset.get(), config.get(), model.get(), nullptr, nullptr); });
            check_same_bits(next.get(), dataset.get());
        }
    }
}

TEST_CASE("a predictor reads missing values, and gives estimates as double") {
    const Dataset dataset = values_to_learn(200, 3);
    const Model model = trained(dataset.get(), quick_config().get());
    std::vector<float> values = values_of(dataset.get());
    for (std::size_t i = 0; i < values.size(); i += 5) values[i] = std::numeric_limits<float>::quiet_NaN();
    const Dataset holes = dataset_of(values, 200, 3);
    check_same_bits(model.get(), holes.get());
    std::vector<double> expected(200), found(200);
    succeed(mml_predict_double(model.get(), holes.get(), nullptr, expected.data(), expected.size()));
    const mml_array array = table(values, 200, 3);
    succeed(mml_predictor_predict_double(predictor_of(model.get()).get(), &array, found.data(), found.size()));
    CHECK(found == expected);
}

TEST_CASE("a predictor matches columns by name, in any order and among others") {
    const std::string csv =
        "a,b,c,y\n1,5,2,p\n2,1,8,q\n3,9,1,p\n4,0,9,q\n1,6,2,p\n2,2,8,q\n3,8,1,p\n4,1,9,q\n1,5,3,p\n2,1,7,q\n";
    const Config plain = config_of({{"format", "plain"}});
    const auto dataset = made<Dataset>(
        [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, csv.data(), csv.size(), plain.get()); });
    const Model model = trained(dataset.get(), quick_config().get());
    const std::vector<float> expected = predictions(model.get(), dataset.get());
    const std::vector<float> values = values_of(dataset.get());
    std::vector<float> moved;
    for (std::size_t i = 0; i < 10; ++i)
        moved.insert(moved.end(), {values[3 * i + 2], 77, values[3 * i], values[3 * i + 1]});
    const Predictor predictor = predictor_of(model.get(), {"c", "other", "a", "b"});
    CHECK(scores_of(predictor.get(), table(moved, 10, 4), 2) == expected);
    mml_predictor* none = nullptr;
    const char* const two[] = {"a", "b"};
    CHECK(mml_predictor_create(&none, model.get(), two, 2, nullptr) == MML_MISMATCH);
    check_message("\"c\"");
    CHECK(none == nullptr);
}

TEST_CASE("a predictor takes categories as its model takes them from an array") {
    std::string csv = "size,colour,y\n";
    for (int i = 0; i < 120; ++i)
        csv += std::to_string(i % 7) + "," + std::to_string(100 + i % 5) + "," + (i % 5 < 2 ? "no\n" : "yes\n");
    const Config typed =
        config_of({{"format", "plain"}, {"types", "colour=category"}, {"trees", "10"}, {"networks", "1"}, {"epochs", "3"}});
    const auto dataset = made<Dataset>(
        [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, csv.data(), csv.size(), typed.get()); });
    const Model model = trained(dataset.get(), typed.get());
    const std::vector<float> cells = {1, 100, 2, 103, 3, 999, 4, std::numeric_limits<float>::quiet_NaN()};
    const mml_array array = table(cells, 4, 2);
    std::vector<float> expected(8);
    succeed(mml_predict_array(model.get(), &array, nullptr, expected.data(), expected.size()));
    CHECK(scores_of(predictor_of(model.get()).get(), array, 2) == expected);
    CHECK(expected[0] != expected[2]);
    const auto next = made<Model>(
        [&](mml_model** out) { return mml_train(out, dataset.get(), typed.get(), model.get(), nullptr, nullptr); });
    succeed(mml_predict_array(next.get(), &array, nullptr, expected.data(), expected.size()));
    CHECK(scores_of(predictor_of(next.get()).get(), array, 2) == expected);
}

TEST_CASE("a predictor reads time stamps that float32 would merge") {
    constexpr double start = 1.7e9;
    std::vector<double> cells;
    std::vector<std::int32_t> classes;
    for (int i = 0; i < 200; ++i) {
        cells.push_back(start + i);
        classes.push_back(i / 20 % 2);
    }
    const mml_array array = table(cells, 200, 1);
    const auto dataset = made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_array(out, &array); });
    set_classes(dataset.get(), classes, {"a", "b"});
    const Model model = trained(dataset.get(), config_of({{"trees", "40"}, {"networks", "0"}}).get());
    std::vector<float> expected(400), single(2);
    succeed(mml_predict_array(model.get(), &array, nullptr, expected.data(), expected.size()));
    const Predictor predictor = predictor_of(model.get(), {"x0"});
    CHECK(scores_of(predictor.get(), array, 2) == expected);
    for (std::size_t row : std::vector<std::size_t>{10, 30, 199}) {
        const mml_array one = {cells.data() + row, 1, 1, 1, 1, MML_FLOAT64, 0};
        CHECK(scores_of(predictor.get(), one, 2) ==
              std::vector<float>(expected.begin() + 2 * static_cast<std::ptrdiff_t>(row),
                                 expected.begin() + 2 * static_cast<std::ptrdiff_t>(row) + 2));
    }
    std::vector<std::int32_t> decided(200), wanted(200);
    succeed(mml_predictor_decide(predictor.get(), &array, decided.data(), nullptr, 200));
    succeed(mml_decide(model.get(), expected.data(), 200, wanted.data(), nullptr, 200));
    CHECK(decided == wanted);
    CHECK(decided != std::vector<std::int32_t>(200, decided[0]));
}

TEST_CASE("sparse rows give what their dense rows give") {
    const Dataset dataset = classes_to_learn(100, 3, 2);
    const Model model = trained(dataset.get(), quick_config().get());
    const std::vector<float> dense = {0, 2, 0, 1, 0, 3, 0, 0, 0};
    const std::vector<std::int64_t> starts = {0, 1, 3, 3};
    const std::vector<std::int32_t> indices = {1, 0, 2};
    const std::vector<double> cells = {2, 1, 3};
    const mml_array a = column(starts), b = column(indices), c = column(cells);
    std::vector<float> scores(6);
    const Predictor predictor = predictor_of(model.get());
    succeed(mml_predictor_predict_csr(predictor.get(), &a, &b, &c, scores.data(), scores.size()));
    CHECK(scores == scores_of(predictor.get(), table(dense, 3, 3), 2));
    const std::vector<std::int32_t> beyond = {1, 0, 3};
    const mml_array wrong = column(beyond);
    CHECK(mml_predictor_predict_csr(predictor.get(), &a, &wrong, &c, scores.data(), scores.size()) == MML_INVALID_ARGUMENT);
    check_message("row 1 has column 3");
    CHECK(mml_predictor_predict_csr(predictor.get(), &a, &b, &c, scores.data(), 5) == MML_BUFFER_TOO_SMALL);
}

TEST_CASE("a predictor decides as its model does") {
    const Dataset dataset = classes_to_learn(200, 3, 2);
    const Config config = config_of({{"decision", "cost:4"}, {"trees", "10"}, {"networks", "0"}});
    const Model model = trained(dataset.get(), config.get());
    const std::vector<float> scores = predictions(model.get(), dataset.get());
    std::vector<std::int32_t> expected(200), classes(200);
    std::vector<float> expected_strengths(200), strengths(200);
    succeed(mml_decide(model.get(), scores.data(), 200, expected.data(), expected_strengths.data(), 200));
    const std::vector<float> values = values_of(dataset.get());
    const mml_array array = table(values, 200, 3);
    const Predictor predictor = predictor_of(model.get());
    succeed(mml_predictor_decide(predictor.get(), &array, classes.data(), strengths.data(), 200));
    CHECK(classes == expected);
    CHECK(strengths == expected_strengths);
    succeed(mml_predictor_decide(predictor.get(), &array, classes.data(), nullptr, 200));
    const Dataset numbers = values_to_learn(100, 3);
    const Model regression = trained(numbers.get(), quick_config().get());
    CHECK(mml_predictor_decide(predictor_of(regression.get()).get(), &array, classes.data(), nullptr, 200) ==
          MML_INVALID_ARGUMENT);
}

TEST_CASE("threads share a predictor, which outlives its model") {
    const Dataset dataset = classes_to_learn(500, 3, 2);
    Model model = trained(dataset.get(), quick_config().get());
    const std::vector<float> expected = predictions(model.get(), dataset.get());
    const std::vector<float> values = values_of(dataset.get());
    const Predictor predictor = predictor_of(model.get());
    model.reset();
    std::vector<std::vector<float>> found(40, std::vector<float>(1000));
    std::vector<std::thread> threads;
    for (std::vector<float>& scores : found) {
        threads.emplace_back([&] {
            for (std::size_t row = 0; row < 500; ++row) {
                const mml_array one = {values.data() + 3 * row, 1, 3, 3, 1, MML_FLOAT32, 0};
                if (mml_predictor_predict(predictor.get(), &one, scores.data() + 2 * row, 2) != MML_OK) return;
            }
        });
    }
    for (std::thread& thread : threads) thread.join();
    for (const std::vector<float>& scores : found) CHECK(scores == expected);
}

TEST_CASE("rows that are none are refused by name and place") {
    const Dataset dataset = classes_to_learn(100, 3, 2);
    const Model model = trained(dataset.get(), quick_config().get());
    const Predictor predictor = predictor_of(model.get());
    std::vector<float> cells(9, 1);
    std::vector<float> scores(6, 7);
    mml_array array = table(cells, 3, 3);
    CHECK(mml_predictor_predict(predictor.get(), &array, scores.data(), 5) == MML_BUFFER_TOO_SMALL);
    array.columns = 2;
    CHECK(mml_predictor_predict(predictor.get(), &array, scores.data(), 6) == MML_MISMATCH);
    check_message("2 columns");
    array.columns = 3;
    cells[5] = std::numeric_limits<float>::infinity();
    CHECK(mml_predictor_predict(predictor.get(), &array, scores.data(), 6) == MML_BAD_DATA);
    check_message("row 1, column 2");
    CHECK(scores == std::vector<float>(6, 7));
    const std::vector<double> wide = {1, 1e300, 1};
    const mml_array large = table(wide, 1, 3);
    CHECK(mml_predictor_predict(predictor.get(), &large, scores.data(), 6) == MML_BAD_DATA);
    const mml_array empty = {nullptr, 0, 3, 3, 1, MML_FLOAT32, 0};
    succeed(mml_predictor_predict(predictor.get(), &empty, nullptr, 0));
    mml_predictor* none = nullptr;
    CHECK(mml_predictor_create(&none, model.get(), nullptr, -1, nullptr) == MML_INVALID_ARGUMENT);
    CHECK(mml_predictor_create(&none, model.get(), nullptr, 1, nullptr) == MML_INVALID_ARGUMENT);
    mml_predictor_free(nullptr);
}
