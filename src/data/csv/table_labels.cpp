// SPDX-License-Identifier: Apache-2.0
#include "data/csv/table_labels.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "data/csv/number_cell.hpp"
#include "data/target_rules.hpp"
#include "data/text_dictionary.hpp"

namespace mml {

namespace {

// With so many different numbers and nothing else the target is a number, and how each was written need not be kept.
constexpr std::size_t most_kept_numbers = 4096;
constexpr double no_number = std::numeric_limits<double>::quiet_NaN();

// 3 EUR, $5, 5 %, 3,5: whatever begins like a number, a sign or a currency's before it.
bool begins_like_number(std::string_view text) {
    constexpr std::array<std::string_view, 7> before{"-", "+", "$", "\xC2\xA3", "\xE2\x82\xAC", "\xC2\xA5", " "};
    for (int signs = 0; signs < 3; ++signs) {
        const auto sign = std::ranges::find_if(before, [&](std::string_view mark) { return text.starts_with(mark); });
        if (sign != before.end()) text.remove_prefix(sign->size());
    }
    if (text.starts_with('.') || text.starts_with(',')) text.remove_prefix(1);
    return !text.empty() && is_digit(text.front());
}

struct Label {
    double number = no_number;
    bool like_number = false;
    std::int64_t rows = 0;
};

class TableLabels : public LabelColumn {
public:
    TableLabels(const CellRules& rules, TargetWish wish) : rules_(rules), wish_(std::move(wish)) {}

    void take_cell(RowCursor& cursor) override {
        const TableCell cell = cursor.take_table_cell();
        if (take_known(cell)) return;
        double value = no_number;
        const bool is_number = read_number(cursor, cell, value);
        if (only_numbers_) {
            if (!is_number) refuse_odd(cursor, cell);
            values_.push_back(value);
            return;
        }
        const std::string text = cursor.text_of(cell);
        const auto code = as_size(dictionary_.add(text));
        if (code == labels_.size()) labels_.push_back({value, is_number || begins_like_number(text), 0});
        ++labels_[code].rows;
        codes_.push_back(narrowed<std::int32_t>(code));
        if (!is_number && odd_.empty()) odd_ = cursor.place_of(cell.content) + " " + odd_advice(cell.content);
        if (wish_.kind == TargetWish::Kind::found && odd_.empty() && labels_.size() > most_kept_numbers) keep_only_numbers();
    }

    std::int64_t bytes() const override {
        return narrowed<std::int64_t>(values_.capacity() * sizeof(double) + codes_.capacity() * sizeof(std::int32_t) +
                                      labels_.capacity() * sizeof(Label)) +
               dictionary_.bytes();
    }

    Target finish() override {
        if (only_numbers_) return {Task::regression, {}, {}, std::move(values_)};
        if (wish_.kind == TargetWish::Kind::found && is_number_target()) {
            if (!odd_.empty()) fail(Status::bad_data, odd_);
            keep_only_numbers();
            return {Task::regression, {}, {}, std::move(values_)};
        }
        return classes();
    }

    void add_notes(const std::string& source, std::vector<std::string>& notes) const override {
        note_odd_labels(dictionary_.texts(), rules_, source, notes);
        if (merging_) {
            notes.push_back(concat(source, ": the labels are compared as texts, for as numbers ", quote(merging_->first),
                                   " and ", quote(merging_->second), " would be one class."));
        }
    }

private:
    // A label that was met before needs no second look.
    bool take_known(TableCell cell) {
        if (only_numbers_ || cell.quoted) return false;
        const std::int32_t code = dictionary_.find(cell.content);
        if (code == TextDictionary::none) return false;
        ++item(labels_, code).rows;
        codes_.push_back(code);
        return true;
    }

    // Refuses what is not finite, and nothing at all.
    bool read_number(RowCursor& cursor, TableCell cell, double& value) const {
        if (cell.content.empty()) cursor.refuse(cell.content, "is the target: fill it in, or remove the row");
        double parsed = 0;
        if (parse_decimal(cell.content, parsed) == NumberForm::not_finite)
            cursor.refuse(cell.content, "is the target, and not a finite number");
        const CellForm form = rules_.read(cell.content, parsed);
        if (form == CellForm::too_large) cursor.refuse(cell.content, rules_.advice(form));
        if (form != CellForm::number) return false;
        value = parsed + 0.0;  // -0 and +0 are one value
        return true;
    }

    [[noreturn]] void refuse_odd(RowCursor& cursor, TableCell cell) const {
        double value = 0;
        const CellForm form = rules_.read(cell.content, value);
        const bool marks = form == CellForm::thousands || form == CellForm::decimal_mark;
        cursor.refuse(cell.content, marks ? "is the target, and " + rules_.advice(form) : "is the target, and not a number");
    }

