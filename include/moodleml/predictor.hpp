// SPDX-License-Identifier: Apache-2.0
#ifndef MOODLEML_PREDICTOR_HPP
#define MOODLEML_PREDICTOR_HPP

/**
 * Predictors, a part of moodleml.hpp, which includes it.
 */
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "moodleml/calls.hpp"
#include "moodleml/moodleml.hpp"

namespace moodleml {

/* ---- Predictor --------------------------------------------------------------------------------------------------- */

/// A model made ready for single rows and small batches. It keeps what it needs of the model. Any number of threads may use
/// it at once, and its calls take no memory.
class Predictor : public detail::Handle<mml_predictor, mml_predictor_free> {
public:
    explicit Predictor(mml_predictor* handle) noexcept : Handle(handle) {}
    /// For rows in the model's own columns.
    explicit Predictor(const Model& model, const Config& config = Config()) : Predictor(model, {}, config) {}
    /// For rows whose columns have these names, in any order.
    Predictor(const Model& model, const std::vector<std::string>& columns, const Config& config = Config())
        : Handle(detail::made<Predictor>([&](mml_predictor** out) {
                     const std::vector<const char*> names = detail::c_texts(columns);
                     return mml_predictor_create(out, model.handle(), names.data(), static_cast<std::int64_t>(names.size()),
                                                 config.handle());
                 }).release()) {}

    /// Scores as Model::predict() writes them; values: rows of the predictor's columns.
    void predict(const mml_array& values, float* scores, std::size_t capacity) const {
        detail::check(mml_predictor_predict(handle(), &values, scores, capacity));
    }
    void predict(const mml_array& values, double* scores, std::size_t capacity) const {
        detail::check(mml_predictor_predict_double(handle(), &values, scores, capacity));
    }
    /// The same for compressed sparse rows, as Dataset::from_csr() takes them.
    void predict_csr(const mml_array& row_starts, const mml_array& column_indices, const mml_array& values, float* scores,
                     std::size_t capacity) const {
        detail::check(mml_predictor_predict_csr(handle(), &row_starts, &column_indices, &values, scores, capacity));
    }
    /// The class index of each row by the model's decision, and how clear each choice is; strengths may be nullptr.
    void decide(const mml_array& values, std::int32_t* classes, float* strengths, std::size_t capacity) const {
        detail::check(mml_predictor_decide(handle(), &values, classes, strengths, capacity));
    }
};

}  // namespace moodleml

#endif
