# SPDX-License-Identifier: Apache-2.0
"""A model made ready for single rows and small batches."""

from __future__ import annotations

from typing import Any, Optional, Protocol

import numpy as np
from scipy import sparse

from moodleml import _native
from moodleml.arrays import Array, Table, options_of, readable, refuse_damaged
from moodleml.refusals import refusal

#: Types that the library reads in place.
NUMBERS = (np.float32, np.float64, np.int32, np.int64)


class Source(Protocol):
    """A moodleml.Model, which makes predictors."""

    _native: _native.Model

    @property
    def task(self) -> str: ...
    @property
    def classes(self) -> list[str]: ...


class Predictor:
    """A model made ready to answer single rows in microseconds; made by Model.predictor().

    Answers have the bits of the model's own. Threads may share one and do not wait for each other: calls release the GIL.
    Pickles and copies hold the model.
    """

    def __init__(self, model: Any, columns: Optional[list[str]], memory_limit: int) -> None:
        source: Source = model
        self._model = model
        self._columns = columns
        self._memory_limit = memory_limit
        self._native = _native.Predictor(source._native, columns or [], options_of(memory_limit=memory_limit))
        self._outputs = source._native.outputs
        self._classifies = source.task == "classification"
        self._classes = np.array(source.classes)
        self._width = len(columns) if columns else source._native.inputs

    @property
    def model(self) -> Any:
        """The moodleml.Model behind it."""
        return self._model

    @property
    def columns(self) -> list[str]:
        """What the columns of a row are, in order."""
        names: list[str] = self._columns or self._model.feature_names
        return list(names)

    def scores(self, X: Table) -> Array:
        """Probabilities (float32, rows x classes) or estimates (float64, rows x 1), as Model.scores() returns them.

        X: rows x columns, one row of numbers (1-D), or a sparse matrix; NaN for missing. Columns are taken by position.
        InputError: another number of columns, an infinite value.
        """
        if sparse.issparse(X):
            return self._sparse_scores(X)
        rows = self._rows(X)
        scores = np.empty((len(rows), self._outputs), dtype=np.float32 if self._classifies else np.float64)
        self._native.predict(rows, scores.reshape(-1))
        return scores

    def predict_proba(self, X: Table) -> Array:
        """Calibrated probabilities, float32, rows x classes. ValueError for a regression; else as scores()."""
        if not self._classifies:
            raise ValueError("a regression has no probabilities: use predict()")
        return self.scores(X)

    def predict(self, X: Table) -> Array:
        """The name of each row's class by the model's decision, or its estimate as float64. As scores()."""
        if not self._classifies:
            return self.scores(X).reshape(-1)
        if sparse.issparse(X):
            chosen: Array = self._model.decide(self.scores(X))
        else:
            rows = self._rows(X)
            chosen = np.empty(len(rows), dtype=np.int32)
            self._native.decide(rows, chosen)
        names: Array = self._classes[chosen]
        return names

    def _rows(self, X: Table) -> Array:
        rows = np.asarray(X)
        if rows.ndim == 1:
            rows = rows.reshape(1, -1)
        if rows.dtype.type not in NUMBERS:
            try:
                rows = rows.astype(np.float64)
            except (TypeError, ValueError) as error:
                raise refusal(f"a predictor reads numbers, not {rows.dtype}: Model.scores() takes tables with texts") from error
        if rows.ndim != 2:
            raise refusal(f"the rows have {rows.ndim} dimensions: give one row (1-D) or rows x columns (2-D)")
        return readable(rows)

    def _sparse_scores(self, X: Any) -> Array:
        rows = X.tocsr()
        if rows.shape[1] != self._width:
            raise refusal(f"the sparse rows have {rows.shape[1]} columns, the predictor takes {self._width}")
        refuse_damaged(rows)
        if not rows.has_canonical_format:
            rows = rows.copy()
            rows.sum_duplicates()
        cells = rows.data if rows.data.dtype.type in NUMBERS else rows.data.astype(np.float64)
        scores = np.empty((rows.shape[0], self._outputs), dtype=np.float32)
        self._native.predict_csr(readable(rows.indptr), readable(rows.indices), readable(cells), scores.reshape(-1))
        return scores if self._classifies else scores.astype(np.float64)

    def __reduce__(self) -> tuple[Any, ...]:
        return Predictor, (self._model, self._columns, self._memory_limit)

    def __repr__(self) -> str:
        return f"<moodleml.Predictor of {self._model!r}>"
