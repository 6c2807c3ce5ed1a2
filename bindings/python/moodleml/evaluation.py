# SPDX-License-Identifier: Apache-2.0
"""How good is a model, or a way to train one?"""

from __future__ import annotations

from typing import Any, Optional, Union

import numpy as np
import numpy.typing as npt
from sklearn.utils.validation import check_is_fitted, column_or_1d

from moodleml import _native
from moodleml.arrays import Table, checked, dataset_of, options_of, readable, set_classes
from moodleml.estimators import Classifier, Regressor
from moodleml.model import Model
from moodleml.progress import ShowProgress, shown
from moodleml.report import Report


def labelled(X: Table, y: npt.ArrayLike, sample_weight: Optional[npt.ArrayLike], is_classification: bool) -> _native.Dataset:
    """A data set with target, and with the names of a DataFrame's columns."""
    dataset = dataset_of(checked(X))
    target = column_or_1d(y)
    if is_classification:
        set_classes(dataset, target)
    else:
        dataset.set_target(target.astype(np.float64))
    if sample_weight is not None:
        dataset.set_weights(readable(np.asarray(sample_weight, dtype=np.float64)))
    names = getattr(X, "columns", None)
    if names is not None and all(isinstance(name, str) for name in names):
        dataset.set_column_names(list(names))
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
    progress: ShowProgress = False,
) -> Report:
    """Rates a model, or a fitted estimator, on rows that it was not trained on.

    y: the classes, or values, rows long. Columns are matched by name where both sides have names. sample_weight: how many
    samples each row counts as. NotFittedError; InputError: what does not fit; KeyboardInterrupt within a second.
    """
    if not isinstance(model, Model):
        check_estimator(model)
        check_is_fitted(model)
        model = model.model_
    dataset = labelled(X, y, sample_weight, model.task == "classification")
    with shown(progress, "evaluating") as callback:
        return Report(_native.Report.evaluate(model._native, dataset, {}, callback))


def cross_validate(
    estimator: Union[Classifier, Regressor],
    X: Table,
    y: npt.ArrayLike,
    *,
    sample_weight: Optional[npt.ArrayLike] = None,
    resampling: Optional[str] = None,
    iterations: Optional[int] = None,
    test_share: Optional[float] = None,
    progress: ShowProgress = False,
) -> Report:
    """Trains with the estimator's parameters on one part of the rows and rates on the other, several times.

    The estimator itself is not fitted. None stands for the library's default.
    resampling: "stratified" (the default: splits with equal shares of the classes), "random", "folds", or "grouped" (folds that
    keep equal rows together). iterations: 1 to 1000 splits or folds (10). test_share: held out by a split, 0.01 to 0.99 (0.2).
    InputError: a wrong option, or no split with all classes on both sides; KeyboardInterrupt within a second.
    """
    check_estimator(estimator)
    dataset = labelled(X, y, sample_weight, isinstance(estimator, Classifier))
    parameters: dict[str, Any] = estimator.get_params(deep=False)
    options = options_of(**parameters, resampling=resampling, iterations=iterations, test_share=test_share)
    with shown(progress, "cross-validating") as callback:
        return Report(_native.Report.cross_validate(dataset, options, callback))
