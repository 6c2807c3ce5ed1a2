// SPDX-License-Identifier: Apache-2.0
#include "data/column_options.hpp"

#include <algorithm>
#include <optional>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

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
                                        " is not a type; give name=type with the types number, "
                                        "category and time, separated by commas"));
}

void add_type(std::map<std::string, ColumnType>& types, const std::string& name, ColumnType type, const std::string& text) {
    const auto [found, is_new] = types.emplace(name, type);
    if (!is_new && found->second != type)
        fail(Status::unknown_option,
             concat("option types is ", quote(text), ": it gives ", quote(name), " two types: give one"));
}

std::map<std::string, ColumnType> listed_types(const std::string& text) {
    std::map<std::string, ColumnType> types;
    if (text.starts_with('{')) {
        const std::optional<Json> list = Json::parse(text);
        if (!list || !list->is_object())
            fail(Status::unknown_option, concat("option types is ", quote(text), ": this is not a JSON object"));
        for (const auto& [name, type] : list->items())
            add_type(types, name, named_type(type.is_string() ? type.get<std::string>() : type.dump(), text), text);
        return types;
    }
    for (const std::string& part : listed_names(text, "types")) {
        const std::size_t equals = part.rfind('=');
        if (equals == std::string::npos) named_type(part, text);
        add_type(types, std::string(trimmed(part.substr(0, equals))),
                 named_type(std::string(trimmed(part.substr(equals + 1))), text), text);
    }
    return types;
}

std::size_t place_of(const std::string& source, const std::vector<std::string>& names, const std::string& name,
                     OptionId id) {
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) {
        fail(Status::bad_data, concat(source, ": there is no column ", quote(name), ", which option ", option(id).name,
                                      " names; there are ", quoted_list(names)));
    }
    return as_size(found - names.begin());
}

}  // namespace

std::vector<std::string> names_by_option(const Config& config, OptionId id) {
    std::vector<std::string> names = listed_names(config.text(id), option(id).name);
    std::erase(names, "");
    return names;
}

std::map<std::string, ColumnType> types_by_options(const Config& config) {
    return listed_types(config.text(OptionId::types));
}

std::vector<TypedColumn> columns_by_options(const std::string& source, const std::vector<std::string>& names,
                                            const Config& config) {
    std::vector<TypedColumn> columns;
    columns.reserve(names.size());
    for (const std::string& name : names) columns.push_back({name});
    const std::string& target = config.text(OptionId::target);
    if (config.flag(OptionId::labelled) && !columns.empty()) {
        const std::size_t place = target.empty() ? columns.size() - 1 : place_of(source, names, target, OptionId::target);
        columns[place].role = TypedColumn::Role::target;
    }
    const auto take_out = [&](const std::string& name, OptionId by, TypedColumn::Role role) {
        TypedColumn& column = columns[place_of(source, names, name, by)];
        if (column.role == TypedColumn::Role::target)
            fail(Status::bad_data, concat(source, ": ", target_taken_out(name, option(by).name)));
        column.role = role;
    };
    const std::string& id = config.text(OptionId::id);
    if (!id.empty()) take_out(id, OptionId::id, TypedColumn::Role::id);
    for (const std::string& name : names_by_option(config, OptionId::ignore))
        take_out(name, OptionId::ignore, TypedColumn::Role::ignored);
    for (const auto& [name, type] : types_by_options(config)) place_of(source, names, name, OptionId::types);
    return columns;
}

std::string task_by_options(const std::string& source, const std::string& target, const Config& config) {
    const std::string& task = config.text(OptionId::task);
    const auto types = types_by_options(config);
    const auto type = types.find(target);
    if (type == types.end()) return task;
    if (type->second == ColumnType::time)
        fail(Status::unknown_option, concat(source, ": option types calls the target ", quote(target),
                                            " a time, but a target is a number or a category"));
    std::string typed = type->second == ColumnType::number ? "regression" : "classification";
    if (task != "auto" && task != typed)
        fail(Status::unknown_option, concat(source, ": option types calls the target ", quote(target), " a ",
                                            typed == "regression" ? "number" : "category", ", but option task is ", task,
                                            ": leave one of them out"));
    return typed;
}

std::string target_taken_out(const std::string& name, const char* option_name) {
    return concat("names the column ", quote(name), ", which option ", option_name,
                  " takes out, but it is the target: name another by option target");
}

}  // namespace mml
