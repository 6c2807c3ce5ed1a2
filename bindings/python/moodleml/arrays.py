# SPDX-License-Identifier: Apache-2.0
"""From numpy, pandas and scipy to the library's data sets."""

from __future__ import annotations

import os
from os import PathLike
from typing import Any, Optional, Protocol, Union

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.utils import check_array

from moodleml import _native
from moodleml.frames import numbers_of, refuse_types
from moodleml.refusals import refusal, shown
from moodleml.typed_frames import TypedFrame, typed_frame

Array = npt.NDArray[Any]


class SparseMatrix(Protocol):
    """A matrix or array of scipy.sparse."""

    def tocsr(self) -> Any: ...


#: A table: numpy array, pandas DataFrame (or what else numpy takes), or sparse matrix; one sample a row, NaN for missing.
Table = Union[npt.ArrayLike, SparseMatrix]

#: How scikit-learn is to check tables. What the library reads as it lies stays as it is; other types become the first one.
CHECKS: dict[str, Any] = {
    "accept_sparse": "csr",
    "dtype": [np.float64, np.float32, np.int32, np.int64],
    "ensure_all_finite": "allow-nan",
    "input_name": "X",
}


def checked(table: Table, **more: Any) -> Any:
    """The table as a numpy array or CSR matrix of a type that the library reads; more: arguments of check_array(). A frame
    with columns of texts, categories, dates or times is a TypedFrame.

    InputError: a column of texts and numbers, spans of time or complex numbers; ValueError, TypeError: what else is no table.
    """
    if isinstance(table, TypedFrame):
        return table
    typed = typed_frame(table)
    if typed is not None:
        least = int(more.get("ensure_min_samples", 1))
        if len(typed) < least:
            raise refusal(f"Found array with {len(typed)} sample(s) while a minimum of {least} is required: give more rows")
        return typed
    refuse_types(table)
    if isinstance(table, np.ma.MaskedArray) and np.ma.is_masked(table):
        table = np.where(np.ma.getmaskarray(table), np.nan, table.data.astype(np.float64))
    if isinstance(table, np.ndarray) and table.dtype.kind in "biuf" and table.dtype.itemsize <= 2:
        table = table.astype(np.float32)  # which holds all their numbers
    try:
        return check_array(table, **CHECKS, **more)
    except (TypeError, ValueError, OverflowError):
        has_numbers = getattr(getattr(table, "dtype", None), "kind", "O") in "biuf"
        cells = None if has_numbers or sparse.issparse(table) else numbers_of(table)
        if cells is None:
            raise
    return check_array(cells, **CHECKS, **more)


def readable(array: Array) -> Array:
    """The array as the library can read it: a copy only where its bytes are swapped, or it is not aligned, or its strides are no
    whole elements."""
    repeats = any(step == 0 and side > 1 for step, side in zip(array.strides, array.shape))
    if repeats or not array.dtype.isnative or not array.flags.aligned or any(step % array.itemsize for step in array.strides):
        return array.astype(array.dtype.newbyteorder("="), order="C", copy=True)
    return array


def refuse_damaged(table: Any) -> None:
    """InputError: row starts of a CSR matrix beyond its cells, where scipy would read other memory."""
    starts = table.indptr
    if starts[0] != 0 or starts[-1] > min(len(table.indices), len(table.data)) or (np.diff(starts) < 0).any():
        raise refusal("the sparse table is damaged: its indptr does not rise from 0 to the number of its cells")


def dataset_of(table: Any, names: Optional[list[str]] = None) -> _native.Dataset:
    """A data set without target of a checked table, whose columns have these names."""
    if isinstance(table, TypedFrame):
        return table.dataset()
    if not sparse.issparse(table):
        dataset = _native.Dataset.from_array(readable(table))
    else:
        refuse_damaged(table)
        if not table.has_canonical_format:
            table = table.copy()
            table.sum_duplicates()
        parts = (readable(part) for part in (table.indptr, table.indices, table.data))
        dataset = _native.Dataset.from_csr(table.shape[1], *parts)
    if names is not None:
        dataset.set_column_names(names)
    return dataset


def option_text(value: object) -> str:
    """The value of an option as the library takes it."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    return str(value)


def path_of(path: Union[str, PathLike[str]]) -> str:
    """The path as text. TypeError: something else; InputError: a zero byte, which no path has."""
    text = os.fsdecode(path)
    if "\0" in text:
        raise refusal(f"the path {shown(text)} holds a zero byte: give another")
    return text


def thread_count(threads: Any) -> Any:
    """Of a negative number, as scikit-learn's n_jobs has them: -1 all processors of this process, -2 all but one, ..."""
    if not isinstance(threads, (int, np.integer)) or threads >= 0:
        return threads
    return max(1, len(os.sched_getaffinity(0)) + 1 + int(threads))


def options_of(*, threads: Any = None, **values: object) -> dict[str, str]:
    """Options by name; those that are None keep their default."""
    values["threads"] = thread_count(threads)
    return {name: option_text(value) for name, value in values.items() if value is not None}
