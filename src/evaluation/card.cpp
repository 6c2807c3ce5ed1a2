// SPDX-License-Identifier: Apache-2.0
#include "evaluation/card.hpp"

#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "data/time_cell.hpp"
#include "evaluation/metric_table.hpp"
#include "evaluation/render/words.hpp"

namespace mml {

namespace {

constexpr std::int64_t few_samples = 200;
constexpr double rare_share = 0.05;
constexpr std::size_t most_card_columns = 1000;

// A field of a description, which may be one of an earlier release.
Json field(const Json& object, const char* name) {
    const Json* const found = object.is_object() ? object.find(name) : nullptr;
    return found == nullptr ? Json() : *found;
}

// "day (month)" belongs to the time "day".
bool is_part_of_time(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::any_of(TimeParts::suffixes, [&](std::string_view suffix) {
        if (suffix.empty()) return std::ranges::find(names, name + TimeParts::suffixes[1]) != names.end();
        return name.ends_with(suffix) &&
               std::ranges::find(names, name.substr(0, name.size() - suffix.size())) != names.end();
    });
}

// [low, high] of the bin that half of the training's cells are in or below; null: open. null where nothing was counted.
Json usual_range(const ColumnSpread& spread, double origin) {
    std::int64_t left = 0;
    for (std::size_t bin = 0; bin <= spread.edges.size(); ++bin) left += spread.counts[bin];
    left = (left + 1) / 2;
    if (left == 0) return nullptr;
    std::size_t bin = 0;
    for (left -= spread.counts[0]; left > 0; left -= spread.counts[bin]) ++bin;
    const bool has_low = bin > 0, has_high = bin < spread.edges.size();
    double low = has_low ? spread.edges[bin - 1] : 0, high = has_high ? spread.edges[bin] : 0;
    // The bin of a value that stands alone (column_spread.cpp).
    if (has_low && has_high && high - low <= 3e-5 * std::max(std::abs(low), 0.1)) low = high = low / 2 + high / 2;
    return Json::array({has_low ? Json(origin + low) : Json(nullptr), has_high ? Json(origin + high) : Json(nullptr)});
}

// One empty text marks a category of which no level was frequent enough (src/model/category_coding.cpp).
bool keeps_no_level(const std::vector<std::string>& levels) { return levels.size() == 1 && levels.front().empty(); }

// What most samples of the training have: a category's most frequent level, or a range of numbers.
Json usual_json(const Model& model, std::size_t input) {
    if (has_levels(model.categories(), input)) {
        const std::vector<std::string>& levels = model.categories()[input];
        return keeps_no_level(levels) ? Json(nullptr) : Json(levels.front());
    }
    if (model.spreads().empty()) return nullptr;
    return usual_range(model.spreads()[input], model.origins().empty() ? 0 : model.origins()[input]);
}

Json columns_json(const Model& model) {
    Json list = Json::array();
    const std::vector<std::string>& names = model.input_names();
    for (std::size_t i = 0; i < std::min(names.size(), most_card_columns); ++i) {
        Json column{{"name", names[i]}, {"type", "number"}};
        if (has_levels(model.categories(), i)) {
            column["type"] = "category";
            column["levels"] = model.categories()[i].size() - (keeps_no_level(model.categories()[i]) ? 1 : 0);
        } else if (!model.categories().empty() || names.size() <= most_card_columns) {
            if (is_part_of_time(names, names[i])) column["type"] = "time";
        }
        column["usual"] = usual_json(model, i);
        list.push_back(std::move(column));
    }
    return list;
}

bool is_pair(const Json& json) { return json.is_array() && json.size() == 2 && json[0].is_number() && json[1].is_number(); }

Json number_alone(const Json& json) { return json.is_number() ? json : Json(nullptr); }

Json metric_json(const Metric& metric, const Json& found) {
    const Json interval = field(found, "interval");
    return {{"value", number_alone(field(found, "value"))},
            {"interval", is_pair(interval) ? interval : Json(nullptr)},
            {"baseline", number_alone(field(found, "baseline"))},
            {"label", metric.label},
            {"meaning", metric.meaning},
            {"direction", metric.direction == Direction::lower_is_better ? "lower_is_better" : "higher_is_better"}};
}

// In the table's order. A file may have any name here, also those of a later release.
Json metrics_json(const Json& rated, std::int64_t classes) {
    Json metrics = Json::object();
    for (const Metric* metric : metrics_for(classes)) {
        const Json found = field(rated, std::string(metric->name).c_str());
        if (field(found, "value").is_number()) metrics[std::string(metric->name)] = metric_json(*metric, found);
    }
    return metrics;
}

std::int64_t classes_of(const Model& model) { return std::ssize(model.class_names()); }

// Numbers on training samples that were held out. Earlier releases had only the loss of a regression, in units of the
// target's variance.
Json held_out_metrics(const Model& model) {
    Json metrics = metrics_json(field(field(model.description(), "out_of_fold"), "metrics"), classes_of(model));
    const Json loss = field(field(model.description(), "ensemble"), "out_of_fold_loss");
    if (classes_of(model) == 0 && !metrics.contains("r2") && loss.is_number())
        metrics["r2"] = metric_json(metric_named("r2", 0), {{"value", 1 - loss.get<double>()}, {"baseline", 0.0}});
    return metrics;
}

// Points of numbers: what was stated, what happened, the share of the rows, and an interval of what happened or none.
Json calibration_json(const Json& found) {
    Json points = Json::array();
    if (!found.is_array()) return points;
    for (const Json& point : found) {
        const std::size_t size = point.is_array() ? point.size() : 0;
        bool whole = size == 3 || size == 5;
        for (std::size_t i = 0; whole && i < size; ++i) whole = point[i].is_number();
        if (whole) points.push_back(point);
    }
    return points;
}

Json gaps_json(const Json& found) {
    Json gaps = Json::object();
    if (!found.is_object()) return gaps;
    for (const auto& [name, gap] : found.items()) {
        const Json interval = field(gap, "interval");
        if (!field(gap, "value").is_number() || !field(gap, "label").is_string()) continue;
        gaps[name] = {{"value", field(gap, "value")},
                      {"interval", is_pair(interval) ? interval : Json(nullptr)},
                      {"label", field(gap, "label")}};
    }
    return gaps;
}

// What was kept of a report; null where none was.
Json evaluation_json(const Model& model) {
    const Json kept = field(model.description(), "evaluation");
    if (!kept.is_object()) return nullptr;
    const Json sentences = field(field(kept, "verdict"), "sentences");
    Json said = Json::array();
    if (sentences.is_array()) {
        for (const Json& sentence : sentences) {
            if (sentence.is_string()) said.push_back(sentence);
        }
    }
    return {{"kind", field(kept, "kind") == "cross_validation" ? "cross_validation" : "evaluation"},
            {"rows", number_alone(field(kept, "rows"))},
            {"verdict", std::move(said)},
            {"metrics", metrics_json(field(kept, "metrics"), classes_of(model))},
            {"calibration", calibration_json(field(kept, "calibration"))},
            {"gaps", gaps_json(field(kept, "gaps"))}};
}

void add_rare_classes(const Model& model, std::vector<std::string>& limits) {
    for (const Json& entry :
         field(model.description(), "classes").is_array() ? field(model.description(), "classes") : Json::array()) {
        const Json share = field(entry, "share");
        if (!share.is_number() || share.get<double>() >= rare_share) continue;
        limits.push_back(concat("Class ", quote(field(entry, "name").get<std::string>()), " is rare (",
                                render::percent(share.get<double>()), " of the samples): it learned little of it."));
    }
}

Json limits_json(const Model& model) {
    std::vector<std::string> limits{
        "The model learned from past samples. Its answers are not causes, and do not say what would help."};
    const Json count = field(field(model.description(), "samples"), "count");
    if (count.is_number() && count.get<double>() < static_cast<double>(few_samples))
        limits.push_back(concat("It learned from few samples (", count.get<std::int64_t>(), ")."));
    add_rare_classes(model, limits);
    limits.emplace_back(
        "The metrics on held-out training samples are a little too good: the members had not seen the samples, but pool and "
        "calibration were fitted on them.");
    const Json kept = field(model.description(), "evaluation");
    if (!kept.is_object()) limits.emplace_back("No evaluation on other samples was kept. It would be better evidence.");
    if (gaps_json(field(kept, "gaps")).empty())
        limits.emplace_back(
            "The card does not compare groups, such as schools. To compare them, evaluate the model with option "
            "group_column.");
    limits.emplace_back(
        model.spreads().empty()
            ? "The model holds no counts of its training columns, so nothing warns when new data differ."
            : "Where new data differ from the training's, answers are less reliable; a prediction warns of that.");
    for (const std::string& warning : field(model.description(), "warnings").is_array()
                                          ? field(model.description(), "warnings").texts()
                                          : std::vector<std::string>())
        limits.push_back(warning);
    return limits;
}

Json contest_json() {
    return std::vector<std::string>{
        "Ask for the values of the columns that the answer rests on, and correct those that are wrong.",
        "Ask why: moodleml explain MODEL DATA, or mml_explain(), shows what each column adds to an answer.",
        "Ask that a person decides. The model sees only the columns above, and an answer is a probability, not a fact."};
}

}  // namespace

Json card_json(const Model& model) {
    const Json& description = model.description();
    Json card;
    card["schema"] = 1;
    card["task"] = task_name(model.task());
    card["predicts"] = field(description, "target");
    card["intended_use"] = field(description, "intended_use");
    card["trained_at"] = field(description, "trained_at");
    card["version"] = field(description, "version");
    card["samples"] = field(description, "samples");
    card["classes"] = classes_of(model) > 0 ? field(description, "classes") : Json::array();
    card["class_names"] = model.class_names();
    card["column_count"] = model.inputs();
    card["columns"] = columns_json(model);
    card["ensemble"] = field(description, "ensemble");
    card["prior"] = field(field(description, "prior"), "share");
    card["metrics"] = held_out_metrics(model);
    card["rated_rows"] = field(field(description, "out_of_fold"), "rows");
    card["rated_samples"] = number_alone(field(field(description, "out_of_fold"), "samples"));
    card["calibration"] = calibration_json(field(field(description, "out_of_fold"), "calibration"));
    card["evaluation"] = evaluation_json(model);
    card["decision"] = classes_of(model) > 0 ? field(description, "decision") : Json();
    card["options"] = field(description, "options");
    card["limits"] = limits_json(model);
    card["contest"] = contest_json();
    return card;
}

}  // namespace mml
