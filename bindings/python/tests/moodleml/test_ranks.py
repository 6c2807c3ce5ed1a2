# SPDX-License-Identifier: Apache-2.0
"""fit(..., ranks=...) with an all-reduce of Python's: threads of this process are the ranks."""

import gc

import numpy as np
import pandas as pd
import pytest
from conftest import QUICK
from rank_threads import EXACT, ThreadRank, on_ranks, parts, table_to_share

from moodleml import Classifier, InputError, Regressor

CUTS = [[0, 300, 600], [0, 100, 130, 600], [0, 600, 600], [0, 0, 599, 600]]


@pytest.mark.parametrize("cuts", CUTS)
@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_ranks_predict_what_one_process_predicts(kind, cuts):
    X, labels, values = table_to_share()
    y = labels if kind is Classifier else values
    shares = parts(cuts, X, y)
    fitted = on_ranks(len(shares), lambda ranks: kind(**EXACT).fit(*shares[ranks.rank], ranks=ranks))
    alone = kind(**EXACT).fit(X, y)
    for one in fitted:
        assert isinstance(one, kind), one
        assert one.model_.to_bytes() == fitted[0].model_.to_bytes()
        np.testing.assert_array_equal(one.feature_importances_, fitted[0].feature_importances_)
        assert one.n_features_in_ == 5
    if kind is Classifier:
        assert fitted[-1].classes_.tolist() == ["no", "yes"]
        np.testing.assert_allclose(fitted[-1].predict_proba(X), alone.predict_proba(X), atol=1e-4)
    np.testing.assert_allclose(fitted[0].feature_importances_, alone.feature_importances_, atol=0.1)
    if kind is Regressor:
        np.testing.assert_allclose(fitted[-1].predict(X), alone.predict(X), atol=1e-4)


@pytest.mark.parametrize(("labels", "expected"), [
    ([[1, 2, 1, 2], [10, 10, 10, 10]], [1, 2, 10]),
    ([[1, 2, 1, 2], [3.0, 3.0, 3.0, 3.0]], [1.0, 2.0, 3.0]),
    ([[True, True, True, True], [False, False, False, False]], [False, True]),
    ([["a", "a", "a", "a"], ["b", "b", "b", "c"]], ["a", "b", "c"]),
    ([pd.Series(["a", "a", "a", "a"]), np.array([])], ["a"]),
])
def test_labels_of_all_ranks_are_classes(labels, expected):
    X = np.arange(8.0).reshape(2, 4, 1)
    results = on_ranks(2, lambda ranks: Classifier(**QUICK).fit(X[ranks.rank][:len(labels[ranks.rank])], labels[ranks.rank], ranks=ranks))
    for one in results:
        if len(expected) == 1:
            assert isinstance(one, InputError) and "class" in str(one), one
            continue
        assert isinstance(one, Classifier), one
        assert one.classes_.tolist() == expected
        assert one.classes_.dtype == np.unique(expected).dtype
        assert set(one.predict(X.reshape(8, 1)).tolist()) <= set(expected)
        assert one.predict_proba(X.reshape(8, 1)).shape == (8, len(expected))


def test_a_frame_may_have_a_category_on_one_rank_alone():
    frames = [pd.DataFrame({"age": range(40), "city": ["Ulm", "Bonn"] * 20}), pd.DataFrame({"age": range(30), "city": ["Jena", "Bonn"] * 15}),
              pd.DataFrame({"age": [], "city": []})]
    labels = [[0, 1] * 20, [1, 0] * 15, []]
    results = on_ranks(3, lambda ranks: Classifier(**QUICK).fit(frames[ranks.rank], labels[ranks.rank], ranks=ranks))
    for one in results:
        assert isinstance(one, Classifier), one
        assert one.feature_names_in_.tolist() == ["age", "city"]
        assert one.model_.to_bytes() == results[0].model_.to_bytes()


