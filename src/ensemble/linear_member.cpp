// SPDX-License-Identifier: Apache-2.0
#include "ensemble/linear_member.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/index.hpp"

namespace mml {

LinearMember::LinearMember(Encoder encoder, std::vector<float> weights, std::vector<float> bias)
    : encoder_(std::move(encoder)), weights_(std::move(weights)), bias_(std::move(bias)), folded_bias_(bias_) {
    const std::size_t outputs = bias_.size();
    for (std::size_t i = 0; i < weights_.size(); ++i)
        folded_bias_[i % outputs] += encoder_.constant()[i / outputs] * weights_[i];
}

void LinearMember::add_scores(const SparseRows& rows, std::int64_t first, std::int64_t last, float weight,
                              std::span<float> links) const {
    EncodedRows encoded;
    encoder_.encode(rows, first, last, encoded);
    const std::size_t outputs = bias_.size();
    std::vector<float> link(outputs);
    for (std::size_t row = 0; row < encoded.rows(); ++row) {
        link = folded_bias_;
        for (std::size_t i = encoded.starts[row]; i < encoded.starts[row + 1]; ++i) {
            const float* weights = weights_.data() + encoded.columns[i] * outputs;
            for (std::size_t k = 0; k < outputs; ++k) link[k] += encoded.values[i] * weights[k];
        }
        for (std::size_t k = 0; k < outputs; ++k) links[row * outputs + k] += weight * link[k];
    }
}

class LinearMember::Dense : public DenseScorer {
public:
    explicit Dense(const LinearMember& member) : member_(member) {}

    void add_scores(const DenseRows& rows, float weight, std::span<float> links, Workspace& space) const override {
        const std::size_t outputs = member_.bias_.size();
        std::pmr::vector<float> link(outputs, &space);
        for (std::size_t row = 0; row < rows.rows; ++row) {
            std::ranges::copy(member_.folded_bias_, link.begin());
            member_.encoder_.for_each_difference(rows.row(row), [&](std::uint32_t output, float difference) {
                const float* const weights = member_.weights_.data() + output * outputs;
                for (std::size_t k = 0; k < outputs; ++k) link[k] += difference * weights[k];
            });
            for (std::size_t k = 0; k < outputs; ++k) links[row * outputs + k] += weight * link[k];
        }
    }

private:
    const LinearMember& member_;
};

std::unique_ptr<const DenseScorer> LinearMember::dense_scorer() const { return std::make_unique<Dense>(*this); }

// An encoded column's training mean is 0, and the model's link there its bias.
void LinearMember::explain(const SparseRows& rows, std::int64_t first, std::int64_t last, Contributions& out) const {
    EncodedRows encoded;
    encoder_.encode(rows, first, last, encoded);
    const std::size_t outputs = bias_.size();
    std::ranges::copy(bias_, out.base().begin());
    const auto add = [&](std::size_t row, std::size_t column, double cell) {
        const std::size_t input = encoder_.input_of(column);
        for (std::size_t k = 0; k < outputs; ++k) out.of(row, k)[input] += cell * weights_[column * outputs + k];
    };
    for (std::size_t row = 0; row < encoded.rows(); ++row) {
        for (std::size_t column = 0; column < encoder_.constant().size(); ++column)
            add(row, column, encoder_.constant()[column]);
        for (std::size_t i = encoded.starts[row]; i < encoded.starts[row + 1]; ++i)
            add(row, encoded.columns[i], encoded.values[i]);
    }
}

void LinearMember::store(Tensors& tensors, const std::string& prefix) const {
    encoder_.store(tensors, prefix + "encoder.");
    tensors.put(prefix + "weights", weights_, {encoder_.outputs(), bias_.size()});
    tensors.put(prefix + "bias", bias_);
}

std::unique_ptr<const Member> LinearMember::load(const Tensors& tensors, const std::string& prefix, std::int64_t inputs,
                                                 std::size_t outputs) {
    Encoder encoder = Encoder::load(tensors, prefix + "encoder.", inputs);
    auto weights = tensors.get_parameters(prefix + "weights", {encoder.outputs(), outputs});
    auto bias = tensors.get_parameters(prefix + "bias", {outputs});
    return std::make_unique<LinearMember>(std::move(encoder), std::move(weights), std::move(bias));
}

}  // namespace mml
