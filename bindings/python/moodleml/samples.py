# SPDX-License-Identifier: Apache-2.0
"""The checks that a table with its target and weights passes, the same in fit(), partial_fit(), evaluate() and cross_validate()."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import _check_sample_weight

from moodleml.arrays import Table, checked
from moodleml.kept_rows import Rows
from moodleml.refusals import number
from moodleml.targets import checked_labels, checked_values


def checked_samples(
    X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike], is_classification: bool, **more: Any
) -> Rows:
    """What is to be learned or rated from; more: arguments of check_array().

    InputError or ValueError: what is missing, infinite, negative, no number, or not as long as the others.
    """
    table = checked(X, **more)
    target = checked_labels(y) if is_classification else checked_values(y)
    check_consistent_length(table, target)
    if sample_weight is None:
        return Rows(table, target, None)
    weights = _check_sample_weight(numeric(sample_weight), table, dtype=np.float64, ensure_non_negative=True)
    return Rows(table, target, weights)


def numeric(weights: Any) -> Any:
    """The weights. InputError: texts or times."""
    given = np.asarray(weights)
    if given.dtype.kind in "biuf":
        return weights
    instead = "give numbers; class_weights=\"balanced\" is a parameter"
    return np.array([number(value, f"sample_weight, row {row}", instead) for row, value in enumerate(np.atleast_1d(given))])
