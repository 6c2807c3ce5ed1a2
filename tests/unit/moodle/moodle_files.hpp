// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "../temporary_directory.hpp"
#include "base/file.hpp"
#include "base/text.hpp"
#include "config/config.hpp"
#include "moodle/calls.hpp"
#include "moodle/kept_samples.hpp"

namespace mml_test {

using nlohmann::ordered_json;

constexpr std::uint64_t no_limit = 1U << 30U;

inline std::string joined(const std::vector<std::string>& texts) {
    std::string line;
    for (const std::string& text : texts) line += (line.empty() ? "" : ",") + text;
    return line;
}

/// A file as Moodle writes it. The rows are lines without their line feeds.
inline std::string labelled_text(const std::vector<std::string>& columns, const std::vector<std::string>& rows,
                                 const std::string& classes = "[0,1]") {
    std::string text = mml::concat("nfeatures,targetclasses,targettype\n", columns.size(), ",\"", classes, "\",discrete\n",
                                   joined(columns), ",target\n");
    for (const std::string& row : rows) text += row + "\n";
    return text;
}

inline std::string unlabelled_text(const std::vector<std::string>& columns, const std::vector<std::string>& rows) {
    std::string text = mml::concat("nfeatures\n", columns.size(), "\nsampleid,", joined(columns), "\n");
    for (const std::string& row : rows) text += row + "\n";
    return text;
}

/// Rows first ... last - 1 of an endless table: b is noise, and a tells the label, 0 and 1 in turn, without fail.
inline double cell_a(int row) { return (row % 2 == 0 ? -0.7 : 0.7) + 0.02 * (row * 7 % 11); }
inline double cell_b(int row) { return 0.1 * (row * 5 % 13); }

inline std::string row_of(const std::string& columns, int row) {
    std::vector<std::string> cells;
    for (const char column : columns) {
        if (column == 'a') cells.push_back(mml::number_text(cell_a(row)));
        if (column == 'b') cells.push_back(mml::number_text(cell_b(row)));
        if (column == 'c') cells.emplace_back("0.5");
        if (column == 'i') cells.push_back(mml::concat(row, "-0"));
        if (column == 't') cells.push_back(mml::number_text(row % 2));
    }
    return joined(cells);
}

/// `columns`: a letter for each feature, as row_of() knows them.
inline std::string labelled_rows(const std::string& columns, int first, int last) {
    std::vector<std::string> names;
    std::vector<std::string> rows;
    for (const char column : columns) names.emplace_back(1, column);
    for (int row = first; row < last; ++row) rows.push_back(row_of(columns + "t", row));
    return labelled_text(names, rows);
}

inline std::string unlabelled_rows(const std::string& columns, int first, int last) {
    std::vector<std::string> names;
    std::vector<std::string> rows;
    for (const char column : columns) names.emplace_back(1, column);
    for (int row = first; row < last; ++row) rows.push_back(row_of("i" + columns, row));
    return unlabelled_text(names, rows);
}

/// A place with a model directory and files, and the calls on them.
class MoodleSite {
public:
    MoodleSite() {
        config.set("networks", "0");
        config.set("trees", "0");
    }

    std::string file(const std::string& name, const std::string& text) const {
        mml::replace_file(place.file(name), text, 0600);
        return place.file(name);
    }
    std::string model_directory() const { return place.file("model"); }
    std::string classifier(const std::string& name) const { return model_directory() + "/classifier/" + name; }
    std::string bytes_of(const std::string& name) const { return mml::read_file(classifier(name), no_limit); }

    mml::Answer train(const std::string& text) const {
        return mml::moodle_train(model_directory(), file("train.csv", text), config, {});
    }
    mml::Answer predict(const std::string& text) const {
        return mml::moodle_predict(model_directory(), file("predict.csv", text), config, {});
    }
    mml::Answer evaluate(const std::string& text, const std::string& trained = "") const {
        return mml::moodle_evaluate(model_directory(), file("evaluate.csv", text), trained, config, {});
    }
    /// "0" or "1", as told of rows first ... last - 1 of columns a and b, one character each.
    std::string classes_of(int first, int last) const {
        std::string classes;
        const ordered_json answer = ordered_json::parse(predict(unlabelled_rows("ab", first, last)).json);
        for (const auto& prediction : answer.at("predictions")) classes += prediction.at(1).get<std::string>();
        return classes;
    }

    TemporaryDirectory place;
    mml::Config config;
};

/// The samples that a training has kept for the next one.
inline mml::Samples kept_samples(const MoodleSite& site, std::int64_t generation) {
    const std::string name = mml::concat("samples-", generation, ".mml");
    return mml::samples_from_file_bytes(site.bytes_of(name), generation, name);
}

inline ordered_json parsed(const mml::Answer& answer) { return ordered_json::parse(answer.json); }

}  // namespace mml_test
