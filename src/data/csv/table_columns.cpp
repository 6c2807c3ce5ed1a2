// SPDX-License-Identifier: Apache-2.0
#include "data/csv/table_columns.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>

#include "base/json.hpp"
#include "base/text.hpp"
#include "data/time_cell.hpp"

namespace mml {

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
    return std::ranges::find(names, name) != names.end();
}

// The parts of a list in an option: JSON where it begins like it, for names that hold commas.
std::vector<std::string> listed_names(const std::string& text, const char* option_name) {
    std::vector<std::string> names;
    if (text.starts_with('[')) {
        const std::optional<Json> list = Json::parse(text);
        const bool valid =
            list && list->is_array() && std::ranges::all_of(*list, [](const Json& name) { return name.is_string(); });
        if (!valid)
            fail(Status::unknown_option,
                 concat("option ", option_name, " is ", quote(text), ": give names, separated by commas"));
        for (const Json& name : *list) names.push_back(name.get<std::string>());
        return names;
    }
    for (std::size_t begin = 0; begin < text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        names.emplace_back(trimmed(std::string_view(text).substr(begin, comma - begin)));
        begin = comma + 1;
    }
    return names;
}

ColumnType named_type(const std::string& type, const std::string& text) {
    if (type == "number") return ColumnType::number;
    if (type == "category") return ColumnType::category;
    if (type == "time") return ColumnType::time;
    fail(Status::unknown_option, concat("option types is ", quote(text), ": ", quote(type),
                                        " is no type; give name=type with the types number, "
                                        "category and time, separated by commas"));
}

std::map<std::string, ColumnType> listed_types(const std::string& text) {
    std::map<std::string, ColumnType> types;
    if (text.starts_with('{')) {
        const std::optional<Json> list = Json::parse(text);
        if (!list || !list->is_object())
            fail(Status::unknown_option, concat("option types is ", quote(text), ": this is no JSON object"));
        for (const auto& [name, type] : list->items())
            types[name] = named_type(type.is_string() ? type.get<std::string>() : type.dump(), text);
        return types;
    }
    for (const std::string& part : listed_names(text, "types")) {
        const std::size_t equals = part.rfind('=');
        if (equals == std::string::npos) named_type(part, text);
        types[std::string(trimmed(part.substr(0, equals)))] =
            named_type(std::string(trimmed(part.substr(equals + 1))), text);
    }
    return types;
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
        if (!id.empty()) columns_[place(id, "id", "the ids")].role = CellRole::id;
        for (const std::string& name : listed_names(config_.text(OptionId::ignore), "ignore")) {
            if (!name.empty()) columns_[place(name, "ignore", "one to ignore")].role = CellRole::ignored;
        }
        if (wanted_ != nullptr) take_wanted(notes);
        for (const auto& [name, type] : listed_types(config_.text(OptionId::types))) {
            TableColumn& column = columns_[place(name, "types", "one with a type")];
            if (wanted_ != nullptr) continue;  // a model's types count
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
        return static_cast<std::size_t>(found - source_.column_names.begin());
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
            if (column.role != CellRole::feature) continue;
            const auto found = std::ranges::find(wanted_->names, column.name);
            if (found != wanted_->names.end()) {
                set_wanted_type(column, static_cast<std::size_t>(found - wanted_->names.begin()));
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
