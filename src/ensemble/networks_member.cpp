// SPDX-License-Identifier: Apache-2.0
#include "ensemble/networks_member.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "ensemble/encoded_batch.hpp"
#include "ensemble/kernels/kernels.hpp"
#include "ensemble/network_gradient.hpp"

namespace mml {

namespace {

std::string layer_name(const std::string& prefix, std::size_t network, std::size_t layer) {
    return concat(prefix, network, ".layer", layer, ".");
}

std::vector<float> first_step(const LayerParameters& first, std::span<const float> row) {
    std::vector<float> step(first.bias.size());
    for (std::size_t column = 0; column < row.size(); ++column) {
        const float* const weights = first.weights.data() + column * step.size();
        for (std::size_t j = 0; j < step.size(); ++j) step[j] += row[column] * weights[j];
    }
    return step;
}

// What each encoded column adds where the first layer's sums have these slopes.
void write_parts(const LayerParameters& first, std::span<const float> row, std::span<const float> slopes,
                 std::span<double> parts) {
    for (std::size_t column = 0; column < row.size(); ++column) {
        const float* const weights = first.weights.data() + column * slopes.size();
        float slope = 0;
        for (std::size_t j = 0; j < slopes.size(); ++j) slope += weights[j] * slopes[j];
        parts[column] = row[column] * slope;
    }
}

}  // namespace

std::vector<float> folded_bias(const LayerParameters& first, const std::vector<float>& constant) {
    std::vector<float> bias = first.bias;
    const std::size_t width = bias.size();
    for (std::size_t column = 0; column < constant.size(); ++column) {
        for (std::size_t j = 0; j < width; ++j) bias[j] += constant[column] * first.weights[column * width + j];
    }
    return bias;
}

NetworksMember::NetworksMember(Encoder encoder, NetworkShape shape, std::vector<NetworkParameters> networks)
    : encoder_(std::move(encoder)), shape_(shape), networks_(std::move(networks)) {
    for (const NetworkParameters& network : networks_) folded_bias_.push_back(folded_bias(network[0], encoder_.constant()));
}

// What the layers of a few rows compute.
struct NetworksMember::Buffers {
    Buffers(const NetworkShape& shape, std::size_t rows, Workspace& space)
        : pre(rows * 2 * shape.hidden, &space),
          hidden(rows * std::max(shape.hidden, shape.outputs), &space),
          next(hidden.size(), &space),
          no_bias(shape.hidden, &space) {}

    std::pmr::vector<float> pre, hidden, next, no_bias;
};

void NetworksMember::add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                                std::span<float> links) const {
    constexpr std::size_t most_rows = DenseScorer::most_rows;
    EncodedRows encoded;
    encoder_.encode(rows, first, last, encoded);
    for (std::size_t begin = 0; begin < encoded.rows(); begin += most_rows) {
        const SparseBatch batch{encoded.starts.data() + begin, encoded.columns.data(), encoded.values.data(),
                                std::min(most_rows, encoded.rows() - begin)};
        add_batch(batch, weight, links.subspan(begin * shape_.outputs), *std::pmr::get_default_resource());
    }
}

void NetworksMember::add_batch(const SparseBatch& batch, float weight, std::span<float> links, Workspace& space) const {
    const float share = weight / static_cast<float>(networks_.size());
    Buffers buffers(shape_, batch.count, space);
    for (std::size_t network = 0; network < networks_.size(); ++network) add_network(batch, network, share, links, buffers);
}

// Plain loops on every number of rows: with a GEMM for large tables a row's last bits would depend on its neighbours. Exact
// ones, for rows far from all that was trained on are sums of large numbers that cancel.
void NetworksMember::add_network(const SparseBatch& batch, std::size_t network, float weight, std::span<float> links,
                                 Buffers& buffers) const {
    const Kernels& kernel = exact_kernels();
    const NetworkParameters& layers = networks_[network];
    kernel.sparse_forward(batch, layers[0].weights.data(), folded_bias_[network].data(), 2 * shape_.hidden,
                          buffers.pre.data());
    kernel.gate_forward(batch.count, shape_.hidden, buffers.pre.data(), buffers.hidden.data());
    for (std::size_t layer = 1; layer <= shape_.layers; ++layer) {
        const LayerParameters& parameters = layers[layer];
        kernel.dense_rows(batch.count, shape_.hidden, shape_.layer_outputs(layer), buffers.hidden.data(),
                          parameters.weights.data(), parameters.bias.data(), buffers.next.data());
        if (layer == shape_.layers) break;
        kernel.relu_forward(batch.count, shape_.hidden, buffers.no_bias.data(), buffers.next.data());
        buffers.hidden.swap(buffers.next);
    }
    const std::size_t count = batch.count * shape_.outputs;
    for (std::size_t i = 0; i < count; ++i) links[i] += weight * bounded_link(buffers.next[i]);
}

