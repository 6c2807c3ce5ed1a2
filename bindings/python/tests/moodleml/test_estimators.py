# SPDX-License-Identifier: Apache-2.0
"""Classifier and Regressor: input of all kinds, labels, weights, going on."""

import tracemalloc

import numpy as np
import pandas
import pytest
from conftest import QUICK
from scipy import sparse
from sklearn.exceptions import NotFittedError

import moodleml
from moodleml import Classifier, Regressor
from moodleml.arrays import checked, dataset_of, readable


def strided(X):
    wide = np.zeros((2 * len(X), 3 * X.shape[1]), dtype=X.dtype)
    wide[::2, ::3] = X
    return wide[::2, ::3]


FORMS = {
    "float32": lambda X: X.astype(np.float32),
    "Fortran order": np.asfortranarray,
    "strides": strided,
    "negative strides": lambda X: np.ascontiguousarray(X[::-1])[::-1],
    "read only": lambda X: np.frombuffer(X.tobytes()).reshape(X.shape),
    "not aligned": lambda X: np.frombuffer(b"x" + X.tobytes(), offset=1).reshape(X.shape),
    "swapped bytes": lambda X: X.astype(X.dtype.newbyteorder()),
    "list": lambda X: X.tolist(),
    "frame": pandas.DataFrame,
    "frame of several types": lambda X: pandas.DataFrame({i: X[:, i].astype([np.float32, np.float64][i % 2]) for i in range(X.shape[1])}),
    "CSR array": sparse.csr_array,
    "CSC matrix": sparse.csc_matrix,
    "COO of float32": lambda X: sparse.coo_array(X.astype(np.float32)),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_input_means_the_same(table, form):
    X, y = table
    expected = Classifier(**QUICK).fit(X, y).predict_proba(X)
    estimator = Classifier(**QUICK).fit(FORMS[form](X), y)
    # The library adds up sparse cells in another order.
    tolerance = 1e-4 if sparse.issparse(FORMS[form](X)) else 0
    np.testing.assert_allclose(estimator.predict_proba(FORMS[form](X)), expected, rtol=0, atol=tolerance)


def test_integers_and_unordered_sparse_cells(table):
    X, y = table
    whole = np.round(10 * X).astype(np.int64)
    expected = Classifier(**QUICK).fit(whole.astype(float), y).predict_proba(whole.astype(float))
    for kind in (np.int64, np.int32, np.int8):
        np.testing.assert_array_equal(Classifier(**QUICK).fit(whole.astype(kind), y).predict_proba(whole.astype(kind)), expected)
    turned = sparse.csr_array((whole[:, ::-1].ravel().astype(float), np.tile([3, 2, 1, 0], 120), np.arange(0, 481, 4)))
    np.testing.assert_allclose(Classifier(**QUICK).fit(turned, y).predict_proba(turned), expected, rtol=0, atol=1e-4)
    assert not turned.has_sorted_indices


def test_damaged_sparse_tables_are_refused(table):
    """scipy reads beyond their arrays, and the process ends."""
    X, y = table
    estimator = Classifier(**QUICK).fit(X, y)
    for place, start in ((1, 10**6), (120, 481), (5, 0), (0, 1)):
        damaged = sparse.csr_array(X)
        damaged.indptr[place] = start
        for call in (lambda: estimator.predict(damaged), lambda: estimator.model_.scores(damaged), lambda: estimator.fit(damaged, y)):
            with pytest.raises(moodleml.InputError, match="damaged"):
                call()


@pytest.mark.parametrize("kind", [np.float32, np.float64])
@pytest.mark.parametrize("order", ["C", "F"])
def test_tables_are_read_where_they_lie(kind, order):
    X = np.asarray(np.random.default_rng(0).normal(size=(20000, 40)), dtype=kind, order=order)
    native = Regressor(linear_strength=1, networks=0, trees=0).fit(X[:100], X[:100, 0]).model_
    forms = {"array": X, "frame": pandas.DataFrame(X, copy=False), "sparse": sparse.csr_array(X)}
    assert np.shares_memory(readable(checked(forms["frame"])), X)
    tracemalloc.start()
    try:
        for table in forms.values():
            dataset_of(checked(table))
            native.scores(table)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 0.25 * X.nbytes  # scikit-learn's own look for infinity takes a little


def test_missing_is_nan_and_infinity_is_refused(table):
    X, y = table
    gaps = X.copy()
    gaps[::3, 0] = np.nan
    estimator = Classifier(**QUICK).fit(gaps, y)
    assert 0.7 < estimator.score(gaps, y) < 1
    assert np.isfinite(estimator.predict_proba(np.full((1, 4), np.nan))).all()
    gaps[5, 2] = np.inf
    for call in (lambda: estimator.fit(gaps, y), lambda: estimator.predict(gaps), lambda: estimator.model_.predict(gaps)):
        with pytest.raises(ValueError, match="infinity"):
            call()
    with pytest.raises(moodleml.InputError, match="row 5, column 2"):
        estimator.fit(np.where(np.isinf(gaps), 1e300, gaps), y)


@pytest.mark.parametrize("labels, names", [
    (["stays", "drops"], ["drops", "stays"]),
    ([3.0, -1.0], ["-1", "3"]),
    ([True, False], ["False", "True"]),
    ([10, 9], ["9", "10"]),
])
def test_labels_of_any_kind(table, labels, names):
    X, y = table
    target = np.array(labels)[y]
    estimator = Classifier(**QUICK).fit(X, target)
    assert estimator.classes_.tolist() == sorted(labels)
    assert estimator.model_.classes == names
    assert estimator.predict(X).dtype == target.dtype
    assert (estimator.predict(X) == target).mean() > 0.95


def test_probabilities(table):
    X, y = table
    probabilities = Classifier(**QUICK).fit(X, y * 2 + (X[:, 1] > 0)).predict_proba(X)
    assert probabilities.shape == (120, 4) and probabilities.dtype == np.float32
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)


