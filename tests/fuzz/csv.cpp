// SPDX-License-Identifier: Apache-2.0
// CSV text in both formats, with options and limits that the first bytes choose: what is read in one piece is read the same
// in pieces of any size, and keeps what dataset.hpp promises.
#include <cmath>
#include <cstring>
#include <vector>

#include "base/text.hpp"
#include "data/csv/csv_formats.hpp"
#include "data/csv_file.hpp"
#include "draw.hpp"
#include "expect.hpp"

using mml_fuzz::Draw;
using mml_fuzz::expect;

namespace {

struct Limit {
    const char* option;
    const char* value;
};

mml::Config drawn_config(Draw& draw) {
    constexpr Limit limits[] = {{"max_rows", "2147483647"},
                                {"max_rows", "2"},
                                {"max_columns", "3"},
                                {"max_cell_bytes", "32"},
                                {"memory_limit", "1"}};
    mml::Config config;
    config.set("format", draw.flag() ? "plain" : "moodle");
    config.set("labelled", draw.flag() ? "false" : "true");
    config.set("task", draw.any_of(std::vector<std::string>{"auto", "classification", "regression"}));
    config.set("target", draw.flag() ? "a" : "");
    config.set("separator", draw.any_of(std::vector<std::string>{"auto", "auto", "comma", "semicolon", "tab", "pipe"}));
    config.set("decimal", draw.any_of(std::vector<std::string>{"auto", "point", "comma"}));
    config.set("types", draw.any_of(std::vector<std::string>{"", "", "", "a=category", "a=time", "a=number,b=category"}));
    config.set("id", draw.below(8) == 0 ? "a" : "");
    config.set("encoding", draw.any_of(std::vector<std::string>{"utf-8", "utf-8", "latin1", "utf-16le", "utf-16be"}));
    const Limit& limit = draw.any_of(limits);
    config.set(limit.option, limit.value);
    return config;
}

// As read_csv_text() reads it, but for the pieces.
mml::Dataset read_in_pieces(std::string_view text, std::size_t piece, const mml::Config& config) {
    const auto open = [text, piece]() -> mml::ReadBytes {
        return [text, piece](std::span<char> buffer) mutable {
            const std::size_t count = text.copy(buffer.data(), std::min(piece, buffer.size()));
            text.remove_prefix(count);
            return count;
        };
    };
    const mml::CsvInput input("the data set", open, config);
    const bool plain = config.text(mml::OptionId::format) == "plain";
    return plain ? mml::read_plain_format(input, config) : mml::read_moodle_format(input, config);
}

void expect_consistent(const mml::Dataset& dataset) {
    const auto rows = static_cast<std::size_t>(dataset.rows());
    expect(static_cast<std::int64_t>(dataset.column_names.size()) == dataset.columns(), "a name for each column");
    expect(dataset.row_ids.empty() || dataset.row_ids.size() == rows, "an id for each row");
    for (const std::string& id : dataset.row_ids) expect(mml::valid_utf8(id) == id, "ids in UTF-8");
    expect(dataset.categories.empty() || dataset.categories.size() == dataset.column_names.size(), "levels for each column");
    for (const std::vector<std::string>& levels : dataset.categories) {
        for (const std::string& level : levels) expect(mml::valid_utf8(level) == level, "levels in UTF-8");
    }
    for (const std::string& name : dataset.column_names) expect(mml::valid_utf8(name) == name, "names in UTF-8");
    if (!dataset.target) return;
    const mml::Target& target = *dataset.target;
    const bool classes = target.task == mml::Task::classification;
    expect((classes ? target.class_indices.size() : target.values.size()) == rows, "a target for each row");
    for (const std::int32_t index : target.class_indices) {
        expect(index >= 0 && index < static_cast<std::int64_t>(target.class_names.size()), "classes that are there");
    }
    for (const double value : target.values) expect(std::isfinite(value), "finite targets");
}

void expect_same(const mml::Dataset& a, const mml::Dataset& b) {
    expect(a.rows() == b.rows() && a.columns() == b.columns(), "the same size in pieces");
    expect(a.column_names == b.column_names && a.row_ids == b.row_ids && a.metadata == b.metadata && a.notes == b.notes,
           "the same texts in pieces");
    expect(a.categories == b.categories, "the same levels in pieces");
    expect(a.target.has_value() == b.target.has_value(), "the same kind of file in pieces");
    if (a.target) {
        expect(a.target->class_names == b.target->class_names && a.target->class_indices == b.target->class_indices &&
                   a.target->values == b.target->values,
               "the same target in pieces");
    }
    std::vector<float> cells(static_cast<std::size_t>(a.columns()));
    std::vector<float> others(cells.size());
    for (std::int64_t row = 0; row < a.rows(); ++row) {
        a.features.expand_row(row, cells);
        b.features.expand_row(row, others);
        expect(std::memcmp(cells.data(), others.data(), cells.size() * sizeof(float)) == 0, "the same cells in pieces");
        for (const float cell : cells) expect(!std::isinf(cell), "finite cells");
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Draw draw(data, size);
    const mml::Config config = drawn_config(draw);
    const std::size_t piece = 1 + draw.below(256);
    const std::string text = draw.rest();
    mml::Dataset whole;
    mml::Dataset pieces;
    const std::string refusal = mml_fuzz::refusal_of([&] { whole = mml::read_csv_text(text, config); });
    const std::string other = mml_fuzz::refusal_of([&] { pieces = read_in_pieces(text, piece, config); });
    expect(refusal == other, "one judgement on a text and its pieces: " + refusal + " / " + other);
    if (!refusal.empty()) return 0;
    expect_consistent(whole);
    expect_same(whole, pieces);
    return 0;
}
