// SPDX-License-Identifier: Apache-2.0
#include "data/target_rules.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <map>

#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

// Without blanks and capitals: what only these tell apart is hardly two classes.
std::string folded_label(std::string_view text) {
    std::string out;
    for (const char c : trimmed(text)) out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

}  // namespace

void NumberClasses::add(double value) {
    fractions_ = fractions_ || value != std::floor(value);
    if (different_.size() <= most) different_.insert(value);
}

Target classes_of_numbers(std::span<const double> values) {
    std::vector<double> numbers(values.begin(), values.end());
    std::ranges::sort(numbers);
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    Target target;
    for (const double number : numbers) target.class_names.push_back(number_text(number));
    target.class_indices.reserve(values.size());
    for (const double value : values) {
        const auto place = std::ranges::lower_bound(numbers, value) - numbers.begin();
        target.class_indices.push_back(narrowed<std::int32_t>(place));
    }
    return target;
}

Target classes_of_texts(const std::vector<std::string>& texts, std::span<const std::int32_t> codes) {
    Target target;
    target.class_names = texts;
    std::ranges::sort(target.class_names);
    std::vector<std::int32_t> places;
    for (const std::string& text : texts) {
        const auto found = std::ranges::lower_bound(target.class_names, text);
        places.push_back(narrowed<std::int32_t>(found - target.class_names.begin()));
    }
    for (const std::int32_t code : codes) target.class_indices.push_back(item(places, code));
    return target;
}

void note_odd_labels(const std::vector<std::string>& texts, const CellRules& rules, const std::string& source,
                     std::vector<std::string>& notes) {
    for (const std::string& text : texts) {
        if (rules.is_missing(text))
            notes.push_back(concat(source, ": the label ", quote(text), " looks like a missing value, but is a class."));
    }
    std::map<std::string, std::string> met;
    for (const std::string& text : texts) {
        const auto [other, is_new] = met.emplace(folded_label(text), text);
        if (is_new) continue;
        notes.push_back(concat(source, ": the labels ", quote(other->second), " and ", quote(text),
                               " are two classes, but differ in blanks or capitals only."));
    }
}

}  // namespace mml
