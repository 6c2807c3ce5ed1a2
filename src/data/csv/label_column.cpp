// SPDX-License-Identifier: Apache-2.0
#include "data/csv/label_column.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/text.hpp"

namespace mml {

namespace {

constexpr std::size_t most_number_classes = 20;

template <typename T>
std::int64_t bytes_of(const std::vector<T>& values) {
    return static_cast<std::int64_t>(values.capacity() * sizeof(T));
}

// The number that a label's text writes; nothing where it is text.
std::optional<double> number_of(RowCursor& cursor, const std::string& text, EmptyLabel empty) {
    if (text.empty()) {
        if (empty == EmptyLabel::zero) return 0;
        cursor.refuse(text, "is the target: fill it in, or remove the row");
    }
    double value = 0;
    const NumberForm form = parse_decimal(text, value);
    if (form == NumberForm::too_large) cursor.refuse(text, "is beyond the range of 64-bit floating-point numbers (1.8E308)");
    if (form == NumberForm::not_finite) cursor.refuse(text, "is the target, and no finite number");
    if (form == NumberForm::none) return std::nullopt;
    return value + 0.0;  // -0 and +0 are one value
}

double required_number(RowCursor& cursor, EmptyLabel empty) {
    const std::string text = cursor.take_text();
    const std::optional<double> value = number_of(cursor, text, empty);
    if (!value) cursor.refuse(text, "is the target, and no number");
    return *value;
}

class ListedClasses : public LabelColumn {
public:
    explicit ListedClasses(std::vector<std::string> class_names) : class_names_(std::move(class_names)) {
        for (std::size_t i = 0; i < class_names_.size(); ++i) {
            const auto index = static_cast<std::int32_t>(i);
            double value = 0;
            if (parse_decimal(class_names_[i], value) == NumberForm::finite) numbers_.emplace(value, index);
            texts_.emplace(class_names_[i], index);
        }
    }

    void take_cell(RowCursor& cursor) override {
        const std::string text = cursor.take_text();
        const std::optional<double> value = number_of(cursor, text, EmptyLabel::zero);
        const auto by_number = value ? numbers_.find(*value) : numbers_.end();
        if (by_number != numbers_.end()) {
            indices_.push_back(by_number->second);
            return;
        }
        const auto by_text = texts_.find(text);
        if (by_text == texts_.end())
            cursor.refuse(text, "is none of the targetclasses " + quoted_list(class_names_), Reason::foreign_label);
        indices_.push_back(by_text->second);
    }
    std::int64_t bytes() const override { return bytes_of(indices_); }
    Target finish() override { return {Task::classification, std::move(class_names_), std::move(indices_), {}}; }

private:
    std::vector<std::string> class_names_;
    std::map<double, std::int32_t> numbers_;
    std::map<std::string, std::int32_t> texts_;
    std::vector<std::int32_t> indices_;
};

class NumberTarget : public LabelColumn {
public:
    explicit NumberTarget(EmptyLabel empty) : empty_(empty) {}

    void take_cell(RowCursor& cursor) override { values_.push_back(required_number(cursor, empty_)); }
    std::int64_t bytes() const override { return bytes_of(values_); }
    Target finish() override { return {Task::regression, {}, {}, std::move(values_)}; }

private:
    EmptyLabel empty_;
    std::vector<double> values_;
};

// Numbers are kept as they are, texts as NaN with their index among the different texts met in `text_indices_`, which ends
// at the last text met so far.
class FoundLabels : public LabelColumn {
public:
    FoundLabels(EmptyLabel empty, bool texts_allowed, bool numbers_allowed)
        : empty_(empty), texts_allowed_(texts_allowed), numbers_allowed_(numbers_allowed) {}

    void take_cell(RowCursor& cursor) override {
        if (!texts_allowed_) {
            values_.push_back(required_number(cursor, empty_));
            return;
        }
        const std::string text = cursor.take_text();
        const std::optional<double> value = number_of(cursor, text, empty_);
        if (!value) {
            const auto [place, is_new] = texts_.emplace(text, static_cast<std::int32_t>(texts_.size()));
            if (is_new) bytes_of_texts_ += static_cast<std::int64_t>(sizeof *place + text.capacity());
            text_indices_.resize(values_.size(), -1);
            text_indices_.push_back(place->second);
        }
        values_.push_back(value.value_or(std::nan("")));
    }
    std::int64_t bytes() const override { return bytes_of(values_) + bytes_of(text_indices_) + bytes_of_texts_; }

    Target finish() override {
        const std::vector<double> numbers = different_numbers();
        const bool few_whole = numbers.size() <= most_number_classes && std::ranges::all_of(numbers, is_whole);
        if (numbers_allowed_ && texts_.empty() && !few_whole) return {Task::regression, {}, {}, std::move(values_)};
        return classes(numbers);
    }

private:
    static bool is_whole(double value) { return value == std::floor(value); }

    std::vector<double> different_numbers() const {
        std::vector<double> numbers;
        std::ranges::copy_if(values_, std::back_inserter(numbers), [](double value) { return !std::isnan(value); });
        std::ranges::sort(numbers);
        numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
        return numbers;
    }

    Target classes(const std::vector<double>& numbers) const {
        Target target;
        for (const double number : numbers) target.class_names.push_back(number_text(number));
        std::vector<std::int32_t> class_of_text(texts_.size());
        for (const auto& [text, index] : texts_) {
            class_of_text[static_cast<std::size_t>(index)] = static_cast<std::int32_t>(target.class_names.size());
            target.class_names.push_back(text);
        }
        target.class_indices.reserve(values_.size());
        for (std::size_t row = 0; row < values_.size(); ++row) {
            const bool is_text = std::isnan(values_[row]);
            const auto place = std::ranges::lower_bound(numbers, values_[row]) - numbers.begin();
            target.class_indices.push_back(is_text ? class_of_text[static_cast<std::size_t>(text_indices_[row])]
                                                   : static_cast<std::int32_t>(place));
        }
        return target;
    }

    EmptyLabel empty_;
    bool texts_allowed_;
    bool numbers_allowed_;
    std::vector<double> values_;
    std::map<std::string, std::int32_t> texts_;
    std::vector<std::int32_t> text_indices_;
    std::int64_t bytes_of_texts_ = 0;
};

}  // namespace

std::unique_ptr<LabelColumn> listed_classes(std::vector<std::string> class_names) {
    return std::make_unique<ListedClasses>(std::move(class_names));
}

std::unique_ptr<LabelColumn> number_target(EmptyLabel empty) { return std::make_unique<NumberTarget>(empty); }

std::unique_ptr<LabelColumn> found_classes(EmptyLabel empty, bool texts_allowed) {
    return std::make_unique<FoundLabels>(empty, texts_allowed, false);
}

std::unique_ptr<LabelColumn> classes_or_numbers() { return std::make_unique<FoundLabels>(EmptyLabel::refused, true, true); }

}  // namespace mml
