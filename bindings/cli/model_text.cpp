// SPDX-License-Identifier: Apache-2.0
#include "model_text.hpp"

#include <algorithm>

#include "text.hpp"

namespace mml::cli {

namespace {

std::string people_text(const Json& value) {
    if (value.is_number_float()) return significant(value.get<double>(), 4);
    if (!value.is_array()) return text_of(value);
    std::string text;
    for (const Json& each : value) text += (text.empty() ? "" : ", ") + people_text(each);
    return "[" + text + "]";
}

// Why training left a learner after its first fold.
std::string given_up_text(const Json& member) {
    const Json& loss = field(member, "first_fold_loss");
    const Json& best = field(member, "best_first_fold_loss");
    if (!loss.is_number() || !best.is_number()) return "dropped after its first fold";
    return "dropped after its first fold: its loss is " + people_text(loss) + ", the best member's is " + people_text(best);
}

bool belongs_to_giving_up(const std::string& name) {
    return name == "given_up" || name == "first_fold_loss" || name == "best_first_fold_loss";
}

// What a learner tells of itself beside the fields that all have: "strength 0.3, inputs 54".
std::string member_details(const Json& member) {
    const bool given_up = field(member, "given_up") == true;
    std::string text = given_up ? given_up_text(member) : "";
    for (const auto& [name, value] : member.items()) {
        if (name == "kind" || name == "weight" || name == "out_of_fold_loss") continue;
        if (given_up && belongs_to_giving_up(name)) continue;
        std::string words = name;
        std::ranges::replace(words, '_', ' ');
        text += (text.empty() ? "" : ", ") + words + " " + people_text(value);
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

std::string decision_text(const Json& model) {
    const Json& decision = field(model, "decision");
    if (!decision.is_object()) return "";
    const Json& classes = field(model, "classes");
    std::string text = "decision " + one_line(text_of(field(decision, "rule")));
    if (const Json& threshold = field(decision, "threshold"); threshold.is_number() && classes.size() == 2) {
        text += ": class " + one_line(text_of(field(classes.back(), "name"))) + " above probability " +
                fixed(number(threshold), 3);
    }
    const Json& rated = field(decision, "out_of_fold");
    if (!rated.is_object()) return text + "\n";
    const Json& probable = field(rated, "probable");
    Table table;
    table.add_row({"out of fold", "as decided", "most probable class"});
    const auto add = [&](const std::string& label, const auto& cell) {
        table.add_row({label, cell(rated), cell(probable)});
    };
    add("score (weighted F1)", [](const Json& of) { return fixed(number(field(of, "score")), 4); });
    add("balanced accuracy", [](const Json& of) { return fixed(number(field(of, "balanced_accuracy")), 4); });
    for (std::size_t k = 0; classes.is_array() && k < classes.size(); ++k) {
        add("decided for class " + text_of(field(classes[k], "name")), [k](const Json& of) {
            const Json& shares = field(of, "shares");
            return percent(k < shares.size() && shares.is_array() ? number(shares[k]) : number(Json()));
        });
    }
    return text + "\n" + table.text("  ");
}

std::string model_text(const Json& model) {
    const Json& samples = field(model, "samples");
    return text_of(field(model, "task")) + ", " + count(field(model, "columns")) + " columns, trained on " +
           count(field(samples, "count")) + " samples (" + count(field(samples, "distinct_rows")) + " different rows)\n" +
           classes_text(model) + "members\n" + members_text(model) + decision_text(model) + "options\n" +
           chosen_options(model);
}

}  // namespace mml::cli
