// SPDX-License-Identifier: Apache-2.0
#include "model/original/original_model.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "base/file.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "model/original/checkpoint.hpp"
#include "model/original/classifier_pickle.hpp"

namespace mml {

namespace {

constexpr const char* pickle_name = "/classifier.pkl";
constexpr const char* index_name = "/model.ckpt/variables/variables.index";
constexpr const char* data_name = "/model.ckpt/variables/variables.data-00000-of-00001";

// The encoder's outputs are cut at 100, the original's inputs are not: so cells are made this much smaller and weights as
// much larger, which in binary floating point changes no product.
constexpr float input_scale = 1.0F / (1 << 20);

// While it becomes one of ours: the file, its layers, those with a gate of as many weights, their tensors, the network.
constexpr std::uint64_t copies_of_weights = 8;

// What `read` answers; an Error gets the file's name, and a word for who expected something else.
template <typename Read>
auto of_file(const std::string& path, Read read) {
    try {
        return read();
    } catch (const Error& error) {
        fail(error.status(),
             concat(quote(path, 200), " is not a readable model of moodle-mlbackend-python 3: ", std::string(error.what())));
    }
}

std::string tensor_name(std::int64_t layer, const char* part) {
    return concat("layer_with_weights-", layer, "/", part, "/.ATTRIBUTES/VARIABLE_VALUE");
}

struct Layer {
    std::int64_t inputs;
    std::int64_t outputs;
    std::vector<float> weights;  ///< inputs x outputs
    std::vector<float> bias;
};

std::vector<Layer> read_layers(const Checkpoint& checkpoint, const OriginalClassifier& classifier) {
    std::vector<Layer> layers;
    auto inputs = std::ssize(classifier.columns);
    for (std::int64_t i = 0; i <= classifier.hidden_layers; ++i) {
        const std::int64_t outputs = i == classifier.hidden_layers ? classifier.classes : classifier.hidden_units;
        layers.push_back({inputs, outputs, checkpoint.tensor(tensor_name(i, "kernel"), {inputs, outputs}),
                          checkpoint.tensor(tensor_name(i, "bias"), {outputs})});
        inputs = outputs;
    }
    if (checkpoint.has(tensor_name(classifier.hidden_layers + 1, "kernel")))
        fail(Status::bad_model, "it has more layers than its classifier says");
    return layers;
}

// The softmax of two outputs is the logistic function of their difference.
Layer difference_of_outputs(const Layer& layer) {
    const auto differences = [](const std::vector<float>& numbers) {
        std::vector<float> result;
        for (std::size_t i = 0; i < numbers.size(); i += 2) result.push_back(numbers[i + 1] - numbers[i]);
        return result;
    };
    return {layer.inputs, 1, differences(layer.weights), differences(layer.bias)};
}

// Our first layer is gated, h = max(0, a) * (1 + b): with all of b's parameters 0 it is the original's.
Layer with_open_gate(const Layer& layer) {
    const auto width = as_size(layer.outputs);
    Layer gated{layer.inputs, 2 * layer.outputs, {}, layer.bias};
    for (std::size_t at = 0; at < layer.weights.size(); at += width) {
        for (const float weight : std::span(layer.weights).subspan(at, width)) gated.weights.push_back(weight / input_scale);
        gated.weights.insert(gated.weights.end(), width, 0.0F);
    }
    gated.bias.insert(gated.bias.end(), width, 0.0F);
    return gated;
}

void put_encoder(Tensors& tensors, const std::vector<std::int32_t>& columns) {
    const std::size_t count = columns.size();
    tensors.put("part0.encoder.column", columns);
    tensors.put("part0.encoder.kind", std::vector<std::int32_t>(count));  // numeric
    tensors.put("part0.encoder.centre", std::vector<float>(count));
    tensors.put("part0.encoder.scale", std::vector<float>(count, input_scale));
    tensors.put("part0.encoder.value", std::vector<float>(count));
    tensors.put("part0.encoder.reference", std::vector<float>(as_size(columns.back()) + 1));
}

// As a model file would hold it: one part, one network (src/model/README.md).
Tensors network_tensors(const OriginalClassifier& classifier, std::vector<Layer> layers) {
    Tensors tensors;
    put_encoder(tensors, classifier.columns);
    tensors.put("part0.sizes", std::vector<std::int32_t>{1, static_cast<std::int32_t>(classifier.hidden_units),
                                                         static_cast<std::int32_t>(classifier.hidden_layers)});
    if (classifier.classes == 2) layers.back() = difference_of_outputs(layers.back());
    layers.front() = with_open_gate(layers.front());
    for (std::size_t i = 0; i < layers.size(); ++i) {
        const std::string name = concat("part0.0.layer", i, ".");
        tensors.put(name + "weights", std::move(layers[i].weights), {layers[i].inputs, layers[i].outputs});
        tensors.put(name + "bias", std::move(layers[i].bias));
    }
    return tensors;
}

Ensemble make_ensemble(const OriginalClassifier& classifier, std::vector<Layer> layers) {
    Json json = {{"inputs", classifier.columns.back() + 1},
                 {"task", static_cast<int>(Task::classification)},
                 {"classes", classifier.classes},
                 {"temperature", 1},
                 {"mean", 0},
                 {"deviation", 1}};
    json["parts"] = Json::array();
    json["parts"].push_back({{"kind", "networks"}, {"weight", 1}});
    return Ensemble::load(network_tensors(classifier, std::move(layers)), "", json);
}

// Samples that the original trained on, as far as its files tell: Keras counts those of the last epoch for the mean loss,
// which are all of its last training; trainings before that left no count. Else a batch is the least that there was.
// README.md of this folder tells why too few is the side to err on.
double known_samples(const Checkpoint& checkpoint, const OriginalClassifier& classifier) {
    constexpr const char* count = "keras_api/metrics/0/count/.ATTRIBUTES/VARIABLE_VALUE";
    const auto least = std::max(1.0, static_cast<double>(classifier.batch_size));
    if (!checkpoint.has(count)) return least;
    const auto counted = static_cast<double>(checkpoint.tensor(count, {}).front());
    return counted >= 1 && counted <= 1e9 ? std::floor(counted) : least;
}

Json describe(const OriginalClassifier& classifier, double samples) {
    Json json;
    json["schema"] = 1;
    json["task"] = "classification";
    json["samples"] = {{"count", static_cast<std::int64_t>(samples)}, {"weight", samples}, {"distinct_rows", nullptr}};
    json["columns"] = classifier.columns.back() + 1;
    json["options"] = Json::object();
    Json& members = json["ensemble"]["members"] = Json::array();
    members.push_back({{"kind", "networks"},
                       {"weight", 1},
                       {"out_of_fold_loss", nullptr},
                       {"inputs", classifier.columns.size()},
                       {"hidden_units", classifier.hidden_units},
                       {"hidden_layers", classifier.hidden_layers},
                       {"epochs", classifier.epochs}});
    json["ensemble"].update({{"folds", 0}, {"out_of_fold_loss", nullptr}, {"temperature", 1}});
    json["origin"] = "moodle-mlbackend-python";
    json["warnings"] = Json::array();
    return json;
}

std::vector<std::string> numbered_classes(std::int64_t count) {
    std::vector<std::string> names;
    for (std::int64_t i = 0; i < count; ++i) names.push_back(number_text(i));
    return names;
}

}  // namespace

bool holds_original_model(const std::string& directory) { return exists(directory + pickle_name); }

std::shared_ptr<const Model> load_original_model(const std::string& directory, const Loading& loading) {
    const std::string pickle_path = directory + pickle_name;
    const std::string index_path = directory + index_name;
    std::string pickle = loading.read_file(pickle_path, largest_classifier_pickle);
    const auto classifier = of_file(pickle_path, [&] { return read_classifier_pickle(std::move(pickle)); });
    const std::string index = loading.read_file(index_path, largest_checkpoint_index);
    const std::string data = loading.read_file(directory + data_name, largest_checkpoint_data);
    of_file(index_path, [&] { loading.require(copies_of_weights * data.size() + index.size()); });
    return of_file(index_path, [&] {
        const Checkpoint checkpoint(index, data);
        ModelNames names;
        names.inputs = default_column_names(classifier.columns.back() + 1);
        names.classes = numbered_classes(classifier.classes);
        names.by_position = true;
        const double samples = known_samples(checkpoint, classifier);
        return std::make_shared<const Model>(make_ensemble(classifier, read_layers(checkpoint, classifier)),
                                             std::move(names), Model::Prior{}, SampleWeight{samples, samples},
                                             describe(classifier, samples));
    });
}

}  // namespace mml
