# SPDX-License-Identifier: Apache-2.0
"""How good is a model, or a way to train one?"""

from __future__ import annotations

from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from moodleml import _native
from moodleml.arrays import Table, dataset_of, options_of
from moodleml.estimators import Classifier, Regressor
from moodleml.frames import column_names, of_known_kind, with_columns
from moodleml.model import Model
from moodleml.progress import ShowProgress, shown
from moodleml.refusals import is_missing, refusal
from moodleml.report import Report
from moodleml.samples import checked_samples
from moodleml.targets import class_name, set_classes


def set_groups(dataset: _native.Dataset, groups: npt.ArrayLike) -> None:
    """Gives each row its group: texts, numbers or bools; missing ones are a group of their own."""
    values = np.asarray(groups)
    if values.ndim != 1 or len(values) != dataset.rows:
        raise refusal(f"groups has the shape {values.shape}, but X has {dataset.rows} rows: give one group for each row")
    labels = ["(missing)" if is_missing(value) else class_name(value) for value in values]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(labels))}
    dataset.set_groups(np.array([numbers[label] for label in labels], dtype=np.int64), list(numbers))


def set_times(dataset: _native.Dataset, times: npt.ArrayLike) -> None:
    """Gives each row its time: a number, or a date of numpy's, whose unit does not matter."""
    values = np.asarray(times)
    if values.ndim != 1 or len(values) != dataset.rows:
        raise refusal(f"times has the shape {values.shape}, but X has {dataset.rows} rows: give one time for each row")
    if values.dtype.kind in "mM":
        if np.isnat(values).any():
            raise refusal("times has a missing date: leave its row out, or fill it in")
        values = values.astype(np.int64)
    dataset.set_times(np.ascontiguousarray(values, dtype=np.float64))


def dataset_of_samples(
    X: Table,
    names: Optional[list[str]],
    y: npt.ArrayLike,
    sample_weight: Optional[npt.ArrayLike],
    is_classification: bool,
    groups: Optional[npt.ArrayLike] = None,
) -> _native.Dataset:
    """A data set with target, checked as fit() does, whose columns have these names."""
    rows = checked_samples(X, y, sample_weight, is_classification)
    dataset = dataset_of(rows.table, names)
    if is_classification:
        set_classes(dataset, rows.target)
    else:
        dataset.set_target(rows.target)
    if rows.weights is not None:
        dataset.set_weights(rows.weights)
    if groups is not None:
        set_groups(dataset, groups)
    return dataset


def check_estimator(estimator: object) -> None:
    """What others, pipelines among them, train and predict with is scikit-learn's to rate."""
    if not isinstance(estimator, (Classifier, Regressor)):
        kind = type(estimator).__name__
        raise TypeError(f"a moodleml Classifier or Regressor is needed, not {kind}: use sklearn.model_selection for that")


def evaluate(
    model: Union[Model, Classifier, Regressor],
    X: Table,
    y: npt.ArrayLike,
    *,
    sample_weight: Optional[npt.ArrayLike] = None,
    groups: Optional[npt.ArrayLike] = None,
    importance_columns: Optional[int] = None,
    progress: ShowProgress = False,
) -> Report:
    """Rates a model, or a fitted estimator, on rows that it was not trained on.

    y: the classes, or values, rows long. Columns are matched by name where both sides have names; others than the model's are not
    read. sample_weight: how many samples each row counts as. groups: the group of each row, such as a school, which is not a
    feature; the report then rates each group and the gaps between them. importance_columns: of how many columns at most permutation
    importance is measured, 0 to 1000 (20). NotFittedError; InputError: what does not fit, or is missing; KeyboardInterrupt
    within a second.
    """
    if not isinstance(model, Model):
        check_estimator(model)
        check_is_fitted(model)
        if not hasattr(model, "model_"):
            raise refusal("the estimator has seen only one class: give partial_fit() samples of another class before rating it")
        model = model.model_
    columns, names = with_columns(X, model.feature_names)
    dataset = dataset_of_samples(columns, names, y, sample_weight, model.task == "classification", groups)
    with shown(progress, "evaluating") as callback:
        return Report(_native.Report.evaluate(model._native, dataset, options_of(importance_columns=importance_columns), callback))


def cross_validate(
    estimator: Union[Classifier, Regressor],
    X: Table,
    y: npt.ArrayLike,
    *,
    sample_weight: Optional[npt.ArrayLike] = None,
    groups: Optional[npt.ArrayLike] = None,
    times: Optional[npt.ArrayLike] = None,
    resampling: Optional[str] = None,
    iterations: Optional[int] = None,
    test_share: Optional[float] = None,
    importance_columns: Optional[int] = None,
    progress: ShowProgress = False,
) -> Report:
    """Trains with the estimator's parameters on one part of the rows and rates on the other, several times.

    The estimator itself is not fitted. None means the library's default.
    resampling: "stratified" (the default: splits with equal shares of the classes), "random", "folds", "grouped" (folds that
    keep equal rows together), "group_folds" (folds that keep groups together), or "time" (training on earlier rows, rating the
    next ones). groups: the group of each row, such as a school; the report also rates each group. times: a number or date of
    each row. iterations: 1 to 1000 splits or folds (10). test_share: held out by a split, 0.01 to 0.99 (0.2).
    importance_columns: of how many columns at most permutation importance is measured, 0 to 1000 (20).
    InputError: a wrong option, or no split with all classes on both sides; KeyboardInterrupt within a second.
    """
    check_estimator(estimator)
    X = of_known_kind(X)
    dataset = dataset_of_samples(X, column_names(X), y, sample_weight, isinstance(estimator, Classifier), groups)
    if times is not None:
        set_times(dataset, times)
    parameters: dict[str, Any] = estimator.get_params(deep=False)
    options = options_of(
        **parameters,
        resampling=resampling,
        iterations=iterations,
        test_share=test_share,
        importance_columns=importance_columns,
    )
    with shown(progress, "cross-validating") as callback:
        return Report(_native.Report.cross_validate(dataset, options, callback))
