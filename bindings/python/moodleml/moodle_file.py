# SPDX-License-Identifier: Apache-2.0
"""The CSV files that Moodle's analytics writes for its machine-learning backend."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from os import PathLike
from typing import Any, Optional, Union

import numpy as np

from moodleml import _native
from moodleml.arrays import Array, options_of, path_of
from moodleml.model import CLASSIFICATION


@dataclass(frozen=True)
class MoodleFile:
    """The contents of a file. X and y are arguments for fit()."""

    X: Array
    """Features, float32, rows x columns, NaN for empty cells."""
    y: Optional[Array]
    """The class or value of each row; None without labels. Classes are integers if all are whole numbers, otherwise texts."""
    feature_names: list[str]
    row_ids: Optional[list[str]]
    """Moodle's ids of samples, in files without labels."""
    metadata: dict[str, str]
    """The first two rows of the file."""
    warnings: list[str]
    """Oddities of the file, in sentences."""

    def frame(self) -> Any:
        """X as a pandas DataFrame with the names of the columns."""
        import pandas

        return pandas.DataFrame(self.X, columns=self.feature_names, index=self.row_ids)


def read_moodle_csv(path: Union[str, PathLike[str]], *, labelled: bool = True, memory_limit: int = 0) -> MoodleFile:
    """Reads a data set file of Moodle's.

    labelled: whether the last column is the target, as in files for training; else the first one is a sample id, as in files for
    prediction. memory_limit: in megabytes, 0: none.
    FileError; InputError: the message names file, row and column; Error with name MML_LIMIT.
    """
    dataset = _native.Dataset.from_csv(path_of(path), options_of(labelled=labelled, memory_limit=memory_limit))
    cells = np.empty(dataset.rows * dataset.columns, dtype=np.float32)
    dataset.values(cells)
    told = json.loads(dataset.json)
    return MoodleFile(
        X=cells.reshape(dataset.rows, dataset.columns),
        y=target_of(dataset),
        feature_names=dataset.column_names,
        row_ids=dataset.row_ids,
        metadata=told["metadata"],
        warnings=told["warnings"],
    )


def target_of(dataset: _native.Dataset) -> Optional[Array]:
    if dataset.task == 0:
        return None
    values = np.empty(dataset.rows, dtype=np.float64)
    dataset.target(values)
    if dataset.task != CLASSIFICATION:
        return values
    return labels(dataset.class_names)[values.astype(np.intp)]


def labels(names: list[str]) -> Array:
    """Class names as integers where all are whole numbers, else as texts."""
    are_whole = all(re.fullmatch("0|-?[1-9][0-9]{0,17}", name) for name in names)
    return np.array([int(name) for name in names] if are_whole else names)
