// SPDX-License-Identifier: Apache-2.0
#include "evaluation/splitter.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <set>

#include "base/error.hpp"
#include "base/index.hpp"
#include "base/text.hpp"

namespace mml {

namespace {

std::string classes_text(const std::vector<std::string>& names) {
    return concat(names.size() == 1 ? "class " : "classes ", quoted_list(names));
}

}  // namespace

Splitter::Splitter(const Dataset& dataset, const Config& config, RareClasses rare_classes)
    : dataset_(dataset),
      resampling_(config.text(OptionId::resampling)),
      iterations_(config.integer<int>(OptionId::iterations)),
      test_share_(config.number(OptionId::test_share)),
      seed_(config.integer<std::uint64_t>(OptionId::seed)) {
    const bool folds = resampling_ == "folds" || resampling_ == "grouped" || resampling_ == "group_folds";
    if (folds && iterations_ < 2)
        fail(Status::invalid_argument, "resampling by folds needs at least 2 of them: raise option iterations");
    if (resampling_ == "folds") fold_of_row_ = deal_into_folds(dataset, iterations_, seed_);
    if (resampling_ == "grouped") fold_of_row_ = deal_equal_rows_into_folds(dataset, iterations_, seed_);
    if (resampling_ == "group_folds") deal_into_folds_of_groups();
    if (resampling_ == "time") split_by_time();
    std::vector<std::int64_t> all(as_size(dataset.rows()));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    available_ = samples_of_classes(all);
    if (rare_classes == RareClasses::reported && dataset.target->task == Task::classification) find_rare_classes();
}

void Splitter::deal_into_folds_of_groups() {
    if (!dataset_.groups) {
        fail(Status::invalid_argument,
             concat(dataset_.source,
                    ": resampling=group_folds needs groups: set option group_column, or the data set's groups"));
    }
    const auto count = static_cast<int>(std::set(dataset_.groups->of_row.begin(), dataset_.groups->of_row.end()).size());
    if (count < iterations_) {
        fail(Status::not_enough_data,
             concat(dataset_.source, ": ", count, count == 1 ? " group makes no " : " groups make no ", iterations_,
                    " folds: lower option iterations"));
    }
    fold_of_row_ = deal_groups_into_folds(dataset_, dataset_.groups->of_row, iterations_, seed_);
}

void Splitter::split_by_time() {
    if (dataset_.times.empty()) {
        fail(Status::invalid_argument,
             concat(dataset_.source, ": resampling=time needs times: set option time_column, or the data set's times"));
    }
    const auto unknown = std::ranges::find_if(dataset_.times, [](double time) { return std::isnan(time); });
    if (unknown != dataset_.times.end()) {
        fail(Status::bad_data, concat(dataset_.source, ": sample ", unknown - dataset_.times.begin(),
                                      " has no time, which resampling=time needs: leave it out, or fill it in"));
    }
    if (std::ranges::adjacent_find(dataset_.times, std::not_equal_to<>()) == dataset_.times.end()) {
        fail(Status::not_enough_data,
             concat(dataset_.source, ": all samples have one time, so none is earlier: resampling=time needs several"));
    }
    by_time_ = splits_by_time(dataset_.times, iterations_);
}

// A class needs two samples to be trained on and rated, and one in each fold to be rated in each.
void Splitter::find_rare_classes() {
    const std::int64_t enough = fold_of_row_.empty() ? 2 : iterations_;
    std::ptrdiff_t frequent = 0;
    for (const std::int64_t count : available_) {
        rare_.push_back(count > 0 && count < enough);
        frequent += count >= enough ? 1 : 0;
    }
    const bool any = std::ranges::find(rare_, true) != rare_.end();
    if (!any || frequent < 2) rare_.clear();
}

Split Splitter::split(int iteration) const {
    if (!by_time_.empty()) return by_time_[as_size(iteration)];
    Split made = fold_of_row_.empty() ? random_split(dataset_, test_share_, resampling_ == "stratified", seed_,
                                                     static_cast<std::uint64_t>(iteration))
                                      : fold_split(fold_of_row_, iteration);
    // That would put a group on both sides.
    const bool whole_groups = resampling_ == "group_folds";
    if (!rare_.empty() && !whole_groups) train_on_rare_classes(made);
    return made;
}

// Test rows of a rare class that the training rows lack become training rows.
void Splitter::train_on_rare_classes(Split& split) const {
    const std::vector<std::int64_t> trained = samples_of_classes(split.train);
    const auto is_needed = [&](std::int64_t row) {
        const auto label = as_size(item(dataset_.target->class_indices, row));
        return rare_[label] && trained[label] == 0;
    };
    std::ranges::copy_if(split.test, std::back_inserter(split.train), is_needed);
    std::erase_if(split.test, is_needed);
    std::ranges::sort(split.train);
}

std::vector<std::int64_t> Splitter::samples_of_classes(std::span<const std::int64_t> rows) const {
    const Target& target = *dataset_.target;
    std::vector<std::int64_t> counts(target.strata());
    for (const std::int64_t number : rows) {
        const auto row = as_size(number);
        if (!dataset_.weights.empty() && dataset_.weights[row] <= 0) continue;
        ++counts[target.stratum(row)];
    }
    return counts;
}

std::optional<std::string> Splitter::lack(const Split& split) const {
    const std::vector<std::int64_t> training = samples_of_classes(split.train);
    const std::vector<std::int64_t> test = samples_of_classes(split.test);
    for (std::size_t i = 0; i < available_.size(); ++i) {
        const bool is_rare = !rare_.empty() && rare_[i];
        if (available_[i] == 0 || (training[i] > 0 && (test[i] > 0 || is_rare))) continue;
        const Target& target = *dataset_.target;
        const std::string what =
            target.class_names.empty() ? "any sample" : concat("class ", mml::quote(target.class_names[i]));
        return concat(what, " (", available_[i], available_[i] == 1 ? " sample" : " samples", " in all)");
    }
    return std::nullopt;
}

std::vector<std::string> Splitter::notes() const {
    std::vector<std::string> single, few;
    for (std::size_t i = 0; i < rare_.size(); ++i) {
        if (rare_[i]) (available_[i] == 1 ? single : few).push_back(dataset_.target->class_names[i]);
    }
    std::vector<std::string> notes;
    if (!single.empty()) {
        notes.push_back(concat("One sample only: ", classes_text(single), ". Every split trains on it, none can rate it."));
    }
    if (!few.empty()) {
        notes.push_back(concat("Fewer samples than folds: ", classes_text(few), ". Folds without it rate the others."));
    }
    return notes;
}

Json Splitter::options() const {
    return {{"resampling", resampling_}, {"iterations", iterations_}, {"test_share", test_share_}, {"seed", seed_}};
}

}  // namespace mml
