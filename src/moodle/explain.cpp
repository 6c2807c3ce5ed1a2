// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "base/index.hpp"
#include "base/text.hpp"
#include "config/memory_limit.hpp"
#include "moodle/answers.hpp"
#include "moodle/indicators.hpp"
#include "moodle/question.hpp"

namespace mml {

namespace {

// Of a row's and of a reason's fields, as JSON objects and in the answer.
constexpr std::int64_t bytes_of_explained_row = 1024;
constexpr std::int64_t bytes_of_reason = 2048;
// The contributions that are made before they are summed up: 32 MB.
constexpr std::int64_t numbers_at_a_time = std::int64_t{1} << 22U;

// The inputs that Moodle makes of one indicator.
struct Indicator {
    std::string name;
    std::vector<std::size_t> inputs;
};

std::vector<Indicator> indicators_of(const Model& model) {
    std::vector<Indicator> indicators;
    for (std::size_t input = 0; input < model.input_names().size(); ++input) {
        const std::string& column = model.input_names()[input];
        const std::string name = indicator_of(column);
        auto place = std::ranges::find(indicators, name, &Indicator::name);
        if (place == indicators.end()) place = indicators.insert(place, {name, {}});
        place->inputs.push_back(input);
    }
    return indicators;
}

// Empty: a missing value, as in the file.
std::string cell_text(float value) { return std::isnan(value) ? "" : float_text(value); }

// What leads to a model's answers on some rows of a file.
class Explainer {
public:
    Explainer(const Model& model, std::size_t most_reasons)
        : model_(model), indicators_(indicators_of(model)), most_reasons_(most_reasons), width_(inputs() + 1) {}

    void append(const Dataset& rows, int threads, const Progress& progress, Json& list) {
        columns_ = model_.match_columns(rows);
        const auto count = as_size(rows.rows());
        contributions_.resize(count * outputs() * width_);
        model_.explain(rows, progress, contributions_);
        scores_.resize(count * outputs());
        if (!estimates()) model_.predict(rows, threads, scores_);
        std::vector<float> cells(as_size(rows.columns()));
        for (std::size_t row = 0; row < count; ++row) {
            if (row % rows_between_pauses == 0) progress.supervisor().pause();
            rows.features.expand_row(narrowed<std::int64_t>(row), cells);
            list.push_back(explanation(row, rows.row_ids[row], cells));
        }
    }

private:
    bool estimates() const { return model_.task() == Task::regression; }
    std::size_t inputs() const { return model_.input_names().size(); }
    std::size_t outputs() const { return as_size(model_.outputs()); }
    // The answer whose log-odds, or which itself, this is.
    double answer(double sum) const { return estimates() ? sum : 1 / (1 + std::exp(-sum)); }

    Json explanation(std::size_t row, const std::string& id, std::span<const float> cells) const {
        Json json{{"id", id}};
        std::size_t output = 0;
        if (!estimates()) {
            output = as_size(model_.decision().decide(std::span(scores_).subspan(row * outputs(), outputs())));
            json["class"] = model_.class_names()[output];
        }
        const auto numbers = std::span(contributions_).subspan((row * outputs() + output) * width_, width_);
        const double sum = std::accumulate(numbers.begin(), numbers.end(), 0.0);
        json["answer"] = answer(sum);
        json["base_answer"] = answer(numbers.back());
        json["sum"] = sum;
        json["base"] = numbers.back();
        json["reasons"] = reasons(numbers.first(inputs()), cells);
        return json;
    }

    Json reasons(std::span<const double> parts, std::span<const float> cells) const {
        std::vector<std::pair<double, const Indicator*>> found;
        double all = 0;
        for (const Indicator& indicator : indicators_) {
            double adds = 0;
            for (const std::size_t input : indicator.inputs) adds += parts[input];
            if (adds != 0) found.emplace_back(adds, &indicator);
            all += std::abs(adds);
        }
        std::ranges::stable_sort(found, std::greater<>(), [](const auto& reason) { return std::abs(reason.first); });
        Json list = Json::array();
        for (std::size_t i = 0; i < std::min(most_reasons_, found.size()); ++i) {
            const auto& [adds, indicator] = found[i];
            Json reason{{"name", indicator->name}, {"adds", adds}, {"share", std::abs(adds) / all}};
            Json& columns = reason["columns"] = Json::array();
            for (const std::size_t input : indicator->inputs) {
                const auto column = as_size(columns_[input]);
                columns.push_back(
                    {{"name", model_.input_names()[input]}, {"value", cell_text(cells[column])}, {"adds", parts[input]}});
            }
            list.push_back(std::move(reason));
        }
        return list;
    }

    const Model& model_;
    std::vector<Indicator> indicators_;
    std::size_t most_reasons_;
    std::size_t width_;
    std::vector<std::int32_t> columns_;  // of each input the data's
    std::vector<double> contributions_;
    std::vector<float> scores_;
};

Json explain(const Question& question, const Config& config, Supervisor& supervisor) {
    const auto& [model, dataset] = question;
    const std::int64_t most_reasons = config.integer(OptionId::reasons);
    const std::int64_t width = model->outputs() * (model->inputs() + 1);
    const std::int64_t rows_at_a_time = std::max<std::int64_t>(1, numbers_at_a_time / width);
    MemoryLimit(config).require(
        model->prediction_bytes(dataset, sizeof(float)) +
            bytes_of_table(std::min(dataset.rows(), rows_at_a_time), width, sizeof(double)) +
            bytes_of_table(dataset.rows(), 1, bytes_of_explained_row + most_reasons * bytes_of_reason),
        concat("explaining the ", dataset.rows(), " rows of ", dataset.source), "or give fewer rows at a time");
    Json answer = answer_fields(moodle_status::ok, dataset.notes);
    Json& list = answer["explanations"] = Json::array();
    Explainer explainer(*model, as_size(most_reasons));
    for (std::int64_t first = 0; first < dataset.rows(); first += rows_at_a_time) {
        std::vector<std::int64_t> block(as_size(std::min(rows_at_a_time, dataset.rows() - first)));
        std::iota(block.begin(), block.end(), first);
        const double part = static_cast<double>(block.size()) / static_cast<double>(dataset.rows());
        explainer.append(selected(dataset, block), config.threads(), Progress(supervisor).part(part), list);
        supervisor.poll();
        supervisor.check();
    }
    return answer;
}

}  // namespace

Answer moodle_explain(const std::string& directory, const std::string& dataset, const Config& config,
                      ProgressCallback progress) {
    return answer_question({directory, dataset}, config, std::move(progress), explain);
}

}  // namespace mml
