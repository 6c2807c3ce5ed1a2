// SPDX-License-Identifier: Apache-2.0
#include "evaluation/splitter.hpp"

#include <numeric>

#include "base/error.hpp"
#include "base/text.hpp"

namespace mml {

Splitter::Splitter(const Dataset& dataset, const Config& config)
    : dataset_(dataset),
      resampling_(config.text(OptionId::resampling)),
      iterations_(static_cast<int>(config.integer(OptionId::iterations))),
      test_share_(config.number(OptionId::test_share)),
      seed_(static_cast<std::uint64_t>(config.integer(OptionId::seed))) {
    const bool grouped = resampling_ == "grouped";
    if (grouped || resampling_ == "folds") {
        if (iterations_ < 2)
            fail(Status::invalid_argument, "resampling by folds needs at least 2 of them: raise option iterations");
        fold_of_row_ =
            grouped ? deal_equal_rows_into_folds(dataset, iterations_, seed_) : deal_into_folds(dataset, iterations_, seed_);
    }
    std::vector<std::int64_t> all(static_cast<std::size_t>(dataset.rows()));
    std::iota(all.begin(), all.end(), std::int64_t{0});
    available_ = samples_of_classes(all);
}

Split Splitter::split(int iteration) const {
    if (!fold_of_row_.empty()) return fold_split(fold_of_row_, iteration);
    return random_split(dataset_, test_share_, resampling_ == "stratified", seed_, static_cast<std::uint64_t>(iteration));
}

// Regression counts as one class.
std::vector<std::int64_t> Splitter::samples_of_classes(std::span<const std::int64_t> rows) const {
    const Target& target = *dataset_.target;
    const bool classes = target.task == Task::classification;
    std::vector<std::int64_t> counts(classes ? target.class_names.size() : 1);
    for (const std::int64_t number : rows) {
        const auto row = static_cast<std::size_t>(number);
        if (!dataset_.weights.empty() && dataset_.weights[row] <= 0) continue;
        ++counts[classes ? static_cast<std::size_t>(target.class_indices[row]) : 0];
    }
    return counts;
}

std::optional<std::string> Splitter::lack(const Split& split) const {
    const std::vector<std::int64_t> training = samples_of_classes(split.train);
    const std::vector<std::int64_t> test = samples_of_classes(split.test);
    for (std::size_t i = 0; i < available_.size(); ++i) {
        if (available_[i] == 0 || (training[i] > 0 && test[i] > 0)) continue;
        const Target& target = *dataset_.target;
        const std::string what =
            target.task == Task::classification ? concat("class ", mml::quote(target.class_names[i])) : "any sample";
        return concat(what, " (", available_[i], available_[i] == 1 ? " sample" : " samples", " in all)");
    }
    return std::nullopt;
}

Json Splitter::options() const {
    return {{"resampling", resampling_}, {"iterations", iterations_}, {"test_share", test_share_}, {"seed", seed_}};
}

}  // namespace mml
