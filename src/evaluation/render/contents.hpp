// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "base/json.hpp"
#include "config/config.hpp"

namespace mml::render {

/// What a report says in words, the same in every format: plain text, not yet escaped.
struct Verdict {
    std::string standing;              ///< "better", "uncertain" or "worse" than guessing
    std::string sentence;              ///< the same in words; is there enough data?
    std::vector<std::string> details;  ///< what the answers mean, what that is measured by, whether Moodle accepts it
};

/// `config`: by options min_score and max_deviation Moodle accepts or refuses.
Verdict verdict_of(const Json& report, const Config& config);

/// Whether classes are chosen otherwise than by the largest probability.
bool decides(const Json& report);

/// One row of the table of metrics.
struct MetricRow {
    std::string name;  ///< as in the JSON
    std::string label;
    std::string meaning;
    std::string value;
    std::string deviation;  ///< empty where there was one iteration
    std::string interval;
    std::string probable;  ///< of the most probable classes; empty unless decides() and the metric is of answers
    std::string baseline;
};

/// Those that are defined, without "score", which repeats another.
std::vector<MetricRow> metric_rows(const Json& report);

/// One row of the table "If you flag the most likely rows".
struct FlagRow {
    std::string flagged;  ///< which rows
    std::string rows;     ///< how many
    std::string found;
    std::string right;
    std::string lift;
};

/// By rising share, the model's own answers last; empty where there is no class to find.
std::vector<FlagRow> flag_rows(const Json& report);

/// Which class that table is about, and what its columns mean.
std::string flags_note(const Json& report);
constexpr const char* flags_heading = "If you flag the most likely rows";

/// One row of the table of columns, or groups of them, by what they matter.
struct ImportanceRow {
    std::string name;
    std::string others;  ///< which columns are in it, or equal it; empty where it is one alone
    std::string value;   ///< by how much the loss rises
    std::string interval;
    std::string contribution;
};

/// The most important first; empty where importance was not measured.
std::vector<ImportanceRow> importance_rows(const Json& report);

/// What the columns of that table mean.
std::string importance_note(const Json& report);
constexpr const char* importance_heading = "What the answers rest on";

/// A table of texts: its heads and rows, the first column to the left.
struct TextTable {
    std::vector<std::string> heads;
    std::vector<std::vector<std::string>> rows;
};

/// Each group with a few of its measures, and the gaps between the best and the worst group; no rows where groups were not
/// rated.
TextTable groups_table(const Json& report);
TextTable gaps_table(const Json& report);

/// What these tables mean.
std::string groups_note(const Json& report);
constexpr const char* groups_heading = "Groups";
constexpr const char* gaps_heading = "Gaps between groups";

/// One row of the table of members.
struct MemberRow {
    std::string kind;
    std::string weight;            ///< mean over the models
    std::string out_of_fold_loss;  ///< mean over the models that rated it on all folds
    std::string remark;            ///< in how many models it was given up; empty where in none
};

/// What the models are pooled of, in the order of the first; empty where that is not known.
std::vector<MemberRow> member_rows(const Json& report);

/// What the columns of that table mean, and how the members were pooled and calibrated.
std::string members_note(const Json& report);

/// How the rows were rated, in a sentence.
std::string procedure(const Json& report);

/// What the data's quality gives to think, a sentence each; one sentence that all is well where there is nothing.
std::vector<std::string> data_findings(const Json& report);

/// What is known of the intervals and the other columns of metrics, for those who read them.
std::string interval_note(const Json& report);

}  // namespace mml::render
