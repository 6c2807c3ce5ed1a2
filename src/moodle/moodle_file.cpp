// SPDX-License-Identifier: Apache-2.0
#include "moodle/moodle_file.hpp"

#include "base/index.hpp"
#include "data/csv_file.hpp"

namespace mml {

namespace {

Dataset read_moodle_file(const std::string& path, Config config, const char* labelled, Supervisor& supervisor) {
    config.set(OptionId::format, "moodle");
    config.set(OptionId::labelled, labelled);
    config.set(OptionId::task, "auto");
    config.set(OptionId::target, "");
    return read_csv_file(path, config, &supervisor);
}

}  // namespace

Dataset read_labelled_file(const std::string& path, const Config& config, Supervisor& supervisor) {
    return read_moodle_file(path, config, "true", supervisor);
}

Dataset read_unlabelled_file(const std::string& path, const Config& config, Supervisor& supervisor) {
    return read_moodle_file(path, config, "false", supervisor);
}

std::vector<std::int64_t> class_counts(const Target& target) {
    std::vector<std::int64_t> counts(target.class_names.size());
    for (const std::int32_t label : target.class_indices) ++item(counts, label);
    return counts;
}

std::vector<std::int64_t> class_counts(const Samples& samples) {
    std::vector<std::int64_t> counts(samples.class_names.size());
    if (counts.empty()) return counts;
    for (const Observation& observation : samples.observations) {
        item(counts, observation.class_index) += observation.count;
    }
    return counts;
}

}  // namespace mml
