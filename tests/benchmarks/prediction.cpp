// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/supervisor.hpp"
#include "data/csv_file.hpp"
#include "model/train_model.hpp"
#include "real_data.hpp"
#include "temporary_directory.hpp"

namespace {

mml::Dataset example_rows(std::size_t rows) {
    const mml_test::TemporaryDirectory directory;
    write_text(directory.file("samples.csv"), with_samples(real_data("students-366-train.csv.gz"), rows));
    return mml::read_csv_file(directory.file("samples.csv"), {});
}

// What most sites have: a model of all kinds of member on the real example.
const mml::Model& example_model() {
    static const mml::Training training = [] {
        mml::Supervisor supervisor({1, 0, {}});
        return mml::train_model(mml::merge_rows(example_rows(1904)), {}, nullptr, supervisor);
    }();
    return *training.model;
}

// Rows of a real data set through a model, from the table in memory to probabilities; items are rows.
void predict_rows(benchmark::State& state) {
    const mml::Model& model = example_model();
    const mml::Dataset dataset = example_rows(static_cast<std::size_t>(state.range(0)));
    std::vector<float> scores(static_cast<std::size_t>(dataset.rows() * model.outputs()));
    while (state.KeepRunning()) {
        model.predict(dataset, 1, scores);
        benchmark::DoNotOptimize(scores.data());
    }
    state.SetItemsProcessed(state.iterations() * dataset.rows());
}
BENCHMARK(predict_rows)->Name("predict rows")->Arg(1)->Arg(100)->Arg(100000)->Unit(benchmark::kMillisecond)->UseRealTime();

// The same rows explained: what each column adds to each answer.
void explain_rows(benchmark::State& state) {
    const mml::Model& model = example_model();
    const mml::Dataset dataset = example_rows(static_cast<std::size_t>(state.range(0)));
    std::vector<double> contributions(static_cast<std::size_t>(dataset.rows() * model.outputs() * (model.inputs() + 1)));
    mml::Supervisor supervisor({1, 0, {}});
    while (state.KeepRunning()) {
        model.explain(dataset, supervisor, contributions);
        benchmark::DoNotOptimize(contributions.data());
    }
    state.SetItemsProcessed(state.iterations() * dataset.rows());
}
BENCHMARK(explain_rows)
    ->Name("explain rows")
    ->Arg(1)
    ->Arg(100)
    ->Arg(10000)
    ->Unit(benchmark::kMillisecond)
    ->MeasureProcessCPUTime();

#ifdef MOODLEML_PROGRAM
void run_program(const std::string& arguments) {
    const std::string command = "'" MOODLEML_PROGRAM "' " + arguments + " > /dev/null";
    // NOLINTNEXTLINE(cert-env33-c): the command is made of nothing from outside
    if (std::system(command.c_str()) != 0) throw std::runtime_error("this failed: " + command);
}

// The call that Moodle makes for one student, as a whole process (started by a shell, which adds about 1 ms).
void predict_one_row_by_process(benchmark::State& state) {
    const mml_test::TemporaryDirectory directory;
    const std::string train = directory.file("train.csv");
    const std::string one = directory.file("one.csv");
    write_text(train, real_data("students-366-train.csv.gz"));
    write_text(one, with_samples(real_data("students-366-predict.csv.gz"), 1));
    const std::string model = directory.file("model");
    run_program("-m moodlemlbackend.training 1 " + model + " " + train);
    const std::string prediction = "-m moodlemlbackend.prediction 1 " + model + " " + one;
    while (state.KeepRunning()) run_program(prediction);
}
BENCHMARK(predict_one_row_by_process)
    ->Name("moodleml -m moodlemlbackend.prediction, one row")
    ->Unit(benchmark::kMillisecond)
    ->UseRealTime();
#endif

}  // namespace
