// SPDX-License-Identifier: Apache-2.0
#include "evaluation/card.hpp"

#include <algorithm>

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

Json columns_json(const Model& model) {
    Json list = Json::array();
    const std::vector<std::string>& names = model.input_names();
    for (std::size_t i = 0; i < std::min(names.size(), most_card_columns); ++i) {
        Json column{{"name", names[i]}, {"type", "number"}};
        if (has_levels(model.categories(), i)) {
            column["type"] = "category";
            column["levels"] = model.categories()[i].size();
        } else if (!model.categories().empty() || names.size() <= most_card_columns) {
            if (is_part_of_time(names, names[i])) column["type"] = "time";
        }
        list.push_back(std::move(column));
    }
    return list;
}

Json metric_json(std::string_view name, const Json& found, std::int64_t classes) {
    const Metric& metric = metric_named(name, classes);
    return {{"value", field(found, "value")},
            {"interval", field(found, "interval")},
            {"baseline", field(found, "baseline")},
            {"label", metric.label},
            {"meaning", metric.meaning},
            {"direction", metric.direction == Direction::lower_is_better ? "lower_is_better" : "higher_is_better"}};
}

// Numbers on training samples that were held out. The loss of a regression is in units of the target's variance.
Json metrics_json(const Model& model) {
    Json metrics = Json::object();
    const Json rated = field(field(model.description(), "out_of_fold"), "metrics");
    if (rated.is_object()) {
        for (const auto& [name, found] : rated.items()) metrics[name] = metric_json(name, found, model.outputs());
    }
    const Json loss = field(field(model.description(), "ensemble"), "out_of_fold_loss");
    if (model.task() == Task::regression && loss.is_number())
        metrics["r2"] = metric_json("r2", {{"value", 1 - loss.get<double>()}, {"baseline", 0.0}}, 0);
    return metrics;
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
        "The metrics come from training samples that the members had not seen, but pool and calibration were fitted on "
        "them. They "
        "are a little too good; an evaluation on other samples is better evidence.");
    limits.emplace_back(
        "The card has no rates by group. To compare groups, such as schools, evaluate the model with option group_column.");
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
    const bool classes = model.task() == Task::classification;
    Json card;
    card["schema"] = 1;
    card["task"] = classes ? "classification" : "regression";
    card["predicts"] = field(description, "target");
    card["intended_use"] = field(description, "intended_use");
    card["trained_at"] = field(description, "trained_at");
    card["version"] = field(description, "version");
    card["samples"] = field(description, "samples");
    card["classes"] = classes ? field(description, "classes") : Json::array();
    card["column_count"] = model.inputs();
    card["columns"] = columns_json(model);
    card["ensemble"] = field(description, "ensemble");
    card["prior"] = field(field(description, "prior"), "share");
    card["metrics"] = metrics_json(model);
    card["rated_rows"] = field(field(description, "out_of_fold"), "rows");
    card["decision"] = classes ? field(description, "decision") : Json();
    card["options"] = field(description, "options");
    card["limits"] = limits_json(model);
    card["contest"] = contest_json();
    return card;
}

}  // namespace mml
