// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mml {

/// The options, in the order of the table in options.cpp.
enum class OptionId : std::size_t {
    // how a call runs
    seed,
    threads,
    time_limit,
    memory_limit,
    drift_limit,
    trained_at,
    intended_use,
    // data
    format,
    labelled,
    task,
    target,
    separator,
    decimal,
    missing,
    encoding,
    types,
    ignore,
    id,
    group_column,
    time_column,
    max_rows,
    max_columns,
    max_cell_bytes,
    // learners
    effort,
    linear,
    networks,
    trees,
    folds,
    rated_folds,
    linear_strength,
    hidden_units,
    hidden_layers,
    dropout,
    learning_rate,
    weight_decay,
    batch_size,
    epochs,
    patience,
    one_hot_minimum,
    one_hot_maximum,
    tree_leaves,
    tree_samples,
    tree_search_samples,
    tree_penalty,
    tree_learning_rate,
    tree_columns,
    max_categories,
    class_weights,
    pool,
    calibration,
    decision,
    pilot_margin,
    // the model directory
    keep_rows,
    keep_megabytes,
    lock_timeout,
    file_mode,
    keep_runs,
    reasons,
    // evaluation
    resampling,
    iterations,
    test_share,
    min_score,
    max_deviation,
    importance_columns,
    count
};

enum class OptionType { integer, number, flag, choice, text };

/// Defaults at an effort, where they are other ones.
struct EffortDefaults {
    const char* fast = nullptr;
    const char* best = nullptr;
};

/// One row of the table that serves C, the program, Python, PHP and the documents.
struct Option {
    OptionId id = OptionId::count;
    const char* name = nullptr;
    OptionType type = OptionType::text;
    double minimum = 0;  ///< integer and number
    double maximum = 0;
    const char* default_value = nullptr;  ///< as mml_config_set takes it
    const char* choices = nullptr;        ///< choice: the values, separated by '|'
    const char* group = nullptr;          ///< heading under which documents list it
    const char* help = nullptr;           ///< one or two sentences, with the unit
    EffortDefaults by_effort = {};
};

constexpr std::size_t place_of(OptionId id) { return static_cast<std::size_t>(id); }
constexpr std::size_t option_count = place_of(OptionId::count);

const std::array<Option, option_count>& options();
inline const Option& option(OptionId id) { return options()[place_of(id)]; }

/// Throws Error(unknown_option) naming the nearest option where there is none of this name.
const Option& find_option(std::string_view name);

/// The values that an option of type choice takes; none for the other types.
std::vector<std::string> choices_of(const Option& option);

/// {"name", "type", "minimum", "maximum", "choices", "default", "group", "help"} as one line of JSON.
std::string option_json(const Option& option);

}  // namespace mml
