# SPDX-License-Identifier: Apache-2.0
"""Labels and values to learn, checked in the same way wherever they come in."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
import numpy.typing as npt
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_y, column_or_1d

from moodleml import _native
from moodleml.frames import is_frame
from moodleml.refusals import is_missing, number, refusal, shown

Array = npt.NDArray[Any]


def checked_labels(y: npt.ArrayLike) -> Array:
    """The class of each row, in an array of texts, whole numbers, bools or times. InputError or ValueError: none, or missing."""
    labels = _check_y(vector(y))
    check_classification_targets(labels)
    return np.asarray(labels)


def checked_values(y: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """The value of each row. InputError or ValueError: one that is missing, infinite or no number."""
    values = vector(y)
    if values.dtype.kind not in "biufc":
        cells = values.tolist() if values.dtype.kind in "OU" else values
        made = [number(value, f"y, row {row}", "give numbers; a Classifier takes texts") for row, value in enumerate(cells)]
        values = np.array(made, dtype=np.float64)
    return np.asarray(_check_y(values, y_numeric=True), dtype=np.float64)


def vector(y: Any) -> Array:
    """y in one dimension, of the narrowest type that its elements have in common; nothing of it missing."""
    if y is None:
        raise ValueError("this requires y to be passed, but the target y is None")
    if isinstance(y, np.ma.MaskedArray) and np.ma.is_masked(y):
        raise refusal(f"y: row {int(np.argmax(np.ma.getmaskarray(y)))} is missing (masked): leave such rows out")
    if hasattr(y, "isna") and not is_frame(y):
        # scikit-learn would make floats of a type of pandas' with room for missing values.
        y = y.to_numpy()
    elements = column_or_1d(y, warn=True)
    if elements.dtype.kind not in "OMm":
        return np.asarray(elements)
    values = list(elements)
    for row, value in enumerate(values):
        if is_missing(value):
            raise refusal(f"y: row {row} is missing ({value}): leave such rows out")
    return alike(elements, values)


def alike(elements: Array, values: list[Any]) -> Array:
    """Objects as numbers or bools where all are; texts and others stay objects."""
    if elements.dtype.kind != "O":
        return elements
    texts = [value for value in values if isinstance(value, str)]
    if texts and len(texts) < len(values):
        other = next(value for value in values if not isinstance(value, str))
        raise refusal(f"y holds {shown(texts[0])}, a text, and {shown(other)}, which is none: give all as text or all as numbers")
    are_numbers = all(isinstance(value, (int, float, np.number, np.bool_)) for value in values)
    return np.array(values) if are_numbers else elements


def class_name(label: Any) -> str:
    """What a class is called in model files: a whole number without a point, as Moodle writes it."""
    if isinstance(label, (float, np.floating)) and float(label).is_integer():
        return str(int(label))
    name = str(label)
    try:
        name.encode()
    except UnicodeEncodeError:
        raise refusal(f"the label {name!r} cannot be written as UTF-8: give another text") from None
    return name


def set_classes(dataset: _native.Dataset, labels: Array, others: Optional[list[str]] = None) -> None:
    """Makes the data set one for classification, of the classes that occur among the labels, then others by their name."""
    classes, indices = np.unique(labels, return_inverse=True)
    names = [class_name(label) for label in classes]
    dataset.set_classes(indices.reshape(-1), names + [name for name in others or [] if name not in names])
