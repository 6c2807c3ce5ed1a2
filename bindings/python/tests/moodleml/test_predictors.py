# SPDX-License-Identifier: Apache-2.0
"""A predictor answers with the bits of its model, from every form of rows, on many threads."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy import sparse

import moodleml
from moodleml import Classifier, InputError, Regressor


@pytest.fixture(scope="module")
def rows():
    return np.random.default_rng(3).integers(0, 9, (200, 4)).astype(np.float64)


@pytest.fixture(scope="module")
def model(rows):
    return Classifier(trees=20, networks=1, epochs=3).fit(rows, np.where(rows[:, 0] > rows[:, 1], "late", "early")).model_


@pytest.mark.parametrize("kind", [np.float32, np.float64, np.int32, np.int64, np.uint8, np.float16])
def test_every_type_of_rows_gives_the_models_bits(model, rows, kind):
    predictor = model.predictor()
    given = rows.astype(kind)
    np.testing.assert_array_equal(predictor.predict_proba(given), model.predict_proba(rows))
    np.testing.assert_array_equal(predictor.predict(given[:, ::-1][:, ::-1]), model.predict(rows))


def test_one_row_is_a_vector_or_a_list(model, rows):
    predictor = model.predictor()
    expected = model.predict_proba(rows[:1])
    np.testing.assert_array_equal(predictor.predict_proba(rows[0]), expected)
    np.testing.assert_array_equal(predictor.predict_proba(list(rows[0])), expected)
    assert predictor.predict(rows[0])[0] == model.predict(rows[:1])[0]


def test_sparse_rows_and_missing_values(model, rows):
    predictor = model.predictor()
    np.testing.assert_array_equal(predictor.predict_proba(sparse.csr_matrix(rows)), model.predict_proba(rows))
    np.testing.assert_array_equal(predictor.predict(sparse.coo_matrix(rows)), model.predict(rows))
    holes = np.where(rows > 7, np.nan, rows)
    np.testing.assert_array_equal(predictor.scores(holes), model.scores(holes))


def test_columns_are_matched_by_name(rows):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(rows, columns=list("abcd"))
    model = Classifier(trees=5, networks=0).fit(frame, rows[:, 0] > rows[:, 1]).model_
    predictor = model.predictor(["d", "x", "c", "b", "a"])
    turned = np.column_stack([rows[:, 3], rows[:, 0], rows[:, 2], rows[:, 1], rows[:, 0]])
    np.testing.assert_array_equal(predictor.predict_proba(turned), model.predict_proba(frame))
    assert predictor.columns == ["d", "x", "c", "b", "a"]
    with pytest.raises(InputError, match='"c"'):
        model.predictor(["a", "b", "d"])


def test_estimates_are_float64_and_regressions_have_no_probabilities(rows):
    target = 1.7e9 + rows[:, 0]
    model = Regressor(trees=20, networks=0).fit(rows, target).model_
    predictor = model.predictor()
    assert predictor.predict(rows).dtype == np.float64
    np.testing.assert_array_equal(predictor.predict(rows), model.predict(rows))
    with pytest.raises(ValueError, match="probabilities"):
        predictor.predict_proba(rows)


def test_threads_share_a_predictor(model, rows):
    predictor = model.predictor()
    expected = model.predict_proba(rows)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda i: predictor.predict_proba(rows[i % len(rows)])[0], range(4000)))
    for i, scores in enumerate(found):
        np.testing.assert_array_equal(scores, expected[i % len(rows)])


def test_copies_and_pickles_answer_the_same(model, rows):
    predictor = model.predictor()
    for other in (copy.deepcopy(predictor), pickle.loads(pickle.dumps(predictor))):
        np.testing.assert_array_equal(other.predict_proba(rows), predictor.predict_proba(rows))
    assert "2 classes" in repr(predictor)
    assert predictor.model is model


@pytest.mark.parametrize("bad", [[[1.0, 2.0]], [["a", "b", "c", "d"]], [[1.0, 2.0, np.inf, 0.0]], np.zeros((2, 2, 4))])
def test_rows_that_are_none_are_refused(model, bad):
    with pytest.raises(InputError):
        model.predictor().scores(bad)


def test_sparse_rows_of_another_width_are_refused(model):
    with pytest.raises(InputError, match="3 columns"):
        model.predictor().scores(sparse.csr_matrix(np.ones((2, 3))))


def test_a_memory_limit_is_kept(model):
    assert isinstance(model.predictor(memory_limit=500), moodleml.Predictor)
