# SPDX-License-Identifier: Apache-2.0
"""Classifier and Regressor, by scikit-learn's conventions."""

from __future__ import annotations

from typing import Any, Optional

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, column_or_1d, validate_data

from moodleml import _native
from moodleml._parameters import DESCRIPTION, Parameters
from moodleml.arrays import CHECKS, Array, Table, class_name, dataset_of, options_of, set_classes
from moodleml.kept_rows import Rows
from moodleml.model import Model
from moodleml.progress import ShowProgress, shown

ATTRIBUTES = """
Attributes
----------
model_ : Model
    What was trained: model_.save(path) writes a file for the program, Moodle's backend and Model.load().
n_iter_ : int
    Most epochs of a network or number of trees that were trained, at least 1.
n_features_in_ : int
feature_names_in_ : array of str
    Where X had names for its columns.
"""

WHAT_BOTH_DO = """
An ensemble of a linear model, boosted trees and neural networks, blended out of fold. X is a numpy array, a pandas DataFrame
or a sparse matrix, NaN for missing; float32, float64, int32 and int64 are read where they lie. The same data and parameters
give the same model on any number of threads (unless time_limit cuts it short).

fit() and predict() let other threads run, several of which may predict with one estimator; Ctrl-C stops a training within a
second. Pickles hold the bytes of the model file, no samples.

"""


class _Estimator(Parameters):
    """What both have in common: training, going on, predicting."""

    model_: Model
    n_features_in_: int
    _kept: Optional[Rows] = None  # of partial_fit()
    _prior: Optional[Model] = None  # what partial_fit() went on from when it kept its first rows

    def _checked(
        self, X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike], reset: bool, least_rows: int = 1
    ) -> Rows:
        is_regression = isinstance(self, RegressorMixin)
        table, target = validate_data(
            self, X, y, reset=reset, y_numeric=is_regression, ensure_min_samples=least_rows, **CHECKS
        )
        if sample_weight is None:
            return Rows(table, target, None)
        weights = _check_sample_weight(sample_weight, table, dtype=np.float64, ensure_non_negative=True)
        return Rows(table, target, weights)

    def _set_target(self, dataset: _native.Dataset, target: Array) -> None:
        raise NotImplementedError

    def _trained(self, rows: Rows, start: Optional[Model], progress: ShowProgress) -> Model:
        dataset = dataset_of(rows.table)
        self._set_target(dataset, rows.target)
        if rows.weights is not None:
            dataset.set_weights(rows.weights)
        if hasattr(self, "feature_names_in_"):
            dataset.set_column_names(list(self.feature_names_in_))
        options = options_of(**self.get_params(deep=False))
        with shown(progress, "training") as callback:
            return Model(_native.Model.train(dataset, options, None if start is None else start._native, callback))

    def _go_on(self, new: Rows, progress: ShowProgress) -> None:
        """Trains on the rows kept and the new ones, from the model that the kept ones came after."""
        rows = new.to_keep() if self._kept is None else self._kept.then(new.to_keep())
        start = getattr(self, "model_", None) if self._kept is None else self._prior
        self.model_ = self._trained(rows, start, progress)
        kept = rows.limited(int(self.keep_rows), int(self.keep_megabytes), int(self.seed))
        self._kept, self._prior = (kept, start) if kept.count else (None, None)

    def _scores(self, X: Table) -> Array:
        check_is_fitted(self)
        table = validate_data(self, X, reset=False, **CHECKS)
        return self.model_.scores(table, threads=self.threads, memory_limit=self.memory_limit)

    @property
    def n_iter_(self) -> int:
        """Epochs of the network, or trees, whichever member took most; at least 1."""
        check_is_fitted(self)
        members = self.model_.description["ensemble"]["members"]
        iterations = [int(count) for member in members for count in [member.get("trees", 1), *member.get("epochs", [])]]
        return max(iterations)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_")

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        return tags

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in super().__getstate__().items() if name not in ("_kept", "_prior")}


