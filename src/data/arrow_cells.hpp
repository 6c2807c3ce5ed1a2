// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "moodleml/arrow.h"

namespace mml {

/// What the cells of a column are, whatever Arrow's type for them.
enum class ArrowKind { number, text, time };

/// The cells of a column of one batch of an Arrow table, read as numbers, texts or times. The batch must stay.
class ArrowCells {
public:
    virtual ~ArrowCells() = default;

    /// NaN where missing. A time is in seconds since the beginning of 1970; a text has no number.
    virtual double number(std::int64_t row) const = 0;
    /// The same of `out.size()` rows from `first` on.
    virtual void numbers(std::int64_t first, std::span<double> out) const = 0;
    /// No characters where missing; of numbers and times none either.
    virtual std::string_view text(std::int64_t row) const = 0;
    virtual bool is_missing(std::int64_t row) const = 0;
    /// Texts of a dictionary: the row's place in it; -1 where there is none.
    virtual std::int64_t dictionary_place(std::int64_t row) const = 0;
};

/// The kind of a column, by its schema. Throws Error(bad_data), naming it, where its type is none that can be read.
ArrowKind arrow_kind(const ArrowSchema& schema);

/// The first row of a batch that is null as a whole, as a row of an array of structures may be; its length where none is.
std::int64_t first_missing_row(const ArrowArray& batch);

/// The cells of rows 0 ... length - 1 of a column, which begin `offset` elements into it. Throws Error(bad_data) where
/// buffers are missing or the column is shorter.
std::unique_ptr<ArrowCells> arrow_cells(const ArrowSchema& schema, const ArrowArray& array, std::int64_t offset,
                                        std::int64_t length);

}  // namespace mml
