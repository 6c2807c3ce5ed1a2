# SPDX-License-Identifier: Apache-2.0
"""scikit-learn's own checks of estimators, and what its tools do with ours."""

import inspect
import json
import pickle

import numpy as np
import pytest
from conftest import QUICK
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.ensemble import AdaBoostClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from moodleml import Classifier, Regressor, _native

# Members are rated out of fold, and folds are dealt by sample: of equal rows some may lie in one fold and some in another, while a
# row with a weight lies in one. scikit-learn's own estimators with a cross-validation inside differ in the same way. And weights are
# relative, so that those of 1/n train like those of 1; samples are rows.
FOLDS = "folds are dealt by sample and weights are relative, so a weighted row is not a repeated one"
EXPECTED = {f"check_sample_weight_equivalence_on_{kind}_data": FOLDS for kind in ("dense", "sparse")}


@parametrize_with_checks([Classifier(), Regressor()], expected_failed_checks=lambda estimator: EXPECTED)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.parametrize("scale", [1e-30, 1e-3, 1000])
def test_weights_are_relative_whatever_their_scale(table, scale):
    X, y = table
    weights = np.random.default_rng(1).integers(1, 4, len(y))
    alone = Regressor(effort="fast").fit(X, X[:, 0], sample_weight=weights).predict(X)
    scaled = Regressor(effort="fast").fit(X, X[:, 0], sample_weight=scale * weights).predict(X)
    np.testing.assert_allclose(scaled, alone, atol=1e-3)
    np.testing.assert_array_equal(Regressor(effort="fast").fit(X, X[:, 0], sample_weight=np.full(len(y), scale)).predict(X),
                                  Regressor(effort="fast").fit(X, X[:, 0]).predict(X))


def test_weights_of_one_over_n_train_in_adaboost():
    """What AdaBoostClassifier gives sums to 1."""
    random = np.random.default_rng(1)
    X = random.normal(size=(2000, 4))
    y = ((X[:, 0] * X[:, 1] > 0) ^ (random.random(2000) < 0.1)).astype(int)
    boosted = AdaBoostClassifier(Classifier(effort="fast"), n_estimators=3).fit(X[:1000], y[:1000])
    assert boosted.score(X[1000:], y[1000:]) > 0.75


@pytest.mark.parametrize("kind", [Classifier, Regressor])
def test_signature_and_description_are_the_table_of_options(kind):
    table = {option["name"]: option for option in map(json.loads, _native.options())}
    parameters = inspect.signature(kind).parameters
    assert set(parameters) == {name for name, option in table.items() if option["group"] in ("run", "learners")} | {
        "keep_rows", "keep_megabytes"}
    for name, parameter in parameters.items():
        assert parameter.kind is parameter.KEYWORD_ONLY
        default = {"true": True, "false": False}.get(table[name]["default"], table[name]["default"])
        assert parameter.default == (None if "effort" in table[name] else type(parameter.default)(default))
        assert table[name]["help"] in " ".join(kind.__doc__.split())


def test_effort_decides_what_is_not_set(table):
    X, y = table
    options = Classifier(effort="fast", trees=5).fit(X, y).model_.description["options"]
    assert (options["networks"], options["trees"]) == ("0", "5")
    options = Classifier(effort="fast", networks=1, epochs=2, trees=5).fit(X, y).model_.description["options"]
    assert options["networks"] == "1"


def test_pipeline_and_clone(table):
    X, y = table
    pipeline = make_pipeline(StandardScaler(), Classifier(**QUICK, seed=3))
    copy = clone(pipeline)
    assert copy[-1].get_params() == pipeline[-1].get_params() and not hasattr(copy[-1], "model_")
    assert pipeline.fit(X, y).score(X, y) > 0.95
    assert cross_val_score(copy, X, y, cv=3).mean() > 0.9


def test_grid_search_in_processes(table):
    X, y = table
    search = GridSearchCV(Classifier(**QUICK), {"tree_leaves": [2, 8]}, cv=2, n_jobs=2).fit(X, y)
    assert search.best_score_ > 0.9
    assert search.best_estimator_.model_.description["options"]["tree_leaves"] == str(search.best_params_["tree_leaves"])


def test_meta_estimators(table):
    X, y = table
    for meta in (CalibratedClassifierCV(Classifier(**QUICK), cv=2), VotingClassifier([("a", Classifier(**QUICK))], voting="soft")):
        assert meta.fit(X, y).score(X, y) > 0.9


def test_pickle_holds_the_model_file_and_no_sample(table):
    X, y = table
    X = X + 12345.678  # bytes that are found again
    estimator = Classifier(**QUICK).partial_fit(X, y)
    data = pickle.dumps(estimator)
    assert estimator.model_.to_bytes() in data
    assert X[0].astype(np.float32).tobytes() not in data and X[0].tobytes() not in data
    assert estimator._kept.table[0].tobytes() == X[0].astype(np.float32).tobytes()
    loaded = pickle.loads(data)
    np.testing.assert_array_equal(loaded.predict_proba(X), estimator.predict_proba(X))
    assert loaded.get_params() == estimator.get_params()
    loaded.partial_fit(X, y)
    assert "prior" in loaded.model_.description
