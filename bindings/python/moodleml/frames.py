# SPDX-License-Identifier: Apache-2.0
"""Tables whose columns have names: DataFrames of pandas (and of what behaves like it) and of polars, tables of pyarrow."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Optional

import numpy as np
import numpy.typing as npt

from moodleml.refusals import NO_DATES, number, refusal, shown

Cells = npt.NDArray[Any]


def is_pandas(table: Any) -> bool:
    return hasattr(table, "iloc") and hasattr(table, "columns")


def is_polars(table: Any) -> bool:
    return hasattr(table, "get_columns") and hasattr(table, "select")


def is_arrow(table: Any) -> bool:
    return hasattr(table, "column_names") and hasattr(table, "combine_chunks")


def is_frame(table: Any) -> bool:
    """Whether the table is one of those that this module reads."""
    return is_pandas(table) or is_polars(table) or is_arrow(table)


def of_known_kind(table: Any) -> Any:
    """The table; of one that offers only Python's older interchange protocol for frames, what pyarrow makes of it."""
    if is_frame(table) or hasattr(table, "__arrow_c_stream__") or not hasattr(table, "__dataframe__"):
        return table
    try:
        from pyarrow.interchange import from_dataframe
    except ImportError:
        raise refusal("the table offers __dataframe__ only, which pyarrow reads: install pyarrow, or give pandas.DataFrame(X)") from None
    return from_dataframe(table)


def keys_of(table: Any) -> list[Any]:
    """What a frame calls its columns: texts, numbers, tuples."""
    return list(table.columns if is_pandas(table) or is_polars(table) else table.column_names)


def column_names(table: Any) -> Optional[list[str]]:
    """The names of the columns; None where there are none, or none that are texts. InputError: texts and others side by side."""
    keys = keys_of(table) if is_frame(table) else []
    names = [str(key) for key in keys if isinstance(key, str)]
    if names and len(names) < len(keys):
        other = next(key for key in keys if not isinstance(key, str))
        raise refusal(f"a column is called {shown(other)}, which is not a text, but others are: rename all, X.columns.astype(str)")
    return names or None


def refuse_twice(names: Optional[list[str]]) -> None:
    """InputError: two columns of one name."""
    seen: set[str] = set()
    for name in names or []:
        if name in seen:
            raise refusal(f"the column name {shown(name)} occurs twice: give each column a name of its own")
        seen.add(name)


def with_columns(table: Any, wanted: list[str]) -> tuple[Any, Optional[list[str]]]:
    """The table with the wanted columns alone, in that order, as far as it has them; and the names of its columns.

    A table without names, or with none of those wanted, stays as it is: then the library takes columns by position or refuses
    them.
    """
    table = of_known_kind(table)
    names = column_names(table)
    present = set(names or [])
    found = [name for name in wanted if name in present]
    if names is None or not found or names == found:
        return table, names
    used = set(found)
    refuse_twice([name for name in names if name in used])
    return table[found] if is_pandas(table) else table.select(found), found


def columns_of(table: Any) -> list[Cells]:
    """Of each column its cells: numbers as they are, else objects."""
    if is_pandas(table):
        columns = [table.iloc[:, place] for place in range(table.shape[1])]
    else:
        columns = table.get_columns() if is_polars(table) else table.columns
    return [np.asarray(column.to_numpy()) for column in columns]


def types_of(table: Any) -> list[Any]:
    """Of each column its type, as its own library has it."""
    return list(table.schema.types if is_arrow(table) else table.dtypes)


def is_temporal(kind: Any) -> bool:
    """Whether a type of numpy, pandas, polars or pyarrow is one of dates, times or spans of time."""
    if isinstance(kind, np.dtype) or getattr(kind, "kind", "") in ("M", "m"):
        return kind.kind in ("M", "m")
    if hasattr(kind, "is_temporal"):
        return bool(kind.is_temporal())
    return str(kind).startswith(("date32", "date64", "time32", "time64", "timestamp", "duration", "period"))


def is_mapping(value: Any) -> bool:
    # A sparse matrix of scipy's form DOK is one too.
    return isinstance(value, Mapping) and not hasattr(value, "tocsr")


def refuse_types(table: Any) -> None:
    """InputError: what numpy would take for numbers, or would refuse in words that do not help."""
    if is_frame(table):
        for key, kind in zip(keys_of(table), types_of(table)):
            if is_temporal(kind):
                raise refusal(f"column {shown(key)} holds dates or times ({kind}): {NO_DATES}")
            if getattr(kind, "kind", "") == "c":
                raise refusal(f"column {shown(key)} holds complex numbers ({kind}): give real ones")
    elif is_temporal(getattr(table, "dtype", None)):
        raise refusal(f"the table holds dates or times ({table.dtype}): {NO_DATES}")
    elif getattr(getattr(table, "dtype", None), "kind", "") == "c":
        raise refusal(f"Complex data not supported: the table holds {table.dtype}, give real numbers")
    elif hasattr(table, "collect_schema"):
        raise refusal("the table is a query that has not run: give X.collect()")
    elif isinstance(table, (str, bytes)):
        raise refusal("a text is not a table: read the file that it names, as pandas.read_csv() does")
    elif is_mapping(table[0] if isinstance(table, (list, tuple)) and len(table) > 0 else table):
        raise refusal("a dict is not a table: give pandas.DataFrame(X)")


def numbers_of(table: Any) -> Optional[npt.NDArray[np.float64]]:
    """Rows x columns, made cell by cell: where numpy cannot read the whole table, or to find the cell that it cannot read.

    None where there are no rows and columns. InputError names column, row and value; TypeError: a cell that is no value.
    """
    if is_frame(table):
        names, columns = keys_of(table), columns_of(table)
    else:
        cells = np.asarray(table, dtype=object)
        if cells.ndim != 2:
            return None
        names, columns = list(range(cells.shape[1])), list(cells.T)
    made = [column_of_numbers(column, f"column {shown(name)}") for name, column in zip(names, columns)]
    return np.stack(made, axis=1) if made else np.empty((len(table), 0))


def column_of_numbers(cells: Cells, name: str) -> npt.NDArray[np.float64]:
    if cells.ndim != 1:
        raise refusal(f"{name} holds several values in each row: give each a column of its own")
    if cells.dtype.kind in "biuf":
        return cells.astype(np.float64)
    values = enumerate(cells.tolist() if cells.dtype.kind == "O" else cells)
    return np.array([number(value, f"{name}, row {row}") for row, value in values], dtype=np.float64)
