// SPDX-License-Identifier: Apache-2.0
#include "evaluation/verdict.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "base/text.hpp"
#include "evaluation/render/words.hpp"

namespace mml {

namespace {

using render::decimal;

// Widths of an interval of 0 ... 1: up to the first the data is enough, beyond the second it is too little.
constexpr double narrow = 0.1;
constexpr double wide = 0.2;
// A class is hardly found where the answers miss four of five.
constexpr double hardly = 0.2;
constexpr std::size_t most_named = 3;

struct Judgement {
    const char* standing;
    std::string sentence;
};

// How a metric compares with the baseline's.
struct Comparison {
    bool better = false;
    bool surely = false;  // the whole interval is better
};

Comparison compare(const Json& report, const char* name) {
    const Json* const metric = report.at("metrics").find(name);
    if (metric == nullptr || metric->at("value").is_null() || metric->at("baseline").is_null()) return {};
    const bool lower = metric->at("direction") == "lower_is_better";
    const double sign = lower ? -1 : 1;
    const double baseline = metric->at("baseline").get<double>();
    Comparison comparison;
    comparison.better = sign * metric->at("value").get<double>() > sign * baseline;
    const Json& interval = metric->at("interval");
    if (interval.is_array()) comparison.surely = sign * interval[lower ? 1U : 0U].get<double>() > sign * baseline;
    return comparison;
}

std::string enough_data(const Json& metric) {
    const double width = metric.at("interval")[1].get<double>() - metric.at("interval")[0].get<double>();
    if (width <= narrow) return ", on enough data to say so";
    return width <= wide ? ", but more data would show more exactly by how much"
                         : ", but there is too little data to say by how much";
}

// A class of one sample is trained on and never rated. Reports on very many classes have no counts to tell it by.
bool is_rated(const Json& report, std::size_t label) {
    const Json* const confusion = report.find("confusion");
    if (confusion == nullptr || !confusion->is_array()) return true;
    return std::ranges::any_of((*confusion)[label], [](const Json& rows) { return rows.get<double>() > 0; });
}

// Classes that have rows of some weight, most of which are answered with another class.
std::vector<std::string> hardly_found(const Json& report) {
    std::vector<std::string> names;
    std::size_t label = 0;
    for (const Json& entry : report.at("classes")) {
        const bool occurs = entry.at("share").is_number() && entry.at("share").get<double>() > 0 && is_rated(report, label);
        ++label;
        if (!occurs || entry.at("recall").get<double>() >= hardly) continue;
        names.push_back(quote(entry.at("name").get<std::string>()));
    }
    return names;
}

std::string class_list(std::vector<std::string> names) {
    const std::size_t count = names.size();
    names.resize(std::min(count, most_named));
    std::string list = count == 1 ? "class " : "the classes ";
    for (std::size_t i = 0; i < names.size(); ++i) list += concat(i == 0 ? "" : ", ", names[i]);
    return count > most_named ? concat(list, " and ", count - most_named, " more") : list;
}

Judgement judge_classes(const Json& report) {
    const Comparison probabilities = compare(report, "log_loss");
    const Comparison answers = compare(report, "balanced_accuracy");
    if (probabilities.surely && answers.surely) {
        if (std::vector<std::string> names = hardly_found(report); !names.empty()) {
            return {"uncertain", concat("Better than guessing, but it hardly finds ", class_list(std::move(names)), ".")};
        }
        return {"better", concat("Better than guessing", enough_data(report.at("metrics").at("balanced_accuracy")), ".")};
    }
    if (probabilities.surely) {
        return {"uncertain",
                "Its probabilities are better than guessing, but its answers are not surely better than always the same "
                "answer."};
    }
    if (answers.surely) {
        return {"uncertain",
                "Its answers are better than guessing, but its probabilities are not surely better than the classes' "
                "shares: do not rely on them."};
    }
    if (probabilities.better || answers.better) {
        return {"uncertain", "Not surely better than guessing: the difference is too small for so little data."};
    }
    return {"worse", "No better than guessing."};
}

Judgement judge_numbers(const Json& report) {
    const Json& score = report.at("metrics").at("score");
    const Comparison comparison = compare(report, "score");
    const std::string numbers = concat("R squared ", decimal(score.at("value")), " against ", decimal(score.at("baseline")));
    if (comparison.surely) return {"better", concat("Better than guessing: ", numbers, enough_data(score), ".")};
    if (comparison.better) {
        return {"uncertain", concat("Not surely better than guessing: ", numbers, ", too close for so little data.")};
    }
    return {"worse", concat("No better than guessing: ", numbers, ".")};
}

// "93" for 0.93; a part is never shown as none or all.
std::string of_hundred(double share) {
    if (share <= 0) return "none";
    if (share >= 1) return "all";
    const double rounded = std::round(100 * share);
    if (rounded < 1) return "fewer than 1";
    return rounded > 99 ? "more than 99" : number_text(rounded);
}

// What the model's answers mean for who acts on them.
void add_found(const Json& report, Json& sentences) {
    const Json& flagging = report.at("flagging");
    if (flagging.is_null()) return;
    const std::string name = quote(flagging.at("class").get<std::string>());
    const Json& decided = flagging.at("decision");
    if (decided.at("precision").is_null()) {
        sentences.push_back(concat("It takes no row for ", name, ": of 100 rows of that class it finds none."));
        return;
    }
    sentences.push_back(concat("Of 100 rows of class ", name, " it finds ", of_hundred(decided.at("recall").get<double>()),
                               "; of 100 rows that it takes for ", name, ", ",
                               of_hundred(decided.at("precision").get<double>()), " are."));
}

// Where the most probable class is the answer, a rare one hardly ever is: another decision is the remedy.
void add_remedy(const Json& report, Json& sentences) {
    const Json& decision = report.at("decision");
    if (!decision.is_object() || decision.at("rule") != "probable" || hardly_found(report).empty()) return;
    sentences.push_back("Option decision, set to score or balanced, makes it find more, at the price of more false alarms.");
}

void add_skill(const Json& report, Json& sentences) {
    std::string skill;
    for (const char* name : {"log_loss", "balanced_accuracy"}) {
        const Json* const metric = report.at("metrics").find(name);
        if (metric == nullptr || metric->at("value").is_null()) continue;
        skill += concat(skill.empty() ? "" : ", ", metric->at("label").get<std::string>(), " ", decimal(metric->at("value")),
                        " (guessing: ", decimal(metric->at("baseline")), ")");
    }
    if (!skill.empty()) sentences.push_back(skill + ".");
}

}  // namespace

Json verdict_json(const Json& report) {
    Json sentences = Json::array();
    if (report.at("metrics").at("score").at("value").is_null()) {
        sentences.push_back("Nothing can be said: the score is undefined, because the target is the same everywhere.");
        return {{"standing", "uncertain"}, {"sentences", std::move(sentences)}};
    }
    const bool classes = report.at("task") == "classification";
    Judgement judgement = classes ? judge_classes(report) : judge_numbers(report);
    sentences.push_back(std::move(judgement.sentence));
    if (classes) {
        add_found(report, sentences);
        add_remedy(report, sentences);
        add_skill(report, sentences);
    }
    return {{"standing", judgement.standing}, {"sentences", std::move(sentences)}};
}

}  // namespace mml
