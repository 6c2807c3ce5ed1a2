// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mml {

/// The place of a value in Pickle::values. Values hold each other by place, so that none is copied, however often a pickle
/// names it, and none is destroyed through another.
using PickleId = std::size_t;

struct PickleNone {};
/// The name of a class, "module name". Only a name: nothing is looked up.
struct PickleGlobal {
    std::string name;
};
struct PickleTuple {
    std::vector<PickleId> items;
};
struct PickleDictionary {
    std::map<std::string, PickleId> items;
};
/// What an object would be made of.
struct PickleObject {
    std::string type;
    PickleId arguments = 0;
    std::optional<PickleId> state;
};
/// A numpy array of integers in one dimension.
struct PickleArray {
    std::vector<std::int64_t> values;
};

using PickleValue = std::variant<PickleNone, bool, std::int64_t, double, std::string, PickleGlobal, PickleTuple,
                                 PickleDictionary, PickleObject, PickleArray>;

struct Pickle {
    std::vector<PickleValue> values;
    PickleId root = 0;

    /// The value where it is of this kind, else nullptr.
    template <typename Kind>
    const Kind* find(PickleId id) const {
        return std::get_if<Kind>(&values[id]);
    }
    /// The value of a dictionary's entry where it is there and of this kind, else nullptr.
    template <typename Kind>
    const Kind* find(const PickleDictionary& dictionary, const std::string& name) const {
        const auto found = dictionary.items.find(name);
        return found == dictionary.items.end() ? nullptr : find<Kind>(found->second);
    }
};

constexpr const char* original_classifier_type = "moodlemlbackend.model.tensor TF";

/// Reads a pickle of protocol 2 to 5 (Python's pickletools documents it) as joblib writes one of the original's classifier,
/// as data: only instructions that make numbers, texts, tuples, dictionaries and that one array are known, no object is
/// made, nothing is called or imported. A global other than the classifier's and the array's is refused by its name.
/// Memory is bounded by the size of `bytes`. Errors: bad_model.
Pickle read_pickle(std::string_view bytes);

}  // namespace mml
