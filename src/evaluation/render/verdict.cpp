// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

// Fewer rows of a class are mentioned.
constexpr std::int64_t few_rows = 20;
constexpr std::size_t most_small_classes = 5;

bool classifies(const Json& report) { return report.at("task") == "classification"; }

std::string in_quotes(const Json& name) { return concat("\xE2\x80\x9C", name.get<std::string>(), "\xE2\x80\x9D"); }

std::string majority_class(const Json& report) {
    const Json& classes = report.at("classes");
    const auto largest =
        std::ranges::max_element(classes, {}, [](const Json& entry) { return entry.at("count").get<std::int64_t>(); });
    return largest == classes.end() ? "" : in_quotes(largest->at("name"));
}

std::string measure(const Json& report) {
    const Json& score = report.at("metrics").at("score");
    std::string words =
        concat(classifies(report) ? "Moodle judges by F1, averaged over the classes by their size: "
                                  : "Moodle judges by R squared, the share of the target's variance that is explained: ",
               decimal(score.at("value")));
    if (!score.at("interval").is_null()) {
        words += concat(", on other rows of this kind ", interval_text(score.at("interval")), " with 95 % confidence");
    }
    const std::string guess = classifies(report) ? "always answers " + majority_class(report) : "always answers the mean";
    return concat(words, ". Guessing ", guess, " and scores ", decimal(score.at("baseline")), ".");
}

// How classes are chosen, where that is not simply the most probable one.
void add_decision(const Json& report, std::vector<std::string>& details) {
    if (!decides(report)) return;
    const Json& decision = report.at("decision");
    std::string words =
        concat("The model chooses classes by decision \xE2\x80\x9C", decision.at("rule").get<std::string>(), "\xE2\x80\x9D");
    if (decision.at("threshold").is_number()) {
        words += concat(": it answers ", in_quotes(report.at("classes")[1].at("name")), " from a probability of ",
                        percent(decision.at("threshold").get<double>()), " on");
    }
    details.push_back(words + ".");
}

std::string moodle_limits(const Json& report, const Config& config) {
    const Json& score = report.at("metrics").at("score");
    const double minimum = config.number(OptionId::min_score);
    const double most = config.number(OptionId::max_deviation);
    const bool low = score.at("value").get<double>() < minimum;
    const bool varies = score.at("deviation").get<double>() > most;
    const std::string limits = concat(" (score at least ", minimum, ", deviation at most ", most, ")");
    if (!low && !varies) return concat("Moodle would accept it", limits, ".");
    return concat("Moodle would refuse it", limits, ": ",
                  low && varies ? "the score is low and varies too much"
                  : low         ? "the score is low"
                                : "the score varies too much",
                  ".");
}

void add_small_classes(const Json& report, std::vector<std::string>& details) {
    std::size_t added = 0;
    for (const Json& entry : report.at("classes")) {
        const auto count = entry.at("count").get<std::int64_t>();
        if (count >= few_rows || added == most_small_classes) continue;
        details.push_back(
            concat("Class ", in_quotes(entry.at("name")), " has only ", count, count == 1 ? " row." : " rows."));
        ++added;
    }
}

}  // namespace

bool decides(const Json& report) {
    const Json& decision = report.at("decision");
    return decision.is_object() && decision.at("rule") != "probable";
}

Verdict verdict_of(const Json& report, const Config& config) {
    Verdict verdict;
    verdict.standing = report.at("verdict").at("standing").get<std::string>();
    std::vector<std::string> sentences = report.at("verdict").at("sentences").texts();
    verdict.sentence = sentences.at(0);
    verdict.details.assign(sentences.begin() + 1, sentences.end());
    if (report.at("metrics").at("score").at("value").is_null()) return verdict;
    add_decision(report, verdict.details);
    verdict.details.push_back(measure(report));
    verdict.details.push_back(moodle_limits(report, config));
    add_small_classes(report, verdict.details);
    return verdict;
}

}  // namespace mml::render
