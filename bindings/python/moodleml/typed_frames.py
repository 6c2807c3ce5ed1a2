# SPDX-License-Identifier: Apache-2.0
"""Frames with columns of texts, categories, dates and times, which the library takes as they are."""

from __future__ import annotations

import datetime
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from moodleml import _native
from moodleml.frames import column_of_numbers, columns_of, is_arrow, is_frame, is_pandas, is_polars, keys_of, of_known_kind, types_of
from moodleml.refusals import refusal, shown

Cells = npt.NDArray[Any]
NUMBER, CATEGORY, TIME = 1, 2, 3
CATEGORY_TYPES = "categorical", "enum", "dictionary"
TYPES = *CATEGORY_TYPES, "string", "large_string", "utf8", "date", "timestamp", "datetime"

#: A column as _native.Dataset.from_columns() takes it: name, cells, type, levels.
Column = tuple[str, Cells, int, list[str]]


def level_name(value: Any) -> str:
    """What a category is called: a whole number without a point, as files write it."""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def is_missing(cells: Cells) -> npt.NDArray[np.bool_]:
    return np.array([cell is None or str(cell) in ("<NA>", "NaT") or cell != cell for cell in cells], dtype=bool)


def are_numbers(texts: Cells) -> bool:
    """Whether all texts write numbers: then a column holds numbers, as one of a file would."""
    try:
        np.asarray(texts, dtype=object).astype(np.float64)
    except ValueError:
        return False
    return True


def category(name: str, cells: Cells) -> Column:
    missing = is_missing(cells)
    levels, codes = np.unique(np.array([level_name(cell) for cell in cells[~missing]], dtype=object), return_inverse=True)
    every = np.full(len(cells), -1, dtype=np.int32)
    every[~missing] = codes
    return name, every, CATEGORY, [str(level) for level in levels]


def time(name: str, cells: Cells) -> Column:
    stamps = cells.astype("datetime64[us]")
    seconds = stamps.astype(np.int64) / 1e6
    seconds[np.isnat(stamps)] = np.nan
    return name, seconds, TIME, []


def in_utc(cell: Any) -> Any:
    """A date or time without a time zone."""
    return cell.astimezone(datetime.timezone.utc).replace(tzinfo=None) if getattr(cell, "tzinfo", None) is not None else cell


def column_of_objects(name: str, cells: Cells) -> Optional[Column]:
    """A column of texts, dates or times; None where it holds numbers or several kinds."""
    missing = is_missing(cells)
    present = cells[~missing]
    if len(present) and all(isinstance(cell, str) for cell in present):
        return None if are_numbers(present) else category(name, cells)
    if len(present) and all(isinstance(cell, datetime.date) for cell in present):
        stamps = [None if gone else in_utc(cell) for gone, cell in zip(missing, cells)]
        return time(name, np.array(stamps, dtype="datetime64[us]"))
    return None


def typed_column(name: str, column: Any) -> Optional[Column]:
    """A column of pandas that does not hold numbers; None where it does, or is none that the library takes."""
    kind = column.dtype
    if hasattr(column, "cat"):
        levels = [level_name(level) for level in column.cat.categories]
        codes = np.asarray(column.cat.codes, dtype=np.int32)
        return (name, codes, CATEGORY, levels) if len(set(levels)) == len(levels) else None
    if hasattr(column, "dt") and "date" in str(kind) + str(getattr(kind, "pyarrow_dtype", "")) or str(kind).startswith("timestamp"):
        stamps = column.dt.tz_convert(None) if getattr(column.dt, "tz", None) is not None else column
        return time(name, np.asarray(stamps.to_numpy(dtype="datetime64[ns]", na_value=np.datetime64("NaT"))))
    if getattr(kind, "kind", "O") not in "OUST":
        return None
    return column_of_objects(name, np.asarray(column.to_numpy(dtype=object)))


def as_kind(column: Column, kind: int) -> Column:
    """The column as one of this kind, where it holds no cell that says otherwise."""
    name, cells, own, levels = column
    if own == NUMBER and kind != NUMBER and np.isnan(cells.astype(np.float64)).all():
        empty = np.full(len(cells), -1, dtype=np.int32) if kind == CATEGORY else np.full(len(cells), np.nan)
        return name, empty, kind, []
    return column


def joined(first: Column, second: Column) -> Column:
    """One column after the other; levels that the first has not met come after its own."""
    first, second = as_kind(first, second[2]), as_kind(second, first[2])
    (name, cells, kind, levels), (_, others, other_kind, other_levels) = first, second
    if kind != other_kind:
        kinds = {NUMBER: "numbers", CATEGORY: "texts", TIME: "dates or times"}
        raise refusal(f"column {shown(name)} holds {kinds[other_kind]}, but held {kinds[kind]} in earlier samples")
    if kind != CATEGORY:
        return name, np.concatenate([cells, others]), kind, []
    every = list(dict.fromkeys([*levels, *other_levels]))
    places = np.array([*(every.index(level) for level in other_levels), -1], dtype=np.int32)
    return name, np.concatenate([cells, places[others]]), kind, every


