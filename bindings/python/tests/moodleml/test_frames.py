# SPDX-License-Identifier: Apache-2.0
"""Tables with names: columns by name, types of pandas, polars and pyarrow, and what is refused in which words."""

import decimal

import numpy as np
import pandas
import polars
import pyarrow
import pytest
from conftest import QUICK

import moodleml
from moodleml import Classifier, Regressor, cross_validate, evaluate

NAMES = ["a", "b", "c", "d"]
FRAMES = {
    "pandas": lambda X, names: pandas.DataFrame(X, columns=names),
    "pandas of numpy_nullable": lambda X, names: pandas.DataFrame(X, columns=names).convert_dtypes(),
    "pandas of pyarrow": lambda X, names: pandas.DataFrame(X, columns=names).convert_dtypes(dtype_backend="pyarrow"),
    "polars": lambda X, names: polars.DataFrame(X, schema=names),
    "pyarrow": lambda X, names: pyarrow.table({name: X[:, place] for place, name in enumerate(names)}),
}


@pytest.fixture
def frame(table):
    return pandas.DataFrame(table[0], columns=NAMES)


@pytest.fixture
def model(frame, table):
    return Classifier(**QUICK).fit(frame, table[1]).model_


@pytest.mark.parametrize("form", FRAMES)
def test_a_model_matches_columns_by_name(table, model, form):
    X, y = table
    expected = model.scores(X)
    same = FRAMES[form](X, NAMES)
    np.testing.assert_array_equal(model.scores(same), expected)
    turned = FRAMES[form](X[:, ::-1], NAMES[::-1])
    np.testing.assert_array_equal(model.scores(turned), expected)
    np.testing.assert_array_equal(model.predict(turned), model.predict(X))
    more = FRAMES[form](X[:, [3, 0, 0, 2, 1]], ["d", "a", "a2", "c", "b"])
    np.testing.assert_array_equal(model.scores(more), expected)
    assert evaluate(model, turned, y).metric("accuracy") == evaluate(model, X, y).metric("accuracy")
    for wrong, absent in ((FRAMES[form](X, list("wxyz")), '"a", "b", "c", "d"'), (FRAMES[form](X[:, 1:], NAMES[1:]), '"a"')):
        for call in (model.scores, model.predict, model.predict_proba, lambda data: evaluate(model, data, y)):
            with pytest.raises(moodleml.InputError, match=absent) as caught:
                call(wrong)
            assert caught.value.name == "MML_MISMATCH"


@pytest.mark.parametrize("form", FRAMES)
def test_estimators_take_every_kind_of_frame(table, form):
    X, y = table
    estimator = Classifier(**QUICK).fit(FRAMES[form](X, NAMES), y)
    assert estimator.feature_names_in_.tolist() == estimator.model_.feature_names == NAMES
    np.testing.assert_array_equal(estimator.predict_proba(FRAMES[form](X, NAMES)), Classifier(**QUICK).fit(X, y).predict_proba(X))
    with pytest.raises(ValueError, match="same order"):
        estimator.predict(FRAMES[form](X[:, ::-1], NAMES[::-1]))


def test_columns_that_the_model_does_not_use_need_not_be_numbers(table, frame, model):
    X, y = table
    more = frame.assign(name="Ann", when=pandas.Timestamp("2026-01-01"))[["when", "d", "name", "c", "b", "a"]]
    np.testing.assert_array_equal(model.scores(more), model.scores(X))
    assert evaluate(model, more, y).metric("accuracy") > 0.9


def test_a_model_without_names_takes_columns_by_position(table, frame):
    X, y = table
    nameless = Classifier(**QUICK).fit(X, y).model_
    np.testing.assert_array_equal(nameless.scores(frame), nameless.scores(X))
    own = pandas.DataFrame(X, columns=["x0", "x1", "x2", "x3"])
    np.testing.assert_array_equal(nameless.scores(own[["x3", "x1", "x0", "x2"]]), nameless.scores(X))
    with pytest.raises(moodleml.InputError, match="5 columns"):
        nameless.scores(frame.assign(e=1))


def test_names_that_are_wrong(table, frame, model):
    X, y = table
    twice = frame.set_axis(["a", "b", "a", "d"], axis=1)
    for call in (lambda: Classifier(**QUICK).fit(twice, y), lambda: model.scores(twice), lambda: evaluate(model, twice, y),
                 lambda: Regressor(**QUICK).partial_fit(twice, y), lambda: cross_validate(Classifier(**QUICK), twice, y)):
        with pytest.raises(moodleml.InputError, match='"a" occurs twice'):
            call()
    assert model.scores(frame.assign(e=1, f=2).set_axis([*NAMES, "e", "e"], axis=1)).shape == (120, 2)
    for call in (lambda data: Classifier(**QUICK).fit(data, y), model.scores):
        with pytest.raises(moodleml.InputError, match="a column is called 7"):
            call(frame.rename(columns={"a": 7}))
    numbered = frame.set_axis([3, 2, 1, 0], axis=1)
    np.testing.assert_array_equal(model.scores(numbered), model.scores(X))


