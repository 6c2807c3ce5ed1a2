// SPDX-License-Identifier: Apache-2.0
// Children forked before, between and during calls use everything; none hangs.
#include <atomic>
#include <chrono>
#include <thread>

#include "../capi/support.hpp"
#include "../unit/child_process.hpp"

using namespace capi_test;
using mml_test::ChildProcess;

namespace {

constexpr unsigned longest_seconds = 60;

// With networks, so that oneDNN and its OpenMP are used too.
constexpr std::array<std::array<const char*, 2>, 7> options = {{{"networks", "2"},
                                                                {"trees", "3"},
                                                                {"folds", "2"},
                                                                {"epochs", "2"},
                                                                {"hidden_units", "16"},
                                                                {"threads", "2"},
                                                                {"iterations", "2"}}};

// All that a program does with the library; 0 where all of it went well. No checks of the test framework, for a child.
int use_everything() {
    ::alarm(longest_seconds);  // ends a child that hangs
    mml_config* config = nullptr;
    mml_dataset* dataset = nullptr;
    mml_model* model = nullptr;
    mml_model* again = nullptr;
    mml_report* report = nullptr;
    bool good = mml_config_create(&config) == MML_OK;
    for (const auto& [name, value] : options) good = good && mml_config_set(config, name, value) == MML_OK;
    const std::string text = moodle_file(400, true);
    good = good && mml_dataset_from_csv_text(&dataset, text.data(), text.size(), nullptr) == MML_OK;
    good = good && mml_train(&model, dataset, config, nullptr, nullptr, nullptr) == MML_OK;
    good = good && mml_train(&again, dataset, config, model, nullptr, nullptr) == MML_OK;
    std::vector<float> scores(800);
    good = good && mml_predict(again, dataset, config, scores.data(), scores.size()) == MML_OK;
    good = good && mml_cross_validate(&report, dataset, config, nullptr, nullptr) == MML_OK;
    good = good && mml_model_load(&model, "no such file") == MML_IO && mml_last_error()[0] != '\0';
    mml_report_free(report);
    mml_model_free(again);
    mml_model_free(model);
    mml_dataset_free(dataset);
    mml_config_free(config);
    return good ? 0 : 1;
}

int in_a_child() { return ChildProcess(use_everything).wait(); }

}  // namespace

// First of the file, and so before the library is used here.
TEST_CASE("a child forked before any call, between calls, and a child's child") {
    CHECK(in_a_child() == 0);
    REQUIRE(use_everything() == 0);
    CHECK(in_a_child() == 0);
    CHECK(ChildProcess([] { return use_everything() + in_a_child() + use_everything(); }).wait() == 0);
    REQUIRE(use_everything() == 0);
    ::alarm(0);
}

TEST_CASE("children forked at any moment of another thread's calls") {
    std::atomic<bool> done{false};
    std::atomic<int> failures{0};
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 2; ++i) {
            threads.emplace_back([&] {
                while (!done) failures += use_everything();
            });
        }
        for (int moment = 0; moment < 12; ++moment) {
            std::this_thread::sleep_for(std::chrono::milliseconds(7 * moment));
            CAPTURE(moment);
            CHECK(in_a_child() == 0);
        }
        done = true;
    }
    ::alarm(0);
    CHECK(failures == 0);
}

namespace {

int32_t fork_inside(const mml_progress* progress, void* user) {
    auto& results = *static_cast<std::vector<int>*>(user);
    if (progress->phase == MML_TRAINING && results.size() < 3) results.push_back(in_a_child());
    return 0;
}

}  // namespace

TEST_CASE("children forked inside a callback, while the call's own threads work") {
    const auto dataset = classes_to_learn(2000, 20, 2);
    const Config config =
        config_of({{"networks", "4"}, {"epochs", "40"}, {"patience", "40"}, {"threads", "2"}, {"trees", "50"}});
    std::vector<int> results;
    mml_model* out = nullptr;
    succeed(mml_train(&out, dataset.get(), config.get(), nullptr, fork_inside, &results));
    const Model model(out);
    REQUIRE(!results.empty());
    for (const int result : results) CHECK(result == 0);
}
