// SPDX-License-Identifier: Apache-2.0
#include "base/json.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

bool is_field(const Json& value) { return value.is_array() && value.size() == 2 && value[0].is_string(); }

// Takes what nlohmann's parser reads, value by value; the names of its functions are that library's. Going on as asked:
// true.
class JsonReader {
public:
    Json take() { return std::move(root_); }

    bool null() { return add(nullptr); }
    bool boolean(bool value) { return add(value); }
    bool number_integer(std::int64_t value) { return add(value); }
    bool number_unsigned(std::uint64_t value) {
        return std::in_range<std::int64_t>(value) ? add(value) : add(static_cast<double>(value));
    }
    bool number_float(double value, const std::string&) { return add(value); }
    bool string(std::string& value) { return add(std::move(value)); }
    bool binary(nlohmann::json::binary_t&) { return false; }
    bool start_object(std::size_t) { return open(Json::object()); }
    bool key(std::string& name) {
        constexpr std::size_t most_fields = 10000;
        Json& object = *open_.back();
        if (object.size() >= most_fields) return false;
        const auto [place, is_new] = places_.back().emplace(name, object.size());
        field_ = is_new ? &object.add_field(std::move(name)) : &object.field_at(place->second);
        return true;
    }
    bool end_object() { return close(); }
    bool start_array(std::size_t) { return open(Json::array()); }
    bool end_array() { return close(); }
    static bool parse_error(std::size_t, const std::string&, const std::exception&) { return false; }

private:
    Json& place(Json value) {
        if (open_.empty()) return root_ = std::move(value);
        if (open_.back()->is_array()) return open_.back()->emplace_back(std::move(value));
        return *field_ = std::move(value);
    }
    bool add(Json value) {
        constexpr std::size_t most_values = 4'000'000;
        if (++values_ > most_values) return false;
        last_ = &place(std::move(value));
        return true;
    }
    bool open(Json value) {
        constexpr std::size_t deepest = 256;
        if (open_.size() >= deepest || !add(std::move(value))) return false;
        open_.push_back(last_);
        places_.emplace_back();
        return true;
    }
    bool close() {
        open_.pop_back();
        places_.pop_back();
        return true;
    }

    Json root_;
    Json* last_ = nullptr;  // the value added last
    std::size_t values_ = 0;
    std::vector<std::unordered_map<std::string, std::size_t>> places_;  // of open_: where each field is
    std::vector<Json*> open_;  // a list or object grows only while it is the last of these, so that they stay where they are
    Json* field_ = nullptr;    // of the last one, where it is an object
};

void append_text(std::string& out, std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    constexpr std::string_view escaped = "\"\\\b\f\n\r\t";
    constexpr std::string_view letters = "\"\\bfnrt";
    out += '"';
    for (const char letter : text) {
        const std::size_t found = escaped.find(letter);
        const auto byte = static_cast<unsigned char>(letter);
        if (found != std::string_view::npos) {
            out += '\\';
            out += letters[found];
        } else if (byte < 0x20) {
            out += "\\u00";
            out += digits[byte >> 4U];
            out += digits[byte & 15U];
        } else {
            out += letter;
        }
    }
    out += '"';
}

// Always with a point or an exponent, which tells it from a whole number.
void append_number(std::string& out, double value) {
    constexpr double least_fixed = 1e-4;
    constexpr double most_fixed = 1e15;
    if (!std::isfinite(value)) {
        out += "null";
        return;
    }
    char buffer[64];
    const double size = std::abs(value);
    const bool fixed = size == 0 || (size >= least_fixed && size < most_fixed);
    const auto format = fixed ? std::chars_format::fixed : std::chars_format::scientific;
    const std::string_view text(buffer, std::to_chars(buffer, buffer + sizeof buffer, value, format).ptr);
    out += text;
    if (fixed && text.find('.') == std::string_view::npos) out += ".0";
}

void append(std::string& out, const Json& value);

