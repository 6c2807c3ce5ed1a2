# SPDX-License-Identifier: Apache-2.0
"""Explanations of a model's answers: how much each column adds to each answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional, Union

import numpy as np

from moodleml.arrays import Array
from moodleml.charts import draw_bars


@dataclass(frozen=True)
class Explanation:
    """How much each column adds to each answer. explain() of a model or estimator returns it.

    values : array, float64
        Rows x columns for two classes (for the second one) and for regression. Rows x columns x classes for more classes. The unit
        is log-odds, or the target's unit. A positive number raises the answer.
    base_values : array, float64
        The answer if no cell is known, the same for all rows: rows, or rows x classes. base_values + values.sum(axis=1) is the
        model's own answer, with calibration.
    data : array or None
        The cells, rows x columns, if they are numbers.
    feature_names, output_names : list of str
        The names of the columns, and of the classes in values; no class for regression.

    The numbers describe the model. They are not causes: changing a cell does not change the student.
    """

    values: Array
    base_values: Array
    data: Optional[Array]
    feature_names: list[str]
    output_names: list[str]

    def importances(self) -> Array:
        """The mean size of each column's contributions, float64, one per column; over all classes if there are more than two."""
        sizes = np.abs(self.values).mean(axis=0)
        importances: Array = sizes if sizes.ndim == 1 else sizes.mean(axis=1)
        return importances

    def top(self, row: int, count: int = 5, output: Union[int, str, None] = None) -> list[tuple[str, float]]:
        """The columns that add most to one row's answer, by size, with their contributions.

        output: for more than two classes, a class or its index. ValueError where it is not given there.
        """
        parts = self._of(row, output)
        order = np.argsort(-np.abs(parts), kind="stable")[:count]
        return [(self.feature_names[place], float(parts[place])) for place in order]

    def plot_row(self, row: int, count: int = 8, output: Union[int, str, None] = None, ax: Any = None) -> Any:
        """Bars of top(); axes of matplotlib, which is the extra `plots`."""
        return draw_bars(self.top(row, count, output), "adds to the answer", ax)

    def plot_importances(self, count: int = 12, ax: Any = None) -> Any:
        """Bars of the largest importances()."""
        sizes = self.importances()
        order = np.argsort(-sizes, kind="stable")[:count]
        return draw_bars([(self.feature_names[place], float(sizes[place])) for place in order], "mean size of what it adds", ax)

    def to_shap(self) -> Any:
        """A shap.Explanation, for the plots of the package shap. ImportError where that is not installed."""
        import shap

        names = None if self.values.ndim == 2 else self.output_names
        return shap.Explanation(
            self.values, self.base_values, self.data, feature_names=self.feature_names, output_names=names
        )

    def _of(self, row: int, output: Union[int, str, None]) -> Array:
        parts: Array = self.values[row]
        if parts.ndim == 1:
            return parts
        if output is None:
            raise ValueError(f"there are {parts.shape[1]} classes: name one as output, such as {self.output_names[0]!r}")
        place = self.output_names.index(output) if isinstance(output, str) else output
        chosen: Array = parts[:, place]
        return chosen


def explanation_of(contributions: Array, names: list[str], classes: list[str], data: Optional[Array]) -> Explanation:
    """contributions: rows x answers x (columns + 1), the last of each the base, as the library writes them."""
    if len(classes) == 2:
        contributions, classes = contributions[:, 1:], classes[1:]
    values, base = contributions[:, :, :-1], contributions[:, :, -1]
    if contributions.shape[1] == 1:
        return Explanation(values[:, 0], base[:, 0], data, names, classes)
    return Explanation(np.ascontiguousarray(values.transpose(0, 2, 1)), base, data, names, classes)
