// SPDX-License-Identifier: Apache-2.0
// Training, models, predictions and reports, where memory runs out.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "allocations.hpp"

using namespace capi_test;
using faults::check_failing_allocations;
using faults::check_maker;

namespace {

constexpr std::int64_t rows_to_learn = 120;

Config tiny_config(const char* threads) {
    return config_of({{"networks", "1"},
                      {"trees", "2"},
                      {"folds", "2"},
                      {"epochs", "1"},
                      {"hidden_units", "4"},
                      {"iterations", "2"},
                      {"threads", threads}});
}

std::string bytes_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

// Without the seconds that an iteration took.
std::string numbers_of(const mml_report* report) {
    double score = 0;
    double low = 0;
    succeed(mml_report_metric(report, "score", &score));
    succeed(mml_report_metric(report, "log_loss_low", &low));
    return std::to_string(score) + " " + std::to_string(low);
}

std::int64_t entries(const TemporaryDirectory& directory) {
    return std::distance(std::filesystem::directory_iterator(directory / ""), std::filesystem::directory_iterator());
}

// Takes pieces without memory of its own.
struct Sum {
    std::uint64_t bytes = 0;
    std::uint64_t hash = 0;
};

int32_t add_up(const char* bytes, size_t size, void* user) {
    auto& sum = *static_cast<Sum*>(user);
    sum.bytes += size;
    for (size_t i = 0; i < size; ++i) sum.hash = 31 * sum.hash + static_cast<unsigned char>(bytes[i]);
    return 0;
}

struct Learned {
    Config config = tiny_config("1");
    Dataset dataset = classes_to_learn(rows_to_learn, 5, 2);
    Model model = trained(dataset.get(), config.get());
};

}  // namespace

TEST_CASE("training") {
    const auto dataset = classes_to_learn(rows_to_learn, 5, 3);
    const auto values = values_to_learn(rows_to_learn, 5);
    for (const char* threads : {"1", "2"}) {
        const Config config = tiny_config(threads);
        const auto train = [&](mml_model** out) {
            return mml_train(out, dataset.get(), config.get(), nullptr, nullptr, nullptr);
        };
        check_maker<Model>("mml_train", train, model_bytes);
    }
    const Config config = tiny_config("1");
    const Model start = trained(values.get(), config.get());
    check_maker<Model>(
        "mml_train",
        [&](mml_model** out) { return mml_train(out, values.get(), config.get(), start.get(), nullptr, nullptr); },
        model_bytes);
}

TEST_CASE("writing and reading models") {
    const Learned learned;
    const std::string bytes = model_bytes(learned.model.get());
    const TemporaryDirectory directory;
    const std::string path = directory / "model.mml";
    write_text(path, "old");
    const auto save = [&] { return mml_model_save(learned.model.get(), path.c_str()); };
    const auto stays = [&] { CHECK(entries(directory) == 1); };
    check_failing_allocations({"mml_model_save", save, [&] { return bytes_of(path); }, [] {}, stays,
                               [&] { CHECK((bytes_of(path) == "old" || bytes_of(path) == bytes)); }});
    Sum sum;
    check_failing_allocations({"mml_model_write", [&] { return mml_model_write(learned.model.get(), add_up, &sum); },
                               [&] { return std::to_string(sum.bytes) + " " + std::to_string(sum.hash); }, [] {},
                               [&] { sum = {}; }});
    check_maker<Model>(
        "mml_model_load", [&](mml_model** out) { return mml_model_load(out, path.c_str()); }, model_bytes);
    check_maker<Model>(
        "mml_model_load_bytes", [&](mml_model** out) { return mml_model_load_bytes(out, bytes.data(), bytes.size()); },
        model_bytes);
    const Config config = tiny_config("1");
    check_maker<Model>(
        "mml_model_load_bytes_with",
        [&](mml_model** out) {
            return mml_model_load_bytes_with(out, bytes.data(), bytes.size(), config.get(), nullptr, nullptr);
        },
        model_bytes);
    const std::string original = MOODLEML_TEST_DATA "/original-models/three/classifier";
    check_maker<Model>(
        "mml_model_load", [&](mml_model** out) { return mml_model_load(out, original.c_str()); }, model_bytes);
    check_maker<Model>(
        "mml_model_load_with",
        [&](mml_model** out) { return mml_model_load_with(out, original.c_str(), config.get(), nullptr, nullptr); },
        model_bytes);
}

