// SPDX-License-Identifier: Apache-2.0
#include "config/options.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/json.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

using enum OptionId;
using enum OptionType;

constexpr double most_rows = 2147483647;  // row numbers are 32-bit inside

// clang-format off
constexpr std::array<Option, option_count> table{{
    {seed, "seed", integer, 0, 9007199254740991.0, "1", "", "run",
     "Seed of every random choice. The same seed, data and build give the same model, on any number of threads."},
    {threads, "threads", integer, 0, 256, "0", "", "run",
     "Number of worker threads. They end before a call returns. 0: one for each processor that this process may use."},
    {time_limit, "time_limit", number, 0, 1e9, "0", "", "run",
     "Seconds after which training stops. It keeps the best model so far and warns. 0: no limit."},
    {memory_limit, "memory_limit", integer, 0, 1e9, "0", "", "run",
     "Largest memory that a call takes for its data, in megabytes: its table, copies of the table, and what it makes, such as scores or the folds of a training. The library estimates the need before it starts, and refuses a call that needs more with MML_LIMIT. The limit does not count the caller's own memory, a model that is already loaded, and up to 10 MB for each thread. 0: no limit."},
    {drift_limit, "drift_limit", number, 0, 1000, "0.25", "", "run",
     "Population stability index of a column above which a warning says that its values have moved since the training. 0: no warnings."},
    {trained_at, "trained_at", text, 0, 0, "", "", "run",
     "When the training takes place, in UTC as 2026-01-31T18:00:00Z, for the model card. The library does not read the clock, so that equal trainings give equal files."},
    {intended_use, "intended_use", text, 0, 0, "", "", "run",
     "The use that the model is meant for, in your words. The model card shows it."},

    {format, "format", choice, 0, 0, "moodle", "moodle|plain", "data",
     "moodle: two rows of metadata, a row of names, then samples. plain: a row of names, then samples."},
    {labelled, "labelled", flag, 0, 0, "true", "", "data",
     "Whether a file contains the target. A Moodle file without a target has a sample id in its first column."},
    {task, "task", choice, 0, 0, "auto", "auto|classification|regression", "data",
     "Kind of target in a plain file. auto: classes if the target has text or at most 20 different whole numbers, otherwise numbers. A Moodle file names its task itself."},
    {target, "target", text, 0, 0, "", "", "data",
     "Name of the target column in a plain file. Empty: the last column."},
    {separator, "separator", choice, 0, 0, "auto", "auto|comma|semicolon|tab|pipe", "data",
     "Separator between the cells of a plain file. auto: found in its first rows."},
    {decimal, "decimal", choice, 0, 0, "auto", "auto|point|comma", "data",
     "Decimal mark of the numbers in a plain file. auto: comma if the first rows have decimal commas and no points, otherwise point."},
    {missing, "missing", text, 0, 0, "NA,N/A,NaN,NULL,?,-", "", "data",
     "Texts that mean a missing value in a plain file, separated by commas. Upper and lower case are the same. An empty cell is always a missing value."},
    {encoding, "encoding", choice, 0, 0, "utf-8", "utf-8|latin1|utf-16le|utf-16be", "data",
     "Encoding of a file. If a UTF-16 file starts with a byte order mark, the encoding is found without this option."},
    {types, "types", text, 0, 0, "", "", "data",
     "Types of the columns of a plain file, as name=type separated by commas, or as a JSON object. Types: number, category, time. A column without a type here is a number if every cell is a number or missing. It is a time if every cell is a date. Otherwise it is a category. A target that is a number is for regression, one that is a category for classification."},
    {ignore, "ignore", text, 0, 0, "", "", "data",
     "Names of columns of a plain file to leave out, separated by commas, or as a JSON list."},
    {id, "id", text, 0, 0, "", "", "data",
     "Name of the id column of a plain file. Ids are not used as a feature. Predictions show them."},
    {group_column, "group_column", text, 0, 0, "", "", "data",
     "Name of a column that holds groups, such as schools. Groups are not used as a feature. Reports then rate each group and the gaps between them, and resampling=group_folds keeps each group whole."},
    {time_column, "time_column", text, 0, 0, "", "", "data",
     "Name of a column of numbers or dates that orders the samples, for resampling=time. It is not used as a feature."},
    {max_rows, "max_rows", integer, 1, most_rows, "2147483647", "", "data",
     "Largest number of rows in a file."},
    {max_columns, "max_columns", integer, 1, 1e6, "100000", "", "data",
     "Largest number of columns in a file."},
    {max_cell_bytes, "max_cell_bytes", integer, 32, 1e9, "1048576", "", "data",
     "Largest size of one cell in a file, in bytes."},

    {effort, "effort", choice, 0, 0, "balanced", "fast|balanced|best", "learners",
     "How much work training does. It changes the defaults of other options of this group. Options that you set yourself stay."},
    {linear, "linear", flag, 0, 0, "true", "", "learners",
     "Whether the model has a linear member (L2 logistic regression, or ridge regression)."},
    {networks, "networks", integer, 0, 64, "4", "", "learners",
     "Number of neural networks in the model. Each has 16 members that share its weights, and leaves out one fold, which decides when its training stops. The best 8 members stay. If it is not set and there are more than 8000 samples, training makes half as many (not at effort best).", {.fast = "0", .best = "8"}},
    {trees, "trees", integer, 0, 10000, "600", "", "learners",
     "Largest number of boosted trees (per class if there are more than two). Training keeps the number that does best on held-out folds, and stops once more do not help. 0: no trees.", {.fast = "150", .best = "1200"}},
    {folds, "folds", integer, 2, 20, "4", "", "learners",
     "Number of cross-validation folds. Their held-out predictions set the blend weights and the calibration."},
    {rated_folds, "rated_folds", integer, 0, 20, "0", "", "learners",
     "Number of folds that are held out, one after the other. The samples of the other folds are always trained on. 0: all folds, or two if there are more than 8000 samples.", {.best = "20"}},
    {linear_strength, "linear_strength", number, 0, 1e9, "0", "", "learners",
     "L2 penalty of the linear model, in units of one sample's loss. 0: chosen by cross-validation."},
    {hidden_units, "hidden_units", integer, 1, 4096, "32", "", "learners",
     "Width of a network's hidden layers."},
    {hidden_layers, "hidden_layers", integer, 1, 8, "2", "", "learners",
     "Number of hidden layers of a network."},
    {dropout, "dropout", number, 0, 0.9, "0", "", "learners",
     "Share of a network's hidden units that each training step leaves out at random."},
    {learning_rate, "learning_rate", number, 1e-7, 1, "0.012", "", "learners",
     "Learning rate of AdamW, which trains the networks."},
    {weight_decay, "weight_decay", number, 0, 10, "0.03", "", "learners",
     "Decoupled weight decay of AdamW. It applies to weight matrices only."},
    {batch_size, "batch_size", integer, 1, 65536, "128", "", "learners",
     "Number of samples in one training step of a network."},
    {epochs, "epochs", integer, 1, 100000, "300", "", "learners",
     "Largest number of passes of a network over its samples."},
    {patience, "patience", integer, 1, 100000, "6", "", "learners",
     "Number of epochs without a better held-out loss after which a network stops."},
    {one_hot_minimum, "one_hot_minimum", integer, 1, most_rows, "8", "", "learners",
     "Number of times that a value must occur in its column to get a network input of its own (see one_hot_maximum)."},
    {one_hot_maximum, "one_hot_maximum", integer, 0, 4096, "0", "", "learners",
     "Largest number of values of one column of numbers that get a network input of their own, in addition to the bins of the column. 0: none. Frequent categories always have one."},
    {tree_leaves, "tree_leaves", integer, 0, 256, "0", "", "learners",
     "Largest number of leaves of a boosted tree. 0: 20; with few samples (see tree_search_samples) 4, 8 or 20, whichever does best on held-out folds."},
    {tree_samples, "tree_samples", integer, 0, most_rows, "0", "", "learners",
     "Smallest number of samples in a leaf of a boosted tree. 0: 20 for trees of up to 4 leaves, 10 for up to 8, otherwise 5."},
    {tree_search_samples, "tree_search_samples", integer, 0, most_rows, "8000", "", "learners",
     "Largest number of samples with which training tries several tree sizes on held-out folds (see tree_leaves).", {.fast = "4000", .best = "2147483647"}},
    {tree_penalty, "tree_penalty", number, 0, 1e9, "3", "", "learners",
     "L2 penalty of the values of boosted trees, in units of a sample's curvature of the loss."},
    {tree_learning_rate, "tree_learning_rate", number, 0.001, 1, "0.1", "", "learners",
     "Factor that multiplies the values of each boosted tree. If it is not set and numbers are predicted well, half of it with twice as many trees is tried, too (not at effort fast).", {.fast = "0.2", .best = "0.05"}},
    {tree_columns, "tree_columns", number, 0.001, 1, "0.5", "", "learners",
     "Share of the columns, drawn at random, that each boosted tree may use."},
    {max_categories, "max_categories", integer, 2, 100000, "1000", "", "learners",
     "Largest number of categories of one column that a model distinguishes. All less frequent ones count as one category."},
    {class_weights, "class_weights", choice, 0, 0, "none", "none|balanced", "learners",
     "balanced: samples get weights that make all classes count the same. The probabilities are then right for such a balanced mixture only. To find more of a rare class, set option decision instead. It keeps the probabilities calibrated, and takes these weights into account."},
    {pool, "pool", choice, 0, 0, "auto", "log_odds|probability|auto", "learners",
     "Quantity that the model averages over its members. auto: probabilities, unless log-odds are clearly better on held-out folds."},
    {calibration, "calibration", choice, 0, 0, "auto", "none|temperature|isotonic|auto", "learners",
     "How probabilities are calibrated on held-out predictions. auto: the better method on held-out folds."},
    {decision, "decision", text, 0, 0, "probable", "", "learners",
     "How a class is chosen from the probabilities. probable: the most probable class. score: best weighted F1, by which Moodle judges (default of Moodle's calls). balanced: best balanced accuracy. cost:<ratio>: a missed case of the second of two classes costs as much as this many false alarms. share:<percent>: this share of the samples gets the second of two classes."},
    {pilot_margin, "pilot_margin", number, 0, 1000, "0.03", "", "learners",
     "Training drops a kind of member if its loss on its first fold exceeds the best member's by more than this share. The linear model is dropped only with 4000 samples or more. Networks are dropped only if there are at most two classes and a blend with them gains nothing there either. 0: nothing is dropped.", {.best = "0"}},

    {keep_rows, "keep_rows", integer, 0, most_rows, "200000", "", "model directory",
     "Largest number of training samples (different rows) that are stored next to the model for the next training. 0: none."},
    {keep_megabytes, "keep_megabytes", integer, 0, 1e6, "64", "", "model directory",
     "Largest size of the stored samples in megabytes, before compression. 0: no samples are stored."},
    {lock_timeout, "lock_timeout", number, 0, 1e6, "60", "", "model directory",
     "Seconds to wait while another process or thread writes to the model directory. After that the call fails with MML_BUSY."},
    {file_mode, "file_mode", text, 0, 0, "0600", "", "model directory",
     "Permissions of the files written, in octal. Directories also get search permission for those who may read the files."},
    {keep_runs, "keep_runs", integer, 0, 1e6, "20", "", "model directory",
     "Number of training logs that stay in a model directory. Logs of evaluations always stay."},
    {reasons, "reasons", integer, 1, 1000, "5", "", "model directory",
     "Largest number of reasons that mml_moodle_explain() names for each sample."},

    {resampling, "resampling", choice, 0, 0, "stratified", "stratified|random|folds|grouped|group_folds|time", "evaluation",
     "How cross-validation chooses its test sets. stratified: repeated splits with equal class shares. random: repeated random splits. folds: each sample is tested once. grouped: folds that keep equal rows together. group_folds: folds that keep the groups of group_column together, in training too. time: training on earlier samples, testing on the next ones."},
    {iterations, "iterations", integer, 1, 1000, "10", "", "evaluation",
     "Number of splits, or of folds."},
    {test_share, "test_share", number, 0.01, 0.99, "0.2", "", "evaluation",
     "Share of the samples that a split holds out for testing."},
    {min_score, "min_score", number, 0, 1, "0.7", "", "evaluation",
     "Smallest score that Moodle accepts (mean weighted F1, or R squared in a regression). Below it, the answer to Moodle says that the model is not good enough."},
    {max_deviation, "max_deviation", number, 0, 1, "0.05", "", "evaluation",
     "Largest standard deviation of the score over the splits that Moodle accepts. Above it, the answer to Moodle says that there are too few samples."},
    {importance_columns, "importance_columns", integer, 0, 1000, "20", "", "evaluation",
     "Largest number of columns whose permutation importance an evaluation measures: those with the largest contributions. 0 turns importance off."},
}};
// clang-format on

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (place_of(table[i].id) != i) return false;
    }
    return true;
}
static_assert(in_order(), "the table of options follows the order of OptionId");

