// SPDX-License-Identifier: Apache-2.0
// The reader against a slow and obvious one, on generated files, whole and damaged.
#include <doctest/doctest.h>
#include <optional>

#include "base/random.hpp"
#include "base/text.hpp"
#include "csv_reading.hpp"
#include "slow_csv.hpp"

using mml::RandomStream;
using mml_test::Options;
using mml_test::read_slowly;
using mml_test::SlowLayout;
using mml_test::SlowTable;

namespace {

std::optional<SlowTable> read_fast(const std::string& text, const Options& options) {
    SlowTable table;
    try {
        const mml::Dataset dataset = mml_test::read(text, options);
        for (std::int64_t row = 0; row < dataset.rows(); ++row) table.rows.push_back(mml_test::cells(dataset, row));
        table.ids = dataset.row_ids;
        if (dataset.target) table.labels.assign(dataset.target->class_indices.begin(), dataset.target->class_indices.end());
    } catch (const mml::Error&) {
        return std::nullopt;
    }
    return table;
}

template <typename T>
const T& any_of(RandomStream& stream, const std::vector<T>& values) {
    return values[static_cast<std::size_t>(stream.below(values.size()))];
}

std::string random_cell(RandomStream& stream) {
    static const std::vector<std::string> rare{"1",
                                               "-1",
                                               "0.5",
                                               "-0",
                                               "00",
                                               "0.50",
                                               "1.0E-7",
                                               "-.25",
                                               "3e+2",
                                               "1e-50",
                                               "123456789.123",
                                               "0.1234567890123456789",
                                               "7.",
                                               "99999999999999999999"};
    if (stream.below(20) == 0) return mml::concat(stream.uniform() - 0.5);
    return any_of(stream, rare);
}

// A cell's text as a file may write it.
std::string written(RandomStream& stream, const std::string& text, bool must) {
    if (!must && stream.below(40) != 0) return text;
    std::string out = "\"";
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool doubled = text[i] == '"' && (i == 0 || text[i - 1] != '\\');
        out += doubled ? std::string("\"\"") : std::string(1, text[i]);
    }
    return out + "\"";
}

struct File {
    std::string head;
    std::size_t head_records;
    std::string body;
    std::size_t features;
    bool labelled;
};

std::string id_of(RandomStream& stream, int row) {
    static const std::vector<std::string> odd{"a,b", "say \"hi\"", "line\nend", "\\\"x", "", "\r\n"};
    return stream.below(10) == 0 ? written(stream, any_of(stream, odd), true) : mml::concat(row, "-0");
}

File random_file(RandomStream& stream) {
    File file{"", 3, "", static_cast<std::size_t>(1 + stream.below(12)), stream.below(2) == 0};
    const std::string line_end = stream.below(3) == 0 ? "\r\n" : "\n";
    std::string names = file.labelled ? "" : "id,";
    std::vector<std::string> background;
    for (std::size_t i = 0; i < file.features; ++i) {
        names += mml::concat("f", i, file.labelled || i + 1 < file.features ? "," : "");
        background.push_back(any_of<std::string>(stream, {"0", "0", "0", "", "-1", "0.0", "0.25"}));
    }
    if (file.labelled) names += "y";
    file.head = mml::concat(stream.below(4) == 0 ? "\xEF\xBB\xBF" : "", "nfeatures,targetclasses", line_end, file.features,
                            ",\"[0,1,2]\"", line_end, names, line_end);
    const int rows = static_cast<int>(stream.below(4) == 0 ? 250 + stream.below(200) : stream.below(30));
    const std::uint64_t share = 1 + stream.below(8);
    for (int row = 0; row < rows; ++row) {
        if (!file.labelled) file.body += id_of(stream, row) + ",";
        for (std::size_t i = 0; i < file.features; ++i) {
            if (i > 0) file.body += ',';
            file.body += written(stream, stream.below(8) < share ? background[i] : random_cell(stream), false);
        }
        if (file.labelled) file.body += "," + any_of<std::string>(stream, {"0", "1", "1.0", "2", ""});
        if (row + 1 < rows || stream.below(2) == 0) file.body += line_end;
    }
    return file;
}

void damage(RandomStream& stream, std::string& text) {
    if (text.empty()) return;
    const auto place = static_cast<std::size_t>(stream.below(text.size()));
    const char byte = any_of<char>(stream, {'"', ',', '\n', '\r', '\\', '0', '-', '.', 'e', 'x', ' '});
    switch (stream.below(3)) {
        case 0: text[place] = byte; break;
        case 1: text.insert(place, 1, byte); break;
        default: text.erase(place, 1); break;
    }
}

void compare(const std::optional<SlowTable>& found, const std::optional<SlowTable>& expected) {
    REQUIRE(found.has_value() == expected.has_value());
    if (!expected) return;
    REQUIRE(found->ids == expected->ids);
    REQUIRE(found->labels == expected->labels);
    REQUIRE(found->rows.size() == expected->rows.size());
    for (std::size_t row = 0; row < expected->rows.size(); ++row) {
        for (std::size_t column = 0; column < expected->rows[row].size(); ++column) {
            CAPTURE(row);
            CAPTURE(column);
            CAPTURE(found->rows[row][column]);
            CAPTURE(expected->rows[row][column]);
            REQUIRE(mml::same_cell(found->rows[row][column], expected->rows[row][column]));
        }
    }
}

}  // namespace

TEST_CASE("a slow reader of Moodle's format agrees, also on damaged files") {
    RandomStream stream(20240610);
    int accepted = 0;
    constexpr int files = 1500;
    for (int i = 0; i < files; ++i) {
        File file = random_file(stream);
        const std::uint64_t defects = stream.below(3);
        for (std::uint64_t defect = 0; defect < defects; ++defect) damage(stream, file.body);
        const std::string text = file.head + file.body;
        const std::optional<SlowTable> expected = read_slowly(
            text,
            {file.labelled ? SlowLayout::Kind::labelled : SlowLayout::Kind::unlabelled, file.head_records, file.features});
        CAPTURE(i);
        compare(read_fast(text, {{"labelled", file.labelled ? "true" : "false"}}), expected);
        accepted += expected ? 1 : 0;
    }
    CHECK(accepted > files / 3);
    CHECK(accepted < files * 3 / 4);
}
