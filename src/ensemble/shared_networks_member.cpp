// SPDX-License-Identifier: Apache-2.0
#include "ensemble/shared_networks_member.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"
#include "ensemble/encoded_batch.hpp"
#include "ensemble/shared_path.hpp"

namespace mml {

namespace {

constexpr std::int64_t most_members = 256;
// Rows that go through the layers together: their numbers stay near the processor.
constexpr std::size_t rows_at_once = 8;

std::string part_name(const std::string& prefix, std::size_t network, std::size_t part) {
    return concat(prefix, network, ".part", part, ".");
}

[[noreturn]] void refuse_network(const char* what) { fail(Status::bad_model, concat("damaged model: ", what)); }

std::vector<std::size_t> starts_from(const std::vector<std::int32_t>& stored, std::size_t inputs) {
    std::vector<std::size_t> starts;
    std::int32_t previous = -1;
    for (const std::int32_t start : stored) {
        if (start <= previous) refuse_network("the groups of a network's inputs are out of order");
        previous = start;
        starts.push_back(as_size(start));
    }
    if (starts.empty() || starts.front() != 0 || starts.back() != inputs)
        refuse_network("the groups of a network's inputs do not cover them");
    return starts;
}

NetworkParameters load_network(const Tensors& tensors, const std::string& prefix, std::size_t network,
                               const SharedShape& shape) {
    NetworkParameters parameters;
    for (std::size_t part = 0; part < shape.parts(); ++part) {
        const std::string name = part_name(prefix, network, part);
        LayerParameters& read = parameters.emplace_back();
        read.weights = tensors.get_parameters(name + "weights", {shape.part_inputs(part), shape.part_outputs(part)});
        if (part != shape.sign_part()) read.bias = tensors.get_parameters(name + "bias", {shape.bias_count(part)});
    }
    return parameters;
}

}  // namespace

SharedNetworksMember::SharedNetworksMember(Encoder encoder, SharedShape shape, Task task,
                                           std::vector<NetworkParameters> networks)
    : encoder_(std::move(encoder)),
      shape_(std::move(shape)),
      task_(task),
      networks_(std::move(networks)),
      no_bias_(shape_.hidden) {
    for (const NetworkParameters& network : networks_)
        constant_sums_.push_back(constant_sums(shape_, network[0], encoder_.constant()));
}

// What a few rows need; `outputs`: of each row the members of all networks, one after the other.
struct SharedNetworksMember::Buffers {
    Buffers(const SharedShape& shape, std::size_t networks, std::size_t rows, Workspace& space)
        : sums(shape.groups() * shape.hidden, &space),
          hidden(rows * shape.members * shape.hidden, &space),
          next(hidden.size(), &space),
          outputs(rows * networks * shape.members * shape.outputs, &space),
          links(shape.outputs, &space),
          shares(2 * std::max<std::size_t>(shape.outputs, 2), &space) {}

    std::pmr::vector<float> sums, hidden, next, outputs, links;
    std::pmr::vector<double> shares;
};

void SharedNetworksMember::add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                                      std::span<float> links) const {
    EncodedRows encoded;
    encoder_.encode(rows, first, last, encoded);
    const SparseBatch batch{encoded.starts.data(), encoded.columns.data(), encoded.values.data(), encoded.rows()};
    add_batch(batch, weight, links, *std::pmr::get_default_resource());
}

void SharedNetworksMember::add_batch(const SparseBatch& batch, float weight, std::span<float> links,
                                     Workspace& space) const {
    const std::size_t all_members = networks_.size() * shape_.members;
    Buffers buffers(shape_, networks_.size(), std::min(rows_at_once, batch.count), space);
    for (std::size_t begin = 0; begin < batch.count; begin += rows_at_once) {
        const SparseBatch some{batch.starts + begin, batch.columns, batch.values,
                               std::min(rows_at_once, batch.count - begin)};
        for (std::size_t network = 0; network < networks_.size(); ++network) run_network(some, network, buffers);
        for (std::size_t row = 0; row < some.count; ++row) {
            const float* const outputs = buffers.outputs.data() + row * all_members * shape_.outputs;
            pool_members(task_, outputs, all_members, shape_.outputs, buffers.links, buffers.shares);
            for (std::size_t k = 0; k < shape_.outputs; ++k)
                links[(begin + row) * shape_.outputs + k] += weight * bounded_link(buffers.links[k]);
        }
    }
}

// A row's cells come by rising input, so those of a group are neighbours.
void SharedNetworksMember::add_sums(const SparseBatch& batch, std::size_t row, std::size_t network, float* sums) const {
    const float* const weights = networks_[network][0].weights.data();
    std::size_t cells[2] = {batch.starts[row], batch.starts[row]};
    for (std::size_t group = 0; group < shape_.groups(); ++group) {
        while (cells[1] < batch.starts[row + 1] && batch.columns[cells[1]] < shape_.starts[group + 1]) ++cells[1];
        const std::size_t offset = group * shape_.hidden;
        exact_kernels().sparse_forward({cells, batch.columns, batch.values, 1}, weights,
                                       constant_sums_[network].data() + offset, shape_.hidden, sums + offset);
        cells[0] = cells[1];
    }
}

