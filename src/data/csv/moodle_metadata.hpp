// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "data/csv/label_column.hpp"
#include "data/csv/record_reader.hpp"

namespace mml {

/// What the first two rows of a Moodle file say.
struct MoodleMetadata {
    std::vector<std::pair<std::string, std::string>> pairs;  ///< all, as they stand
    std::int64_t features = 0;
    std::string target_column;            ///< empty where not told, or where merged files differ
    std::unique_ptr<LabelColumn> labels;  ///< for the target that they describe; null for an unlabelled file
    std::vector<std::string> classes;     ///< an unlabelled file's: Dataset::target_classes
};

/// Reads them. Of an unlabelled file only the number of features must be right.
MoodleMetadata read_metadata(RecordReader& reader, const CsvSource& source, bool labelled);

}  // namespace mml
