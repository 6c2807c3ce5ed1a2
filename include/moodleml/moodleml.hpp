// SPDX-License-Identifier: Apache-2.0
#ifndef MOODLEML_HPP
#define MOODLEML_HPP

/**
 * libmoodleml for C++11 and newer: handles that free themselves, and exceptions. This is a thin layer over moodleml.h, which
 * describes each call, its options and its errors. The comments here describe only the differences.
 *
 * Errors.   Every failure throws Error, with the status and the message of the call. If a callback asked to stop, the call
 *           throws Cancelled. An index out of range throws std::out_of_range. An exception that leaves a callback stops the
 *           call, and leaves the call too.
 * Memory.   Handles are moved, never copied. An object that was moved from may be destroyed or assigned to. Texts and
 *           numbers are returned as copies. Overloads that take a buffer fill the caller's buffer. handle() lends the C
 *           handle, release() gives it away. Each class can be made from a C handle, and then owns it.
 * Threads.  As in C: const methods of one object may run in several threads at once.
 */
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <locale>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "moodleml/calls.hpp"
#include "moodleml/moodleml.h"

namespace moodleml {

/* ---- Library ----------------------------------------------------------------------------------------------------- */

inline std::string version() { return mml_version(); }
inline std::int32_t abi_version() { return mml_abi_version(); }
inline std::string build_info() { return detail::json(mml_build_info(), ""); }
inline std::string status_name(mml_status status) { return mml_status_name(status); }

/// Whether the loaded library has all functions that this header calls.
inline bool abi_fits() {
    return abi_version() / 1000 == MML_ABI_MAJOR && abi_version() % 1000 >= static_cast<std::int32_t>(MML_ABI_MINOR);
}

/// JSON on each option of the library.
inline std::vector<std::string> options() {
    return detail::names(mml_option_count(), [](std::int64_t index) {
        return detail::name(mml_option_describe(static_cast<std::int32_t>(index)));
    });
}

/// Named options. A new Config means the defaults of the call that takes it. Examples:
/// Config{{"trees", "50"}, {"seed", "7"}}, Config().set("threads", 2).
class Config : public detail::Handle<mml_config, mml_config_free> {
public:
    Config() noexcept : Handle(nullptr) {}
    explicit Config(mml_config* handle) noexcept : Handle(handle) {}
    Config(std::initializer_list<std::pair<const char*, std::string>> options) : Config() {
        for (const auto& option : options) set(option.first, option.second);
    }

    /// All options at their defaults. This differs from an empty Config: with the defaults a prediction uses all threads,
    /// with an empty Config one.
    static Config defaults() { return detail::made<Config>(mml_config_create); }

    Config& set(const std::string& name, const std::string& value) {
        if (handle() == nullptr) *this = defaults();
        detail::check(mml_config_set(handle(), detail::c_text(name), detail::c_text(value)));
        return *this;
    }
    /// "name=value,name=value".
    Config& set_list(const std::string& list) {
        if (handle() == nullptr) *this = defaults();
        detail::check(mml_config_set_list(handle(), detail::c_text(list)));
        return *this;
    }
    Config& set(const std::string& name, const char* value) { return set(name, std::string(value)); }
    Config& set(const std::string& name, bool value) { return set(name, value ? "true" : "false"); }

    /// Makes this process rank `rank` of `size` that train one model together. all_reduce and user must remain valid as long
    /// as this object. An exception that leaves all_reduce stops the call.
    Config& set_ranks(std::int32_t rank, std::int32_t size, mml_all_reduce_fn all_reduce, void* user) {
        if (handle() == nullptr) *this = defaults();
        detail::check(mml_config_set_ranks(handle(), rank, size, all_reduce, user));
        return *this;
    }

    template <typename Number, typename = typename std::enable_if<std::is_arithmetic<Number>::value>::type>
    Config& set(const std::string& name, Number value) {
        std::ostringstream text;
        text.imbue(std::locale::classic());
        text.precision(std::numeric_limits<Number>::max_digits10);
        text << +value;
        return set(name, text.str());
    }

