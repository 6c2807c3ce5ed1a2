// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "base/index.hpp"

namespace mml {

/// A JSON value, its fields in the order in which they were set. Where memory runs out whatever was called throws
/// std::bad_alloc, leaves the value as it was or fit to be destroyed, and takes no memory for that: what is known of no
/// library's (nlohmann's destructor takes some and ends the process where there is none). Reading a value as what it is not
/// throws std::logic_error.
class Json {
public:
    using List = std::vector<Json>;
    using Fields = std::vector<std::pair<std::string, Json>>;

    // Implicit, so that a value reads as in JSON: {{"rows", 5}, {"names", {"a", "b"}}}. A list whose elements are all pairs
    // that begin with a text is an object.
    Json() = default;
    Json(std::nullptr_t) {}                      // NOLINT(google-explicit-constructor)
    Json(std::string text);                      // NOLINT(google-explicit-constructor)
    Json(std::string_view text);                 // NOLINT(google-explicit-constructor)
    Json(const char* text);                      // NOLINT(google-explicit-constructor)
    Json(const std::vector<std::string>& list);  // NOLINT(google-explicit-constructor)
    Json(std::initializer_list<Json> values);
    template <typename Number>
    requires std::is_arithmetic_v<Number> Json(Number number) {  // NOLINT(google-explicit-constructor)
        if constexpr (std::is_same_v<Number, bool>) {
            value_ = number;
        } else if constexpr (std::is_integral_v<Number>) {
            value_ = narrowed<std::int64_t>(number);
        } else {
            value_ = static_cast<double>(number);
        }
    }
    static Json array(std::initializer_list<Json> values = {});
    static Json object();

    /// Of JSON text, or nothing where it is none, is nested deeper than 256 values, has more than 10,000 fields in an
    /// object or four million values in all. Of fields of one name the last counts.
    static std::optional<Json> parse(std::string_view text);
    /// As one line without spaces; what is no UTF-8 is replaced, and a number that JSON has no form for is null.
    std::string dump() const;

    bool is_null() const { return std::holds_alternative<Null>(value_); }
    bool is_boolean() const { return std::holds_alternative<bool>(value_); }
    bool is_number() const { return is_integer() || std::holds_alternative<double>(value_); }
    /// Written without point and exponent.
    bool is_integer() const { return std::holds_alternative<std::int64_t>(value_); }
    bool is_string() const { return std::holds_alternative<std::string>(value_); }
    bool is_array() const { return std::holds_alternative<List>(value_); }
    bool is_object() const { return std::holds_alternative<Fields>(value_); }
    bool operator==(const Json&) const = default;

    /// A number as another type of number (one beyond a type of whole numbers as that type's nearest, no number as 0), a
    /// flag as bool, a text as std::string.
    template <typename Value>
    Value get() const {
        if constexpr (std::is_same_v<Value, bool>) {
            return as<bool>();
        } else if constexpr (std::is_arithmetic_v<Value>) {
            const auto* const whole = std::get_if<std::int64_t>(&value_);
            return whole != nullptr ? static_cast<Value>(*whole) : from_number<Value>(as<double>());
        } else {
            return as<Value>();
        }
    }
    /// The elements of a list of texts.
    std::vector<std::string> texts() const;

    /// The number of elements or fields; 0 of anything else.
    std::size_t size() const;
    bool empty() const { return size() == 0; }

    const Json& operator[](std::integral auto index) const { return as<List>().at(as_size(index)); }
    List::const_iterator begin() const { return as<List>().begin(); }
    List::const_iterator end() const { return as<List>().end(); }
    /// Adds an element to a list; null becomes one.
    void push_back(Json value) { emplace_back(std::move(value)); }
    Json& emplace_back(Json value);

    const Fields& items() const { return as<Fields>(); }
    /// The field, or nullptr where there is none or this is no object.
    const Json* find(std::string_view name) const;
    bool contains(std::string_view name) const { return find(name) != nullptr; }
    const Json& at(std::string_view name) const;
    const Json& operator[](std::string_view name) const { return at(name); }
    /// The field, a new one where there is none; null becomes an object. Valid until another field is added.
    Json& operator[](std::string_view name);
    /// For who knows that an object has no such field, or where it is: without looking for the name.
    Json& add_field(std::string name);
    Json& field_at(std::size_t index);
    /// Sets all fields of another object.
    void update(const Json& other);

private:
    // With a copy of its own, since libstdc++ takes a variant of types that are all copied trivially or moved without
    // failing for never empty: where copying one fails, it destroys what was never made.
    struct Null {
        Null() = default;
        Null(const Null& /*other*/) noexcept {}  // NOLINT(modernize-use-equals-default)
        Null& operator=(const Null&) = default;
        bool operator==(const Null&) const = default;
    };

    // A plain cast of what the type cannot hold has no defined result, and numbers of files may be anything.
    template <typename Value>
    static Value from_number(double number) {
        if constexpr (std::is_floating_point_v<Value>) {
            return static_cast<Value>(number);
        } else {
            using Limits = std::numeric_limits<Value>;
            if (!(number > static_cast<double>(Limits::min()))) return number == number ? Limits::min() : 0;
            return number < static_cast<double>(Limits::max()) ? static_cast<Value>(number) : Limits::max();
        }
    }

    template <typename Kind>
    const Kind& as() const {
        const auto* const found = std::get_if<Kind>(&value_);
        if (found == nullptr) throw std::logic_error("a JSON value of another type than expected");
        return *found;
    }

    std::variant<Null, bool, std::int64_t, double, std::string, List, Fields> value_;
};

}  // namespace mml
