// SPDX-License-Identifier: Apache-2.0
#include "support.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <random>

namespace capi_test {

namespace {

// Of the first three features: classes are told apart by it, values are it.
double signal(const float* cells, std::int64_t columns) {
    return static_cast<double>(cells[0]) + (columns > 1 ? 0.5 * static_cast<double>(cells[1]) : 0.0);
}

std::vector<float> random_cells(std::int64_t rows, std::int64_t columns) {
    std::minstd_rand generator(7);
    std::vector<float> cells(static_cast<std::size_t>(rows * columns));
    for (float& cell : cells) cell = static_cast<float>(generator() % 2001) / 1000.0F - 1.0F;
    return cells;
}

std::vector<double> signals(const std::vector<float>& cells, std::int64_t rows, std::int64_t columns) {
    std::vector<double> values;
    for (std::int64_t row = 0; row < rows; ++row)
        values.push_back(signal(&cells[static_cast<std::size_t>(row * columns)], columns));
    return values;
}

int32_t append_bytes(const char* bytes, size_t size, void* user) {
    static_cast<std::string*>(user)->append(bytes, size);
    return 0;
}

}  // namespace

Config config_of(const std::vector<std::array<const char*, 2>>& options) {
    auto config = made<Config>([](mml_config** out) { return mml_config_create(out); });
    for (const auto& [name, value] : options) succeed(mml_config_set(config.get(), name, value));
    return config;
}

Config quick_config() {
    return config_of({{"networks", "2"},
                      {"folds", "2"},
                      {"epochs", "5"},
                      {"hidden_units", "8"},
                      {"trees", "5"},
                      {"iterations", "2"},
                      {"threads", "2"}});
}

Dataset dataset_of(const std::vector<float>& cells, std::int64_t rows, std::int64_t columns) {
    const mml_array values = table(cells, rows, columns);
    return made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_array(out, &values); });
}

void set_classes(mml_dataset* dataset, const std::vector<std::int32_t>& indices, const std::vector<const char*>& names) {
    const mml_array array = column(indices);
    succeed(mml_dataset_set_classes(dataset, &array, names.data(), static_cast<int32_t>(names.size())));
}

void set_target(mml_dataset* dataset, const std::vector<double>& values) {
    const mml_array array = column(values);
    succeed(mml_dataset_set_target(dataset, &array));
}

Dataset classes_to_learn(std::int64_t rows, std::int64_t columns, int classes) {
    const std::vector<float> cells = random_cells(rows, columns);
    std::vector<std::int32_t> indices;
    for (const double value : signals(cells, rows, columns)) {
        indices.push_back(value < -0.4 ? 0 : value < 0.4 && classes > 2 ? 2 : value < 0.0 ? 0 : 1);
    }
    const std::vector<const char*> names = {"low", "high", "middle"};
    Dataset dataset = dataset_of(cells, rows, columns);
    set_classes(dataset.get(), indices, {names.begin(), names.begin() + classes});
    return dataset;
}

Dataset values_to_learn(std::int64_t rows, std::int64_t columns) {
    const std::vector<float> cells = random_cells(rows, columns);
    Dataset dataset = dataset_of(cells, rows, columns);
    set_target(dataset.get(), signals(cells, rows, columns));
    return dataset;
}

Model trained(const mml_dataset* dataset, const mml_config* config) {
    return made<Model>([&](mml_model** out) { return mml_train(out, dataset, config, nullptr, nullptr, nullptr); });
}

std::vector<float> predictions(const mml_model* model, const mml_dataset* dataset) {
    std::vector<float> scores(static_cast<std::size_t>(mml_dataset_rows(dataset) * mml_model_outputs(model)));
    succeed(mml_predict(model, dataset, nullptr, scores.data(), scores.size()));
    return scores;
}

std::string model_bytes(const mml_model* model) {
    std::string bytes;
    succeed(mml_model_write(model, append_bytes, &bytes));
    return bytes;
}

std::vector<double> target_of(const mml_dataset* dataset) {
    std::vector<double> values(static_cast<std::size_t>(mml_dataset_rows(dataset)));
    succeed(mml_dataset_target(dataset, values.data(), values.size()));
    return values;
}

TemporaryDirectory::TemporaryDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "moodleml-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
}

TemporaryDirectory::~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

void write_text(const std::string& path, const std::string& text) {
    std::ofstream file(path, std::ios::binary);
    file << text;
    REQUIRE(file.good());
}

std::string moodle_file(std::int64_t rows, bool labelled) {
    std::string text = "nfeatures,targetclasses,targettype\n2,\"[0,1]\",discrete\n";
    text += labelled ? "a,b,target\n" : "sampleid,a,b\n";
    for (std::int64_t row = 0; row < rows; ++row) {
        const std::string label = row % 2 == 0 ? "0" : "1";
        if (!labelled) text.append(std::to_string(row)).append("-0,");
        text.append(row % 2 == 0 ? "-0." : "0.")
            .append(std::to_string(1 + row % 9))
            .append(",")
            .append(std::to_string(row % 5));
        if (labelled) text.append(",").append(label);
        text += '\n';
    }
    return text;
}

}  // namespace capi_test
