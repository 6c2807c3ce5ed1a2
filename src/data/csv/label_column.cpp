// SPDX-License-Identifier: Apache-2.0
#include "data/csv/label_column.hpp"

#include <map>

#include "base/index.hpp"
#include "base/text.hpp"
#include "data/target_rules.hpp"

namespace mml {

namespace {

template <typename T>
std::int64_t bytes_of(const std::vector<T>& values) {
    return narrowed<std::int64_t>(values.capacity() * sizeof(T));
}

// The number that a label's text writes; nothing where it is text.
std::optional<double> number_of(RowCursor& cursor, const std::string& text) {
    if (text.empty()) return 0;
    double value = 0;
    const NumberForm form = parse_decimal(text, value);
    if (form == NumberForm::too_large) cursor.refuse(text, "is beyond the range of 64-bit floating-point numbers (1.8E308)");
    if (form == NumberForm::not_finite) cursor.refuse(text, "is the target, and not a finite number");
    if (form == NumberForm::none) return std::nullopt;
    return value + 0.0;  // -0 and +0 are one value
}

double required_number(RowCursor& cursor) {
    const std::string text = cursor.take_text();
    const std::optional<double> value = number_of(cursor, text);
    if (!value) cursor.refuse(text, "is the target, and not a number");
    return *value;
}

class ListedClasses : public LabelColumn {
public:
    explicit ListedClasses(std::vector<std::string> class_names) : class_names_(std::move(class_names)) {
        for (std::size_t i = 0; i < class_names_.size(); ++i) {
            const auto index = narrowed<std::int32_t>(i);
            double value = 0;
            if (parse_decimal(class_names_[i], value) == NumberForm::finite) numbers_.emplace(value, index);
            texts_.emplace(class_names_[i], index);
        }
    }

    void take_cell(RowCursor& cursor) override {
        const std::string text = cursor.take_text();
        const std::optional<double> value = number_of(cursor, text);
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
    void take_cell(RowCursor& cursor) override { values_.push_back(required_number(cursor)); }
    std::int64_t bytes() const override { return bytes_of(values_); }
    Target finish() override { return {Task::regression, {}, {}, std::move(values_)}; }

private:
    std::vector<double> values_;
};

class FoundNumbers : public LabelColumn {
public:
    void take_cell(RowCursor& cursor) override { values_.push_back(required_number(cursor)); }
    std::int64_t bytes() const override { return bytes_of(values_); }

    Target finish() override { return classes_of_numbers(values_); }

private:
    std::vector<double> values_;
};

}  // namespace

std::unique_ptr<LabelColumn> listed_classes(std::vector<std::string> class_names) {
    return std::make_unique<ListedClasses>(std::move(class_names));
}

std::unique_ptr<LabelColumn> number_target() { return std::make_unique<NumberTarget>(); }

std::unique_ptr<LabelColumn> found_numbers() { return std::make_unique<FoundNumbers>(); }

}  // namespace mml