class _Stream:
    """What an Arrow stream held: it may be read but once."""

    def __init__(self, table: Any) -> None:
        self.data = _native.Dataset.from_arrow(table, {"labelled": "false"})


class TypedFrame:
    """A frame of which some column does not hold numbers, in the place of a checked table."""

    def __init__(self, columns: Optional[list[Column]], frame: Any = None) -> None:
        self._columns = columns
        self._frame = frame
        if isinstance(frame, _Stream):
            self.shape = frame.data.rows, frame.data.columns
        elif columns is not None:
            self.shape = len(columns[0][1]), len(columns)
        else:
            self.shape = len(frame), len(keys_of(frame))

    def __len__(self) -> int:
        return int(self.shape[0])

    def dataset(self) -> _native.Dataset:
        if isinstance(self._frame, _Stream):
            return self._frame.data
        if self._columns is None:
            return _native.Dataset.from_arrow(self._frame, {"labelled": "false"})
        return _native.Dataset.from_columns(self._columns)

    def to_keep(self) -> TypedFrame:
        """A copy of the cells, for partial_fit()."""
        return TypedFrame([(name, cells.copy(), kind, levels) for name, cells, kind, levels in self._known_columns()])

    def then(self, other: TypedFrame) -> TypedFrame:
        pairs = zip(self._known_columns(), other._known_columns())
        return TypedFrame([joined(first, second) for first, second in pairs])

    def __getitem__(self, rows: Cells) -> TypedFrame:
        return TypedFrame([(name, cells[rows], kind, levels) for name, cells, kind, levels in self._known_columns()])

    @property
    def nbytes(self) -> int:
        return sum(int(cells.nbytes) for _, cells, _, _ in self._known_columns())

    def _known_columns(self) -> list[Column]:
        if isinstance(self._frame, _Stream):
            raise refusal("partial_fit() keeps rows, but an Arrow stream is read once: give a frame, such as X.to_arrow_table(), or use fit()")
        if self._columns is None:
            self._columns = columns_of_arrow(self._frame)
        return self._columns


def of_pandas(frame: Any) -> Optional[TypedFrame]:
    names = [str(key) for key in keys_of(frame)]
    typed = [typed_column(name, frame.iloc[:, place]) for place, name in enumerate(names)]
    if not any(typed):
        return None
    columns: list[Column] = []
    for name, column, cells in zip(names, typed, columns_of(frame)):
        if column is None:  # what holds no numbers either is refused by name
            column = name, column_of_numbers(cells, f"column {shown(name)}"), NUMBER, []
        columns.append(column)
    return TypedFrame(columns)


def columns_of_arrow(frame: Any) -> list[Column]:
    """The columns of a frame of polars or a table of pyarrow, read cell by cell."""
    columns: list[Column] = []
    series = frame.get_columns() if is_polars(frame) else frame.columns
    for name, kind, numbers, each in zip(keys_of(frame), types_of(frame), columns_of(frame), series):
        column: Optional[Column] = None
        if str(kind).lower().startswith(TYPES):
            cells = np.empty(len(each), dtype=object)
            cells[:] = each.to_list() if is_polars(frame) else each.to_pylist()
            is_category = str(kind).lower().startswith(CATEGORY_TYPES)
            column, numbers = (category if is_category else column_of_objects)(name, cells), cells
        columns.append(column or (name, column_of_numbers(numbers, f"column {shown(name)}"), NUMBER, []))
    return columns


def of_arrow(frame: Any) -> Optional[TypedFrame]:
    return TypedFrame(None, frame) if any(str(kind).lower().startswith(TYPES) for kind in types_of(frame)) else None


def of_stream(table: Any) -> TypedFrame:
    """Of whatever offers the Arrow C stream interface, such as a relation of DuckDB's or a reader of pyarrow's."""
    return TypedFrame(None, _Stream(table))


def typed_frame(table: Any) -> Optional[TypedFrame]:
    """The frame as the library takes it where some column holds texts, categories, dates or times; else None."""
    table = of_known_kind(table)
    if not is_frame(table):
        return of_stream(table) if hasattr(table, "__arrow_c_stream__") and not hasattr(table, "dtype") else None
    if len(table) == 0:
        return None
    if is_pandas(table):
        return of_pandas(table)
    return of_arrow(table) if (is_polars(table) or is_arrow(table)) and hasattr(table, "__arrow_c_stream__") else None
