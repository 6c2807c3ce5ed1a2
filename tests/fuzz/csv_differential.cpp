// SPDX-License-Identifier: Apache-2.0
// The samples of a Moodle file, read by the library and by a slow and obvious reader: equal cells, or both refuse. The head
// is made; the first bytes choose the layout.
#include <cstring>

#include "../unit/data/slow_csv.hpp"
#include "data/csv_file.hpp"
#include "draw.hpp"
#include "expect.hpp"

using mml_fuzz::Draw;
using mml_fuzz::expect;
using mml_test::SlowLayout;
using mml_test::SlowTable;

namespace {

// The reader learns a table's background from so many rows, and reads the later ones another way.
constexpr int background_rows = 256;

struct File {
    SlowLayout layout;
    std::string text;
};

std::string head_of(const SlowLayout& layout) {
    const bool plain = layout.kind == SlowLayout::Kind::plain;
    std::string head = plain ? "" : mml::concat("nfeatures,targetclasses\n", layout.features, ",\"[0,1,2]\"\n");
    if (layout.kind == SlowLayout::Kind::unlabelled) head += "id,";
    for (std::size_t i = 0; i < layout.features; ++i) head += mml::concat(i > 0 ? "," : "", "f", i);
    return head + (layout.kind == SlowLayout::Kind::labelled ? ",y\n" : "\n");
}

// Of these any few form something that CSV gives a meaning, which of all bytes hardly any do.
std::string in_letters_of_csv(std::string bytes) {
    constexpr std::string_view letters = "\",\\\n\r01.-ea\"";
    for (char& byte : bytes) byte = letters[static_cast<unsigned char>(byte) % letters.size()];
    return bytes;
}

File drawn_file(Draw& draw) {
    constexpr SlowLayout::Kind kinds[] = {SlowLayout::Kind::labelled, SlowLayout::Kind::unlabelled};
    File file;
    file.layout.kind = draw.any_of(kinds);
    file.layout.head_records = file.layout.kind == SlowLayout::Kind::plain ? 1 : 3;
    file.layout.features = 1 + draw.below(4);
    const std::size_t form = draw.below(4);
    const bool with_background = form % 2 == 1;
    const std::string body = form / 2 == 1 ? in_letters_of_csv(draw.rest()) : draw.rest();
    file.text = head_of(file.layout);
    const std::string first_line = body.substr(0, body.find('\n')) + "\n";
    for (int i = 0; with_background && i < background_rows; ++i) file.text += first_line;
    file.text += body;
    return file;
}

std::optional<SlowTable> read_fast(const File& file) {
    mml::Config config;
    config.set("format", file.layout.kind == SlowLayout::Kind::plain ? "plain" : "moodle");
    config.set("labelled", file.layout.kind == SlowLayout::Kind::labelled ? "true" : "false");
    mml::Dataset dataset;
    if (!mml_fuzz::refusal_of([&] { dataset = mml::read_csv_text(file.text, config); }).empty()) return std::nullopt;
    SlowTable table;
    table.ids = dataset.row_ids;
    if (dataset.target) table.labels.assign(dataset.target->class_indices.begin(), dataset.target->class_indices.end());
    for (std::int64_t row = 0; row < dataset.rows(); ++row) {
        dataset.features.expand_row(row, table.rows.emplace_back(static_cast<std::size_t>(dataset.columns())));
    }
    return table;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Draw draw(data, size);
    const File file = drawn_file(draw);
    const std::optional<SlowTable> expected = mml_test::read_slowly(file.text, file.layout);
    const std::optional<SlowTable> found = read_fast(file);
    expect(found.has_value() == expected.has_value(),
           expected ? "what is well-formed is read" : "what is malformed is refused");
    if (!found) return 0;
    expect(found->ids == expected->ids, "the ids as they stand");
    expect(found->labels == expected->labels, "the labels as they stand");
    expect(found->rows.size() == expected->rows.size(), "all rows");
    for (std::size_t row = 0; row < found->rows.size(); ++row) {
        expect(std::ranges::equal(found->rows[row], expected->rows[row], mml::same_cell), "the cells as they stand");
    }
    return 0;
}
