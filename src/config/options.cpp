// SPDX-License-Identifier: Apache-2.0
#include "config/options.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/error.hpp"
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
     "Seed of every random choice; the same seed, data and build give the same model on any number of threads."},
    {threads, "threads", integer, 0, 256, "0", "", "run",
     "Worker threads, joined before a call returns; 0: one for each processor this process may use."},
    {time_limit, "time_limit", number, 0, 1e9, "0", "", "run",
     "Seconds after which training stops and keeps the best so far, with a warning; 0: no limit."},
    {memory_limit, "memory_limit", integer, 0, 1e9, "0", "", "run",
     "Megabytes that a call may take, as estimated before it starts; more is refused with MML_LIMIT; 0: no limit."},

    {format, "format", choice, 0, 0, "moodle", "moodle|plain", "data",
     "moodle: two rows of metadata, then names, then samples; plain: a row of names, then samples."},
    {labelled, "labelled", flag, 0, 0, "true", "", "data",
     "Whether a file holds the target; where not, a Moodle file holds a sample id in its first column."},
    {task, "task", choice, 0, 0, "auto", "auto|classification|regression", "data",
     "What a plain file's target is; auto: classes where it has text or at most 20 different whole numbers. A Moodle file says it itself."},
    {target, "target", text, 0, 0, "", "", "data",
     "Name of the target's column in a plain file; empty: the last column."},
    {separator, "separator", choice, 0, 0, "auto", "auto|comma|semicolon|tab|pipe", "data",
     "What separates the cells of a plain file; auto: found in its first rows."},
    {decimal, "decimal", choice, 0, 0, "auto", "auto|point|comma", "data",
     "The decimal mark of a plain file's numbers; auto: a comma where the first rows have decimal commas and no points."},
    {missing, "missing", text, 0, 0, "NA,N/A,NaN,NULL,?,-", "", "data",
     "Marks of a missing value in a plain file, in capitals or not, separated by commas. An empty cell is always a missing value."},
    {encoding, "encoding", choice, 0, 0, "utf-8", "utf-8|latin1|utf-16le|utf-16be", "data",
     "Encoding of a file. A byte order mark of UTF-16 is found without it."},
    {types, "types", text, 0, 0, "", "", "data",
     "Types of columns of a plain file, as name=type separated by commas, or as a JSON object. Types: number, category, time. Other columns: number where every cell is one or is missing, time where every cell is a date, else category."},
    {ignore, "ignore", text, 0, 0, "", "", "data",
     "Names of columns of a plain file that are not used, separated by commas, or as a JSON list."},
    {id, "id", text, 0, 0, "", "", "data",
     "Name of the column of a plain file that holds ids. Ids are no feature; predictions show them."},
    {max_rows, "max_rows", integer, 1, most_rows, "2147483647", "", "data",
     "Most rows that a file may have."},
    {max_columns, "max_columns", integer, 1, 1e6, "100000", "", "data",
     "Most columns that a file may have."},
    {max_cell_bytes, "max_cell_bytes", integer, 32, 1e9, "1048576", "", "data",
     "Most bytes that one cell of a file may have."},

    {effort, "effort", choice, 0, 0, "balanced", "fast|balanced|best", "learners",
     "How much work training is worth: sets those options of the group that are not set themselves."},
    {linear, "linear", flag, 0, 0, "true", "", "learners",
     "Whether a linear model (L2 logistic regression, ridge) is a member."},
    {networks, "networks", integer, 0, 64, "4", "", "learners",
     "Number of neural networks among the members; each leaves out one fold for early stopping.", "0", "8"},
    {trees, "trees", integer, 0, 10000, "300", "", "learners",
     "Most boosted trees (of each class, for more than two), of which as many are used as do best out of fold; 0: none.", "150", "600"},
    {folds, "folds", integer, 2, 20, "4", "", "learners",
     "Folds that rate the members out of fold, for their blend and calibration."},
    {rated_folds, "rated_folds", integer, 0, 20, "0", "", "learners",
     "How many of the folds are held out, one after the other; the samples of the rest are always trained on. 0: all, but two where there are more than 8000 samples.", nullptr, "20"},
    {linear_strength, "linear_strength", number, 0, 1e9, "0", "", "learners",
     "L2 penalty of the linear model, in units of one sample's loss; 0: chosen by cross-validation."},
    {hidden_units, "hidden_units", integer, 1, 4096, "48", "", "learners",
     "Width of a network's hidden layers."},
    {hidden_layers, "hidden_layers", integer, 1, 8, "2", "", "learners",
     "Hidden layers of a network; the first is gated."},
    {dropout, "dropout", number, 0, 0.9, "0.25", "", "learners",
     "Share of a network's hidden units left out at random in each training step."},
    {learning_rate, "learning_rate", number, 1e-7, 1, "0.006", "", "learners",
     "Learning rate of AdamW."},
    {weight_decay, "weight_decay", number, 0, 10, "0.3", "", "learners",
     "Decoupled weight decay of AdamW, on weight matrices only."},
    {batch_size, "batch_size", integer, 1, 65536, "128", "", "learners",
     "Samples in one training step of a network."},
    {epochs, "epochs", integer, 1, 100000, "300", "", "learners",
     "Most passes of a network over its samples."},
    {patience, "patience", integer, 1, 100000, "4", "", "learners",
     "Epochs without a better out-of-fold loss after which a network stops."},
    {one_hot_minimum, "one_hot_minimum", integer, 1, most_rows, "8", "", "learners",
     "How often a value of a column must occur to have a network input of its own."},
    {one_hot_maximum, "one_hot_maximum", integer, 0, 4096, "128", "", "learners",
     "Most values of one column that have a network input of their own; 0: none."},
    {tree_leaves, "tree_leaves", integer, 0, 256, "0", "", "learners",
     "Most leaves of a boosted tree; 0: 4, 8 or 20, the best out of fold on small sets (tree_search_samples), else 20."},
    {tree_samples, "tree_samples", integer, 0, most_rows, "0", "", "learners",
     "Fewest samples in a leaf of a boosted tree; 0: 20 with up to 4 leaves, 10 with up to 8, else 5."},
    {tree_search_samples, "tree_search_samples", integer, 0, most_rows, "8000", "", "learners",
     "Up to how many samples the leaves of boosted trees are chosen out of fold.", "4000", "2147483647"},
    {tree_penalty, "tree_penalty", number, 0, 1e9, "3", "", "learners",
     "L2 penalty of the values of boosted trees, in units of a sample's curvature of the loss."},
    {tree_learning_rate, "tree_learning_rate", number, 0.001, 1, "0.1", "", "learners",
     "What each boosted tree's values are multiplied by.", "0.2", "0.05"},
    {tree_columns, "tree_columns", number, 0.001, 1, "0.5", "", "learners",
     "Share of the columns that each boosted tree chooses from, drawn at random."},
    {max_categories, "max_categories", integer, 2, 100000, "1000", "", "learners",
     "Largest number of categories of one column that a model tells apart. The less frequent ones count as one."},
    {class_weights, "class_weights", choice, 0, 0, "none", "none|balanced", "learners",
     "balanced: samples weigh so that all classes weigh the same; probabilities then are those of such a mixture. To find more of a rare class set option decision instead, which leaves probabilities calibrated; it takes these weights into account."},
    {pool, "pool", choice, 0, 0, "auto", "log_odds|probability|auto", "learners",
     "What of the members is averaged; auto: probabilities, unless log-odds are clearly better out of fold."},
    {calibration, "calibration", choice, 0, 0, "auto", "none|temperature|isotonic|auto", "learners",
     "How probabilities are calibrated on out-of-fold predictions; auto: the better one out of fold."},
    {decision, "decision", text, 0, 0, "probable", "", "learners",
     "How a class is chosen from probabilities. probable: the most probable one; score: for the best weighted F1, by which Moodle judges (Moodle's calls default to it); balanced: for the best balanced accuracy; cost:<ratio>: a missed case of the second of two classes costs this many false alarms; share:<percent>: this share of the samples gets the second of two classes."},
    {pilot_margin, "pilot_margin", number, 0, 1000, "0.03", "", "learners",
     "By what share a kind of member may be worse than the best on its first fold before it is given up (the linear model: with 4000 samples or more); 0: none is.", nullptr, "0"},

    {keep_rows, "keep_rows", integer, 0, most_rows, "200000", "", "model directory",
     "Training samples (different rows) kept beside the model for the next training; 0: none."},
    {keep_megabytes, "keep_megabytes", integer, 0, 1e6, "64", "", "model directory",
     "Most megabytes of kept samples, before compression; 0: none are kept."},
    {lock_timeout, "lock_timeout", number, 0, 1e6, "60", "", "model directory",
     "Seconds to wait for another writer of the model directory before MML_BUSY."},
    {file_mode, "file_mode", text, 0, 0, "0600", "", "model directory",
     "Permissions of the files written, in octal; directories get search permission where a file may be read."},
    {keep_runs, "keep_runs", integer, 0, 1e6, "20", "", "model directory",
     "Logs of trainings that stay in a model directory; logs of evaluations always stay."},

    {resampling, "resampling", choice, 0, 0, "stratified", "stratified|random|folds|grouped", "evaluation",
     "How cross-validation makes its test sets: repeated splits with equal shares of the classes, repeated random splits, folds, or folds that keep equal rows together."},
    {iterations, "iterations", integer, 1, 1000, "10", "", "evaluation",
     "Number of splits, or of folds."},
    {test_share, "test_share", number, 0.01, 0.99, "0.2", "", "evaluation",
     "Share of the samples that a split holds out for rating."},
    {min_score, "min_score", number, 0, 1, "0.7", "", "evaluation",
     "Score (mean weighted F1; for regression R squared) under which Moodle is told that a model is not good enough."},
    {max_deviation, "max_deviation", number, 0, 1, "0.05", "", "evaluation",
     "Standard deviation of the score over the splits above which Moodle is told that there are too few samples."},
}};
// clang-format on

constexpr bool in_order() {
    for (std::size_t i = 0; i < table.size(); ++i) {
        if (table[i].id != static_cast<OptionId>(i)) return false;
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
    if (option.fast != nullptr) json["effort"]["fast"] = option.fast;
    if (option.best != nullptr) json["effort"]["best"] = option.best;
    return json.dump();
}

}  // namespace mml
