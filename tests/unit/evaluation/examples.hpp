// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cmath>
#include <string>
#include <vector>

#include "data/dataset.hpp"

namespace mml::testing {

inline bool contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

/// A labelled data set of one feature, "feature", that the class index follows but for every fifth row.
inline Dataset classified_data(const std::vector<std::string>& class_names, const std::vector<std::int32_t>& labels) {
    Dataset dataset;
    dataset.source = "the data set";
    dataset.features = SparseRows(std::vector<float>{0});
    dataset.column_names = {"feature"};
    dataset.named = true;
    for (std::size_t row = 0; row < labels.size(); ++row) {
        const float cell = row % 5 == 4 ? 0.5F : static_cast<float>(labels[row]);
        dataset.features.append_dense_row(std::vector<float>{cell});
    }
    dataset.target = Target{Task::classification, class_names, labels, {}};
    return dataset;
}

/// As many rows of each class as `counts` says, in rotation.
inline std::vector<std::int32_t> rotating_labels(std::vector<int> counts) {
    std::vector<std::int32_t> labels;
    for (bool more = true; more;) {
        more = false;
        for (std::size_t i = 0; i < counts.size(); ++i) {
            if (counts[i] == 0) continue;
            --counts[i];
            labels.push_back(static_cast<std::int32_t>(i));
            more = true;
        }
    }
    return labels;
}

/// A data set of one feature with these numbers as targets; the feature is the target rounded to a whole number.
inline Dataset valued_data(const std::vector<double>& values) {
    Dataset dataset = classified_data({}, {});
    for (const double value : values)
        dataset.features.append_dense_row(std::vector<float>{static_cast<float>(std::trunc(value))});
    dataset.target = Target{Task::regression, {}, {}, values};
    return dataset;
}

}  // namespace mml::testing
