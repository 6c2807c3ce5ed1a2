// SPDX-License-Identifier: Apache-2.0
#include "evaluation/render/words.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <map>

#include "base/text.hpp"

namespace mml::render {

namespace {

constexpr const char* replacement = "\xEF\xBF\xBD";
constexpr const char* nothing = "\xE2\x80\x93";  // an en dash

std::string digits(double value, std::chars_format format, int precision) {
    std::array<char, 400> text{};
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, format, precision);
    return {text.data(), end.ptr};
}

bool is_control(char letter) { return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F; }

const std::map<std::string, MetricWords>& words_of_metrics() {
    static const std::map<std::string, MetricWords> words = {
        {"accuracy", {"Accuracy", "share of rows answered right"}},
        {"balanced_accuracy", {"Balanced accuracy", "share answered right of a class, averaged over the classes"}},
        {"precision", {"Precision", "how often an answer is right, averaged over the classes by their size"}},
        {"recall", {"Recall", "how much of a class is found, averaged over the classes by their size"}},
        {"f1_score", {"F1", "precision and recall in one; the score by which Moodle judges"}},
        {"matthews_correlation", {"Matthews correlation", "of answer and truth; 0 is chance, 1 is perfect"}},
        {"roc_auc", {"ROC AUC", "how often a row of the second class gets a higher probability than one of the first"}},
        {"roc_auc_one_vs_rest", {"ROC AUC, one against the rest", "the same for each class against all others, averaged"}},
        {"pr_auc", {"PR AUC", "average precision in finding the second class"}},
        {"pr_auc_one_vs_rest", {"PR AUC, one against the rest", "average precision in finding a class, averaged"}},
        {"log_loss", {"Log loss", "how wrong the probabilities are; less is better"}},
        {"brier_score", {"Brier score", "squared distance of probabilities from the truth; less is better"}},
        {"calibration_error", {"Calibration error", "how far stated probabilities are from frequencies; less is better"}},
        {"rmse", {"Root mean squared error", "in units of the target, large errors count more; less is better"}},
        {"mae", {"Mean absolute error", "in units of the target; less is better"}},
        {"r2", {"R squared", "share of the target's variance explained; the score by which Moodle judges"}}};
    return words;
}

}  // namespace

std::string decimal(double value) {
    if (!std::isfinite(value)) return nothing;
    const bool small = std::abs(value) < 100;
    std::string text = digits(value, small ? std::chars_format::fixed : std::chars_format::general, small ? 4 : 6);
    return text == "-0.0000" ? text.substr(1) : text;
}

std::string decimal(const Json& value) { return value.is_number() ? decimal(value.get<double>()) : nothing; }

std::string percent(double share) { return digits(100 * share, std::chars_format::fixed, 1) + " %"; }

std::string grouped(std::int64_t value) {
    std::string text = number_text(value);
    for (auto place = static_cast<std::ptrdiff_t>(text.size()) - 3; place > (value < 0 ? 1 : 0); place -= 3) {
        text.insert(static_cast<std::size_t>(place), ",");
    }
    return text;
}

std::string interval_text(const Json& interval) {
    if (!interval.is_array()) return nothing;
    return concat(decimal(interval[0]), " to ", decimal(interval[1]));
}

std::string html_text(std::string_view text) {
    std::string result;
    for (const char letter : text) {
        switch (letter) {
            case '&': result += "&amp;"; break;
            case '<': result += "&lt;"; break;
            case '>': result += "&gt;"; break;
            case '"': result += "&quot;"; break;
            case '\'': result += "&#39;"; break;
            default:
                if (is_control(letter)) {
                    result += replacement;
                } else {
                    result += letter;
                }
        }
    }
    return result;
}

// CommonMark lets every ASCII punctuation character be escaped; those that mean nothing within a line stay readable.
std::string markdown_text(std::string_view text) {
    constexpr std::string_view harmless = " ,.:;%/?='\"()+-";
    std::string result;
    for (const char letter : text) {
        const bool punctuation = static_cast<unsigned char>(letter) < 0x80 && !(letter >= '0' && letter <= '9') &&
                                 !(letter >= 'a' && letter <= 'z') && !(letter >= 'A' && letter <= 'Z') &&
                                 harmless.find(letter) == std::string_view::npos;
        if (is_control(letter)) {
            result += replacement;
        } else {
            if (punctuation) result += '\\';
            result += letter;
        }
    }
    return result;
}

std::string shortened(const std::string& text, std::size_t length) {
    std::size_t characters = 0;
    std::size_t cut = text.size();
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;  // goes on with the character before
        if (++characters == length) cut = i;
        if (characters > length) return text.substr(0, cut) + "\xE2\x80\xA6";
    }
    return text;
}

MetricWords metric_words(const std::string& name) {
    const auto found = words_of_metrics().find(name);
    return found == words_of_metrics().end() ? MetricWords{name, ""} : found->second;
}

std::string source_name(const Json& report) {
    auto name = report.at("source").get<std::string>();
    if (name.size() >= 2 && name.front() == '"' && name.back() == '"') name = name.substr(1, name.size() - 2);
    const std::size_t folder = name.rfind('/');
    return folder == std::string::npos ? name : name.substr(folder + 1);
}

}  // namespace mml::render
