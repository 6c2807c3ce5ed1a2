// SPDX-License-Identifier: Apache-2.0
#include "base/tensors.hpp"

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml {

const Tensor& Tensors::find(const std::string& name, const Shape& shape) const {
    const auto found = named_.find(name);
    if (found == named_.end()) fail(Status::bad_model, concat("damaged model: tensor ", quote(name), " is missing"));
    const Tensor& tensor = found->second;
    bool fits = tensor.shape.size() == shape.size();
    for (std::size_t i = 0; fits && i < shape.size(); ++i) fits = shape[i].value == -1 || shape[i].value == tensor.shape[i];
    if (!fits)
        fail(Status::bad_model,
             concat("damaged model: tensor ", quote(name), " has another shape than the model's description"));
    return tensor;
}

const std::vector<float>& Tensors::get_parameters(const std::string& name, const Shape& shape) const {
    const auto& values = get<float>(name, shape);
    if (!std::ranges::all_of(values, [](float value) { return std::abs(value) <= largest_parameter; }))
        fail(Status::bad_model,
             concat("damaged model: tensor ", quote(name), " holds a number that is not finite or too large"));
    return values;
}

std::vector<std::int64_t> Tensors::lengths(const Shape& shape) {
    std::vector<std::int64_t> lengths;
    for (const Extent extent : shape) lengths.push_back(extent.value);
    return lengths;
}

void Tensors::refuse_type(const std::string& name) {
    fail(Status::bad_model, concat("damaged model: tensor ", quote(name), " holds another type of number than expected"));
}

}  // namespace mml
