// SPDX-License-Identifier: Apache-2.0
// Loading models under option memory_limit and a callback that may stop it.
#include "support.hpp"

using namespace capi_test;

namespace {

// A network whose weights take some megabytes.
Model wide_model() {
    const Config config =
        config_of({{"linear", "false"}, {"trees", "0"}, {"networks", "1"}, {"epochs", "1"}, {"hidden_units", "1024"}});
    return trained(classes_to_learn(40, 3, 2).get(), config.get());
}

// What a load tells its callback.
struct WatchedLoad {
    int calls = 0;
    std::int32_t phase = 0;
    double fraction = 0;
    bool stops = false;
};

std::int32_t watch_loading(const mml_progress* progress, void* user) {
    auto& watched = *static_cast<WatchedLoad*>(user);
    ++watched.calls;
    watched.phase = progress->phase;
    watched.fraction = progress->fraction;
    return watched.stops ? 1 : 0;
}

// The two ways to load, each under the same options.
template <typename Check>
void check_both(const std::string& path, const std::string& bytes, Check check) {
    check([&](mml_model** out, const mml_config* config, mml_progress_fn progress, void* user) {
        return mml_model_load_with(out, path.c_str(), config, progress, user);
    });
    check([&](mml_model** out, const mml_config* config, mml_progress_fn progress, void* user) {
        return mml_model_load_bytes_with(out, bytes.data(), bytes.size(), config, progress, user);
    });
}

}  // namespace

TEST_CASE("a model that takes more than memory_limit is refused with both numbers") {
    const TemporaryDirectory directory;
    const std::string path = directory / "model.mml";
    const Model model = wide_model();
    succeed(mml_model_save(model.get(), path.c_str()));
    const std::string bytes = model_bytes(model.get());
    REQUIRE(bytes.size() > 4000000);
    check_both(path, bytes, [&](auto load) {
        for (const char* megabytes : {"1", "9"}) {  // the file alone is too large; its tensors are
            mml_model* none = nullptr;
            const Config tight = config_of({{"memory_limit", megabytes}});
            CHECK(load(&none, tight.get(), nullptr, nullptr) == MML_LIMIT);
            CHECK(none == nullptr);
            check_message("reading it would take about");
            check_message(std::string("option memory_limit allows ") + megabytes);
        }
        const Config enough = config_of({{"memory_limit", "100"}});
        const auto read = made<Model>([&](mml_model** out) { return load(out, enough.get(), nullptr, nullptr); });
        CHECK(model_bytes(read.get()) == bytes);
    });
}

TEST_CASE("loading tells where it has got to, and stops when asked") {
    const TemporaryDirectory directory;
    const std::string path = directory / "model.mml";
    const Model model = wide_model();
    succeed(mml_model_save(model.get(), path.c_str()));
    const std::string bytes = model_bytes(model.get());
    check_both(path, bytes, [&](auto load) {
        WatchedLoad watched;
        const auto read = made<Model>([&](mml_model** out) { return load(out, nullptr, watch_loading, &watched); });
        CHECK(model_bytes(read.get()) == bytes);
        CHECK(watched.calls > 1);
        CHECK(watched.phase == MML_READING);
        CHECK(watched.fraction == 1);
        mml_model* none = nullptr;
        WatchedLoad stopping;
        stopping.stops = true;
        CHECK(load(&none, nullptr, watch_loading, &stopping) == MML_CANCELLED);
        CHECK(none == nullptr);
        CHECK(stopping.calls == 1);
    });
}

TEST_CASE("a model of moodle-mlbackend-python obeys memory_limit") {
    const TemporaryDirectory directory;
    const std::string original = directory / "classifier";
    std::filesystem::copy(MOODLEML_TEST_DATA "/original-models/three/classifier", original,
                          std::filesystem::copy_options::recursive);
    const Config limited = config_of({{"memory_limit", "1"}});
    const auto load = [&](mml_model** out) {
        return mml_model_load_with(out, original.c_str(), limited.get(), nullptr, nullptr);
    };
    CHECK(mml_model_outputs(made<Model>(load).get()) == 3);
    std::filesystem::resize_file(original + "/model.ckpt/variables/variables.data-00000-of-00001", 200000);
    mml_model* none = nullptr;
    CHECK(load(&none) == MML_LIMIT);
    check_message("option memory_limit allows 1");
}
