// SPDX-License-Identifier: Apache-2.0
// A program of its own (predictors.py runs it): how long one row and batches take through a predictor of the library,
// through mml_predict_array(), and through the C interfaces of LightGBM and XGBoost, whose shared libraries are opened at
// run time.
//
// Usage: prediction_peers DATA.csv MODEL.mml [lightgbm LIBRARY MODEL] [xgboost LIBRARY MODEL]
// Prints a line for each way and number of rows: name, rows, median microseconds of processor time a row, and the 99th
// percentile.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <dlfcn.h>
#include <functional>
#include <moodleml/moodleml.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace {

/// Processor time of this thread, which neighbours on a shared machine do not lengthen.
std::chrono::nanoseconds processor_time() {
    timespec time = {};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// Scores so many rows from this one on.
using Score = std::function<void(std::int64_t first, std::int64_t rows)>;

double microseconds(std::chrono::nanoseconds time) { return std::chrono::duration<double, std::micro>(time).count(); }

double quantile(std::vector<double> times, double share) {
    const auto place = times.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size() - 1));
    std::nth_element(times.begin(), place, times.end());
    return *place;
}

// Calls of `rows` rows all over the table; a call's time is counted by itself.
std::vector<double> times_of(const Score& score, std::int64_t all, std::int64_t rows) {
    constexpr std::int64_t rows_to_score = 40000;
    const std::int64_t calls = std::clamp<std::int64_t>(rows_to_score / rows, 7, 20000);
    std::vector<double> times;
    for (std::int64_t call = 0; call < calls; ++call) {
        const std::int64_t first = all > rows ? call * rows % (all - rows) : 0;
        const std::chrono::nanoseconds start = processor_time();
        score(first, rows);
        times.push_back(microseconds(processor_time() - start) / static_cast<double>(rows));
    }
    return times;
}

void measure(const std::string& name, const Score& score, std::int64_t all) {
    for (const std::int64_t rows : {1L, 10L, 1000L, 100000L}) {
        const std::vector<double> times = times_of(score, all, std::min<std::int64_t>(rows, all));
        std::printf("%s,%ld,%.3f,%.3f\n", name.c_str(), static_cast<long>(rows), quantile(times, .5), quantile(times, .99));
    }
}

template <typename Function>
Function symbol(void* library, const char* name) {
    void* const found = dlsym(library, name);
    if (found == nullptr) throw std::runtime_error(std::string("no function ") + name);
    Function function;
    std::memcpy(&function, &found, sizeof function);
    return function;
}

void* open(const char* path) {
    void* const library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) throw std::runtime_error(dlerror());
    return library;
}

struct Table {
    std::vector<float> cells;
    std::vector<double> wide;
    std::int64_t rows = 0;
    std::int64_t columns = 0;
};

// At least 100,000 rows, by repeating the data's.
Table table_of(const char* path) {
    const moodleml::Dataset data = moodleml::Dataset::from_csv(path, {{"format", "plain"}, {"labelled", "true"}});
    const std::vector<float> once = data.values();
    Table table;
    table.columns = data.columns();
    while (table.rows < 100001) {
        table.cells.insert(table.cells.end(), once.begin(), once.end());
        table.rows += data.rows();
    }
    table.wide.assign(table.cells.begin(), table.cells.end());
    return table;
}

void measure_ours(const Table& table, const char* path) {
    const moodleml::Model model = moodleml::Model::load(path);
    const moodleml::Predictor predictor(model);
    std::vector<float> scores(static_cast<std::size_t>(table.rows * model.outputs()));
    const auto rows_from = [&](std::int64_t first, std::int64_t rows) {
        return mml_array{table.cells.data() + first * table.columns, rows, table.columns, table.columns, 1, MML_FLOAT32, 0};
    };
    measure(
        "predictor",
        [&](std::int64_t first, std::int64_t rows) {
            predictor.predict(rows_from(first, rows), scores.data(), scores.size());
        },
        table.rows);
    measure(
        "mml_predict_array",
        [&](std::int64_t first, std::int64_t rows) { model.predict(rows_from(first, rows), scores.data(), scores.size()); },
        table.rows);
    std::vector<std::thread> threads;
    std::vector<double> times;
    for (int i = 0; i < 7; ++i) {
        threads.emplace_back([&] {
            std::vector<float> own(static_cast<std::size_t>(model.outputs()));
            for (int call = 0; call < 200000; ++call) predictor.predict(rows_from(call % 1000, 1), own.data(), own.size());
        });
    }
    times = times_of(
        [&](std::int64_t first, std::int64_t) { predictor.predict(rows_from(first, 1), scores.data(), scores.size()); },
        table.rows, 1);
    for (std::thread& thread : threads) thread.join();
    std::printf("predictor among 8 threads,1,%.3f,%.3f\n", quantile(times, .5), quantile(times, .99));
}

