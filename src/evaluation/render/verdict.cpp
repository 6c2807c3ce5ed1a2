// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "base/text.hpp"
#include "evaluation/render/contents.hpp"
#include "evaluation/render/words.hpp"

namespace mml::render {

namespace {

using Standing = Verdict::Standing;

// Widths of the score's interval: up to the first the data is enough, beyond the second it is too little.
constexpr double narrow = 0.1;
constexpr double wide = 0.2;
// Fewer samples of a class are told.
constexpr std::int64_t few_samples = 20;

bool classifies(const Json& report) { return report.at("task") == "classification"; }

// Whether a metric where less is better is surely lower than the baseline's.
bool surely_lower(const Json& metrics, const char* name) {
    const Json* const metric = metrics.find(name);
    if (metric == nullptr || metric->at("interval").is_null() || metric->at("baseline").is_null()) return false;
    return metric->at("interval")[1].get<double>() < metric->at("baseline").get<double>();
}

Standing standing_of(const Json& score) {
    const double baseline = score.at("baseline").is_number() ? score.at("baseline").get<double>() : 0;
    if (score.at("value").get<double>() <= baseline) return Standing::worse;
    if (score.at("interval").is_null()) return Standing::uncertain;
    return score.at("interval")[0].get<double>() > baseline ? Standing::better : Standing::uncertain;
}

std::string enough_data(const Json& score) {
    if (score.at("interval").is_null()) return ", on too little data to know how sure that is";
    const double width = score.at("interval")[1].get<double>() - score.at("interval")[0].get<double>();
    if (width <= narrow) return ", on enough data to say so";
    return width <= wide ? ", though more data would tell more exactly by how much"
                         : ", but there is too little data to say by how much";
}

std::string sentence_of(const Json& report, Standing standing) {
    const Json& score = report.at("metrics").at("score");
    const std::string numbers = concat("score ", decimal(score.at("value")), " against ", decimal(score.at("baseline")));
    if (standing == Standing::better) return concat("Better than guessing: ", numbers, enough_data(score), ".");
    const std::string opening =
        standing == Standing::worse ? "No better than guessing: " : "Not surely better than guessing: ";
    if (surely_lower(report.at("metrics"), "log_loss")) {
        return concat(opening, numbers, ", but its probabilities tell more than the classes' shares do.");
    }
    const bool close = standing == Standing::uncertain;
    return concat(opening, numbers, close ? ", too close for so little data." : ".");
}

std::string majority_class(const Json& report) {
    const Json& classes = report.at("classes");
    const auto largest =
        std::ranges::max_element(classes, {}, [](const Json& entry) { return entry.at("count").get<std::int64_t>(); });
    return largest == classes.end() ? "" : largest->at("name").get<std::string>();
}

std::string measure(const Json& report) {
    if (!classifies(report)) {
        return "The score is R squared, the share of the target's variance that is explained; guessing always answers the "
               "mean.";
    }
    return concat(
        "The score is F1 averaged over the classes by their size; guessing always answers the most frequent class, ",
        "\xE2\x80\x9C", majority_class(report), "\xE2\x80\x9D.");
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
    for (const Json& entry : report.at("classes")) {
        const auto count = entry.at("count").get<std::int64_t>();
        if (count >= few_samples || details.size() > 8) continue;
        details.push_back(concat("Class \xE2\x80\x9C", entry.at("name").get<std::string>(), "\xE2\x80\x9D has only ", count,
                                 count == 1 ? " row." : " rows."));
    }
}

}  // namespace

Verdict verdict_of(const Json& report, const Config& config) {
    const Json& score = report.at("metrics").at("score");
    if (score.at("value").is_null()) {
        return {
            Standing::uncertain, "Nothing can be said: the score is undefined, as the target is the same everywhere.", {}};
    }
    Verdict verdict;
    verdict.standing = standing_of(score);
    verdict.sentence = sentence_of(report, verdict.standing);
    verdict.details.push_back(measure(report));
    if (!score.at("interval").is_null()) {
        verdict.details.push_back(concat("With 95 % confidence the score on other rows of this kind is ",
                                         interval_text(score.at("interval")), "."));
    }
    verdict.details.push_back(moodle_limits(report, config));
    add_small_classes(report, verdict.details);
    return verdict;
}

}  // namespace mml::render