TEST_CASE("predictions") {
    const Learned learned;
    const std::vector<float> cells(300 * 5, 0.25F);
    const mml_array array = table(cells, 300, 5);
    std::vector<float> scores(600);
    const auto told = [&] { return std::to_string(scores[0]) + " " + std::to_string(scores[61]); };
    const auto forget = [&] { std::fill(scores.begin(), scores.end(), 7.0F); };
    const auto untouched = [&] { CHECK(scores[0] == 7.0F); };
    check_failing_allocations({"mml_predict",
                               [&] {
                                   return mml_predict(learned.model.get(), learned.dataset.get(), learned.config.get(),
                                                      scores.data(), scores.size());
                               },
                               told, [] {}, forget, untouched});
    check_failing_allocations(
        {"mml_predict_array",
         [&] { return mml_predict_array(learned.model.get(), &array, learned.config.get(), scores.data(), scores.size()); },
         told, [] {}, forget, untouched});
}

TEST_CASE("predictions as double") {
    const auto dataset = values_to_learn(300, 5);
    const Config config = tiny_config("1");
    const Model model = trained(dataset.get(), config.get());
    const std::vector<float> cells(300 * 5, 0.25F);
    const mml_array array = table(cells, 300, 5);
    std::vector<double> scores(300);
    const auto told = [&] { return std::to_string(scores[0]) + " " + std::to_string(scores[61]); };
    const auto forget = [&] { std::fill(scores.begin(), scores.end(), 7.0); };
    const auto untouched = [&] { CHECK(scores[0] == 7.0); };
    check_failing_allocations(
        {"mml_predict_double",
         [&] { return mml_predict_double(model.get(), dataset.get(), config.get(), scores.data(), scores.size()); }, told,
         [] {}, forget, untouched});
    check_failing_allocations(
        {"mml_predict_array_double",
         [&] { return mml_predict_array_double(model.get(), &array, config.get(), scores.data(), scores.size()); }, told,
         [] {}, forget, untouched});
}

TEST_CASE("cards and drift") {
    const Learned learned;
    Sum sum;
    const auto told = [&] { return std::to_string(sum.bytes) + " " + std::to_string(sum.hash); };
    for (const char* format : {"json", "markdown", "html", "text"}) {
        check_failing_allocations({"mml_model_card",
                                   [&] { return mml_model_card(learned.model.get(), format, add_up, &sum); }, told, [] {},
                                   [&] { sum = {}; }});
    }
    check_failing_allocations(
        {"mml_model_drift",
         [&] { return mml_model_drift(learned.model.get(), learned.dataset.get(), nullptr, add_up, &sum); }, told, [] {},
         [&] { sum = {}; }});
}

TEST_CASE("decisions") {
    const Learned learned;
    const std::vector<float> scores(600, 0.5F);
    std::vector<std::int32_t> classes(300);
    std::vector<double> offsets(2);
    check_failing_allocations(
        {"mml_decide",
         [&] { return mml_decide(learned.model.get(), scores.data(), 300, classes.data(), nullptr, classes.size()); },
         [&] { return std::to_string(classes[7]); }, [] {}, [&] { classes[7] = 9; }, [&] { CHECK(classes[7] == 9); }});
    check_failing_allocations(
        {"mml_model_offsets", [&] { return mml_model_offsets(learned.model.get(), offsets.data(), offsets.size()); },
         [&] { return std::to_string(offsets[1]); }, [] {}, [&] { offsets[1] = 9; }, [&] { CHECK(offsets[1] == 9); }});
}

TEST_CASE("explanations") {
    const Learned learned;
    std::vector<double> parts(300 * 2 * 6);
    check_failing_allocations({"mml_explain",
                               [&] {
                                   return mml_explain(learned.model.get(), learned.dataset.get(), learned.config.get(),
                                                      nullptr, nullptr, parts.data(), parts.size());
                               },
                               [&] { return std::to_string(parts[0]) + " " + std::to_string(parts[611]); }, [] {},
                               [&] { std::fill(parts.begin(), parts.end(), 7.0); }, [&] { CHECK(parts[0] == 7.0); }});
}

