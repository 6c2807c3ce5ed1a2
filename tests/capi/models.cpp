// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <thread>

#include "support.hpp"

using namespace capi_test;

namespace {

Model loaded(const std::string& bytes) {
    return made<Model>([&](mml_model** out) { return mml_model_load_bytes(out, bytes.data(), bytes.size()); });
}

double share_right(const mml_model* model, const mml_dataset* dataset) {
    const std::vector<float> scores = predictions(model, dataset);
    const std::vector<double> target = target_of(dataset);
    const auto classes = static_cast<std::size_t>(mml_model_outputs(model));
    double right = 0;
    for (std::size_t row = 0; row < target.size(); ++row) {
        const auto first = scores.begin() + static_cast<std::ptrdiff_t>(row * classes);
        const auto best = std::max_element(first, first + static_cast<std::ptrdiff_t>(classes));
        right += static_cast<double>(best - first) == target[row] ? 1 : 0;
    }
    return right / static_cast<double>(target.size());
}

void check_sums(const std::vector<float>& scores, std::size_t classes) {
    for (std::size_t row = 0; row < scores.size() / classes; ++row) {
        double sum = 0;
        for (std::size_t i = 0; i < classes; ++i) {
            const float score = scores[row * classes + i];
            CHECK(score >= 0);
            sum += static_cast<double>(score);
        }
        CHECK(sum == doctest::Approx(1).epsilon(1e-5));
    }
}

struct Pieces {
    std::size_t bytes = 0;
    std::size_t largest = 0;
    std::size_t calls = 0;
    std::size_t stop_after = SIZE_MAX;
};

int32_t count_piece(const char* bytes, size_t size, void* user) {
    auto& pieces = *static_cast<Pieces*>(user);
    CHECK(bytes != nullptr);
    pieces.bytes += size;
    pieces.largest = std::max(pieces.largest, size);
    return ++pieces.calls == pieces.stop_after ? 1 : 0;
}

int32_t throw_away(const char*, size_t, void*) { throw std::runtime_error("a caller's own exception"); }

}  // namespace

TEST_CASE("a model learns classes and tells what it is") {
    for (const int classes : {2, 3}) {
        CAPTURE(classes);
        const auto dataset = classes_to_learn(600, 3, classes);
        const Model model = trained(dataset.get(), quick_config().get());
        CHECK(mml_model_task(model.get()) == MML_CLASSIFICATION);
        CHECK(mml_model_inputs(model.get()) == 3);
        CHECK(mml_model_outputs(model.get()) == classes);
        CHECK(std::string(mml_model_input_name(model.get(), 2)) == "x2");
        CHECK(mml_model_input_name(model.get(), 3) == nullptr);
        CHECK(mml_model_input_name(model.get(), -1) == nullptr);
        CHECK(std::string(mml_model_class_name(model.get(), 1)) == "high");
        CHECK(mml_model_class_name(model.get(), classes) == nullptr);
        CHECK(nlohmann::json::parse(mml_model_json(model.get())).is_object());
        CHECK(std::string(mml_model_json(model.get())).find('\n') == std::string::npos);
        check_sums(predictions(model.get(), dataset.get()), static_cast<std::size_t>(classes));
        CHECK(share_right(model.get(), dataset.get()) > (classes == 2 ? 0.9 : 0.7));
    }
}

TEST_CASE("a model learns values") {
    const auto dataset = values_to_learn(600, 3);
    const Model model = trained(dataset.get(), quick_config().get());
    CHECK(mml_model_task(model.get()) == MML_REGRESSION);
    CHECK(mml_model_outputs(model.get()) == 1);
    CHECK(mml_model_class_name(model.get(), 0) == nullptr);
    const std::vector<float> scores = predictions(model.get(), dataset.get());
    const std::vector<double> target = target_of(dataset.get());
    double error = 0;
    for (std::size_t row = 0; row < target.size(); ++row)
        error += std::pow(static_cast<double>(scores[row]) - target[row], 2);
    CHECK(error / static_cast<double>(target.size()) < 0.05);  // the target's variance is 0.42
}

