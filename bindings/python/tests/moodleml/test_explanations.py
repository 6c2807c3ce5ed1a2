# SPDX-License-Identifier: Apache-2.0
"""Explanations add up to the answers, agree with brute force, and serve scikit-learn's selectors and shap's plots."""

import itertools
import math
import pickle

import numpy as np
import pytest
from sklearn.feature_selection import RFE, SelectFromModel

from moodleml import Classifier, InputError, Model, Regressor, read_moodle_csv

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(300, 4))
TWO = (X[:, 0] + 0.3 * RANDOM.normal(size=300) > 0).astype(int)
THREE = np.digitize(X[:, 0], [-0.5, 0.5])
VALUES = 100 + 10 * X[:, 1] + RANDOM.normal(size=300)


def log_odds(p):
    return np.log(p) - np.log1p(-p)


@pytest.fixture(scope="module")
def two():
    return Classifier(effort="fast").fit(X, TWO)


def test_values_and_base_add_up_to_the_answers(two):
    found = two.explain(X)
    assert found.values.shape == (300, 4) and found.base_values.shape == (300,)
    assert found.output_names == ["1"] and found.feature_names == two.model_.feature_names
    answers = 1 / (1 + np.exp(-(found.base_values + found.values.sum(axis=1))))
    np.testing.assert_allclose(answers, two.predict_proba(X)[:, 1], atol=1e-4)
    three = Classifier(effort="fast").fit(X, THREE)
    more = three.explain(X)
    assert more.values.shape == (300, 4, 3) and more.base_values.shape == (300, 3)
    answers = 1 / (1 + np.exp(-(more.base_values + more.values.sum(axis=1))))
    np.testing.assert_allclose(answers, three.predict_proba(X), atol=1e-4)
    regressor = Regressor(effort="fast").fit(X, VALUES)
    numbers = regressor.explain(X)
    np.testing.assert_allclose(numbers.base_values + numbers.values.sum(axis=1), regressor.predict(X), rtol=1e-5)


def test_a_linear_model_agrees_with_shapley_values_by_their_definition():
    """Of an additive model the value of known columns is its answer with the others at their training means."""
    model = Regressor(trees=0, networks=0, one_hot_maximum=0).fit(X, VALUES)
    means, row = X.mean(axis=0), X[7]

    def value(known):
        return float(model.predict(np.where([column in known for column in range(4)], row, means).reshape(1, -1))[0])

    for column in range(4):
        others = [other for other in range(4) if other != column]
        exact = 0.0
        for size in range(4):
            for known in itertools.combinations(others, size):
                weight = math.factorial(size) * math.factorial(3 - size) / math.factorial(4)
                exact += weight * (value({*known, column}) - value(set(known)))
        assert model.explain(row.reshape(1, -1)).values[0, column] == pytest.approx(exact, abs=1e-3)


def test_what_matters_is_found(two):
    assert two.feature_importances_.sum() == pytest.approx(1)
    assert two.feature_importances_.argmax() == 0
    assert RFE(Classifier(effort="fast"), n_features_to_select=1).fit(X, TWO).get_support().tolist() == [True, False, False, False]
    assert SelectFromModel(two, prefit=True).get_support()[0]
    assert two.explain(X).top(0, 2)[0][0] == "x0"
    assert pickle.loads(pickle.dumps(two)).feature_importances_.tolist() == two.feature_importances_.tolist()


def test_a_class_must_be_named_where_there_are_more_than_two():
    found = Classifier(effort="fast").fit(X, THREE).explain(X[:3])
    with pytest.raises(ValueError, match="name one as output"):
        found.top(0)
    assert found.top(0, output="2") == found.top(0, output=2)


def test_frames_are_explained_by_name(two):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abcd"))
    model = Classifier(effort="fast").fit(frame, TWO).model_
    np.testing.assert_array_equal(model.explain(frame[["d", "c", "b", "a"]]).values, model.explain(frame).values)
    with pytest.raises(InputError):
        model.explain(frame[["a", "b"]])
    assert Model.from_bytes(model.to_bytes()).explain(frame).values.tolist() == model.explain(frame).values.tolist()


def test_rows_that_the_removal_of_reasons_changes_most(two):
    """Faithfulness: the column named first, set to its mean, changes the answer more than the one named last."""
    found = two.explain(X)
    order = np.argsort(-np.abs(found.values), axis=1)
    means = X.mean(axis=0)
    changes = []
    for place in (0, -1):
        changed = X.copy()
        changed[np.arange(300), order[:, place]] = means[order[:, place]]
        changes.append(np.abs(log_odds(two.predict_proba(changed)[:, 1]) - log_odds(two.predict_proba(X)[:, 1])))
    assert (changes[0] >= changes[1]).mean() > 0.95


def test_the_exact_explainer_of_shap_agrees_on_a_linear_model():
    shap = pytest.importorskip("shap")
    y = (X[:, 0] + 0.5 * X[:, 3] > 0).astype(int)
    model = Classifier(trees=0, networks=0, one_hot_maximum=0, calibration="temperature", seed=1).fit(X, y)
    masker = shap.maskers.Independent(X.mean(axis=0, keepdims=True), max_samples=1)
    explainer = shap.explainers.Exact(lambda rows: log_odds(model.predict_proba(rows)[:, 1].astype(float)), masker)
    np.testing.assert_allclose(model.explain(X[:20]).values, explainer(X[:20]).values, atol=1e-3)


def test_ten_reasons_of_real_rows_move_the_answer_more_than_ten_other_columns(students):
    """Students of a real course; tests/benchmarks/explanations.py does the same for whole sets, effort balanced, more seeds."""
    table = read_moodle_csv(students[0])
    train, test = table.X[::2], table.X[1::2][:100]
    model, means = Classifier(effort="fast", seed=1).fit(train, table.y[::2]), train.mean(axis=0)
    order = np.argsort(-np.abs(model.explain(test).values), axis=1)
    chance = np.random.default_rng(1)
    before = log_odds(model.predict_proba(test)[:, 1].astype(float))
    moves = []
    for columns in (order[:, :10], chance.permuted(order[:, 10:], axis=1)[:, :10]):
        changed = test.copy()
        np.put_along_axis(changed, columns, means[columns], axis=1)
        moves.append(np.abs(log_odds(model.predict_proba(changed)[:, 1].astype(float)) - before))
    assert (moves[0] > moves[1]).mean() >= 0.95


def test_plots(two):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("agg")
    found = two.explain(X)
    assert found.plot_row(0, 3).get_yticklabels()[0].get_text() == found.top(0)[0][0]
    assert len(found.plot_importances().patches) == 4


def test_shap_takes_it(two):
    shap = pytest.importorskip("shap")
    found = two.explain(X).to_shap()
    assert isinstance(found, shap.Explanation)
    assert found.values.shape == (300, 4)
