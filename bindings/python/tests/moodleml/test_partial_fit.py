# SPDX-License-Identifier: Apache-2.0
"""partial_fit() goes on without forgetting."""

import pickle

import numpy as np
import pytest
from conftest import QUICK
from scipy import sparse

import moodleml
from moodleml import Classifier, Regressor
from moodleml.kept_rows import Rows


def test_parts_give_what_the_whole_gives(table):
    X, y = table
    whole = Classifier(**QUICK).fit(X, y)
    parts = Classifier(**QUICK).partial_fit(X[:30], y[:30]).partial_fit(X[30:31], y[30:31]).partial_fit(X[31:], y[31:])
    np.testing.assert_array_equal(parts.predict_proba(X), whole.predict_proba(X))
    assert parts.model_.description["samples"]["count"] == 120


def test_sparse_parts(table):
    X, y = table
    whole = Classifier(**QUICK).fit(X, y).predict_proba(X)
    cells = sparse.csr_array(X)
    for second in (cells[50:], X[50:]):
        parts = Classifier(**QUICK).partial_fit(cells[:50], y[:50]).partial_fit(second, y[50:])
        np.testing.assert_allclose(parts.predict_proba(X), whole, rtol=0, atol=1e-4)
        assert sparse.issparse(parts._kept.table) == sparse.issparse(second)


def test_regression_parts():
    X = np.random.default_rng(3).normal(size=(100, 2))
    whole = Regressor(**QUICK).fit(X, X[:, 0])
    parts = Regressor(**QUICK).partial_fit(X[:40], X[:40, 0]).partial_fit(X[40:], X[40:, 0], sample_weight=np.ones(60))
    np.testing.assert_array_equal(parts.predict(X), whole.predict(X))


def test_classes_that_come_later(table):
    X, y = table
    three = y + (X[:, 1] > 1)
    early = three < 2
    estimator = Classifier(**QUICK).partial_fit(X[early], three[early], classes=[0, 1, 2])
    assert estimator.classes_.tolist() == [0, 1, 2]
    assert (estimator.predict_proba(X)[:, 2] == 0).all() and estimator.predict_proba(X).shape == (120, 3)
    estimator.partial_fit(X[~early], three[~early])
    assert (estimator.predict_proba(X)[:, 2] > 0).all()
    np.testing.assert_allclose(estimator.predict_proba(X).sum(axis=1), 1, rtol=1e-5)
    with pytest.raises(ValueError, match="label 7 is not among the classes"):
        estimator.partial_fit(X[:2], [7, 0])
    assert estimator.model_.description["samples"]["count"] == 120


@pytest.mark.parametrize("limit", [{"keep_rows": 0}, {"keep_megabytes": 0}])
def test_without_kept_rows_the_earlier_model_stays_a_part(table, limit):
    X, y = table
    estimator = Classifier(**QUICK, **limit).partial_fit(X[:100], y[:100]).partial_fit(X[100:], y[100:])
    assert estimator._kept is None
    assert estimator.model_.description["samples"]["count"] == 20
    assert estimator.model_.description["prior"]["share"] == pytest.approx(100 / 120)
    assert estimator.score(X, y) > 0.95


def test_parts_may_come_for_ever_without_kept_rows(table):
    X, y = table
    estimator = Classifier(networks=0, trees=0, linear_strength=1, folds=2, keep_rows=0)
    sizes = []
    for part in range(80):
        rows = slice(20 * (part % 6), 20 * (part % 6) + 20)
        estimator.partial_fit(X[rows], y[rows], classes=[0, 1] if part == 0 else None)
        sizes.append(len(pickle.dumps(estimator.model_)))
    described = estimator.model_.description["prior"]
    assert described["models"] == 16 and described["merged"]["models"] == 1
    assert 0 <= described["merged"]["change"] < 0.01
    assert described["share"] == pytest.approx(79 / 80)
    assert max(sizes) < 1.2 * max(sizes[:20])
    assert pickle.loads(pickle.dumps(estimator)).score(X, y) == estimator.score(X, y) > 0.95


def test_after_fit_its_model_stays_a_part_of_all_that_follow(table):
    X, y = table
    estimator = Classifier(**QUICK).fit(X[:60], y[:60])
    for part in (slice(60, 90), slice(90, 120)):
        estimator.partial_fit(X[part], y[part])
        described = estimator.model_.description
        assert described["prior"]["share"] == pytest.approx(60 / (60 + described["samples"]["count"]))
        assert "prior" not in described["prior"]["description"]
    assert described["samples"]["count"] == 60
    assert estimator.fit(X, y)._kept is None


def test_kept_rows_are_limited(table):
    X, y = table
    estimator = Classifier(**QUICK, keep_rows=50).partial_fit(X, y)
    assert estimator._kept.count == 50
    kept = {row.tobytes() for row in estimator._kept.table}
    assert kept < {row.tobytes() for row in X.astype(np.float32)}
    estimator.partial_fit(X[:5], y[:5])
    assert estimator.model_.description["samples"]["count"] == 55


def test_rows_are_drawn_by_weight():
    rows = Rows(np.arange(1000, dtype=np.float32)[:, None], np.zeros(1000), np.repeat([1.0, 9.0], 500))
    heavy = np.mean([(rows.limited(100, 64, seed).target.size, (rows.limited(100, 64, seed).table[:, 0] >= 500).sum())
                     for seed in range(20)], axis=0)
    assert heavy[0] == 100 and 80 < heavy[1] < 95
    assert rows.limited(1000, 64, 1) is rows and rows.limited(1000, 0, 1).count == 0


def test_a_cancelled_part_is_not_kept(table):
    X, y = table
    estimator = Classifier(**QUICK).partial_fit(X[:60], y[:60])
    with pytest.raises(moodleml.Cancelled):
        estimator.partial_fit(X[60:], y[60:], progress=lambda state: False)
    assert estimator._kept.count == 60 and estimator.model_.description["samples"]["count"] == 60