    std::string odd_advice(std::string_view cell) const {
        double value = 0;
        const CellForm form = rules_.read(cell, value);
        if (form == CellForm::missing) return "is the target: fill it in, or remove the row";
        const std::string what = form == CellForm::text
                                     ? "is not a number, but most cells of the target begin like one: correct it"
                                     : "is the target, and " + rules_.advice(form);
        return what + " (or set option task to classification)";
    }

    bool is_number_target() const {
        std::int64_t rows = 0;
        NumberClasses classes;
        for (const Label& label : labels_) {
            if (!label.like_number) continue;
            rows += label.rows;
            if (std::isnan(label.number)) {
                classes.add_other();
            } else {
                classes.add(label.number);
            }
        }
        const bool most = 2 * rows >= std::ssize(codes_) && rows > 0;
        return most && !classes.hold();
    }

    void keep_only_numbers() {
        only_numbers_ = true;
        values_.reserve(codes_.size());
        for (const std::int32_t code : codes_) values_.push_back(item(labels_, code).number);
        codes_ = {};
        labels_ = {};
        dictionary_ = {};
    }

    // Of two labels that are one number, where there are such.
    std::optional<std::pair<std::string, std::string>> merging_labels() const {
        std::map<double, std::size_t> met;
        for (std::size_t i = 0; i < labels_.size(); ++i) {
            if (std::isnan(labels_[i].number)) continue;
            const auto [other, is_new] = met.emplace(labels_[i].number, i);
            if (!is_new) return std::pair(dictionary_.texts()[other->second], dictionary_.texts()[i]);
        }
        return std::nullopt;
    }

    std::string known_name(std::size_t label) const {
        const std::string& text = dictionary_.texts()[label];
        if (std::ranges::find(wish_.known_classes, text) != wish_.known_classes.end()) return text;
        std::string found;
        for (const std::string& name : wish_.known_classes) {
            double value = 0;
            if (parse_decimal(name, value) != NumberForm::finite || value != labels_[label].number) continue;
            if (!found.empty()) return {};
            found = name;
        }
        return found;
    }

    // Of each label the name of its class.
    std::vector<std::string> class_names() {
        std::vector<std::string> names;
        if (wish_.known_classes.empty()) merging_ = merging_labels();
        for (std::size_t i = 0; i < labels_.size(); ++i) {
            const std::string& text = dictionary_.texts()[i];
            const bool as_number = !std::isnan(labels_[i].number) && !merging_;
            std::string name = wish_.known_classes.empty() ? "" : known_name(i);
            if (name.empty()) name = as_number ? number_text(labels_[i].number) : text;
            names.push_back(std::move(name));
        }
        return names;
    }

    Target classes() {
        const std::vector<std::string> names = class_names();
        std::map<std::pair<double, std::string>, std::int32_t> order;  // NaN, which has no order, as the greatest
        const auto key = [&](std::size_t i) {
            const double number = labels_[i].number;
            return std::pair(std::isnan(number) ? std::numeric_limits<double>::infinity() : number, names[i]);
        };
        for (std::size_t i = 0; i < labels_.size(); ++i) order.emplace(key(i), 0);
        Target target;
        std::map<std::string, std::int32_t> places;
        for (auto& [label, index] : order) {
            const auto [place, is_new] = places.emplace(label.second, narrowed<std::int32_t>(target.class_names.size()));
            if (is_new) target.class_names.push_back(label.second);
            index = place->second;
        }
        std::vector<std::int32_t> class_of(labels_.size());
        for (std::size_t i = 0; i < labels_.size(); ++i) class_of[i] = order.at(key(i));
        target.class_indices.reserve(codes_.size());
        for (const std::int32_t code : codes_) target.class_indices.push_back(item(class_of, code));
        return target;
    }

    const CellRules& rules_;
    TargetWish wish_;
    bool only_numbers_ = wish_.kind == TargetWish::Kind::numbers;
    std::vector<double> values_;  // where there are only numbers
    TextDictionary dictionary_;
    std::vector<Label> labels_;        // of the dictionary's texts
    std::vector<std::int32_t> codes_;  // of each row its text
    std::string odd_;                  // why the first cell that is no number is refused, where the target is a number
    std::optional<std::pair<std::string, std::string>> merging_;
};

}  // namespace

std::unique_ptr<LabelColumn> table_labels(const CellRules& rules, TargetWish wish) {
    return std::make_unique<TableLabels>(rules, std::move(wish));
}

}  // namespace mml
