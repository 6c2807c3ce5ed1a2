# SPDX-License-Identifier: Apache-2.0
"""Targets, weights and parameters pass the same checks wherever they come in; what fails changes nothing; copies."""

import copy
import pickle

import joblib
import numpy as np
import pandas
import polars
import pyarrow
import pytest
from conftest import QUICK

import moodleml
from moodleml import Classifier, Model, Regressor, Report, cross_validate, evaluate, read_moodle_csv

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
    for wrong, words in (("balanced", 'row 0 is the text "balanced": give numbers; class_weights'),
                         (np.array(["2026"] * 120, dtype="M8[Y]"), "row 0 is a date")):
        with pytest.raises(moodleml.InputError, match=words):
            ENTRIES[entry](Classifier, X, y, sample_weight=wrong)
    ENTRIES[entry](Classifier, X, y, sample_weight=np.ones(240)[::2])
    ENTRIES[entry](Classifier, X, y, sample_weight=2)
    ENTRIES[entry](Classifier, X, y, sample_weight=pandas.array([1] * 120, dtype="Int64"))


def test_arguments_of_wrong_types(table, tmp_path):
    X, y = table
    model = Classifier(**QUICK).fit(X, y, progress=None).model_
    data = model.to_bytes()
    for same in (Model.from_bytes(bytearray(data)), Model.from_bytes(memoryview(data))):
        assert same.to_bytes() == data
    for call in (lambda: Model.from_bytes("text"), lambda: Model.from_bytes(7), lambda: Model.load(None), lambda: model.save(7),
                 lambda: read_moodle_csv(None), lambda: Classifier(**QUICK).fit(X, y, progress=3)):
        with pytest.raises(TypeError) as caught:
            call()
        assert "\n" not in str(caught.value)
    for call in (Model.load, model.save, read_moodle_csv):
        with pytest.raises(moodleml.InputError, match="zero byte"):
            call("a\0b")
    pandas = pytest.importorskip("pandas")
    for frame in (pandas.DataFrame({"colour": ["a\0b", "a\0c"] * 20}), pandas.DataFrame({"co\0lour": ["a", "b"] * 20})):
        with pytest.raises(moodleml.InputError, match="zero byte"):
            Classifier(**QUICK).fit(frame, ["x", "y"] * 20, progress=None)
    model.save(str(tmp_path / "model.mml"))
    assert Model.load(tmp_path / "model.mml").to_bytes() == data
    assert Classifier(**QUICK, keep_rows=None).partial_fit(X, y).score(X, y) > 0.9


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
    for call in (lambda: estimator.fit(other, np.zeros(120)), lambda: estimator.fit(other.assign(x=[1.0] * 119 + ["text"]), y),
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
    with pytest.raises(moodleml.InputError, match="only one class"):
        evaluate(estimator, X, y)
    with pytest.raises(TypeError, match="only one class"):
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


def twins(something):
    """What comes back from another process, or is copied."""
    return pickle.loads(pickle.dumps(something)), copy.copy(something), copy.deepcopy(something)


def test_reports_come_back_from_processes(table):
    X, y = table
    reports = joblib.Parallel(2)(joblib.delayed(cross_validate)(Classifier(**QUICK, seed=seed), X, y, iterations=2) for seed in (1, 2))
    rated = evaluate(Classifier(**QUICK).fit(X, y), X, y)
    for report in (*reports, rated, cross_validate(Regressor(**QUICK), X, X[:, 0], iterations=2)):
        for same in (*twins(report), Report.from_json(report.to_json())):
            assert same == report and repr(same) == repr(report)
            assert same.to_html() == report.to_html() and same.to_markdown(min_score=0.99) == report.to_markdown(min_score=0.99)
            for name, metric in report["metrics"].items():
                assert same.metric(name) == metric["value"] and same.metric(f"baseline_{name}") == report.metric(f"baseline_{name}")
    for wrong in ("", "{}", '{"schema": 1}', "[" * 9999):
        with pytest.raises(moodleml.InputError, match="not a report"):
            Report.from_json(wrong)


def test_everything_public_can_be_copied(table, students):
    X, y = table
    states = []
    estimator = Classifier(**QUICK).fit(X, y, progress=states.append)
    assert {moodleml.Explanation, moodleml.Model, moodleml.Report, moodleml.Progress, moodleml.MoodleFile, moodleml.Predictor,
            moodleml.Ranks, Classifier, Regressor} == {
        value for name in moodleml.__all__ if isinstance(value := getattr(moodleml, name), type) and not issubclass(value, Exception)}
    names = ("fraction", "phase", "step", "steps")
    for same in twins(states[-1]):
        assert [getattr(same, name) for name in names] == [getattr(states[-1], name) for name in names]
    for same in twins(estimator.model_):
        assert isinstance(same, Model) and same.to_bytes() == estimator.model_.to_bytes()
    for same in twins(estimator.model_.predictor()):
        np.testing.assert_array_equal(same.predict(X), estimator.model_.predict(X))
    reasons = estimator.explain(X)
    for same in twins(reasons):
        np.testing.assert_array_equal(same.values, reasons.values)
        assert same.feature_names == reasons.feature_names
    for same in (*twins(estimator), *twins(Regressor(**QUICK).fit(X, y))):
        assert same.predict(X).shape == (120,)
    file = read_moodle_csv(students[0])
    for same in twins(file):
        np.testing.assert_array_equal(same.X, file.X)
        assert same.feature_names == file.feature_names


@pytest.mark.parametrize("kind", [moodleml.Error, moodleml.InputError, moodleml.FileError, moodleml.Cancelled])
def test_errors_come_back_from_processes(kind):
    error = kind("what failed")
    error.status, error.name = -4, "MML_BAD_DATA"
    for same in twins(error):
        assert (type(same), str(same), same.status, same.name) == (kind, "what failed", -4, "MML_BAD_DATA")
