# SPDX-License-Identifier: Apache-2.0
"""Columns whose values float32 would merge, such as time stamps in seconds."""

import pickle

import numpy as np
import pandas as pd
import pytest
from conftest import QUICK
from moodleml import Classifier, Model, cross_validate


@pytest.fixture
def stamps():
    """Whose seconds tell the class, and noise; and the class."""
    generator = np.random.default_rng(5)
    y = generator.integers(0, 2, 300)
    return np.column_stack([1_700_000_000 + 40 * y + generator.integers(0, 7, 300), generator.normal(size=300)]), y


def tables(X):
    """The same cells in each form that holds them."""
    whole = X.astype(np.int64)
    yield X
    yield np.asfortranarray(X)
    yield whole
    yield pd.DataFrame(X, columns=["stamp", "noise"])
    yield pd.DataFrame({"stamp": whole[:, 0], "noise": X[:, 1], "name": ["a", "b"] * 150})
    yield pd.DataFrame({"stamp": pd.array(whole[:, 0], dtype="Int64"), "noise": X[:, 1]})


def test_seconds_tell_the_class_in_every_kind_of_table(stamps):
    X, y = stamps
    for table in tables(X):
        estimator = Classifier(**QUICK).fit(table, y)
        assert (estimator.predict(table) == y).mean() > 0.95, type(table)
        same = pickle.loads(pickle.dumps(estimator))
        np.testing.assert_array_equal(same.predict_proba(table), estimator.predict_proba(table))
        again = Model.from_bytes(estimator.model_.to_bytes())
        np.testing.assert_array_equal(again.predict_proba(table), estimator.predict_proba(table))
        row = table.iloc[7:8] if hasattr(table, "iloc") else table[7:8]
        np.testing.assert_array_equal(estimator.predict_proba(row)[0], estimator.predict_proba(table)[7])


def test_they_are_rated_and_explained(stamps):
    X, y = stamps
    assert cross_validate(Classifier(**QUICK), X, y, iterations=2).metric("accuracy") > 0.95
    model = Classifier(**QUICK).fit(X, y).model_
    values = model.explain(X).values
    assert np.abs(values[:, 0]).mean() > 5 * np.abs(values[:, 1]).mean()


def test_training_goes_on_with_them(stamps):
    X, y = stamps
    estimator = Classifier(**QUICK).partial_fit(X[:150], y[:150], classes=[0, 1]).partial_fit(X[150:], y[150:])
    assert (estimator.predict(X) == y).mean() > 0.95
    assert estimator.model_.to_bytes() == Classifier(**QUICK).fit(X, y).model_.to_bytes()


def test_a_float32_table_has_lost_them(stamps):
    X, y = stamps
    estimator = Classifier(**QUICK).fit(X.astype(np.float32), y)
    assert (estimator.predict(X.astype(np.float32)) == y).mean() < 0.75
