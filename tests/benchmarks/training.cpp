// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

#include "base/supervisor.hpp"
#include "data/csv_file.hpp"
#include "model/train_model.hpp"
#include "real_data.hpp"
#include "temporary_directory.hpp"

namespace {

mml::Samples example_samples() {
    const mml_test::TemporaryDirectory directory;
    write_text(directory.file("samples.csv"), real_data("students-366-train.csv.gz"));
    return mml::merge_rows(mml::read_csv_file(directory.file("samples.csv"), {}));
}

// A training of all kinds of member; processor time is that of all threads, so what two threads cost beside one can be read
// off.
void train(benchmark::State& state, const char* effort) {
    const mml::Samples samples = example_samples();
    mml::Config config;
    config.set("effort", effort);
    while (state.KeepRunning()) {
        mml::Supervisor supervisor({static_cast<int>(state.range(0)), 0, {}});
        benchmark::DoNotOptimize(mml::train_model(samples, config, nullptr, supervisor));
    }
}

// Two processes that do nothing but keep processors busy, as other sites of a shared machine do.
class Neighbours {
public:
    Neighbours() {
        for (pid_t& process : processes_) {
            process = fork();
            if (process != 0) continue;
            for (volatile bool on = true; on;) continue;
        }
    }
    ~Neighbours() {
        for (const pid_t process : processes_) {
            kill(process, SIGKILL);
            waitpid(process, nullptr, 0);
        }
    }
    Neighbours(const Neighbours&) = delete;
    Neighbours& operator=(const Neighbours&) = delete;

private:
    pid_t processes_[2];
};

void train_beside_neighbours(benchmark::State& state) {
    const Neighbours neighbours;
    train(state, "balanced");
}

void on_one_thread_and_two(benchmark::internal::Benchmark* runs) {
    runs->ArgName("threads")->Arg(1)->Arg(2)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK_CAPTURE(train, fast, "fast")->Apply(on_one_thread_and_two);
BENCHMARK_CAPTURE(train, balanced, "balanced")->Apply(on_one_thread_and_two);
BENCHMARK_CAPTURE(train, best, "best")->Apply(on_one_thread_and_two);
BENCHMARK(train_beside_neighbours)->ArgName("threads")->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