class NetworksMember::Dense : public DenseScorer {
public:
    explicit Dense(const NetworksMember& member) : member_(member) {}

    void add_scores(const DenseRows& rows, float weight, std::span<float> links, Workspace& space) const override {
        const EncodedBatch encoded(member_.encoder_, rows, space);
        member_.add_batch(encoded.rows(), weight, links, space);
    }

private:
    const NetworksMember& member_;
};

std::unique_ptr<const DenseScorer> NetworksMember::dense_scorer() const { return std::make_unique<Dense>(*this); }

void NetworksMember::explain(const SparseRows& rows, std::int64_t first, std::int64_t last, Contributions& out) const {
    EncodedRows encoded;
    encoder_.encode(rows, first, last, encoded);
    for (std::size_t network = 0; network < networks_.size(); ++network) explain_network(encoded, network, out);
}

// From the mean encoded row, which is all 0, straight to the row: so the first layer's sums are a straight line too, and one
// product with its weights gives all columns' parts.
void NetworksMember::explain_network(const EncodedRows& encoded, std::size_t network, Contributions& out) const {
    const LayerParameters& first = networks_[network][0];
    NetworkGradient gradient(shape_, networks_[network]);
    const std::size_t width = first.bias.size();
    const double share = 1 / static_cast<double>(networks_.size());
    const std::vector<double> base = gradient.outputs(first.bias);
    for (std::size_t k = 0; k < base.size(); ++k) out.base()[k] += share * base[k];
    std::vector<float> sums(width);
    std::vector<double> parts(encoder_.constant().size());
    for (std::size_t number = 0; number < encoded.rows(); ++number) {
        const std::vector<float> row = encoded.row_added_to(encoder_.constant(), number);
        const std::vector<float> step = first_step(first, row);
        for (std::size_t j = 0; j < width; ++j) sums[j] = first.bias[j] + step[j];
        const std::vector<double> outputs = gradient.outputs(sums);
        const auto slopes = gradient.mean_gradient(first.bias, step);
        for (std::size_t k = 0; k < outputs.size(); ++k) {
            write_parts(first, row, slopes.subspan(k * width, width), parts);
            make_sum(parts, outputs[k] - base[k]);
            const auto contributions = out.of(number, k);
            for (std::size_t column = 0; column < parts.size(); ++column)
                contributions[encoder_.input_of(column)] += share * parts[column];
        }
    }
}

void NetworksMember::store(Tensors& tensors, const std::string& prefix) const {
    encoder_.store(tensors, prefix + "encoder.");
    tensors.put(prefix + "sizes",
                std::vector<std::int32_t>{narrowed<std::int32_t>(networks_.size()), narrowed<std::int32_t>(shape_.hidden),
                                          narrowed<std::int32_t>(shape_.layers)});
    for (std::size_t network = 0; network < networks_.size(); ++network) {
        for (std::size_t layer = 0; layer <= shape_.layers; ++layer) {
            const LayerParameters& parameters = networks_[network][layer];
            const std::string name = layer_name(prefix, network, layer);
            tensors.put(name + "weights", parameters.weights, {shape_.layer_inputs(layer), shape_.layer_outputs(layer)});
            tensors.put(name + "bias", parameters.bias);
        }
    }
}

std::unique_ptr<const Member> NetworksMember::load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs,
                                                   std::size_t outputs) {
    Encoder encoder = Encoder::load(tensors, prefix + "encoder.", inputs);
    const auto& sizes = tensors.get<std::int32_t>(prefix + "sizes", {3});
    const bool valid = sizes[0] >= 1 && sizes[0] <= most_networks && sizes[1] >= 1 && sizes[1] <= most_hidden &&
                       sizes[2] >= 1 && sizes[2] <= most_layers;
    if (!valid) fail(Status::bad_model, "damaged model: the sizes of its networks are out of range");
    const NetworkShape shape{encoder.outputs(), as_size(sizes[1]), as_size(sizes[2]), outputs};
    std::vector<NetworkParameters> networks;
    for (std::size_t network = 0; network < as_size(sizes[0]); ++network) {
        NetworkParameters& parameters = networks.emplace_back();
        for (std::size_t layer = 0; layer <= shape.layers; ++layer) {
            const std::string name = layer_name(prefix, network, layer);
            parameters.push_back(
                {tensors.get_parameters(name + "weights", {shape.layer_inputs(layer), shape.layer_outputs(layer)}),
                 tensors.get_parameters(name + "bias", {shape.layer_outputs(layer)})});
        }
    }
    return std::make_unique<NetworksMember>(std::move(encoder), shape, std::move(networks));
}

}  // namespace mml