TEST_CASE("save, load and bytes give the same model") {
    const TemporaryDirectory directory;
    const std::string path = directory / "model.mml";
    const Dataset datasets[] = {classes_to_learn(80, 3, 2), classes_to_learn(80, 3, 3), values_to_learn(80, 3)};
    for (const Dataset& dataset : datasets) {
        const Model model = trained(dataset.get(), quick_config().get());
        const std::vector<float> scores = predictions(model.get(), dataset.get());
        const std::string bytes = model_bytes(model.get());
        succeed(mml_model_save(model.get(), path.c_str()));
        const auto read = made<Model>([&](mml_model** out) { return mml_model_load(out, path.c_str()); });
        const Model copied = loaded(bytes);
        for (const mml_model* other : {read.get(), copied.get()}) {
            CHECK(predictions(other, dataset.get()) == scores);
            CHECK(model_bytes(other) == bytes);
            CHECK(std::string(mml_model_json(other)) == mml_model_json(model.get()));
        }
    }
}

TEST_CASE("a model file is its owner's alone, and saving replaces it or leaves it") {
    const TemporaryDirectory directory;
    const std::string path = directory / "model.mml";
    const Model model = trained(classes_to_learn(40, 2, 2).get(), quick_config().get());
    write_text(path, "what was there");
    succeed(mml_model_save(model.get(), path.c_str()));
    struct stat file {};
    REQUIRE(stat(path.c_str(), &file) == 0);
    CHECK((file.st_mode & 0777U) == 0600U);
    CHECK(static_cast<std::size_t>(file.st_size) == model_bytes(model.get()).size());
    CHECK(mml_model_save(model.get(), (directory / "absent/model.mml").c_str()) == MML_IO);
    check_message("absent");
    CHECK(std::distance(std::filesystem::directory_iterator(directory / ""), {}) == 1);
}

TEST_CASE("bytes come in pieces, and stop when asked") {
    // A network's weights hardly compress: more than two pieces.
    const Config config =
        config_of({{"linear", "false"}, {"trees", "0"}, {"networks", "1"}, {"epochs", "3"}, {"hidden_units", "256"}});
    const Model model = trained(classes_to_learn(60, 3, 2).get(), config.get());
    Pieces pieces;
    succeed(mml_model_write(model.get(), count_piece, &pieces));
    REQUIRE(pieces.bytes > 2 * 65536);
    CHECK(pieces.bytes == model_bytes(model.get()).size());
    CHECK(pieces.largest == 65536);
    CHECK(pieces.calls == (pieces.bytes + 65535) / 65536);
    Pieces stopped;
    stopped.stop_after = 2;
    CHECK(mml_model_write(model.get(), count_piece, &stopped) == MML_CANCELLED);
    CHECK(stopped.calls == 2);
    CHECK(mml_model_write(model.get(), throw_away, nullptr) == MML_CANCELLED);
}

TEST_CASE("the number of threads changes no byte") {
    const Dataset datasets[] = {classes_to_learn(500, 4, 2), classes_to_learn(500, 4, 3), values_to_learn(500, 4)};
    for (const Dataset& dataset : datasets) {
        std::vector<std::string> bytes;
        for (const char* threads : {"1", "2", "2", "5"}) {
            const Config config = quick_config();
            succeed(mml_config_set(config.get(), "threads", threads));
            bytes.push_back(model_bytes(trained(dataset.get(), config.get()).get()));
        }
        for (const std::string& other : bytes) CHECK(other == bytes[0]);
    }
}

TEST_CASE("another seed gives another model") {
    const auto dataset = classes_to_learn(200, 4, 2);
    const Config config = quick_config();
    const std::string bytes = model_bytes(trained(dataset.get(), config.get()).get());
    succeed(mml_config_set(config.get(), "seed", "2"));
    CHECK(model_bytes(trained(dataset.get(), config.get()).get()) != bytes);
}

TEST_CASE("a row's scores are the same alone, among others, from an array and on any number of threads") {
    const auto dataset = classes_to_learn(700, 3, 3);
    const Model model = trained(dataset.get(), quick_config().get());
    const std::vector<float> scores = predictions(model.get(), dataset.get());
    std::vector<float> cells(2100);
    succeed(mml_dataset_values(dataset.get(), cells.data(), cells.size()));
    const mml_array array = table(cells, 700, 3);
    for (const char* threads : {"1", "2", "3"}) {
        const Config config = config_of({{"threads", threads}});
        std::vector<float> others(scores.size());
        succeed(mml_predict(model.get(), dataset.get(), config.get(), others.data(), others.size()));
        CHECK(others == scores);
        succeed(mml_predict_array(model.get(), &array, config.get(), others.data(), others.size()));
        CHECK(others == scores);
    }
    for (const std::int64_t row : {0, 1, 255, 699}) {
        const auto alone = made<Dataset>([&](mml_dataset** out) { return mml_dataset_select(out, dataset.get(), &row, 1); });
        const auto first = scores.begin() + row * 3;
        CHECK(predictions(model.get(), alone.get()) == std::vector<float>(first, first + 3));
    }
}

