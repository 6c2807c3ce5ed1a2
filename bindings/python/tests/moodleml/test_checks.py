# SPDX-License-Identifier: Apache-2.0
"""Targets, weights and parameters pass the same checks wherever they come in; what fails changes nothing; copies."""

import copy
import pickle

import numpy as np
import pandas
import polars
import pyarrow
import pytest
from conftest import QUICK

import moodleml
from moodleml import Classifier, Regressor, cross_validate, evaluate

ENTRIES = {
    "fit": lambda kind, X, y, **more: kind(**QUICK).fit(X, y, **more),
    "partial_fit": lambda kind, X, y, **more: kind(**QUICK).partial_fit(X, y, **more),
    "cross_validate": lambda kind, X, y, **more: cross_validate(kind(**QUICK), X, y, iterations=2, **more),
    "evaluate": lambda kind, X, y, **more: evaluate(kind(**QUICK).fit(np.eye(4), [0, 1, 0, 1]), X, y, **more),
}


def gap(y, value):
    """The labels 0 and 1 as objects, one of them another."""
    labels = y.astype(object)
    labels[7] = value
    return labels


#: Of the labels 0 and 1 what is wrong with them, and the words for it.
WRONG_LABELS = {
    "NaN": (lambda y: np.where(y, np.nan, 1.0), "NaN"),
    "infinite": (lambda y: np.where(y, np.inf, 1.0), "infinity"),
    "None": (lambda y: gap(y, None), "row 7 is missing"),
    "NaN among objects": (lambda y: gap(y, np.nan), "row 7 is missing"),
    "NA": (lambda y: gap(y, pandas.NA), "row 7 is missing"),
    "a text": (lambda y: gap(y, "a"), '"a", a text, and 0'),
    "texts and a number": (lambda y: np.array([1, "a"], dtype=object)[y], '"a", a text, and 1'),
    "strings with NA": (lambda y: pandas.Series(["a", None]).take(y).astype("string"), "row 1 is missing"),
    "categories with NaN": (lambda y: pandas.Categorical(gap(y, None)), "row 7 is missing|NaN"),
    "polars with null": (lambda y: polars.Series(["a", None])[y.tolist()], "row 1 is missing"),
    "pyarrow with null": (lambda y: pyarrow.array(np.array(["a", None], dtype=object)[y]), "row 1 is missing"),
    "no time": (lambda y: np.array(["2026-01-01", "NaT"], dtype="M8[D]")[y], "row 1 is missing"),
    "masked": (lambda y: np.ma.masked_array(y, mask=np.arange(len(y)) == 7), "row 7 is missing"),
    "fractions": (lambda y: y + 0.5, "continuous"),
    "two columns": (lambda y: np.eye(2)[y], "1d array"),
    "too few": (lambda y: y[:-1], "inconsistent numbers of samples"),
    "none": (lambda y: None, "None"),
    "no UTF-8": (lambda y: np.array(["\ud800", "b"])[y], "UTF-8"),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("wrong", WRONG_LABELS)
def test_wrong_labels(table, entry, wrong):
    X, y = table
    spoil, words = WRONG_LABELS[wrong]
    with pytest.raises(ValueError, match=words):
        ENTRIES[entry](Classifier, X, spoil(y))


WRONG_VALUES = {
    "NaN": (lambda y: np.where(y, np.nan, 1.0), "NaN"),
    "infinite": (lambda y: np.where(y, np.inf, 1.0), "infinity"),
    "None": (lambda y: gap(y, None), "row 7 is missing"),
    "a text": (lambda y: gap(y, "3,5"), '"3,5", a text, and 0'),
    "texts": (lambda y: np.array(["1", "3 EUR"])[y], 'y, row 1 is the text "3 EUR": give numbers; a Classifier takes texts'),
    "dates": (lambda y: np.array(["2026-01-01", "2026-01-02"], dtype="M8[D]")[y], "y, row 0 is a date or time, 2026-01-01"),
    "complex": (lambda y: y + 1j, "[Cc]omplex"),
    "too large": (lambda y: gap(y, 10**400), "y, row 7 is 1000"),
    "too few": (lambda y: y[:-1], "inconsistent numbers of samples"),
}


@pytest.mark.parametrize("entry", ENTRIES)
@pytest.mark.parametrize("wrong", WRONG_VALUES)
def test_wrong_values(table, entry, wrong):
    X, y = table
    spoil, words = WRONG_VALUES[wrong]
    with pytest.raises(ValueError, match=words):
        ENTRIES[entry](Regressor, X, spoil(y))


@pytest.mark.parametrize("entry", ENTRIES)
def test_weights_are_checked_alike(table, entry):
    X, y = table
    for wrong in (-np.ones(120), np.ones(119), np.full(120, np.nan), np.full(120, np.inf), np.ones((120, 2)), ["a"] * 120):
        with pytest.raises(ValueError):
            ENTRIES[entry](Classifier, X, y, sample_weight=wrong)
    ENTRIES[entry](Classifier, X, y, sample_weight=np.ones(240)[::2])


@pytest.mark.parametrize("y, classes", [
    (lambda y: pandas.array(y, dtype="Int64"), [0, 1]),
    (lambda y: pandas.array(y == 1, dtype="boolean"), [False, True]),
    (lambda y: pandas.Series(y, dtype="int64[pyarrow]"), [0, 1]),
    (lambda y: y.astype(object), [0, 1]),
    (lambda y: pandas.Series(["n", "y"])[y].astype("category"), ["n", "y"]),
    (lambda y: pandas.Series(["n", "y"], dtype="string")[y], ["n", "y"]),
    (lambda y: polars.Series(["n", "y"])[y.tolist()], ["n", "y"]),
    (lambda y: pyarrow.array(np.array(["n", "y"])[y]), ["n", "y"]),
])
def test_labels_of_other_libraries(table, y, classes):
    X, labels = table
    estimator = Classifier(**QUICK).fit(X, y(labels))
    assert estimator.classes_.tolist() == classes
    assert estimator.model_.classes == [str(name) for name in classes]
    assert evaluate(estimator, X, y(labels)).metric("accuracy") > 0.95


def test_a_failed_fit_leaves_names_and_numbers_of_columns(table):
    X, y = table
    frame = pandas.DataFrame(X, columns=list("abcd"))
    estimator = Classifier(**QUICK).fit(frame, y)
    expected = estimator.predict_proba(frame)
    other = frame.set_axis(list("wxyz"), axis=1).iloc[:, :3]
    for call in (lambda: estimator.fit(other, np.zeros(120)), lambda: estimator.fit(other.assign(x="text"), y),
                 lambda: estimator.fit(other, y, progress=lambda state: False), lambda: estimator.partial_fit(frame, y + 5)):
        with pytest.raises((ValueError, moodleml.Cancelled)):
            call()
        assert estimator.n_features_in_ == 4
        np.testing.assert_array_equal(estimator.predict_proba(frame), expected)


def test_threads_count_as_jobs_of_scikit_learn(table):
    X, y = table
    expected = Classifier(**QUICK, threads=1).fit(X, y).predict_proba(X)
    for threads in (-1, -2, -1000, np.int64(-1), 0, None):
        estimator = Classifier(**QUICK, threads=threads).fit(X, y)
        np.testing.assert_array_equal(estimator.predict_proba(X), expected)
        np.testing.assert_array_equal(estimator.model_.scores(X, threads=threads), expected)
        assert cross_validate(estimator, X, y, iterations=2).metric("accuracy") > 0.9
    with pytest.raises(moodleml.InputError, match="threads"):
        Classifier(**QUICK, threads=-1.5).fit(X, y)


@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_parameters_of_other_libraries_are_answered(kind):
    for name, meant in (("class_weight", "class_weights=\"balanced\""), ("n_jobs", "threads"), ("random_state", "seed"),
                        ("n_estimators", "trees"), ("tree", "trees"), ("zzz", "one of")):
        with pytest.raises(TypeError, match=f"^{kind.__name__}.. has no parameter {name}: use {meant}"):
            kind(**{name: 1})
    from moodleml.meant import MEANT

    parameters = kind().get_params()
    for name, meant in MEANT.items():
        assert name not in parameters
        assert any(word.strip('(),;="') in parameters or word.startswith(("progress", "partial_fit")) for word in
                   meant.replace("=", " ").split()), name


def test_a_first_part_of_one_class(table):
    X, y = table
    order = np.argsort(y, kind="stable")
    first, second = order[:60], order[60:]
    estimator = Classifier(**QUICK).partial_fit(X[first], y[first], classes=[0, 1, 2])
    np.testing.assert_array_equal(estimator.predict_proba(X), np.tile(np.float32([1, 0, 0]), (120, 1)))
    assert (estimator.predict(X) == 0).all() and estimator.n_iter_ == 1
    with pytest.raises(moodleml.InputError, match="one class only"):
        evaluate(estimator, X, y)
    with pytest.raises(TypeError, match="one class only"):
        pickle.dumps(estimator)
    for part in (estimator, copy.copy(estimator), copy.deepcopy(estimator)):
        part.partial_fit(X[second], y[second])
        whole = Classifier(**QUICK).partial_fit(X[order], y[order], classes=[0, 1, 2])
        np.testing.assert_array_equal(part.predict_proba(X), whole.predict_proba(X))
    with pytest.raises(moodleml.InputError, match="keep_rows"):
        Classifier(**QUICK, keep_rows=0).partial_fit(X[first], y[first], classes=[0, 1])
    with pytest.raises(moodleml.InputError, match="classes"):
        Classifier(**QUICK).partial_fit(X[first], y[first])


def test_a_later_part_of_one_class(table):
    """Also where no rows are kept: after fit(), from a pickle."""
    X, y = table
    fitted = Classifier(**QUICK).fit(X, y)
    for estimator in (copy.deepcopy(fitted), pickle.loads(pickle.dumps(fitted)), Classifier(**QUICK, keep_rows=0).partial_fit(X, y)):
        estimator.partial_fit(X[y == 1], y[y == 1])
        assert estimator.predict_proba(X).shape == (120, 2) and estimator.score(X, y) > 0.9


def test_copies_keep_the_rows_and_pickles_do_not(table):
    X, y = table
    estimator = Classifier(**QUICK).partial_fit(X, y)
    whole = Classifier(**QUICK).partial_fit(X, y).partial_fit(X[:9], y[:9])
    for same in (copy.copy(estimator), copy.deepcopy(estimator)):
        assert same is not estimator and same.get_params() == estimator.get_params()
        assert same.partial_fit(X[:9], y[:9]).model_.to_bytes() == whole.model_.to_bytes()
    assert "prior" not in estimator.model_.description
    assert "prior" in pickle.loads(pickle.dumps(estimator)).partial_fit(X[:9], y[:9]).model_.description