#: What a column holds, and what the message says of it.
ODD = {
    "one text": ([1.0] * 119 + ["n/a"], 'column "b", row 119 is the text "n/a": give numbers'),
    "spans": (pandas.to_timedelta(range(120), "D"), 'column "b" holds dates or times .timedelta64'),
    "periods": (pandas.period_range("2026-01", periods=120, freq="M"), 'column "b" holds dates or times .period'),
    "too large": ([10**400] * 120, 'column "b", row 0 is 1000'),
}


@pytest.mark.parametrize("kind", ODD)
def test_columns_that_are_no_numbers_are_named(table, frame, model, kind):
    X, y = table
    cells, message = ODD[kind]
    odd = frame.assign(b=cells)
    for call in (lambda: Classifier(**QUICK).fit(odd, y), lambda: Regressor(**QUICK).partial_fit(odd, y), lambda: model.scores(odd),
                 lambda: evaluate(model, odd, y), lambda: cross_validate(Classifier(**QUICK), odd, y),
                 lambda: Classifier(**QUICK).fit(frame, y).predict(odd)):
        with pytest.raises(moodleml.InputError, match=message) as caught:
            call()
        assert (caught.value.status, caught.value.name) == (-4, "MML_BAD_DATA") and "\n" not in str(caught.value)


@pytest.mark.parametrize("X, message", [
    (np.array([["1", "x"]] * 120), 'column 1, row 0 is the text "x"'),
    ([[1, "x"]] * 120, 'column 1, row 0 is the text "x"'),
    (np.array([["2026-01-01"]] * 120, dtype="M8[D]"), "holds dates or times"),
    (np.ones((120, 2)) + 1j, "Complex data not supported"),
    (polars.DataFrame({"b": [1] * 120}).lazy(), "collect"),
    (polars.DataFrame({"b": [{"x": 1, "y": 2}] * 120}), 'column "b" holds several values'),
    (pandas.DataFrame({"b": [1j] * 120}), 'column "b" holds complex numbers'),
    ("students.csv", "a text is not a table"),
    ({"a": [1] * 120}, "a dict is not a table"),
    ([{"a": 1}] * 120, "a dict is not a table"),
])
def test_other_tables_that_are_no_numbers(table, X, message):
    with pytest.raises(moodleml.InputError, match=message):
        Classifier(**QUICK).fit(X, table[1])


def gaps(X):
    """The same with each third cell of the second column missing, and that column whole."""
    whole = X.copy()
    whole[:, 1] = np.arange(120) % 7
    whole[::3, 1] = np.nan
    return whole


MISSING = {
    "Int64": lambda column: pandas.array([None if np.isnan(cell) else int(cell) for cell in column], dtype="Int64"),
    "int64[pyarrow]": lambda column: pandas.array([None if np.isnan(cell) else int(cell) for cell in column], dtype="int64[pyarrow]"),
    "objects with None": lambda column: pandas.Series([None if np.isnan(cell) else int(cell) for cell in column], dtype=object),
    "objects with NA": lambda column: pandas.Series([pandas.NA if np.isnan(cell) else int(cell) for cell in column], dtype=object),
    "numeric strings": lambda column: pandas.array([None if np.isnan(cell) else str(int(cell)) for cell in column], dtype="string"),
    "decimals": lambda column: pandas.Series([None if np.isnan(cell) else decimal.Decimal(int(cell)) for cell in column], dtype=object),
    "arrow decimals": lambda column: pandas.array([None if np.isnan(cell) else decimal.Decimal(int(cell)) for cell in column],
                                                  dtype=pandas.ArrowDtype(pyarrow.decimal128(5, 2))),
}


@pytest.mark.parametrize("kind", MISSING)
def test_missing_cells_of_every_type_are_missing(table, kind):
    X, y = table
    whole = gaps(X)
    expected = Classifier(**QUICK).fit(whole, y).predict_proba(whole)
    frame = pandas.DataFrame(whole, columns=NAMES).assign(b=MISSING[kind](whole[:, 1]))
    np.testing.assert_array_equal(Classifier(**QUICK).fit(frame, y).predict_proba(frame), expected)


def test_masked_cells_are_missing(table):
    X, y = table
    whole = gaps(X)
    masked = np.ma.masked_array(np.where(np.isnan(whole), 7e5, whole), mask=np.isnan(whole))
    for kind in (masked, polars.DataFrame(masked.filled(np.nan), schema=NAMES)):
        np.testing.assert_array_equal(Classifier(**QUICK).fit(kind, y).predict_proba(kind),
                                      Classifier(**QUICK).fit(whole, y).predict_proba(whole))


def test_bools_are_numbers(table):
    X, y = table
    flags = np.c_[X, X[:, 1] > 0]
    frame = pandas.DataFrame(X, columns=NAMES).assign(e=X[:, 1] > 0)
    estimator = Classifier(**QUICK).fit(frame, y)
    np.testing.assert_array_equal(estimator.predict_proba(frame), Classifier(**QUICK).fit(flags, y).predict_proba(flags))