// Plain loops on every number of rows, and exact ones, as in NetworksMember.
void SharedNetworksMember::run_network(const SparseBatch& batch, std::size_t network, Buffers& buffers) const {
    const Kernels& kernel = exact_kernels();
    const NetworkParameters& parts = networks_[network];
    const std::size_t members = shape_.members, hidden = shape_.hidden, width = shape_.outputs;
    for (std::size_t row = 0; row < batch.count; ++row) {
        add_sums(batch, row, network, buffers.sums.data());
        kernel.dense_rows(members, shape_.groups(), hidden, parts[shape_.sign_part()].weights.data(), buffers.sums.data(),
                          parts[0].bias.data(), buffers.hidden.data() + row * members * hidden);
    }
    kernel.relu_forward(batch.count * members, hidden, no_bias_.data(), buffers.hidden.data());
    for (std::size_t layer = 1; layer < shape_.layers; ++layer) {
        kernel.dense_rows(batch.count * members, hidden, hidden, buffers.hidden.data(), parts[layer].weights.data(),
                          parts[layer].bias.data(), buffers.next.data());
        kernel.relu_forward(batch.count * members, hidden, no_bias_.data(), buffers.next.data());
        buffers.hidden.swap(buffers.next);
    }
    const LayerParameters& last = parts[shape_.output_part()];
    for (std::size_t row = 0; row < batch.count; ++row) {
        float* const outputs = buffers.outputs.data() + (row * networks_.size() + network) * members * width;
        for (std::size_t m = 0; m < members; ++m) {
            kernel.dense_rows(1, hidden, width, buffers.hidden.data() + (row * members + m) * hidden,
                              last.weights.data() + m * hidden * width, last.bias.data() + m * width, outputs + m * width);
        }
        for (std::size_t i = 0; i < members * width; ++i) outputs[i] = bounded_link(outputs[i]);
    }
}

class SharedNetworksMember::Dense : public DenseScorer {
public:
    explicit Dense(const SharedNetworksMember& member) : member_(member) {}

    void add_scores(const DenseRows& rows, float weight, std::span<float> links, Workspace& space) const override {
        const EncodedBatch encoded(member_.encoder_, rows, space);
        member_.add_batch(encoded.rows(), weight, links, space);
    }

private:
    const SharedNetworksMember& member_;
};

std::unique_ptr<const DenseScorer> SharedNetworksMember::dense_scorer() const { return std::make_unique<Dense>(*this); }

void SharedNetworksMember::explain(const SparseRows& rows, std::int64_t first, std::int64_t last, Contributions& out) const {
    EncodedRows encoded;
    encoder_.encode(rows, first, last, encoded);
    SharedPath path(shape_, task_, networks_);
    std::vector<double> parts(encoder_.outputs());
    const std::vector<double> base = path.base();
    std::ranges::copy(base, out.base().begin());
    for (std::size_t number = 0; number < encoded.rows(); ++number) {
        path.take_row(encoded.row_added_to(encoder_.constant(), number));
        const std::vector<double> links = path.links();
        path.integrate();
        for (std::size_t k = 0; k < shape_.outputs; ++k) {
            path.write_parts(k, parts);
            make_sum(parts, links[k] - base[k]);
            const auto contributions = out.of(number, k);
            for (std::size_t column = 0; column < parts.size(); ++column)
                contributions[encoder_.input_of(column)] += parts[column];
        }
    }
}

void SharedNetworksMember::store(Tensors& tensors, const std::string& prefix) const {
    encoder_.store(tensors, prefix + "encoder.");
    tensors.put(prefix + "sizes",
                std::vector<std::int32_t>{narrowed<std::int32_t>(networks_.size()), narrowed<std::int32_t>(shape_.members),
                                          narrowed<std::int32_t>(shape_.hidden), narrowed<std::int32_t>(shape_.layers),
                                          task_ == Task::regression ? 0 : 1});
    std::vector<std::int32_t> starts;
    for (const std::size_t start : shape_.starts) starts.push_back(narrowed<std::int32_t>(start));
    tensors.put(prefix + "starts", std::move(starts));
    for (std::size_t network = 0; network < networks_.size(); ++network) {
        for (std::size_t part = 0; part < shape_.parts(); ++part) {
            const LayerParameters& parameters = networks_[network][part];
            const std::string name = part_name(prefix, network, part);
            tensors.put(name + "weights", parameters.weights, {shape_.part_inputs(part), shape_.part_outputs(part)});
            if (part != shape_.sign_part()) tensors.put(name + "bias", parameters.bias);
        }
    }
}

std::unique_ptr<const Member> SharedNetworksMember::load(const Tensors& tensors, const std::string& prefix,
                                                         std::int64_t inputs, std::size_t outputs) {
    Encoder encoder = Encoder::load(tensors, prefix + "encoder.", inputs);
    const auto& sizes = tensors.get<std::int32_t>(prefix + "sizes", {5});
    const auto within = [](std::int32_t size, std::int64_t most) { return size >= 1 && size <= most; };
    const bool valid = within(sizes[0], most_networks) && within(sizes[1], most_members) && within(sizes[2], most_hidden) &&
                       within(sizes[3], most_layers) && (sizes[4] == 1 || (sizes[4] == 0 && outputs == 1));
    if (!valid) refuse_network("the sizes of its networks are out of range");
    SharedShape shape{starts_from(tensors.get<std::int32_t>(prefix + "starts", {-1}), encoder.outputs()), as_size(sizes[1]),
                      as_size(sizes[2]), as_size(sizes[3]), outputs};
    std::vector<NetworkParameters> networks;
    for (std::size_t network = 0; network < as_size(sizes[0]); ++network)
        networks.push_back(load_network(tensors, prefix, network, shape));
    const Task task = sizes[4] == 0 ? Task::regression : Task::classification;
    return std::make_unique<SharedNetworksMember>(std::move(encoder), std::move(shape), task, std::move(networks));
}

}  // namespace mml
