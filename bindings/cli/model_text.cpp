// SPDX-License-Identifier: Apache-2.0
#include "model_text.hpp"

#include <algorithm>

#include "text.hpp"

namespace mml::cli {

namespace {

// What a learner tells of itself beside the fields that all have: "strength 0.3, inputs 54".
std::string member_details(const Json& member) {
    std::string text;
    for (const auto& [name, value] : member.items()) {
        if (name == "kind" || name == "weight" || name == "out_of_fold_loss") continue;
        std::string words = name;
        std::ranges::replace(words, '_', ' ');
        text += (text.empty() ? "" : ", ") + words + " " + text_of(value);
    }
    return text;
}

std::string classes_text(const Json& model) {
    Table table;
    for (const Json& entry : field(model, "classes")) {
        table.add_row({"class " + text_of(field(entry, "name")), percent(number(field(entry, "share")))});
    }
    return table.text("  ");
}

std::string chosen_options(const Json& model) {
    Table table({0, 1});
    for (const auto& [name, value] : field(model, "options").items()) table.add_row({name, text_of(value)});
    return table.text("  ");
}

std::string count(const Json& json) { return json.is_number_integer() ? grouped(json.get<std::int64_t>()) : "-"; }

}  // namespace

std::string members_text(const Json& model) {
    const Json& ensemble = field(model, "ensemble");
    const bool classes = text_of(field(model, "task")) == "classification";
    Table table({0, 3});
    table.add_row({"", "weight", classes ? "log loss out of fold" : "squared error out of fold"});
    for (const Json& member : field(ensemble, "members")) {
        table.add_row({text_of(field(member, "kind")), fixed(number(field(member, "weight")), 3),
                       fixed(number(field(member, "out_of_fold_loss")), 4), member_details(member)});
    }
    const Json& temperature = field(ensemble, "temperature");
    table.add_row({"together", "", fixed(number(field(ensemble, "out_of_fold_loss")), 4),
                   classes && temperature.is_number() ? "calibration temperature " + fixed(number(temperature), 3) : ""});
    if (const Json& prior = field(model, "prior"); prior.is_object()) {
        table.add_row({"earlier model", fixed(number(field(prior, "share")), 3), "", "its share of each answer"});
    }
    return table.text("  ");
}

std::string model_text(const Json& model) {
    const Json& samples = field(model, "samples");
    return text_of(field(model, "task")) + ", " + count(field(model, "columns")) + " columns, trained on " +
           count(field(samples, "count")) + " samples (" + count(field(samples, "distinct_rows")) + " different rows)\n" +
           classes_text(model) + "members\n" + members_text(model) + "options\n" + chosen_options(model);
}

}  // namespace mml::cli