@pytest.mark.parametrize(("change", "messages"), [
    ({"y": ["no"] * 99 + [None]}, ["y: row 99 is missing", "rank 1 of 3: y: row 99 is missing"]),
    ({"X": np.full((100, 5), np.inf)}, ["infinity", "rank 1 of 3: Input X contains infinity"]),
    ({"X": np.zeros((100, 4))}, ["rank 1 has 4 columns, but rank 0 has 5"] * 2),
    ({"y": np.arange(100)}, ["labels are texts on some ranks and whole numbers on others"] * 2),
    ({"y": np.arange(100).astype("datetime64[D]")}, ["give texts or numbers"] * 2),
    ({"parameters": {**QUICK, "trees": 11}}, ['option trees is "11" on rank 1, but "10" on rank 0'] * 2),
    ({"parameters": {**QUICK, "trees": -1}}, ["trees"] * 2),
    ({"progress": 3}, ["progress is 3", "rank 1 of 3: progress is 3"]),
])
def test_what_fails_on_one_rank_fails_on_all_with_one_line(change, messages):
    X, labels, _ = table_to_share(300)
    shares = parts([0, 100, 200, 300], X, labels)

    def fit(ranks):
        own = change if ranks.rank == 1 else {}
        rows, y = shares[ranks.rank]
        estimator = Classifier(**own.get("parameters", QUICK))
        return estimator.fit(own.get("X", rows), own.get("y", y), progress=own.get("progress", False), ranks=ranks)

    results = on_ranks(3, fit)
    for rank, error in enumerate(results):
        assert isinstance(error, (ValueError, TypeError)), (rank, error)
        assert messages[rank != 1] in str(error), (rank, error)
        assert "\n" not in str(error) or rank == 1


class Failing(ThreadRank):
    """Its all-reduce fails in the middle of the training."""

    steps = 0

    def all_reduce(self, values, operation):
        self.steps += 1
        if self.rank == 1 and self.steps == 60:
            self.meeting.barrier.abort()
            raise LookupError("no such host")
        super().all_reduce(values, operation)


def test_the_exception_of_an_all_reduce_is_the_exception_of_fit():
    X, labels, _ = table_to_share(300)
    shares = parts([0, 150, 300], X, labels)
    estimators = [Classifier(**QUICK), Classifier(**QUICK)]
    first, second = on_ranks(2, lambda ranks: estimators[ranks.rank].fit(*shares[ranks.rank], ranks=ranks), Failing)
    assert type(second) is LookupError and str(second) == "no such host"
    assert type(first).__name__ == "BrokenBarrierError"
    assert not any(hasattr(estimator, "model_") for estimator in estimators)


class Keeping(ThreadRank):
    """Keeps what it is given."""

    kept = []

    def all_reduce(self, values, operation):
        assert values.flags.owndata and values.dtype in (np.float32, np.float64) and values.ndim == 1
        super().all_reduce(values, operation)
        self.kept.append((values, values.copy()))


def test_an_all_reduce_may_keep_its_numbers():
    X, labels, _ = table_to_share(300)
    shares = parts([0, 150, 300], X, labels)
    fitted = on_ranks(2, lambda ranks: Classifier(**QUICK).fit(*shares[ranks.rank], ranks=ranks), Keeping)
    assert all(isinstance(one, Classifier) for one in fitted), fitted
    gc.collect()
    assert len(Keeping.kept) > 100
    for values, copy in Keeping.kept:
        np.testing.assert_array_equal(values, copy)


def test_one_rank_reduces_nothing():
    X, labels, _ = table_to_share(100)
    [fitted] = on_ranks(1, lambda ranks: Classifier(**QUICK).fit(X, labels, ranks=ranks), type("Unused", (ThreadRank,), {"all_reduce": None}))
    assert fitted.model_.to_bytes() == Classifier(**QUICK).fit(X, labels).model_.to_bytes()