TEST_CASE("columns are matched by name, else by position") {
    const auto dataset = classes_to_learn(200, 2, 2);
    const char* names[] = {"a", "b"};
    succeed(mml_dataset_set_column_names(dataset.get(), names, 2));
    const Model model = trained(dataset.get(), quick_config().get());
    CHECK(std::string(mml_model_input_name(model.get(), 1)) == "b");
    const auto row = dataset_of({0.5F, -0.25F}, 1, 2);
    const std::vector<float> by_position = predictions(model.get(), row.get());
    const auto other = dataset_of({9, -0.25F, 0.5F}, 1, 3);
    const char* other_names[] = {"c", "b", "a"};
    succeed(mml_dataset_set_column_names(other.get(), other_names, 3));
    CHECK(predictions(model.get(), other.get()) == by_position);
    const char* wrong_names[] = {"c", "b", "A"};
    succeed(mml_dataset_set_column_names(other.get(), wrong_names, 3));
    float scores[2] = {7, 7};
    CHECK(mml_predict(model.get(), other.get(), nullptr, scores, 2) == MML_MISMATCH);
    check_message("\"a\"");
    CHECK((scores[0] == 7 && scores[1] == 7));
}

TEST_CASE("missing cells and no rows are predicted") {
    const Model model = trained(classes_to_learn(200, 2, 2).get(), quick_config().get());
    const float missing = std::numeric_limits<float>::quiet_NaN();
    const auto row = dataset_of({missing, missing, 1e30F, -1e30F}, 2, 2);
    for (const float score : predictions(model.get(), row.get())) CHECK(std::isfinite(score));
    const auto none = dataset_of({}, 0, 2);
    CHECK(mml_predict(model.get(), none.get(), nullptr, nullptr, 0) == MML_OK);
}

TEST_CASE("an array to predict is checked as one to keep") {
    const Model model = trained(classes_to_learn(60, 2, 2).get(), quick_config().get());
    float scores[4] = {7, 7, 7, 7};
    const std::vector<double> infinite = {1, 2, 3, std::numeric_limits<double>::infinity()};
    mml_array array = table(infinite, 2, 2);
    CHECK(mml_predict_array(model.get(), &array, nullptr, scores, 4) == MML_BAD_DATA);
    check_message("row 1, column 1 is inf");
    array.rows = -1;
    CHECK(mml_predict_array(model.get(), &array, nullptr, scores, 4) == MML_INVALID_ARGUMENT);
    const std::vector<double> narrow = {1, 2};
    array = table(narrow, 2, 1);
    CHECK(mml_predict_array(model.get(), &array, nullptr, scores, 4) == MML_MISMATCH);
    for (const float score : scores) CHECK(score == 7);
}

TEST_CASE("weights count as samples") {
    const auto dataset = dataset_of({1, 1}, 2, 1);
    set_classes(dataset.get(), {0, 1}, {"a", "b"});
    const std::vector<float> weights = {90, 30};
    const mml_array array = column(weights);
    succeed(mml_dataset_set_weights(dataset.get(), &array));
    const Model model = trained(dataset.get(), quick_config().get());
    CHECK(predictions(model.get(), dataset.get())[0] == doctest::Approx(0.75).epsilon(0.03));
}

TEST_CASE("equal weights of any scale give the same model as none, at the same cost") {
    const auto dataset = classes_to_learn(120, 3, 2);
    const std::vector<float> expected = predictions(trained(dataset.get(), quick_config().get()).get(), dataset.get());
    for (const double weight : {4.9e-324, 1e-308, 1e-45, 1e-6, 0.3, 1e7, 3e38, 1e39, 1e308, 1.7976931348623157e308}) {
        CAPTURE(weight);
        const std::vector<double> weights(120, weight);
        const mml_array array = column(weights);
        succeed(mml_dataset_set_weights(dataset.get(), &array));
        CHECK(predictions(trained(dataset.get(), quick_config().get()).get(), dataset.get()) == expected);
    }
}

