# SPDX-License-Identifier: Apache-2.0
"""How good is a model, or a way to train one?"""

from __future__ import annotations

from typing import Any, Optional, Union

import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted

from moodleml import _native
from moodleml.arrays import Table, dataset_of, options_of
from moodleml.estimators import Classifier, Regressor
from moodleml.frames import column_names, with_columns
from moodleml.model import Model
from moodleml.progress import ShowProgress, shown
from moodleml.refusals import refusal
from moodleml.report import Report
from moodleml.samples import checked_samples
from moodleml.targets import set_classes


def dataset_of_samples(
    X: Table, names: Optional[list[str]], y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike], is_classification: bool
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
    importance_columns: Optional[int] = None,
    progress: ShowProgress = False,
) -> Report:
    """Rates a model, or a fitted estimator, on rows that it was not trained on.

    y: the classes, or values, rows long. Columns are matched by name where both sides have names; others than the model's are not
    read. sample_weight: how many samples each row counts as. importance_columns: of how many columns at most permutation
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
    dataset = dataset_of_samples(columns, names, y, sample_weight, model.task == "classification")
    with shown(progress, "evaluating") as callback:
        return Report(_native.Report.evaluate(model._native, dataset, options_of(importance_columns=importance_columns), callback))


def cross_validate(
    estimator: Union[Classifier, Regressor],
    X: Table,
    y: npt.ArrayLike,
    *,
    sample_weight: Optional[npt.ArrayLike] = None,
    resampling: Optional[str] = None,
    iterations: Optional[int] = None,
    test_share: Optional[float] = None,
    importance_columns: Optional[int] = None,
    progress: ShowProgress = False,
) -> Report:
    """Trains with the estimator's parameters on one part of the rows and rates on the other, several times.

    The estimator itself is not fitted. None means the library's default.
    resampling: "stratified" (the default: splits with equal shares of the classes), "random", "folds", or "grouped" (folds that
    keep equal rows together). iterations: 1 to 1000 splits or folds (10). test_share: held out by a split, 0.01 to 0.99 (0.2).
    importance_columns: of how many columns at most permutation importance is measured, 0 to 1000 (20).
    InputError: a wrong option, or no split with all classes on both sides; KeyboardInterrupt within a second.
    """
    check_estimator(estimator)
    dataset = dataset_of_samples(X, column_names(X), y, sample_weight, isinstance(estimator, Classifier))
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