TEST_CASE("predictors") {
    const Learned learned;
    const auto create = [&](mml_predictor** out) {
        return mml_predictor_create(out, learned.model.get(), nullptr, 0, nullptr);
    };
    const auto answer = [](const mml_predictor* predictor) {
        const std::vector<float> cells = {1, 2, 3, 4, 5};
        const mml_array row = table(cells, 1, 5);
        float scores[2] = {};
        succeed(mml_predictor_predict(predictor, &row, scores, 2));
        return std::to_string(scores[0]);
    };
    check_maker<Predictor>("mml_predictor_create", create, answer);
}

TEST_CASE("calls of a predictor take no memory: one row, a few, many") {
    const Learned learned;
    const auto predictor = made<Predictor>(
        [&](mml_predictor** out) { return mml_predictor_create(out, learned.model.get(), nullptr, 0, nullptr); });
    const std::vector<float> cells(5 * 300, 0.5F);
    std::vector<float> scores(600);
    std::vector<double> doubles(600);
    std::vector<std::int32_t> classes(300);
    const std::vector<std::int64_t> starts = {0, 5, 10};
    const std::vector<std::int32_t> places = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4};
    const mml_array a = column(starts), b = column(places), c = table(cells, 10, 1);
    for (const std::int64_t rows : {1, 9, 300}) {
        const mml_array array = table(cells, rows, 5);
        succeed(mml_predictor_predict(predictor.get(), &array, scores.data(), scores.size()));
        faults::FailingMemory failing(0);
        const mml_status scored = mml_predictor_predict(predictor.get(), &array, scores.data(), scores.size());
        const mml_status wide = mml_predictor_predict_double(predictor.get(), &array, doubles.data(), doubles.size());
        const mml_status sparse = mml_predictor_predict_csr(predictor.get(), &a, &b, &c, scores.data(), scores.size());
        const mml_status decided =
            mml_predictor_decide(predictor.get(), &array, classes.data(), scores.data(), classes.size());
        CHECK(faults::allocations_met() == 0);
        CHECK(scored == MML_OK);
        CHECK(wide == MML_OK);
        CHECK(sparse == MML_OK);
        CHECK(decided == MML_OK);
    }
    for (const char* function : {"mml_predictor_predict", "mml_predictor_predict_double", "mml_predictor_predict_csr",
                                 "mml_predictor_decide", "mml_predictor_free"})
        faults::note_function(function);
}

TEST_CASE("reports") {
    const Learned learned;
    const auto evaluate = [&](mml_report** out) {
        return mml_evaluate(out, learned.model.get(), learned.dataset.get(), learned.config.get(), nullptr, nullptr);
    };
    check_maker<Report>("mml_evaluate", evaluate, numbers_of);
    check_maker<Report>(
        "mml_cross_validate",
        [&](mml_report** out) {
            return mml_cross_validate(out, learned.dataset.get(), learned.config.get(), nullptr, nullptr);
        },
        numbers_of);
    const auto report = made<Report>(evaluate);
    check_maker<Model>(
        "mml_model_with_report",
        [&](mml_model** out) { return mml_model_with_report(out, learned.model.get(), report.get()); },
        [](const mml_model* model) { return std::string(mml_model_json(model)); });
    const std::string json = mml_report_json(report.get());
    check_maker<Report>(
        "mml_report_from_json", [&](mml_report** out) { return mml_report_from_json(out, json.data(), json.size()); },
        numbers_of);
    double score = 0;
    check_failing_allocations({"mml_report_metric", [&] { return mml_report_metric(report.get(), "score", &score); },
                               [&] { return std::to_string(score); }});
    for (const char* format : {"html", "markdown", "text"}) {
        Sum sum;
        check_failing_allocations(
            {"mml_report_render", [&] { return mml_report_render(report.get(), format, nullptr, add_up, &sum); },
             [&] { return std::to_string(sum.bytes) + " " + std::to_string(sum.hash); }, [] {}, [&] { sum = {}; }});
    }
}
