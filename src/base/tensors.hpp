// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/index.hpp"

namespace mml {

/// What no weight or bias of a stored member is beyond, so that sums over all columns stay far inside float32. Trained ones
/// are below 1e5; those of moodle-mlbackend-python's models, stored 2^20 times as large, below 1e9.
constexpr float largest_parameter = 1e12F;

/// The length of one dimension, whatever type of whole number gives it.
struct Extent {
    template <std::integral Number>
    constexpr Extent(Number number) : value(narrowed<std::int64_t>(number)) {}  // NOLINT(google-explicit-constructor)
    std::int64_t value;
};
using Shape = std::vector<Extent>;

/// An array with a shape, in row-major order.
struct Tensor {
    std::variant<std::vector<float>, std::vector<double>, std::vector<std::int32_t>, std::vector<std::int64_t>> values;
    std::vector<std::int64_t> shape;
};

/// Named tensors and texts: what members, encoders and kept samples store themselves in, apart from how a file holds
/// them (src/model). Readers ask for what they expect and get Error(bad_model) where it is not so; no reader needs to
/// trust a shape it did not ask for.
class Tensors {
public:
    template <typename T>
    void put(const std::string& name, std::vector<T> values, const Shape& shape) {
        named_[name] = Tensor{std::move(values), lengths(shape)};
    }
    template <typename T>
    void put(const std::string& name, std::vector<T> values) {
        const std::size_t size = values.size();
        put(name, std::move(values), {size});
    }
    bool has(const std::string& name) const { return named_.contains(name); }

    /// The values of a tensor of this type and shape; -1 in a shape takes any length.
    template <typename T>
    const std::vector<T>& get(const std::string& name, const Shape& shape) const {
        const Tensor& tensor = find(name, shape);
        const auto* values = std::get_if<std::vector<T>>(&tensor.values);
        if (values == nullptr) refuse_type(name);
        return *values;
    }
    /// The same of a member's parameters: none is NaN or beyond largest_parameter.
    const std::vector<float>& get_parameters(const std::string& name, const Shape& shape) const;

    const std::map<std::string, Tensor>& all() const { return named_; }
    void insert(const std::string& name, Tensor tensor) { named_[name] = std::move(tensor); }

private:
    static std::vector<std::int64_t> lengths(const Shape& shape);
    const Tensor& find(const std::string& name, const Shape& shape) const;
    [[noreturn]] static void refuse_type(const std::string& name);

    std::map<std::string, Tensor> named_;
};

}  // namespace mml
