# SPDX-License-Identifier: Apache-2.0
"""Classifier and Regressor, by scikit-learn's conventions."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Optional

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.utils.validation import _check_feature_names, _check_n_features, check_is_fitted

from moodleml import _native
from moodleml._parameters import DESCRIPTION, Parameters
from moodleml.arrays import Array, Table, checked, dataset_of, options_of
from moodleml.frames import column_names, of_known_kind, refuse_twice
from moodleml.explanation import Explanation
from moodleml.kept_rows import Rows
from moodleml.model import Model, contributions_of
from moodleml.progress import Callback, ShowProgress, shown
from moodleml.ranks import RankGroup, Ranks, labels_of
from moodleml.refusals import refusal
from moodleml.samples import checked_samples
from moodleml.targets import class_name, set_classes, vector

ATTRIBUTES = """
Attributes
----------
model_ : Model
    The trained model. model_.save(path) writes a file for the program, Moodle's backend and Model.load().
n_iter_ : int
    Most epochs of a network or number of trees that were trained, at least 1.
feature_importances_ : array, float64
    For each column its share of all columns' contributions to the answers (explain()), over at most 200 training rows. The sum
    is 1.
n_features_in_ : int
feature_names_in_ : array of str
    The names of the columns, if X had names.
"""

WHAT_BOTH_DO = """
An ensemble of a linear model, boosted trees and neural networks, blended out of fold. X is a numpy array, a DataFrame of pandas
or polars, a table of pyarrow or a sparse matrix. Cells are numbers or bools; NaN, None and NA are missing. float32, float64,
int32 and int64 are read without a copy. The same data and parameters give the same model on any number of threads, unless
time_limit cuts the training short.

fit() and predict() let other threads run. Several threads may predict with one estimator. Ctrl-C stops a training within a
second. A pickle contains the bytes of the model file, and no samples. Copies in the process keep the rows of partial_fit().