class Classifier(ClassifierMixin, _Estimator):
    __doc__ = (
        "Predicts classes and their calibrated probabilities.\n"
        + WHAT_BOTH_DO
        + DESCRIPTION
        + ATTRIBUTES
        + "classes_ : array\n    The labels, sorted: the order of predict_proba()'s columns.\n"
    )

    classes_: Array

    def fit(
        self, X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike] = None, *, progress: ShowProgress = False
    ) -> Classifier:
        """Trains anew.

        X: table, rows x columns. y: of each row its label, texts or numbers. sample_weight: how many samples each row counts
        as, 0 or more; None: 1 each. progress: True for a bar by tqdm, or a function that is given a Progress.
        InputError (a ValueError): data or parameters that do not fit; MemoryError; KeyboardInterrupt.
        """
        rows = self._checked(X, y, sample_weight, reset=True, least_rows=2)
        check_classification_targets(rows.target)
        self.model_ = self._trained(rows, None, progress)
        self.classes_ = np.unique(rows.target)
        self._kept = self._prior = None
        return self

    def partial_fit(
        self,
        X: Table,
        y: npt.ArrayLike,
        classes: Optional[npt.ArrayLike] = None,
        sample_weight: Optional[npt.ArrayLike] = None,
        *,
        progress: ShowProgress = False,
    ) -> Classifier:
        """Goes on from the model with more samples; forgets none.

        Costs a training on the rows kept and the new ones, and memory for keep_rows rows of float32 (the same as fit() on all
        of them gives). Beyond keep_rows and keep_megabytes rows are kept by chance; with 0, after fit() or from a pickle, which
        hold none, the earlier model becomes a frozen part of the new one and weighs as many samples as it was trained on.
        classes: in the first call all labels that will ever come; None: those of y. The rest is as in fit().
        """
        is_first = not hasattr(self, "model_")
        new = self._checked(X, y, sample_weight, reset=is_first)
        check_classification_targets(new.target)
        known = np.unique(new.target if classes is None else column_or_1d(classes)) if is_first else self.classes_
        strange = np.setdiff1d(new.target, known)
        if strange.size:
            raise ValueError(f"the label {strange[0]} is not among the classes: name all of them in the first call's classes")
        self._go_on(new, progress)
        self.classes_ = known
        return self

    def predict_proba(self, X: Table) -> Array:
        """Calibrated probabilities of classes_, float32, rows x classes; they sum to 1. NotFittedError; InputError."""
        scores = self._scores(X)
        trained = self.model_.classes
        names = [class_name(label) for label in self.classes_]
        if trained == names:
            return scores
        # partial_fit() has not met all classes, or in another order.
        probabilities = np.zeros((len(scores), len(names)), dtype=np.float32)
        probabilities[:, [names.index(name) for name in trained]] = scores
        return probabilities

    def predict(self, X: Table) -> Array:
        """The most probable label of each row. NotFittedError; InputError."""
        best: Array = self.predict_proba(X).argmax(axis=1)
        return self.classes_[best]

    def _set_target(self, dataset: _native.Dataset, target: Array) -> None:
        set_classes(dataset, target)


class Regressor(RegressorMixin, _Estimator):
    __doc__ = "Estimates a number.\n" + WHAT_BOTH_DO + DESCRIPTION + ATTRIBUTES

    def fit(
        self, X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike] = None, *, progress: ShowProgress = False
    ) -> Regressor:
        """Trains anew.

        X: table, rows x columns. y: of each row its finite value. The rest is as in Classifier.fit().
        """
        rows = self._checked(X, y, sample_weight, reset=True)
        self.model_ = self._trained(rows, None, progress)
        self._kept = self._prior = None
        return self

    def partial_fit(
        self, X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike] = None, *, progress: ShowProgress = False
    ) -> Regressor:
        """Goes on from the model with more samples; forgets none. Cost and memory are as in Classifier.partial_fit()."""
        new = self._checked(X, y, sample_weight, reset=not hasattr(self, "model_"))
        self._go_on(new, progress)
        return self

    def predict(self, X: Table) -> Array:
        """The estimate of each row, float32. NotFittedError; InputError."""
        return self._scores(X)[:, 0]

    def _set_target(self, dataset: _native.Dataset, target: Array) -> None:
        dataset.set_target(target.astype(np.float64, copy=False))
