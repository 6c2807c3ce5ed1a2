// SPDX-License-Identifier: Apache-2.0
// One model shared by sixteen threads that predict, while others train, save, load, rate and fail. For ThreadSanitizer above
// all: tests/run.sh runs it in build-tsan.
#include <atomic>
#include <thread>

#include "../capi/support.hpp"

using namespace capi_test;

namespace {

constexpr int predicting_threads = 16;

class Shared {
public:
    // What goes wrong on any thread; doctest's own checks are not for many threads.
    void expect(bool right) { wrong_ += right ? 0 : 1; }
    int wrong() const { return wrong_.load(); }

    const Config config = config_of({{"networks", "2"},
                                     {"trees", "3"},
                                     {"folds", "2"},
                                     {"epochs", "2"},
                                     {"hidden_units", "8"},
                                     {"threads", "2"},
                                     {"iterations", "2"}});
    const Dataset dataset = classes_to_learn(300, 4, 2);
    const Model model = trained(dataset.get(), config.get());
    const std::vector<float> expected = predictions(model.get(), dataset.get());
    const std::string bytes = model_bytes(model.get());
    const TemporaryDirectory directory;
    const std::string path = directory / "model.mml";
    std::atomic<bool> done{false};

private:
    std::atomic<int> wrong_{0};
};

void predict(Shared& shared) {
    std::vector<float> scores(shared.expected.size());
    while (!shared.done) {
        const mml_status status =
            mml_predict(shared.model.get(), shared.dataset.get(), shared.config.get(), scores.data(), scores.size());
        shared.expect(status == MML_OK && scores == shared.expected && mml_model_json(shared.model.get())[0] == '{');
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

void train(Shared& shared) {
    while (!shared.done) {
        mml_model* out = nullptr;
        const mml_status status =
            mml_train(&out, shared.dataset.get(), shared.config.get(), shared.model.get(), nullptr, nullptr);
        shared.expect(status == MML_OK);
        mml_model_free(out);
    }
}

void rate(Shared& shared) {
    while (!shared.done) {
        mml_report* out = nullptr;
        const mml_status status =
            mml_evaluate(&out, shared.model.get(), shared.dataset.get(), shared.config.get(), nullptr, nullptr);
        shared.expect(status == MML_OK);
        mml_report_free(out);
    }
}

void save_and_load(Shared& shared) {
    while (!shared.done) {
        shared.expect(mml_model_save(shared.model.get(), shared.path.c_str()) == MML_OK);
        mml_model* out = nullptr;
        shared.expect(mml_model_load(&out, shared.path.c_str()) == MML_OK && mml_model_inputs(out) == 4);
        mml_model_free(out);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

// Each thread's message is of its own failure.
void fail(Shared& shared, const std::string& name) {
    while (!shared.done) {
        mml_model* out = nullptr;
        shared.expect(mml_model_load(&out, name.c_str()) == MML_IO);
        shared.expect(std::string(mml_last_error()).find(name) != std::string::npos);
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
}

}  // namespace

TEST_CASE("one model serves sixteen threads while others train, rate, save, load and fail") {
    Shared shared;
    succeed(mml_model_save(shared.model.get(), shared.path.c_str()));
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < predicting_threads; ++i) threads.emplace_back([&] { predict(shared); });
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] { train(shared); });
            threads.emplace_back([&] { save_and_load(shared); });
            threads.emplace_back([&, i] { fail(shared, "no such file of thread " + std::to_string(i)); });
        }
        threads.emplace_back([&] { rate(shared); });
        std::this_thread::sleep_for(std::chrono::milliseconds(1500));
        shared.done = true;
    }
    CHECK(shared.wrong() == 0);
    CHECK(model_bytes(shared.model.get()) == shared.bytes);
}