"""


#: No other ranks.
ALONE = RankGroup(None)


def row_count(table: Any) -> Optional[int]:
    """None if the table must be read to count them."""
    if hasattr(table, "shape"):
        return int(np.shape(table)[0]) if np.shape(table) else None
    return len(table) if hasattr(table, "__len__") else None


class _Estimator(Parameters):
    """The common parts of both estimators: training, continuing, predicting."""

    model_: Model
    n_features_in_: int
    _kept: Optional[Rows] = None  # of partial_fit()
    _prior: Optional[Model] = None  # the model that partial_fit() continued from when it kept its first rows

    def _checked(
        self, X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike], reset: bool, least_rows: int = 1
    ) -> Rows:
        X = of_known_kind(X)
        refuse_twice(column_names(X))
        _check_feature_names(self, X, reset=reset)
        is_classification = isinstance(self, ClassifierMixin)
        rows = checked_samples(X, y, sample_weight, is_classification, ensure_min_samples=least_rows, estimator=self)
        _check_n_features(self, rows.table, reset=reset)
        return rows

    @contextmanager
    def _unchanged_if_it_fails(self) -> Iterator[None]:
        before = dict(self.__dict__)
        try:
            yield
        except BaseException:
            self.__dict__.clear()
            self.__dict__.update(before)
            raise

    def _set_target(self, dataset: _native.Dataset, target: Array, start: Optional[Model]) -> None:
        raise NotImplementedError

    def _dataset(self, rows: Rows, start: Optional[Model]) -> _native.Dataset:
        names = list(self.feature_names_in_) if hasattr(self, "feature_names_in_") else None
        dataset = dataset_of(rows.table, names)
        if rows.count:
            self._set_target(dataset, rows.target, start)
        else:  # of a rank whose target says nothing
            dataset.set_target(rows.target)
        if rows.weights is not None:
            dataset.set_weights(rows.weights)
        return dataset

    def _trained(self, rows: Rows, start: Optional[Model], progress: ShowProgress, group: RankGroup = ALONE) -> Model:
        with ExitStack() as stack:

            def prepared() -> tuple[_native.Dataset, dict[str, str], Optional[Callback]]:
                options = options_of(**self.get_params(deep=False))
                _native.check_options(options)
                return self._dataset(rows, start), options, stack.enter_context(shown(progress, "training"))

            dataset, options, callback = group.together(prepared)
            earlier = None if start is None else start._native
            model = Model(_native.Model.train(dataset, options, earlier, callback, group if group.several else None))
        self._importances = _importances_of(model, dataset, group)
        return model

    def _shard(self, X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike], group: RankGroup, least_rows: int = 1) -> Rows:
        """What this rank trains on; it may have no rows if there are others."""

        def checked_shard() -> Rows:
            if group.several and row_count(X) == 0:
                return self._without_rows(X)
            return self._checked(X, y, sample_weight, True, 1 if group.several else least_rows)

        rows = group.together(checked_shard)
        self.n_features_in_ = int(group.largest(self.n_features_in_))
        return rows

    def _without_rows(self, X: Table) -> Rows:
        table = of_known_kind(X)
        _check_feature_names(self, table, reset=True)
        self.n_features_in_ = max((1, *np.shape(table)[1:2]))
        return Rows(np.empty((0, self.n_features_in_), dtype=np.float32), np.empty(0), None)

    def _go_on(self, new: Rows, progress: ShowProgress) -> None:
        """Trains on the rows kept and the new ones, from the model that the kept ones came after."""
        rows = new.to_keep() if self._kept is None else self._kept.then(new.to_keep())
        start = getattr(self, "model_", None) if self._kept is None else self._prior
        if start is None and isinstance(self, ClassifierMixin) and len(np.unique(rows.target)) == 1:
            self._wait(rows)
            return
        self.model_ = self._trained(rows, start, progress)
        kept = self._limited(rows)
        self._kept, self._prior = (kept, start) if kept.count else (None, None)

    def _wait(self, rows: Rows) -> None:
        """Keeps the first samples where they are of one class, which is nothing to learn yet."""
        kept = self._limited(rows)
        if not kept.count:
            raise refusal("the first samples are of one class, and keep_rows or keep_megabytes keeps none: give samples of two")
        self._kept = kept

    def _limited(self, rows: Rows) -> Rows:
        """As many as are to be kept; None stands for the default, as where the library reads the options."""
        defaults = Parameters()
        limits = (getattr(self, name) for name in ("keep_rows", "keep_megabytes", "seed"))
        others = (defaults.keep_rows, defaults.keep_megabytes, defaults.seed)
        return rows.limited(*(int(other if limit is None else limit) for limit, other in zip(limits, others)))

    def _scores(self, X: Table) -> Array:
        check_is_fitted(self)
        X = of_known_kind(X)
        refuse_twice(column_names(X))
        _check_feature_names(self, X, reset=False)
        table = checked(X, estimator=self)
        _check_n_features(self, table, reset=False)
        if not hasattr(self, "model_"):
            return np.ones((table.shape[0], 1), dtype=np.float32)
        return self.model_.scores(table, threads=self.threads, memory_limit=self.memory_limit)

    def explain(self, X: Table, *, progress: ShowProgress = False) -> Explanation:
        """How much each column adds to each answer; see Explanation. X as in predict(). NotFittedError; InputError.

        Classes are in the model's order, model_.classes.
        """
        check_is_fitted(self, "model_")
        X = of_known_kind(X)
        refuse_twice(column_names(X))
        _check_feature_names(self, X, reset=False)
        _check_n_features(self, checked(X, estimator=self), reset=False)
        return self.model_.explain(X, threads=self.threads, memory_limit=self.memory_limit, progress=progress)

    @property
    def feature_importances_(self) -> Array:
        """The contribution of each of model_.feature_names, as a share of all: the mean size over at most 200 training rows."""
        check_is_fitted(self, "model_")
        importances: Array = self._importances
        return importances

    @property
    def n_iter_(self) -> int:
        """Epochs of the network, or trees, whichever member took most; at least 1."""
        check_is_fitted(self)
        if not hasattr(self, "model_"):
            return 1
        members = self.model_.description["ensemble"]["members"]
        iterations = [int(count) for member in members for count in [member.get("trees", 1), *member.get("epochs", [])]]
        return max(iterations)

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "model_") or self._kept is not None

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.sparse = True
        return tags

    def __copy__(self) -> Any:
        """With the rows kept, which stay in this process; a pickle has none."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        made = type(self).__new__(type(self))
        # Neither the model nor rows that are kept ever change.
        shared = {name: self.__dict__[name] for name in ("model_", "_kept", "_prior") if name in self.__dict__}
        others = {name: value for name, value in self.__dict__.items() if name not in shared}
        made.__dict__.update(copy.deepcopy(others, memo), **shared)
        return made

    def __getstate__(self) -> dict[str, Any]:
        if self._kept is not None and not hasattr(self, "model_"):
            raise TypeError("it has seen only one class, so it has samples but no model, and a pickle contains no samples: "
                            "give samples of another class")
        return {name: value for name, value in super().__getstate__().items() if name not in ("_kept", "_prior")}