    std::string get(const std::string& name) const {
        if (handle() == nullptr) return defaults().get(name);
        const char* value = nullptr;
        detail::check(mml_config_get(handle(), detail::c_text(name), &value));
        return value;
    }
};

/* ---- Data -------------------------------------------------------------------------------------------------------- */

/// A view of rows x columns numbers in row-major order.
template <typename Number>
mml_array table(const Number* cells, std::int64_t rows, std::int64_t columns) {
    return {cells, rows, columns, columns, 1, detail::data_type<Number>(), 0};
}

/// The same for a vector. Its size must be a multiple of `columns`.
template <typename Number>
mml_array table(const std::vector<Number>& cells, std::int64_t columns) {
    const auto size = static_cast<std::int64_t>(cells.size());
    if (columns < 1 || size % columns != 0) throw Error(MML_INVALID_ARGUMENT, "the cells do not fill rows of this length");
    return table(cells.data(), size / columns, columns);
}
template <typename Number>
mml_array table(std::vector<Number>&& cells, std::int64_t columns) = delete;  // would view a destroyed vector

/// A view of a vector's numbers as one column.
template <typename Number>
mml_array column(const std::vector<Number>& cells) {
    return table(cells, 1);
}
template <typename Number>
mml_array column(std::vector<Number>&& cells) = delete;

class Model;
class Report;
class Dataset : public detail::Handle<mml_dataset, mml_dataset_free> {
public:
    explicit Dataset(mml_dataset* handle) noexcept : Handle(handle) {}

    static Dataset from_csv(const std::string& path, const Config& config = Config()) {
        return detail::made<Dataset>(
            [&](mml_dataset** out) { return mml_dataset_from_csv(out, detail::c_text(path), config.handle()); });
    }
    static Dataset from_csv_for(const Model& model, const std::string& path, const Config& config = Config());
    static Dataset from_csv_text(const std::string& text, const Config& config = Config()) {
        return detail::made<Dataset>(
            [&](mml_dataset** out) { return mml_dataset_from_csv_text(out, text.data(), text.size(), config.handle()); });
    }
    static Dataset from_array(const mml_array& values) {
        return detail::made<Dataset>([&](mml_dataset** out) { return mml_dataset_from_array(out, &values); });
    }
    static Dataset from_columns(const std::vector<mml_column>& columns) {
        return detail::made<Dataset>([&](mml_dataset** out) {
            return mml_dataset_from_columns(out, columns.data(), static_cast<std::int64_t>(columns.size()));
        });
    }
    static Dataset from_arrow(ArrowArrayStream& stream, const Config& config = Config()) {
        return detail::made<Dataset>(
            [&](mml_dataset** out) { return mml_dataset_from_arrow(out, &stream, config.handle()); });
    }
    static Dataset from_csr(std::int64_t rows, std::int64_t columns, const std::int64_t* row_starts,
                            const std::int32_t* column_indices, const float* values) {
        return detail::made<Dataset>(
            [&](mml_dataset** out) { return mml_dataset_from_csr(out, rows, columns, row_starts, column_indices, values); });
    }

    /// The parts in the form of column().
    static Dataset from_csr(std::int64_t columns, const mml_array& row_starts, const mml_array& column_indices,
                            const mml_array& values) {
        return detail::made<Dataset>([&](mml_dataset** out) {
            return mml_dataset_from_csr_arrays(out, columns, &row_starts, &column_indices, &values);
        });
    }

    void set_classes(const mml_array& indices, const std::vector<std::string>& names) {
        const auto count = static_cast<std::int32_t>(names.size());
        detail::check(mml_dataset_set_classes(handle(), &indices, detail::c_texts(names).data(), count));
    }
    void set_target(const mml_array& values) { detail::check(mml_dataset_set_target(handle(), &values)); }
    void set_weights(const mml_array& weights) { detail::check(mml_dataset_set_weights(handle(), &weights)); }
    void set_groups(const mml_array& indices, const std::vector<std::string>& names) {
        const auto count = static_cast<std::int32_t>(names.size());
        detail::check(mml_dataset_set_groups(handle(), &indices, detail::c_texts(names).data(), count));
    }
    void set_times(const mml_array& times) { detail::check(mml_dataset_set_times(handle(), &times)); }
    void set_column_names(const std::vector<std::string>& names) {
        const auto count = static_cast<std::int64_t>(names.size());
        detail::check(mml_dataset_set_column_names(handle(), detail::c_texts(names).data(), count));
    }
    void set_row_ids(const std::vector<std::string>& ids) {
        detail::check(mml_dataset_set_row_ids(handle(), detail::c_texts(ids).data(), static_cast<std::int64_t>(ids.size())));
    }
    Dataset select(const std::vector<std::int64_t>& indices) const {
        const auto count = static_cast<std::int64_t>(indices.size());
        return detail::made<Dataset>(
            [&](mml_dataset** out) { return mml_dataset_select(out, handle(), indices.data(), count); });
    }

