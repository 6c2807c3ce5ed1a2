# SPDX-License-Identifier: Apache-2.0
"""From numpy, pandas and scipy to the library's data sets."""

from __future__ import annotations

from typing import Any, Protocol, Union

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.utils import check_array

from moodleml import _native

Array = npt.NDArray[Any]


class SparseMatrix(Protocol):
    """A matrix or array of scipy.sparse."""

    def tocsr(self) -> Any: ...


#: A table: numpy array, pandas DataFrame (or what else numpy takes), or sparse matrix; one sample a row, NaN for missing.
Table = Union[npt.ArrayLike, SparseMatrix]

#: How scikit-learn is to check tables: what the library reads as it lies stays as it is.
CHECKS: dict[str, Any] = {
    "accept_sparse": "csr",
    "dtype": [np.float32, np.float64, np.int32, np.int64],
    "ensure_all_finite": "allow-nan",
}


def checked(table: Table) -> Any:
    """The table as a numpy array or CSR matrix of a type that the library reads."""
    return check_array(table, **CHECKS)


def readable(array: Array) -> Array:
    """The array as the library can read it: a copy only where its bytes are swapped or its strides no whole elements."""
    repeats = any(step == 0 and side > 1 for step, side in zip(array.strides, array.shape))
    if repeats or not array.dtype.isnative or any(step % array.itemsize for step in array.strides):
        return array.astype(array.dtype.newbyteorder("="), order="C", copy=True)
    return array


def dataset_of(table: Any) -> _native.Dataset:
    """A data set without target of a checked table."""
    if not sparse.issparse(table):
        return _native.Dataset.from_array(readable(table))
    if not table.has_canonical_format:
        table = table.copy()
        table.sum_duplicates()
    return _native.Dataset.from_csr(table.shape[1], *(readable(part) for part in (table.indptr, table.indices, table.data)))


def class_name(label: Any) -> str:
    """What a class is called in model files: a whole number without a point, as Moodle writes it."""
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    return str(label)


def set_classes(dataset: _native.Dataset, labels: Array) -> None:
    """Makes the data set one for classification, of the classes that occur among the labels."""
    classes, indices = np.unique(labels, return_inverse=True)
    dataset.set_classes(indices.reshape(-1), [class_name(label) for label in classes])


def option_text(value: object) -> str:
    """The value of an option as the library takes it."""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    return str(value)


def options_of(**values: object) -> dict[str, str]:
    """Options by name; those that are None keep their default."""
    return {name: option_text(value) for name, value in values.items() if value is not None}