def _importances_of(model: Model, dataset: _native.Dataset, group: RankGroup) -> Array:
    """Over rows at even distances, so that it costs little beside the training and is the same for the same data."""
    most = -(-200 // group.size)
    rows = np.unique(np.linspace(0, dataset.rows - 1, min(dataset.rows, most)).astype(int))

    def own_sizes() -> Array:
        if not len(rows):
            return np.zeros(model._native.inputs)
        contributions = contributions_of(model._native, dataset.select(rows.tolist()), options_of(threads=1))
        sizes: Array = np.abs(contributions[:, :, :-1]).sum(axis=(0, 1))
        return sizes

    sizes = group.combined(group.together(own_sizes))
    shares: Array = sizes / max(float(sizes.sum()), np.finfo(float).tiny)
    return shares


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
        self,
        X: Table,
        y: npt.ArrayLike,
        sample_weight: Optional[npt.ArrayLike] = None,
        *,
        progress: ShowProgress = False,
        ranks: Optional[Ranks] = None,
    ) -> Classifier:
        """Trains from the beginning.

        X: table, rows x columns. y: the label of each row, texts or numbers. sample_weight: the weight of each row relative to the
        others, 0 or more, on any scale; None: all the same. progress: True for a bar by tqdm, or a function that takes a Progress.
        ranks: the processes that train together, such as moodleml.mpi.Ranks(); each gives its own rows, which may be none.
        InputError (a ValueError): data or parameters that do not fit; MemoryError; KeyboardInterrupt.
        """
        group = RankGroup(ranks)
        with self._unchanged_if_it_fails():
            rows = self._shard(X, y, sample_weight, group, least_rows=2)
            kind = group.kind_of_labels(rows.target) if group.several else None
            self.model_ = self._trained(rows, None, progress, group)
            self.classes_ = np.unique(rows.target) if kind is None else labels_of(self.model_.classes, kind)
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
        """Continues from the model with more samples, and forgets none.

        It costs a training on the kept and the new rows, and memory for keep_rows rows of float32. The result is the same as
        fit() on all of them. Beyond keep_rows and keep_megabytes, the kept rows are chosen at random. With 0, after fit() or from
        a pickle there are no kept rows. Then the earlier model becomes a frozen part of the new one, with the weight of the
        samples that it was trained on.
        classes: in the first call all labels that will ever come; None: the labels in y. The rest is as in fit().
        """
        is_first = not self.__sklearn_is_fitted__()
        with self._unchanged_if_it_fails():
            new = self._checked(X, y, sample_weight, reset=is_first)
            known = np.unique(new.target if classes is None else vector(classes)) if is_first else self.classes_
            self._refuse_strange(new.target, known)
            self._go_on(new, progress)
            self.classes_ = known
        return self

    @staticmethod
    def _refuse_strange(labels: Array, known: Array) -> None:
        strange = np.setdiff1d(labels, known)
        if strange.size:
            raise refusal(f"the label {strange[0]} is not among the classes: name all of them in the first call's classes")
        if len(known) == 1:
            raise refusal(f"all labels are {known[0]}: name all that will come in the first call's classes, at least two")

    def predict_proba(self, X: Table) -> Array:
        """Calibrated probabilities of classes_, float32, rows x classes; they sum to 1. NotFittedError; InputError."""
        scores = self._scores(X)
        trained = self.model_.classes if hasattr(self, "model_") else [class_name(label) for label in np.unique(self._only)]
        names = [class_name(label) for label in self.classes_]
        if trained == names:
            return scores
        # partial_fit() has not met all classes, or in another order.
        probabilities = np.zeros((len(scores), len(names)), dtype=np.float32)
        probabilities[:, [names.index(name) for name in trained]] = scores
        return probabilities

    def predict(self, X: Table) -> Array:
        """The label of each row by parameter `decision`: the most probable one, unless that was set. NotFittedError; InputError."""
        scores = self._scores(X)
        if not hasattr(self, "model_"):
            return np.repeat(self._only, len(scores))
        names = [class_name(label) for label in self.classes_]
        places = np.array([names.index(name) for name in self.model_.classes])
        labels: Array = self.classes_[places[self.model_.decide(scores)]]
        return labels

    @property
    def _only(self) -> Array:
        """The label of all rows, where all so far had one."""
        assert self._kept is not None
        return self._kept.target[:1]

    def _set_target(self, dataset: _native.Dataset, target: Array, start: Optional[Model]) -> None:
        set_classes(dataset, target, None if start is None else start.classes)


class Regressor(RegressorMixin, _Estimator):
    __doc__ = "Estimates a number.\n" + WHAT_BOTH_DO + DESCRIPTION + ATTRIBUTES

    def fit(
        self,
        X: Table,
        y: npt.ArrayLike,
        sample_weight: Optional[npt.ArrayLike] = None,
        *,
        progress: ShowProgress = False,
        ranks: Optional[Ranks] = None,
    ) -> Regressor:
        """Trains from the beginning.

        X: table, rows x columns. y: the finite value of each row. The rest is as in Classifier.fit().
        """
        group = RankGroup(ranks)
        with self._unchanged_if_it_fails():
            rows = self._shard(X, y, sample_weight, group)
            self.model_ = self._trained(rows, None, progress, group)
            self._kept = self._prior = None
        return self

    def partial_fit(
        self, X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike] = None, *, progress: ShowProgress = False
    ) -> Regressor:
        """Goes on from the model with more samples; forgets none. Cost and memory are as in Classifier.partial_fit()."""
        with self._unchanged_if_it_fails():
            new = self._checked(X, y, sample_weight, reset=not self.__sklearn_is_fitted__())
            self._go_on(new, progress)
        return self

    def predict(self, X: Table) -> Array:
        """The estimate of each row, float64. NotFittedError; InputError."""
        return self._scores(X)[:, 0]

    def _set_target(self, dataset: _native.Dataset, target: Array, start: Optional[Model]) -> None:
        dataset.set_target(target)