void append_list(std::string& out, const Json& list) {
    char separator = '[';
    for (const Json& element : list) {
        out += separator;
        append(out, element);
        separator = ',';
    }
    out += list.empty() ? "[]" : "]";
}

void append_fields(std::string& out, const Json& object) {
    char separator = '{';
    for (const auto& [name, value] : object.items()) {
        out += separator;
        append_text(out, valid_utf8(name));
        out += ':';
        append(out, value);
        separator = ',';
    }
    out += object.empty() ? "{}" : "}";
}

void append(std::string& out, const Json& value) {
    if (value.is_object()) {
        append_fields(out, value);
    } else if (value.is_array()) {
        append_list(out, value);
    } else if (value.is_string()) {
        append_text(out, valid_utf8(value.get<std::string>()));
    } else if (value.is_boolean()) {
        out += value.get<bool>() ? "true" : "false";
    } else if (value.is_integer()) {
        out += number_text(value.get<std::int64_t>());
    } else if (value.is_number()) {
        append_number(out, value.get<double>());
    } else {
        out += "null";
    }
}

}  // namespace

Json::Json(std::string text) : value_(std::move(text)) {}
Json::Json(std::string_view text) : value_(std::string(text)) {}
Json::Json(const char* text) : value_(std::string(text)) {}
Json::Json(const std::vector<std::string>& list) : value_(List(list.begin(), list.end())) {}

Json::Json(std::initializer_list<Json> values) {
    if (!std::ranges::all_of(values, is_field)) {
        value_ = List(values);
        return;
    }
    value_ = Fields();
    for (const Json& field : values) (*this)[field[0].as<std::string>()] = field[1];
}

Json Json::array(std::initializer_list<Json> values) {
    Json list;
    list.value_ = List(values);
    return list;
}

Json Json::object() {
    Json object;
    object.value_ = Fields();
    return object;
}

std::optional<Json> Json::parse(std::string_view text) {
    JsonReader reader;
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) return std::nullopt;
    return reader.take();
}

std::string Json::dump() const {
    std::string out;
    append(out, *this);
    return out;
}

std::vector<std::string> Json::texts() const {
    std::vector<std::string> list;
    for (const Json& element : *this) list.push_back(element.as<std::string>());
    return list;
}

std::size_t Json::size() const {
    if (is_object()) return items().size();
    return is_array() ? as<List>().size() : 0;
}

Json& Json::emplace_back(Json value) {
    if (is_null()) value_ = List();
    as<List>();
    return std::get<List>(value_).emplace_back(std::move(value));
}

const Json* Json::find(std::string_view name) const {
    const auto* const fields = std::get_if<Fields>(&value_);
    if (fields == nullptr) return nullptr;
    const auto found = std::ranges::find(*fields, name, &Fields::value_type::first);
    return found == fields->end() ? nullptr : &found->second;
}

const Json& Json::at(std::string_view name) const {
    const Json* const found = find(name);
    if (found == nullptr) throw std::logic_error(concat("no field ", name, " in a JSON value"));
    return *found;
}

Json& Json::operator[](std::string_view name) {
    if (is_null()) value_ = Fields();
    const auto& fields = as<Fields>();
    const auto found = std::ranges::find(fields, name, &Fields::value_type::first);
    const auto index = as_size(found - fields.begin());
    auto& all = std::get<Fields>(value_);
    return index < all.size() ? all[index].second : all.emplace_back(std::string(name), Json()).second;
}

Json& Json::add_field(std::string name) {
    if (is_null()) value_ = Fields();
    as<Fields>();
    return std::get<Fields>(value_).emplace_back(std::move(name), Json()).second;
}

Json& Json::field_at(std::size_t index) {
    as<Fields>();
    return std::get<Fields>(value_).at(index).second;
}

void Json::update(const Json& other) {
    for (const auto& [name, value] : other.items()) (*this)[name] = value;
}

}  // namespace mml
