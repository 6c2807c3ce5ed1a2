// SPDX-License-Identifier: Apache-2.0
#include "data/csv/table_columns.hpp"

#include <algorithm>

#include "base/index.hpp"
#include "base/text.hpp"
#include "data/column_options.hpp"
#include "data/time_cell.hpp"

namespace mml {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

class ColumnPlan {
public:
    ColumnPlan(const CsvSource& source, const CsvRecord& names, const Config& config, const WantedColumns* wanted)
        : source_(source),
          names_(names),
          config_(config),
          wanted_(wanted != nullptr && !wanted->names.empty() ? wanted : nullptr),
          model_(wanted) {
        for (const std::string& name : source.column_names) columns_.push_back({name});
    }

    std::vector<TableColumn> run(std::vector<std::string>& notes) {
        if (config_.flag(OptionId::labelled)) columns_[target()].role = CellRole::target;
        const std::string& id = config_.text(OptionId::id);
        if (!id.empty()) take_out(place(id, "id", "the ids"), CellRole::id, "id");
        for (const std::string& name : names_by_option(config_, OptionId::ignore))
            take_out(place(name, "ignore", "one to ignore"), CellRole::ignored, "ignore");
        take_groups();
        if (wanted_ != nullptr) take_wanted(notes);
        for (const auto& [name, type] : types_by_options(config_)) {
            TableColumn& column = columns_[place(name, "types", "one with a type")];
            if (wanted_ != nullptr && !is_taken_out(name)) continue;  // a model's types count
            column.type = type;
            column.fixed = true;
        }
        check_part_names();
        return std::move(columns_);
    }

private:
    std::size_t place(const std::string& name, const char* option_name, const char* what) const {
        const auto found = std::ranges::find(source_.column_names, name);
        if (found == source_.column_names.end()) {
            source_.refuse_row(names_, concat("names no column ", quote(name), ", ", what, " by option ", option_name,
                                              "; it names ", quoted_list(source_.column_names)));
        }
        return as_size(found - source_.column_names.begin());
    }

    void take_out(std::size_t place, CellRole role, const char* option_name) {
        if (columns_[place].role == CellRole::target)
            source_.refuse_row(names_, target_taken_out(columns_[place].name, option_name));
        columns_[place].role = role;
    }

    // The last column, unless an option or the model's training says another.
    std::size_t target() const {
        if (columns_.size() < 2) {
            source_.refuse_row(
                names_,
                "names one column, but a labelled file has the target's and at least one feature's; what separates "
                "them is a comma, semicolon, tab or pipe (option separator)");
        }
        const std::string& name = config_.text(OptionId::target);
        if (!name.empty()) return place(name, "target", "the target");
        if (model_ != nullptr && contains(source_.column_names, model_->target))
            return place(model_->target, "target", "the target");
        return columns_.size() - 1;
    }

    void take_wanted(std::vector<std::string>& notes) {
        std::vector<std::string> unused;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            TableColumn& column = columns_[i];
            if (column.role != CellRole::feature || is_taken_out(column.name)) continue;
            const auto found = std::ranges::find(wanted_->names, column.name);
            if (found != wanted_->names.end()) {
                set_wanted_type(column, as_size(found - wanted_->names.begin()));
            } else if (is_id(i)) {
                column.role = CellRole::id;
            } else {
                column.role = CellRole::ignored;
                unused.push_back(column.name);
            }
        }
        if (unused.empty()) return;
        notes.push_back(concat(source_.name, ": the model does not use ", unused.size(),
                               unused.size() == 1 ? " column: " : " columns: ", quoted_list(unused), "."));
    }

    // Their cells are texts: numbers of groups may be larger than float32 can tell apart.
    void take_groups() {
        const std::string& name = config_.text(OptionId::group_column);
        if (name.empty()) return;
        TableColumn& column = columns_[place(name, "group_column", "the groups")];
        if (column.role != CellRole::feature)
            source_.refuse_row(names_,
                               concat("names the column ", quote(name), ", which option group_column names, but it is ",
                                      column.role == CellRole::target ? "the target" : "one of ids, or left out"));
        column.type = ColumnType::category;
        column.fixed = true;
    }

    bool is_taken_out(const std::string& name) const {
        return name == config_.text(OptionId::group_column) || name == config_.text(OptionId::time_column);
    }

    // A model's ids and target are none of its inputs, and ids stand first.
    bool is_id(std::size_t place) const {
        const bool ids_given =
            std::ranges::any_of(columns_, [](const TableColumn& column) { return column.role == CellRole::id; });
        return place == 0 && !ids_given && columns_[0].name != wanted_->target;
    }

    void set_wanted_type(TableColumn& column, std::size_t input) const {
        column.fixed = true;
        if (has_levels(wanted_->categories, input)) {
            column.type = ColumnType::category;
            column.known = wanted_->categories[input];
        } else if (contains(wanted_->names, column.name + TimeParts::suffixes[1])) {
            column.type = ColumnType::time;
        }
    }

    void check_part_names() const {
        for (const TableColumn& column : columns_) {
            for (std::size_t part = 1; part < TimeParts::count; ++part) {
                const std::string name = column.name + TimeParts::suffixes[part];
                if (column.type == ColumnType::time && contains(source_.column_names, name))
                    source_.refuse_row(names_, concat("names a column ", quote(name), ", as a part of the time ",
                                                      quote(column.name), " is called: rename it"));
            }
        }
    }

    const CsvSource& source_;
    const CsvRecord& names_;
    const Config& config_;
    const WantedColumns* wanted_;  // by name
    const WantedColumns* model_;
    std::vector<TableColumn> columns_;
};

}  // namespace

std::size_t TableColumn::features() const {
    if (role != CellRole::feature) return 0;
    return type == ColumnType::time ? TimeParts::count : 1;
}

std::vector<TableColumn> table_columns(const CsvSource& source, const CsvRecord& names, const Config& config,
                                       const WantedColumns* wanted, std::vector<std::string>& notes) {
    return ColumnPlan(source, names, config, wanted).run(notes);
}

std::vector<std::string> feature_names(const std::vector<TableColumn>& columns) {
    std::vector<std::string> names;
    for (const TableColumn& column : columns) {
        for (std::size_t part = 0; part < column.features(); ++part)
            names.push_back(column.name + TimeParts::suffixes[part]);
    }
    return names;
}

}  // namespace mml