def test_regression():
    X = np.random.default_rng(2).normal(size=(300, 3))
    y = 2 * X[:, 0] - X[:, 1] + 7
    estimator = Regressor().fit(X[:200], y[:200])
    assert estimator.score(X[200:], y[200:]) > 0.99
    assert estimator.n_iter_ >= 1 and estimator.model_.task == "regression"


def test_weights(table):
    X, y = table
    noisy = np.concatenate([y, 1 - y])
    weights = np.repeat([1, 0], 120)
    estimator = Classifier(**QUICK).fit(np.concatenate([X, X]), noisy, sample_weight=weights)
    assert (estimator.predict(X) == y).mean() > 0.95
    for wrong in (-weights, weights[:-1], np.where(weights, np.nan, 0)):
        with pytest.raises(ValueError):
            estimator.fit(np.concatenate([X, X]), noisy, sample_weight=wrong)


def test_names_of_columns(table):
    X, y = table
    frame = pandas.DataFrame(X, columns=["täglich", "b", "c", "d"])
    estimator = Classifier(**QUICK).fit(frame, y)
    assert estimator.feature_names_in_.tolist() == estimator.model_.feature_names == list(frame)
    with pytest.raises(ValueError, match="feature names"):
        estimator.predict(frame[["b", "täglich", "c", "d"]])
    with pytest.raises(moodleml.InputError, match="columns"):
        estimator.model_.predict(X[:, :3])


def test_iterations_are_told(table):
    X, y = table
    assert Classifier(networks=0, trees=0).fit(X, y).n_iter_ == 1
    assert 1 <= Classifier(networks=0, trees=7).fit(X, y).n_iter_ <= 7
    assert 1 <= Classifier(networks=1, trees=0, epochs=3).fit(X, y).n_iter_ <= 3


@pytest.mark.parametrize("wrong, message", [
    ({"trees": -1}, "trees"), ({"trees": 2.5}, "trees"), ({"calibration": "none at all"}, "calibration"), ({"linear": "perhaps"}, "linear"),
])
def test_wrong_parameters_are_refused_when_fitted(table, wrong, message):
    with pytest.raises(moodleml.InputError, match=message) as caught:
        Classifier(**wrong).fit(*table)
    assert (caught.value.status, caught.value.name) == (-2, "MML_UNKNOWN_OPTION")


def test_seed_and_threads(table):
    X, y = table
    parameters = {"networks": 2, "trees": 20, "epochs": 5}
    first = Classifier(**parameters, threads=1).fit(X, y).predict_proba(X)
    np.testing.assert_array_equal(Classifier(**parameters, threads=2).fit(X, y).predict_proba(X), first)
    assert (Classifier(**parameters, seed=2).fit(X, y).predict_proba(X) != first).any()


def test_a_failed_fit_changes_nothing(table):
    X, y = table
    estimator = Classifier(**QUICK)
    with pytest.raises(NotFittedError):
        estimator.predict(X)
    before = estimator.fit(X, y).predict_proba(X)
    with pytest.raises(moodleml.Cancelled):
        estimator.fit(X, 1 - y, progress=lambda state: False)
    with pytest.raises(ValueError, match="class"):
        estimator.fit(X, np.zeros(120))
    np.testing.assert_array_equal(estimator.predict_proba(X), before)


def test_a_decision_chooses_labels_and_leaves_probabilities(table):
    X, y = table
    y = np.where(y == np.unique(y)[0], "no", "yes")
    probable = Classifier(**QUICK).fit(X, y)
    probabilities = probable.predict_proba(X)
    np.testing.assert_array_equal(probable.predict(X), probable.classes_[probabilities.argmax(axis=1)])
    assert probable.model_.decision == "probable" and probable.model_.offsets == [0, 0]
    costly = Classifier(**QUICK, decision="cost:9").fit(X, y)
    np.testing.assert_array_equal(costly.predict_proba(X), probabilities)
    np.testing.assert_array_equal(costly.predict(X), np.where(probabilities[:, 1] > 0.1, "yes", "no"))
    np.testing.assert_array_equal(costly.model_.predict(X), costly.predict(X))
    assert costly.model_.description["decision"]["threshold"] == pytest.approx(0.1)
    with pytest.raises(ValueError, match="decision"):
        Classifier(**QUICK, decision="f1").fit(X, y)
    estimate = Regressor(**QUICK, decision="score").fit(X, np.arange(len(X)))
    assert estimate.model_.decision == "" and estimate.model_.offsets == []
    with pytest.raises(ValueError, match="regression"):
        estimate.model_.decide(probabilities)
