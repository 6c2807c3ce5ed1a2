// SPDX-License-Identifier: Apache-2.0
// The library loaded by dlopen(): two copies at once, and loaded and unloaded a hundred times. It is not linked here.
#include <chrono>
#include <dlfcn.h>
#include <doctest/doctest.h>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "../unit/temporary_directory.hpp"
#include "moodleml/moodleml.h"

namespace fs = std::filesystem;

namespace {

class Library {
public:
    explicit Library(const std::string& path) : handle_(dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL)) {
        INFO(path);
        REQUIRE(handle_ != nullptr);
    }
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;
    ~Library() { dlclose(handle_); }

    template <typename Function>
    Function* function(const char* name) const {
        return reinterpret_cast<Function*>(dlsym(handle_, name));
    }

private:
    void* handle_;
};

#define LOADED(library, name) (library).function<decltype(name)>(#name)

// Trains, which uses oneDNN, and fails once; the scores of two rows.
std::vector<float> use(const Library& library) {
    std::vector<float> cells;
    std::vector<int32_t> labels;
    for (int row = 0; row < 200; ++row) {
        cells.push_back(static_cast<float>(row % 7) - 3);
        cells.push_back(static_cast<float>(row % 11));
        labels.push_back(row % 7 > 3 ? 1 : 0);
    }
    const mml_array table = {cells.data(), 200, 2, 2, 1, MML_FLOAT32, 0};
    const mml_array classes = {labels.data(), 200, 1, 1, 1, MML_INT32, 0};
    const char* names[] = {"no", "yes"};
    mml_config* config = nullptr;
    mml_dataset* dataset = nullptr;
    mml_model* model = nullptr;
    CHECK(LOADED(library, mml_config_create)(&config) == MML_OK);
    for (const auto& [name, value] :
         {std::pair{"networks", "1"}, {"epochs", "1"}, {"trees", "2"}, {"folds", "2"}, {"threads", "2"}}) {
        CHECK(LOADED(library, mml_config_set)(config, name, value) == MML_OK);
    }
    CHECK(LOADED(library, mml_dataset_from_array)(&dataset, &table) == MML_OK);
    CHECK(LOADED(library, mml_dataset_set_classes)(dataset, &classes, names, 2) == MML_OK);
    CHECK(LOADED(library, mml_train)(&model, dataset, config, nullptr, nullptr, nullptr) == MML_OK);
    std::vector<float> scores(400);
    CHECK(LOADED(library, mml_predict)(model, dataset, config, scores.data(), 400) == MML_OK);
    CHECK(LOADED(library, mml_model_load)(&model, "no such file") == MML_IO);
    CHECK(std::string(LOADED(library, mml_last_error)()).find("no such file") != std::string::npos);
    LOADED(library, mml_model_free)(model);
    LOADED(library, mml_dataset_free)(dataset);
    LOADED(library, mml_config_free)(config);
    return scores;
}

// Of /proc/self/status: kilobytes in memory, or threads.
long status_of(const std::string& field) {
    std::ifstream file("/proc/self/status");
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(field)) return std::stol(line.substr(field.size() + 1));
    }
    return -1;
}

std::int64_t entries(const char* directory) {
    return std::distance(fs::directory_iterator(directory), fs::directory_iterator());
}

bool is_loaded() {
    std::ifstream file("/proc/self/maps");
    for (std::string line; std::getline(file, line);) {
        if (line.find("libmoodleml") != std::string::npos) return true;
    }
    return false;
}

}  // namespace

TEST_CASE("two copies of the library work in one process, also at once") {
    const mml_test::TemporaryDirectory directory;
    const std::string paths[] = {directory.file("libmoodleml-a.so"), directory.file("libmoodleml-b.so")};
    for (const std::string& path : paths) fs::copy_file(fs::canonical(MOODLEML_LIBRARY), path);
    const Library one(paths[0]);
    const Library other(paths[1]);
    CHECK(LOADED(one, mml_version)() != LOADED(other, mml_version)());
    const std::vector<float> scores = use(one);
    CHECK(use(other) == scores);
    mml_model* model = nullptr;
    CHECK(LOADED(one, mml_model_load)(&model, "only here") == MML_IO);
    CHECK(std::string(LOADED(other, mml_last_error)()).find("only here") == std::string::npos);
    std::vector<float> at_once[2];
    {
        std::jthread thread([&] { at_once[0] = use(one); });
        at_once[1] = use(other);
    }
    for (const auto& found : at_once) CHECK(found == scores);
}

TEST_CASE("loaded, used and unloaded a hundred times it leaves no memory, descriptor or thread behind") {
    REQUIRE_FALSE(is_loaded());
    long kilobytes = 0;
    std::int64_t descriptors = 0;
    for (int round = 0; round < 110; ++round) {
        {
            const Library library(MOODLEML_LIBRARY);
            use(library);
        }
        REQUIRE_FALSE(is_loaded());
        if (round != 9) continue;
        kilobytes = status_of("VmRSS:");
        descriptors = entries("/proc/self/fd");
    }
    const long growth = status_of("VmRSS:") - kilobytes;
    MESSAGE("a hundred rounds grew the process by ", growth, " kB, from ", kilobytes);
    CHECK(growth < 2048);
    CHECK(entries("/proc/self/fd") == descriptors);
    CHECK(status_of("Threads:") == 1);
}
