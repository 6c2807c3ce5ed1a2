// SPDX-License-Identifier: Apache-2.0
#include "model/original/classifier_pickle.hpp"

#include <utility>

#include "base/index.hpp"
#include "base/text.hpp"
#include "model/original/byte_cursor.hpp"
#include "model/original/compressed_file.hpp"
#include "model/original/pickle.hpp"

namespace mml {

namespace {

constexpr std::int64_t most_columns = 1000000;
constexpr std::int64_t most_hidden_units = 1 << 20;
constexpr std::int64_t most_hidden_layers = 8;
constexpr std::int64_t most_classes = 100000;
constexpr std::int64_t most_epochs = 1000000000;

class Fields {
public:
    explicit Fields(const Pickle& pickle) : pickle_(pickle), state_(state_of(pickle)) {}

    std::int64_t integer(const std::string& name, std::int64_t least, std::int64_t most) const {
        const auto* value = pickle_.find<std::int64_t>(state_, name);
        if (value == nullptr) refuse_bytes(concat("its classifier lacks the number ", name));
        if (*value < least || *value > most)
            refuse_bytes(concat("its classifier's ", name, " is ", *value, ", not ", least, " to ", most));
        return *value;
    }
    std::int64_t integer_or_0(const std::string& name, std::int64_t most) const {
        return state_.items.contains(name) ? integer(name, 0, most) : 0;
    }
    std::vector<std::int32_t> columns() const {
        const auto* array = pickle_.find<PickleArray>(state_, "variable_columns");
        if (array == nullptr) refuse_bytes("its classifier lacks the array variable_columns");
        std::vector<std::int32_t> columns;
        for (const std::int64_t column : array->values) {
            const std::int64_t before = columns.empty() ? -1 : columns.back();
            if (column <= before || column >= most_columns)
                refuse_bytes(
                    concat("its classifier's variable_columns, ", before, " then ", column, ", are not rising numbers"));
            columns.push_back(narrowed<std::int32_t>(column));
        }
        return columns;
    }

private:
    static const PickleDictionary& state_of(const Pickle& pickle) {
        const auto* object = pickle.find<PickleObject>(pickle.root);
        if (object == nullptr || object->type != original_classifier_type || !object->state)
            refuse_bytes("it holds no classifier of moodle-mlbackend-python 3");
        const auto* state = pickle.find<PickleDictionary>(*object->state);
        if (state == nullptr) refuse_bytes("its classifier's state is not a dictionary");
        return *state;
    }

    const Pickle& pickle_;
    const PickleDictionary& state_;
};

}  // namespace

OriginalClassifier read_classifier_pickle(std::string file) {
    const Pickle pickle = read_pickle(joblib_content(std::move(file), largest_classifier_pickle));
    const Fields fields(pickle);
    OriginalClassifier classifier;
    classifier.hidden_units = fields.integer("n_hidden", 1, most_hidden_units);
    classifier.hidden_layers = fields.integer("n_hidden_layers", 1, most_hidden_layers);
    classifier.classes = fields.integer("n_classes", 2, most_classes);
    classifier.epochs = fields.integer_or_0("n_epoch", most_epochs);
    classifier.batch_size = fields.integer_or_0("batch_size", most_epochs);
    classifier.columns = fields.columns();
    const std::int64_t features = fields.integer("n_features", 1, most_columns);
    if (features != std::ssize(classifier.columns))
        refuse_bytes(
            concat("its classifier has ", classifier.columns.size(), " variable_columns, but n_features is ", features));
    return classifier;
}

}  // namespace mml