// Levenshtein, 1966.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t substitution = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({substitution, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

const char* type_name(OptionType type) {
    constexpr const char* names[] = {"integer", "number", "flag", "choice", "text"};
    return names[static_cast<std::size_t>(type)];
}

}  // namespace

const std::array<Option, option_count>& options() { return table; }

const Option& find_option(std::string_view name) {
    const auto found = std::ranges::find_if(table, [&](const Option& candidate) { return candidate.name == name; });
    if (found != table.end()) return *found;
    const std::string_view shortened = name.substr(0, 64);
    const auto nearest = std::ranges::min_element(
        table, {}, [&](const Option& candidate) { return edit_distance(shortened, candidate.name); });
    fail(Status::unknown_option, concat("no option is called ", quote(name), ": did you mean ", quote(nearest->name), "?"));
}

std::vector<std::string> choices_of(const Option& option) {
    std::vector<std::string> list;
    std::string_view rest = option.choices;
    while (!rest.empty()) {
        const std::size_t bar = std::min(rest.find('|'), rest.size());
        list.emplace_back(rest.substr(0, bar));
        rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
    return list;
}

std::string option_json(const Option& option) {
    Json json;
    json["name"] = option.name;
    json["type"] = type_name(option.type);
    if (option.type == integer) {
        json["minimum"] = static_cast<std::int64_t>(option.minimum);
        json["maximum"] = static_cast<std::int64_t>(option.maximum);
    } else if (option.type == number) {
        json["minimum"] = option.minimum;
        json["maximum"] = option.maximum;
    }
    if (option.type == choice) json["choices"] = choices_of(option);
    json["default"] = option.default_value;
    json["group"] = option.group;
    json["help"] = option.help;
    if (option.by_effort.fast != nullptr) json["effort"]["fast"] = option.by_effort.fast;
    if (option.by_effort.best != nullptr) json["effort"]["best"] = option.by_effort.best;
    return json.dump();
}

}  // namespace mml