void measure_lightgbm(const Table& table, const char* path, const char* model) {
    using Handle = void*;
    void* const library = open(path);
    Handle booster = nullptr;
    Handle fast = nullptr;
    int iterations = 0;
    const auto columns = static_cast<std::int32_t>(table.columns);
    symbol<int (*)(const char*, int*, Handle*)>(library, "LGBM_BoosterCreateFromModelfile")(model, &iterations, &booster);
    symbol<int (*)(Handle, int, int, int, int, std::int32_t, const char*, Handle*)>(
        library, "LGBM_BoosterPredictForMatSingleRowFastInit")(booster, 0, 0, -1, 1, columns, "num_threads=1", &fast);
    const auto single =
        symbol<int (*)(Handle, const void*, std::int64_t*, double*)>(library, "LGBM_BoosterPredictForMatSingleRowFast");
    const auto many = symbol<int (*)(Handle, const void*, int, std::int32_t, std::int32_t, int, int, int, int, const char*,
                                     std::int64_t*, double*)>(library, "LGBM_BoosterPredictForMat");
    std::int64_t length = 0;
    std::vector<double> scores(static_cast<std::size_t>(table.rows) * 16);
    measure(
        "LightGBM",
        [&](std::int64_t first, std::int64_t rows) {
            const double* const cells = table.wide.data() + first * table.columns;
            if (rows == 1) {
                single(fast, cells, &length, scores.data());
            } else {
                many(booster, cells, 1, static_cast<std::int32_t>(rows), columns, 1, 0, 0, -1, "num_threads=1", &length,
                     scores.data());
            }
        },
        table.rows);
}

void measure_xgboost(const Table& table, const char* path, const char* model) {
    using Handle = void*;
    void* const library = open(path);
    Handle booster = nullptr;
    symbol<int (*)(const Handle*, std::uint64_t, Handle*)>(library, "XGBoosterCreate")(nullptr, 0, &booster);
    symbol<int (*)(Handle, const char*)>(library, "XGBoosterLoadModel")(booster, model);
    symbol<int (*)(Handle, const char*, const char*)>(library, "XGBoosterSetParam")(booster, "nthread", "1");
    const auto predict =
        symbol<int (*)(Handle, const char*, const char*, Handle, const std::uint64_t**, std::uint64_t*, const float**)>(
            library, "XGBoosterPredictFromDense");
    const std::string wanted =
        R"({"type":0,"training":false,"iteration_begin":0,"iteration_end":0,"strict_shape":false,"missing":NaN,"cache_id":0})";
    measure(
        "XGBoost",
        [&](std::int64_t first, std::int64_t rows) {
            const auto address = reinterpret_cast<std::uintptr_t>(table.cells.data() + first * table.columns);
            const std::string view = R"({"data":[)" + std::to_string(address) + ",true],\"shape\":[" + std::to_string(rows) +
                                     "," + std::to_string(table.columns) + R"(],"typestr":"<f4","version":3})";
            const std::uint64_t* shape = nullptr;
            std::uint64_t sides = 0;
            const float* scores = nullptr;
            predict(booster, view.c_str(), wanted.c_str(), nullptr, &shape, &sides, &scores);
        },
        table.rows);
}

}  // namespace

int main(int count, char** arguments) {
    try {
        if (count < 3)
            throw std::runtime_error("usage: prediction_peers DATA.csv MODEL.mml [lightgbm|xgboost LIBRARY MODEL]...");
        const Table table = table_of(arguments[1]);
        measure_ours(table, arguments[2]);
        for (int i = 3; i + 2 < count; i += 3) {
            const bool light = std::string(arguments[i]) == "lightgbm";
            (light ? measure_lightgbm : measure_xgboost)(table, arguments[i + 1], arguments[i + 2]);
        }
        return 0;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