    std::int64_t rows() const noexcept { return mml_dataset_rows(handle()); }
    std::int64_t columns() const noexcept { return mml_dataset_columns(handle()); }
    mml_task task() const noexcept { return mml_dataset_task(handle()); }
    std::int32_t class_count() const noexcept { return mml_dataset_class_count(handle()); }
    std::string column_name(std::int64_t index) const { return detail::name(mml_dataset_column_name(handle(), index)); }
    std::string class_name(std::int32_t index) const { return detail::name(mml_dataset_class_name(handle(), index)); }
    /// The text of a category's level. values() numbers the levels in the same way.
    std::string level_name(std::int64_t column, std::int64_t level) const {
        return detail::name(mml_dataset_level_name(handle(), column, level));
    }
    bool has_levels(std::int64_t column) const { return mml_dataset_level_name(handle(), column, 0) != nullptr; }
    std::vector<std::string> column_names() const {
        return detail::names(columns(), [this](std::int64_t index) { return column_name(index); });
    }
    std::vector<std::string> class_names() const {
        return detail::names(class_count(),
                             [this](std::int64_t index) { return class_name(static_cast<std::int32_t>(index)); });
    }
    bool has_row_ids() const noexcept { return mml_dataset_row_id(handle(), 0) != nullptr; }
    /// std::out_of_range also if rows have no ids.
    std::string row_id(std::int64_t index) const { return detail::name(mml_dataset_row_id(handle(), index)); }
    std::string json() const { return detail::json(mml_dataset_json(handle()), handle()); }
    void values(float* out, std::size_t capacity) const { detail::check(mml_dataset_values(handle(), out, capacity)); }
    std::vector<float> values() const {
        std::vector<float> cells(static_cast<std::size_t>(rows()) * static_cast<std::size_t>(columns()));
        values(cells.data(), cells.size());
        return cells;
    }
    void target(double* out, std::size_t capacity) const { detail::check(mml_dataset_target(handle(), out, capacity)); }
    std::vector<double> target() const {
        std::vector<double> all(static_cast<std::size_t>(rows()));
        target(all.data(), all.size());
        return all;
    }
};

/* ---- Training, models, prediction -------------------------------------------------------------------------------- */

class Model : public detail::Handle<mml_model, mml_model_free> {
public:
    explicit Model(mml_model* handle) noexcept : Handle(handle) {}

    /// start: a model to continue from, or nullptr.
    static Model train(const Dataset& dataset, const Config& config = Config(), const Progress& progress = nullptr,
                       const Model* start = nullptr) {
        const mml_model* earlier = start == nullptr ? nullptr : start->handle();
        return detail::made_with<Model>(progress, [&](mml_model** out, mml_progress_fn callback, void* user) {
            return mml_train(out, dataset.handle(), config.handle(), earlier, callback, user);
        });
    }
    static Model load(const std::string& path) {
        return detail::made<Model>([&](mml_model** out) { return mml_model_load(out, detail::c_text(path)); });
    }
    static Model load(const std::string& path, const Config& config, const Progress& progress = nullptr) {
        return detail::made_with<Model>(progress, [&](mml_model** out, mml_progress_fn callback, void* user) {
            return mml_model_load_with(out, detail::c_text(path), config.handle(), callback, user);
        });
    }
    static Model from_bytes(const void* bytes, std::size_t size) {
        return detail::made<Model>([&](mml_model** out) { return mml_model_load_bytes(out, bytes, size); });
    }
    static Model from_bytes(const void* bytes, std::size_t size, const Config& config, const Progress& progress = nullptr) {
        return detail::made_with<Model>(progress, [&](mml_model** out, mml_progress_fn callback, void* user) {
            return mml_model_load_bytes_with(out, bytes, size, config.handle(), callback, user);
        });
    }
    static Model from_bytes(const std::string& bytes) { return from_bytes(bytes.data(), bytes.size()); }

    void save(const std::string& path) const { detail::check(mml_model_save(handle(), detail::c_text(path))); }
    void write(const Write& write) const {
        detail::write_with(write, [this](mml_write_fn take, void* user) { return mml_model_write(handle(), take, user); });
    }
    /// The bytes of the model file.
    std::string bytes() const {
        return detail::written([this](mml_write_fn take, void* user) { return mml_model_write(handle(), take, user); });
    }

    /// The whole card: "json", "markdown", "html" or "text".
    std::string card(const std::string& format) const {
        return detail::written(
            [&](mml_write_fn take, void* user) { return mml_model_card(handle(), detail::c_text(format), take, user); });
    }
    /// The same model, whose card and file keep what the report found.
    Model with_report(const Report& report) const;
    /// JSON: how far a data set's columns have moved from the training's.
    std::string drift(const Dataset& dataset, const Config& config = Config()) const {
        return detail::written([&](mml_write_fn take, void* user) {
            return mml_model_drift(handle(), dataset.handle(), config.handle(), take, user);
        });
    }

