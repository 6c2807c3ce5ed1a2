# SPDX-License-Identifier: Apache-2.0
"""The training rows that partial_fit() keeps in memory for the next call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

import numpy as np
from scipy import sparse

from moodleml.arrays import Array
from moodleml.refusals import refusal
from moodleml.typed_frames import TypedFrame


@dataclass(frozen=True)
class Rows:
    """Samples: a table (numpy, CSR, or a TypedFrame), targets, and weights, None for 1 each."""

    table: Any
    target: Array
    weights: Optional[Array]

    @property
    def count(self) -> int:
        return len(self.target)

    def to_keep(self) -> Rows:
        """A copy with weights, in float32 unless that merges values which the library would tell apart."""
        if isinstance(self.table, TypedFrame):
            return Rows(self.table.to_keep(), self.target.copy(), weights_of(self).copy())
        kind = np.float64 if has_close_values(self.table) else np.float32
        return Rows(self.table.astype(kind), self.target.copy(), weights_of(self).copy())

    def then(self, others: Rows) -> Rows:
        """Kept rows, then others; sparse only where both are."""
        if isinstance(self.table, TypedFrame) and isinstance(others.table, TypedFrame):
            table: Any = self.table.then(others.table)
        elif isinstance(self.table, TypedFrame) or isinstance(others.table, TypedFrame):
            raise refusal("some samples have columns of texts or dates, and others have numbers only: give frames of the same columns")
        elif sparse.issparse(self.table) and sparse.issparse(others.table):
            table = sparse.vstack([self.table, others.table], format="csr")
        else:
            table = np.concatenate([dense(self.table), dense(others.table)])
        targets, weights = (self.target, others.target), (weights_of(self), weights_of(others))
        return Rows(table, np.concatenate(targets), np.concatenate(weights))

    def limited(self, rows: int, megabytes: int, seed: int) -> Rows:
        """At most so many of them, drawn at random by weight; 0: none."""
        bytes_of_row = max(1.0, size_of(self.table) / max(1, self.count))
        most = min(rows, int(megabytes * 1e6 / bytes_of_row))
        if self.count <= most:
            return self
        # Efraimidis and Spirakis (2006), in the exponential form: the smallest keys are chosen.
        keys = np.random.default_rng(seed).exponential(size=self.count)
        chosen = np.sort(np.argsort(keys / np.maximum(weights_of(self), 1e-300), kind="stable")[:most])
        return Rows(self.table[chosen], self.target[chosen], weights_of(self)[chosen])


def has_close_values(table: Any) -> bool:
    """Whether float32 merges more than a quarter of a column's values: they are close together and far from 0, as time stamps."""
    if sparse.issparse(table) or table.dtype == np.float32 or not table.size:
        return False
    cells = table.astype(np.float64)
    counts = np.isfinite(cells) & (cells != 0)
    least = np.min(cells, axis=0, where=counts, initial=np.inf)
    largest = np.max(cells, axis=0, where=counts, initial=-np.inf)
    with np.errstate(invalid="ignore"):
        close = (largest - least) * 256 < np.maximum(np.abs(least), np.abs(largest))
    rounded = ((cells != cells.astype(np.float32)) & counts).any(axis=0)
    return any(merges_many(cells[counts[:, column], column]) for column in np.flatnonzero(close & rounded))


def merges_many(values: Array) -> bool:
    return np.unique(values.astype(np.float32)).size < 0.75 * np.unique(values).size


def weights_of(rows: Rows) -> Array:
    return np.ones(rows.count) if rows.weights is None else rows.weights


def dense(table: Any) -> Array:
    result: Array = table.toarray() if sparse.issparse(table) else table
    return result


def size_of(table: Any) -> int:
    """Bytes."""
    if sparse.issparse(table):
        return int(table.data.nbytes + table.indices.nbytes + table.indptr.nbytes)
    return int(table.nbytes)