TEST_CASE("weights are relative beyond the range of float32, too") {
    const auto dataset = classes_to_learn(120, 3, 2);
    const auto weighted = [&](double scale) {
        std::vector<double> weights;
        for (int row = 0; row < 120; ++row) weights.push_back(scale * (1 + row % 3));
        weights.back() = 0;
        const mml_array array = column(weights);
        succeed(mml_dataset_set_weights(dataset.get(), &array));
        mml_report* report = nullptr;
        succeed(mml_evaluate(&report, trained(dataset.get(), quick_config().get()).get(), dataset.get(), nullptr, nullptr,
                             nullptr));
        double loss = 0;
        succeed(mml_report_metric(Report(report).get(), "log_loss", &loss));
        return std::pair(predictions(trained(dataset.get(), quick_config().get()).get(), dataset.get()), loss);
    };
    const auto expected = weighted(1);
    CHECK(std::isfinite(expected.second));
    for (const int power : {-1070, -1020, -140, -100, 126, 200, 1021}) {
        CAPTURE(power);
        const auto found = weighted(std::ldexp(1.0, power));
        CHECK(found.first == expected.first);
        CHECK(found.second == doctest::Approx(expected.second));
    }
}

TEST_CASE("training goes on from a model whose samples are not there any more") {
    const Config config = quick_config();
    const auto dataset = classes_to_learn(400, 2, 2);
    const Model first = trained(dataset.get(), config.get());
    const auto few = dataset_of({0.9F, 0.9F, -0.9F, -0.9F}, 2, 2);
    set_classes(few.get(), {1, 0}, {"low", "high"});
    const auto second =
        made<Model>([&](mml_model** out) { return mml_train(out, few.get(), config.get(), first.get(), nullptr, nullptr); });
    CHECK(share_right(second.get(), dataset.get()) > 0.9);
    const std::vector<float> before = predictions(second.get(), dataset.get());
    const Model copied = loaded(model_bytes(second.get()));
    CHECK(predictions(copied.get(), dataset.get()) == before);
    const auto narrow = dataset_of({1, 2}, 2, 1);
    set_classes(narrow.get(), {0, 1}, {"low", "high"});
    mml_model* out = nullptr;
    CHECK(mml_train(&out, narrow.get(), config.get(), first.get(), nullptr, nullptr) == MML_MISMATCH);
    CHECK(out == nullptr);
}

TEST_CASE("classes that only the model before has seen belong to the one that goes on") {
    const Config config = quick_config();
    auto before = classes_to_learn(300, 3, 3);
    const Model first = trained(before.get(), config.get());
    const std::string unseen = mml_model_class_name(first.get(), 1);
    const std::string known[] = {mml_model_class_name(first.get(), 2), mml_model_class_name(first.get(), 0)};
    const auto fewer = classes_to_learn(200, 3, 2);
    std::vector<double> classes(200);
    succeed(mml_dataset_target(fewer.get(), classes.data(), classes.size()));
    set_classes(fewer.get(), {classes.begin(), classes.end()}, {known[0].c_str(), known[1].c_str()});
    const auto second = made<Model>(
        [&](mml_model** out) { return mml_train(out, fewer.get(), config.get(), first.get(), nullptr, nullptr); });
    REQUIRE(mml_model_outputs(second.get()) == 3);
    CHECK(mml_model_class_name(second.get(), 0) == known[0]);
    CHECK(mml_model_class_name(second.get(), 1) == known[1]);
    CHECK(mml_model_class_name(second.get(), 2) == unseen);
    const std::vector<float> scores = predictions(second.get(), fewer.get());
    CHECK(*std::ranges::max_element(scores) <= 1);
    CHECK(std::ranges::count_if(scores, [](float score) { return score > 0; }) == 600);
}