    mml_task task() const noexcept { return mml_model_task(handle()); }
    std::int64_t inputs() const noexcept { return mml_model_inputs(handle()); }
    std::int64_t outputs() const noexcept { return mml_model_outputs(handle()); }
    std::string input_name(std::int64_t index) const { return detail::name(mml_model_input_name(handle(), index)); }
    /// std::out_of_range also for regression.
    std::string class_name(std::int64_t index) const { return detail::name(mml_model_class_name(handle(), index)); }
    std::vector<std::string> input_names() const {
        return detail::names(inputs(), [this](std::int64_t index) { return input_name(index); });
    }
    /// Empty for regression.
    std::vector<std::string> class_names() const {
        return detail::names(task() == MML_REGRESSION ? 0 : outputs(), [this](std::int64_t i) { return class_name(i); });
    }
    /// std::out_of_range for regression.
    std::string decision() const { return detail::name(mml_model_decision(handle())); }
    std::vector<double> offsets() const {
        std::vector<double> all(static_cast<std::size_t>(outputs()));
        detail::check(mml_model_offsets(handle(), all.data(), all.size()));
        return all;
    }
    std::string json() const { return detail::json(mml_model_json(handle()), handle()); }

    /// outputs() scores for each row, in row-major order.
    std::vector<float> predict(const Dataset& dataset, const Config& config = Config()) const {
        std::vector<float> scores(scores_of(dataset.rows()));
        predict(dataset, scores.data(), scores.size(), config);
        return scores;
    }
    void predict(const Dataset& dataset, float* scores, std::size_t capacity, const Config& config = Config()) const {
        detail::check(mml_predict(handle(), dataset.handle(), config.handle(), scores, capacity));
    }
    std::vector<float> predict(const mml_array& values, const Config& config = Config()) const {
        std::vector<float> scores(scores_of(values.rows));
        predict(values, scores.data(), scores.size(), config);
        return scores;
    }
    void predict(const mml_array& values, float* scores, std::size_t capacity, const Config& config = Config()) const {
        detail::check(mml_predict_array(handle(), &values, config.handle(), scores, capacity));
    }
    /// The same as double. Estimates of a regression may need it.
    std::vector<double> predict_double(const Dataset& dataset, const Config& config = Config()) const {
        std::vector<double> scores(scores_of(dataset.rows()));
        predict(dataset, scores.data(), scores.size(), config);
        return scores;
    }
    void predict(const Dataset& dataset, double* scores, std::size_t capacity, const Config& config = Config()) const {
        detail::check(mml_predict_double(handle(), dataset.handle(), config.handle(), scores, capacity));
    }
    std::vector<double> predict_double(const mml_array& values, const Config& config = Config()) const {
        std::vector<double> scores(scores_of(values.rows));
        predict(values, scores.data(), scores.size(), config);
        return scores;
    }
    void predict(const mml_array& values, double* scores, std::size_t capacity, const Config& config = Config()) const {
        detail::check(mml_predict_array_double(handle(), &values, config.handle(), scores, capacity));
    }

    /// The class index of each row of probabilities, as predict() returns them, by the model's decision.
    std::vector<std::int32_t> decide(const std::vector<float>& scores) const {
        std::vector<std::int32_t> classes(scores.size() / static_cast<std::size_t>(outputs()));
        decide(scores.data(), static_cast<std::int64_t>(classes.size()), classes.data(), nullptr, classes.size());
        return classes;
    }
    /// The same, and how clear each choice is; strengths may be nullptr.
    void decide(const float* scores, std::int64_t rows, std::int32_t* classes, float* strengths,
                std::size_t capacity) const {
        detail::check(mml_decide(handle(), scores, rows, classes, strengths, capacity));
    }

    /// How much each input column adds to each answer: for each row outputs() x (inputs() + 1) numbers. The last number of
    /// each answer is the base.
    std::vector<double> explain(const Dataset& dataset, const Config& config = Config(),
                                const Progress& progress = nullptr) const {
        std::vector<double> contributions(scores_of(dataset.rows()) * static_cast<std::size_t>(inputs() + 1));
        explain(dataset, contributions.data(), contributions.size(), config, progress);
        return contributions;
    }
    void explain(const Dataset& dataset, double* contributions, std::size_t capacity, const Config& config = Config(),
                 const Progress& progress = nullptr) const {
        detail::watch(progress, [&](mml_progress_fn callback, void* user) {
            return mml_explain(handle(), dataset.handle(), config.handle(), callback, user, contributions, capacity);
        });
    }

private:
    // The call refuses a negative number of rows.
    std::size_t scores_of(std::int64_t rows) const noexcept {
        return rows < 0 ? 0 : static_cast<std::size_t>(rows) * static_cast<std::size_t>(outputs());
    }
};

inline Dataset Dataset::from_csv_for(const Model& model, const std::string& path, const Config& config) {
    return detail::made<Dataset>([&](mml_dataset** out) {
        return mml_dataset_from_csv_for(out, detail::c_text(path), model.handle(), config.handle());
    });
}

}  // namespace moodleml

#include "moodleml/moodle.hpp"
#include "moodleml/predictor.hpp"
#include "moodleml/report.hpp"
#endif
