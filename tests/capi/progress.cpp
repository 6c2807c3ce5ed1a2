// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <ctime>
#include <set>
#include <stdexcept>
#include <thread>

#include "support.hpp"

using namespace capi_test;

namespace {

// What the process has worked since, whatever else the machine does.
double processor_seconds_since(std::clock_t start) { return static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC; }

// A sanitizer makes everything many times slower.
double soon() { return std::getenv("MOODLEML_SANITIZE") == nullptr ? 1 : 20; }

struct Watch {
    std::thread::id thread = std::this_thread::get_id();
    double fraction = 0;
    int calls = 0;
    int stop_after = 0;
    std::set<int32_t> phases;
    std::clock_t stopped = 0;
};

int32_t watch(const mml_progress* progress, void* user) {
    auto& seen = *static_cast<Watch*>(user);
    CHECK(std::this_thread::get_id() == seen.thread);
    CHECK(progress->struct_size == sizeof(mml_progress));
    CHECK(progress->phase >= MML_READING);
    CHECK(progress->phase <= MML_SAVING);
    CHECK(progress->fraction >= seen.fraction);
    CHECK(progress->fraction <= 1);
    CHECK(progress->step >= 0);
    CHECK(progress->step <= progress->steps);
    seen.fraction = progress->fraction;
    seen.phases.insert(progress->phase);
    const bool stop = ++seen.calls == seen.stop_after;
    if (stop) seen.stopped = std::clock();
    return stop ? 1 : 0;
}

int32_t throw_away(const mml_progress*, void*) { throw std::runtime_error("a caller's own exception"); }

// Uses the library from within its callback.
int32_t use_the_library(const mml_progress*, void* user) {
    CHECK(mml_config_set(static_cast<mml_config*>(user), "none", "1") == MML_UNKNOWN_OPTION);
    CHECK(mml_config_set(static_cast<mml_config*>(user), "seed", "3") == MML_OK);
    return 0;
}

// Enough work for several seconds.
Config long_config() { return config_of({{"networks", "8"}, {"epochs", "1000"}, {"patience", "1000"}, {"threads", "2"}}); }

}  // namespace

TEST_CASE("progress rises to the end, on the thread of the call") {
    const auto dataset = classes_to_learn(3000, 5, 2);
    const Config config = quick_config();
    Watch seen;
    const auto model =
        made<Model>([&](mml_model** out) { return mml_train(out, dataset.get(), config.get(), nullptr, watch, &seen); });
    CHECK(seen.calls > 0);
    CHECK(seen.fraction == doctest::Approx(1).epsilon(0.01));
    CHECK(seen.phases.contains(MML_TRAINING));
}

TEST_CASE("a callback changes nothing of the result") {
    const auto dataset = classes_to_learn(300, 3, 2);
    const Config config = quick_config();
    Watch seen;
    const auto watched =
        made<Model>([&](mml_model** out) { return mml_train(out, dataset.get(), config.get(), nullptr, watch, &seen); });
    CHECK(model_bytes(watched.get()) == model_bytes(trained(dataset.get(), config.get()).get()));
}

TEST_CASE("a callback stops training and cross-validation within a second of work") {
    const auto dataset = classes_to_learn(20000, 20, 2);
    const Config config = long_config();
    for (const int calls : {1, 5, 20}) {
        Watch seen;
        seen.stop_after = calls;
        mml_model* model = nullptr;
        CHECK(mml_train(&model, dataset.get(), config.get(), nullptr, watch, &seen) == MML_CANCELLED);
        CHECK(processor_seconds_since(seen.stopped) < soon());
        CHECK(seen.calls == calls);
        CHECK(model == nullptr);
        check_message("callback");
    }
    Watch seen;
    seen.stop_after = 5;
    mml_report* report = nullptr;
    CHECK(mml_cross_validate(&report, dataset.get(), config.get(), watch, &seen) == MML_CANCELLED);
    CHECK(processor_seconds_since(seen.stopped) < soon());
    CHECK(report == nullptr);
}

TEST_CASE("an exception that leaves a callback means stop") {
    const auto dataset = classes_to_learn(300, 3, 2);
    mml_model* model = nullptr;
    CHECK(mml_train(&model, dataset.get(), quick_config().get(), nullptr, throw_away, nullptr) == MML_CANCELLED);
    CHECK(model == nullptr);
}

TEST_CASE("a callback may use other handles") {
    const auto dataset = classes_to_learn(300, 3, 2);
    const Config config = quick_config();
    const Config other = config_of({});
    const auto model = made<Model>(
        [&](mml_model** out) { return mml_train(out, dataset.get(), config.get(), nullptr, use_the_library, other.get()); });
    CHECK(mml_model_inputs(model.get()) == 3);
}

TEST_CASE("a time limit keeps the best so far and warns") {
    const auto dataset = classes_to_learn(5000, 20, 2);
    const Config config = long_config();
    succeed(mml_config_set(config.get(), "time_limit", "0.5"));
    const std::clock_t start = std::clock();
    const Model model = trained(dataset.get(), config.get());
    CHECK(processor_seconds_since(start) < 5);
    CHECK(std::string(mml_model_json(model.get())).find("time") != std::string::npos);
    CHECK(predictions(model.get(), dataset.get()).size() == 10000);
}