TEST_CASE("training that would take more than memory_limit is refused with both numbers, whichever member takes it") {
    const auto dataset = classes_to_learn(20000, 40, 3);
    for (const auto& alone : {std::array<const char*, 2>{"trees", "5"}, {"linear", "true"}, {"networks", "2"}}) {
        CAPTURE(std::string(alone[0]));
        const Config config =
            config_of({{"trees", "0"}, {"linear", "false"}, {"networks", "0"}, {"memory_limit", "1"}, alone});
        mml_model* out = nullptr;
        CHECK(mml_train(&out, dataset.get(), config.get(), nullptr, nullptr, nullptr) == MML_LIMIT);
        check_message("option memory_limit allows 1: raise it");
    }
    const auto few = classes_to_learn(200, 3, 3);
    const Config config = quick_config();
    succeed(mml_config_set(config.get(), "memory_limit", "100"));
    CHECK(mml_model_outputs(trained(few.get(), config.get()).get()) == 3);
}

TEST_CASE("one model serves several threads at once") {
    const auto dataset = classes_to_learn(500, 3, 2);
    const Model model = trained(dataset.get(), quick_config().get());
    const std::vector<float> expected = predictions(model.get(), dataset.get());
    std::vector<std::vector<float>> results(4, std::vector<float>(expected.size()));
    {
        std::vector<std::jthread> threads;
        threads.reserve(results.size());
        for (auto& result : results) {
            threads.emplace_back([&] {
                for (int i = 0; i < 5; ++i) mml_predict(model.get(), dataset.get(), nullptr, result.data(), result.size());
            });
        }
    }
    for (const auto& result : results) CHECK(result == expected);
}

TEST_CASE("a model decides for classes by the rule that it was trained with, and probabilities stay the same") {
    const auto dataset = classes_to_learn(300, 3, 2);
    const Model probable = trained(dataset.get(), quick_config().get());
    const auto config = quick_config();
    succeed(mml_config_set(config.get(), "decision", "cost:9"));
    const Model costly = loaded(model_bytes(trained(dataset.get(), config.get()).get()));
    CHECK(std::string(mml_model_decision(probable.get())) == "probable");
    CHECK(std::string(mml_model_decision(costly.get())) == "cost:9");
    CHECK(predictions(costly.get(), dataset.get()) == predictions(probable.get(), dataset.get()));
    double offsets[2] = {};
    succeed(mml_model_offsets(costly.get(), offsets, 2));
    CHECK(offsets[1] - offsets[0] == doctest::Approx(std::log(9.0)));
    const std::vector<float> scores = {0.95F, 0.05F, 0.85F, 0.15F, 0.5F, 0.5F};
    std::int32_t classes[3] = {7, 7, 7};
    float strengths[3] = {};
    succeed(mml_decide(costly.get(), scores.data(), 3, classes, strengths, 3));
    CHECK(classes[0] == 0);
    CHECK(classes[1] == 1);
    CHECK(strengths[2] == doctest::Approx(0.9));
    succeed(mml_decide(probable.get(), scores.data(), 3, classes, strengths, 3));
    CHECK(classes[1] == 0);
    CHECK(classes[2] == 0);
    CHECK(strengths[1] == 0.85F);
    CHECK(mml_decide(costly.get(), scores.data(), 3, classes, nullptr, 2) == MML_BUFFER_TOO_SMALL);
    CHECK(mml_decide(costly.get(), scores.data(), -1, classes, nullptr, 2) == MML_INVALID_ARGUMENT);
    const std::vector<float> none = {0.5F, 0.5F, 1.5F, -0.5F};
    CHECK(mml_decide(costly.get(), none.data(), 2, classes, nullptr, 3) == MML_INVALID_ARGUMENT);
    check_message("row 1 of scores");
}

TEST_CASE("a regression decides for no class, and three classes have no case to miss") {
    const Model model = trained(values_to_learn(80, 2).get(), quick_config().get());
    std::int32_t classes[1] = {};
    const float score = 1;
    double offset = 0;
    CHECK(mml_model_decision(model.get()) == nullptr);
    CHECK(mml_model_offsets(model.get(), &offset, 1) == MML_INVALID_ARGUMENT);
    CHECK(mml_decide(model.get(), &score, 1, classes, nullptr, 1) == MML_INVALID_ARGUMENT);
    const auto config = quick_config();
    succeed(mml_config_set(config.get(), "decision", "share:10"));
    mml_model* out = nullptr;
    CHECK(mml_train(&out, classes_to_learn(80, 2, 3).get(), config.get(), nullptr, nullptr, nullptr) ==
          MML_INVALID_ARGUMENT);
    check_message("needs two classes");
}
