// SPDX-License-Identifier: Apache-2.0
#include "model/original/numpy_array.hpp"

#include <string_view>

#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

constexpr std::int64_t most_elements = 1000000;
constexpr std::int64_t largest_alignment = 255;

struct IntegerType {
    bool is_signed = false;
    std::size_t bytes = 0;
};

const PickleDictionary& state_of(const Pickle& pickle, const PickleObject& wrapper) {
    const auto* state = pickle.find<PickleDictionary>(*wrapper.state);
    if (state == nullptr) refuse_bytes("the description of its array is not a dictionary");
    return *state;
}

// numpy's dtype is made of ("i8", False, True) and has the state (3, "<", None, ...).
IntegerType integer_type(const Pickle& pickle, const PickleDictionary& wrapper) {
    const auto* type = pickle.find<PickleObject>(wrapper, "dtype");
    const auto* arguments = type == nullptr ? nullptr : pickle.find<PickleTuple>(type->arguments);
    const auto* state = type == nullptr || !type->state ? nullptr : pickle.find<PickleTuple>(*type->state);
    const bool complete = arguments != nullptr && !arguments->items.empty() && state != nullptr && state->items.size() > 1;
    const auto* name = complete ? pickle.find<std::string>(arguments->items[0]) : nullptr;
    const auto* order = complete ? pickle.find<std::string>(state->items[1]) : nullptr;
    if (name == nullptr || order == nullptr) refuse_bytes("its array does not name the type of its numbers");
    const bool integer = name->size() == 2 && std::string_view("iu").find((*name)[0]) != std::string_view::npos &&
                         std::string_view("1248").find((*name)[1]) != std::string_view::npos;
    if (!integer || (*order != "<" && *order != "|")) {
        refuse_bytes(concat("its array holds numbers of type ", quote(*order + *name), ", not little-endian integers"));
    }
    return {(*name)[0] == 'i', as_size((*name)[1] - '0')};
}

std::int64_t length_of(const Pickle& pickle, const PickleDictionary& wrapper) {
    const auto* shape = pickle.find<PickleTuple>(wrapper, "shape");
    if (shape == nullptr || shape->items.size() != 1) refuse_bytes("its array has not one dimension");
    const auto* length = pickle.find<std::int64_t>(shape->items[0]);
    if (length == nullptr || *length < 0 || *length > most_elements)
        refuse_bytes(concat("its array has no length from 0 to ", most_elements));
    return *length;
}

// Newer files fill up to a multiple of this many bytes, after a byte that tells how many they put in.
void skip_padding(const Pickle& pickle, const PickleDictionary& wrapper, ByteCursor& cursor) {
    const auto* alignment = pickle.find<std::int64_t>(wrapper, "numpy_array_alignment_bytes");
    if (alignment == nullptr) return;
    const auto padding = cursor.number<std::uint8_t>();
    if (*alignment < 1 || *alignment > largest_alignment || padding > *alignment)
        refuse_bytes("the padding before its array is longer than it says");
    cursor.take(padding);
}

std::int64_t integer_from(std::string_view bytes, bool is_signed) {
    std::uint64_t value = 0;
    for (std::size_t i = bytes.size(); i > 0; --i) value = (value << 8U) | static_cast<unsigned char>(bytes[i - 1]);
    const std::uint64_t sign = std::uint64_t{1} << (8 * bytes.size() - 1);
    const bool negative = is_signed && (value & sign) != 0;
    return static_cast<std::int64_t>(negative ? value | ~(sign - 1) : value);
}

}  // namespace

std::vector<std::int64_t> read_numpy_array(const Pickle& pickle, const PickleObject& wrapper, ByteCursor& cursor) {
    const PickleDictionary& state = state_of(pickle, wrapper);
    const auto* kind = pickle.find<PickleGlobal>(state, "subclass");
    if (kind == nullptr || kind->name != numpy_array_type) refuse_bytes("its array is of no known kind");
    const IntegerType type = integer_type(pickle, state);
    const auto length = static_cast<std::uint64_t>(length_of(pickle, state));
    skip_padding(pickle, state, cursor);
    ByteCursor bytes(cursor.take(length * type.bytes));
    std::vector<std::int64_t> values;
    values.reserve(length);
    while (bytes.remaining() > 0) values.push_back(integer_from(bytes.take(type.bytes), type.is_signed));
    return values;
}

}  // namespace mml
