# SPDX-License-Identifier: Apache-2.0
"""A trained model by itself: files, bytes, predictions."""

from __future__ import annotations

import json
from os import PathLike
from typing import Any, Optional, Union

import numpy as np
from scipy import sparse

from moodleml import _native
from moodleml.arrays import Array, Table, checked, dataset_of, options_of, path_of, readable
from moodleml.explanation import Explanation, explanation_of
from moodleml.frames import with_columns
from moodleml.predictor import Predictor
from moodleml.progress import Callback, ShowProgress, shown
from moodleml.report import Report
from moodleml.typed_frames import TypedFrame

CLASSIFICATION = 1


def contributions_of(
    native: _native.Model, dataset: _native.Dataset, options: dict[str, str], callback: Optional[Callback] = None
) -> Array:
    """Rows x answers x (columns + 1), float64."""
    contributions = np.empty((dataset.rows, native.outputs, native.inputs + 1))
    native.explain(dataset, contributions.reshape(-1), options, callback)
    return contributions


class Model:
    """A trained model, as model files hold it: Model.load(path), or `model_` of an estimator.

    Objects never change, so threads may share one. Pickles and copies hold the bytes of the model file and no samples.
    """

    def __init__(self, native: _native.Model) -> None:
        self._native = native

    @classmethod
    def load(
        cls, path: Union[str, PathLike[str]], *, memory_limit: int = 0, progress: ShowProgress = False
    ) -> Model:
        """Reads a model file, also one that the program moodleml or Moodle's backend has written.

        memory_limit: in megabytes, checked before the memory is taken; 0: none. progress: True for a bar by tqdm, or a function.
        FileError: the file cannot be read; Error with name MML_BAD_MODEL: it is damaged, MML_NEWER_FORMAT: of a later version,
        MML_LIMIT: it needs more memory. Cancelled.
        """
        with shown(progress, "reading") as callback:
            return cls(_native.Model.load(path_of(path), options_of(memory_limit=memory_limit), callback))

    @classmethod
    def from_bytes(
        cls, data: Union[bytes, bytearray, memoryview], *, memory_limit: int = 0, progress: ShowProgress = False
    ) -> Model:
        """The model of a file with these bytes. Parameters and errors as load()."""
        with shown(progress, "reading") as callback:
            return cls(_native.Model.from_bytes(bytes(memoryview(data)), options_of(memory_limit=memory_limit), callback))

    def save(self, path: Union[str, PathLike[str]]) -> None:
        """Writes a model file that only its owner can read. An existing file is replaced whole, or stays. FileError."""
        self._native.save(path_of(path))

    def to_bytes(self) -> bytes:
        """The bytes that save() writes."""
        return self._native.to_bytes()

    @property
    def task(self) -> str:
        """"classification" or "regression"."""
        return "classification" if self._native.task == CLASSIFICATION else "regression"

    @property
    def classes(self) -> list[str]:
        """Names of the classes, in the order of the columns of predict_proba(); empty for regression."""
        return self._native.class_names

    @property
    def feature_names(self) -> list[str]:
        """Names of the columns; x0, x1, ... if it was trained without names."""
        return self._native.input_names

    @property
    def description(self) -> dict[str, Any]:
        """Its training and the losses of its members (src/model/README.md lists the fields)."""
        described: dict[str, Any] = json.loads(self._native.json)
        return described

    def scores(self, X: Table, *, threads: int = 1, memory_limit: int = 0) -> Array:
        """For each row the probabilities of the classes, float32, rows x classes; or the estimate, float64, rows x 1.

        X: a table. The columns of a DataFrame are matched by name, in any order; columns that the model does not use are ignored.
        If X or the model has no names, columns are taken by position. threads: 0 or -1 for all processors. memory_limit: in
        megabytes, 0: none.
        InputError: a missing column, another number of columns, a text, an infinite value; Error with name MML_LIMIT.
        """
        columns, names = with_columns(X, self.feature_names)
        table = checked(columns)
        options = options_of(threads=threads, memory_limit=memory_limit)
        # Estimates may differ by less than float32 can show, or be beyond its range.
        kind = np.float32 if self.task == "classification" else np.float64
        scores = np.empty((table.shape[0], self._native.outputs), dtype=kind)
        if sparse.issparse(table) or isinstance(table, TypedFrame) or names not in (None, self.feature_names):
            self._native.predict(dataset_of(table, names), scores.reshape(-1), options)
        else:
            self._native.predict_array(readable(table), scores.reshape(-1), options)
        return scores

    def predict_proba(self, X: Table, *, threads: int = 1) -> Array:
        """Calibrated probabilities, float32, rows x classes. ValueError for a regression; otherwise as scores()."""
        if self.task != "classification":
            raise ValueError("a regression has no probabilities: use predict()")
        return self.scores(X, threads=threads)

    def predict(self, X: Table, *, threads: int = 1) -> Array:
        """The name of each row's class by the model's decision, or its estimate as float64. As scores()."""
        scores = self.scores(X, threads=threads)
        if self.task != "classification":
            return scores.reshape(-1)
        names: Array = np.array(self.classes)[self.decide(scores)]
        return names

    def decide(self, scores: Array) -> Array:
        """The index in `classes` that the model's decision chooses for each row of predict_proba(), int32."""
        if self.task != "classification":
            raise ValueError("a regression decides for no class: use predict()")
        chosen = np.empty(len(scores), dtype=np.int32)
        self._native.decide(np.ascontiguousarray(scores, dtype=np.float32).reshape(-1), chosen)
        return chosen

    def predictor(self, columns: Optional[list[str]] = None, *, memory_limit: int = 0) -> Predictor:
        """The model made ready for single rows: what a server that predicts one row at a time makes once.

        columns: the names of a row's columns, in order, to be matched by name; None: `feature_names`.
        InputError: the model has a column that is not among them; Error with name MML_LIMIT: it would take more than memory_limit
        megabytes (0: none).
        """
        return Predictor(self, columns, memory_limit)

    def explain(
        self, X: Table, *, threads: int = 1, memory_limit: int = 0, progress: ShowProgress = False
    ) -> Explanation:
        """How much each column adds to each answer, and a base. They add up to the answer, with calibration.

        Shapley values of trees (by counts of training samples) and linear models, integrated gradients of networks; moodleml.h
        describes the method. X, threads and memory_limit as in scores(). progress: True for a bar by tqdm, or a function.
        """
        columns, names = with_columns(X, self.feature_names)
        table = checked(columns)
        dataset = dataset_of(table, names)
        data = table if isinstance(table, np.ndarray) and table.shape[1] == len(self.feature_names) else None
        with shown(progress, "explaining") as callback:
            contributions = contributions_of(self._native, dataset, options_of(threads=threads, memory_limit=memory_limit), callback)
        return explanation_of(contributions, self.feature_names, self.classes, data)

    def drift(self, X: Table, *, limit: float = 0.25) -> dict[str, Any]:
        """How far the columns have moved from those of the training: "columns" with the population stability index of each, the most
        moved first, and "warnings" that name those above the limit. Empty where the model was stored without counts.

        X as in scores(). limit: an index of 0.25 is the usual mark of a shift (Siddiqi, 2006). InputError.
        """
        columns, names = with_columns(X, self.feature_names)
        found: Optional[dict[str, Any]] = json.loads(
            self._native.drift(dataset_of(checked(columns), names), options_of(drift_limit=limit))
        )
        return found or {}

    def card(self, format: str = "markdown") -> str:
        """What one should know of the model before trusting it: samples, metrics, limits. "markdown", "html", "text" or "json".

        Error with name MML_NOT_FOUND: another format.
        """
        return self._native.card(format)

    def with_report(self, report: Report) -> Model:
        """A model with the same answers, whose card and file keep what the report found: metrics, calibration, gaps. No sample is kept.

        report: of evaluate() with this model, or of cross_validate() with the same options. Error with name MML_MISMATCH: it is on
        another task, or on classes that the model does not have.
        """
        return Model(self._native.with_report(report._native))

    @property
    def decision(self) -> str:
        """The value of parameter `decision` in training, such as "probable" or "cost:3"; empty for regression."""
        return self._native.decision if self.task == "classification" else ""

    @property
    def offsets(self) -> list[float]:
        """For each class the number that the decision adds to the logarithm of its probability. The class with the largest sum is
        chosen. All 0: the most probable class. Empty for regression."""
        return self._native.offsets if self.task == "classification" else []

    def __reduce__(self) -> tuple[Any, ...]:
        return Model.from_bytes, (self.to_bytes(),)

    def __repr__(self) -> str:
        kind = f"{len(self.classes)} classes" if self.task == "classification" else "regression"
        return f"<moodleml.Model: {kind}, {self._native.inputs} columns>"
