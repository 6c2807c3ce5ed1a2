# SPDX-License-Identifier: Apache-2.0
"""evaluate() and cross_validate(), and what their reports show."""

import html
import json
import math
import re

import jsonschema
import numpy as np
import pandas
import pytest
from conftest import QUICK
from matplotlib import pyplot
from sklearn import metrics
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

import moodleml
from moodleml import Classifier, Regressor, cross_validate, evaluate


@pytest.fixture
def uncertain(table):
    """A table whose labels are right most of the time."""
    X, y = table
    return X, np.where(np.arange(120) % 7 == 0, 1 - y, y)


def test_evaluation_rates_as_scikit_learn_does(uncertain):
    X, y = uncertain
    estimator = Classifier(**QUICK).fit(X[:60], y[:60])
    report = evaluate(estimator, X[60:], y[60:])
    probabilities = estimator.predict_proba(X[60:])
    assert report.metric("roc_auc") == pytest.approx(metrics.roc_auc_score(y[60:], probabilities[:, 1]))
    assert report.metric("log_loss") == pytest.approx(metrics.log_loss(y[60:], probabilities), rel=1e-4)
    assert report.metric("accuracy") == pytest.approx(estimator.score(X[60:], y[60:]))
    assert report["kind"] == "evaluation" and report["rows"] == 60
    assert dict(evaluate(estimator.model_, X[60:], y[60:]))["metrics"] == report["metrics"]


def test_weights_and_labels_of_an_evaluation(uncertain):
    X, y = uncertain
    labels = np.array(["no", "yes"])[y]
    estimator = Classifier(**QUICK).fit(X, labels)
    weights = np.linspace(0, 3, 120)
    report = evaluate(estimator, X, labels, sample_weight=weights)
    assert report.metric("accuracy") == pytest.approx(estimator.score(X, labels, sample_weight=weights), rel=1e-5)
    assert [entry["name"] for entry in report["classes"]] == ["no", "yes"]
    with pytest.raises(moodleml.InputError, match="maybe"):
        evaluate(estimator, X, np.where(labels == "no", "maybe", labels))


def test_columns_are_matched_by_name(uncertain):
    X, y = uncertain
    frame = pandas.DataFrame(X, columns=list("abcd"))
    estimator = Classifier(**QUICK).fit(frame, y)
    assert evaluate(estimator, frame[list("dcba")], y)["metrics"] == evaluate(estimator, frame, y)["metrics"]


def test_cross_validation_uses_the_parameters(uncertain, root):
    X, y = uncertain
    report = cross_validate(Classifier(**QUICK, seed=5), X, y, resampling="folds", iterations=4)
    assert report["options"] == {"resampling": "folds", "iterations": 4, "test_share": 0.2, "seed": 5}
    assert report["settings"]["trees"] == "10" and len(report["iterations"]) == 4
    assert 0.7 < report.metric("accuracy") < 1
    assert report.metric("accuracy_low") < report.metric("accuracy") < report.metric("accuracy_high")
    schema = json.loads((root / "include" / "moodleml" / "schema" / "report.json").read_text())
    jsonschema.validate(dict(report), schema)
    with pytest.raises(moodleml.Error, match="roc_auc") as caught:
        report.metric("nothing")
    assert caught.value.name == "MML_NOT_FOUND"


def test_refusals(table):
    X, y = table
    with pytest.raises(NotFittedError):
        evaluate(Classifier(), X, y)
    for call in (lambda: evaluate(make_pipeline(Classifier()), X, y), lambda: cross_validate(make_pipeline(Classifier()), X, y)):
        with pytest.raises(TypeError, match="not Pipeline"):
            call()
    with pytest.raises(moodleml.InputError, match="iterations"):
        cross_validate(Classifier(**QUICK), X, y, iterations=0)
    with pytest.raises(moodleml.InputError) as caught:
        cross_validate(Classifier(**QUICK), X, np.zeros(120))
    assert caught.value.name == "MML_NOT_ENOUGH_DATA"


def test_pages(uncertain):
    X, y = uncertain
    report = cross_validate(Classifier(**QUICK), X, y, iterations=3)
    page = report.to_html()
    assert page.startswith("<!DOCTYPE html>") and "<script" not in page
    assert html.unescape(re.fullmatch(r'<iframe srcdoc="([^"]*)" sandbox="" [^>]*></iframe>', report._repr_html_())[1]) == page
    assert report.to_html(min_score=1) != page
    assert report.to_markdown().startswith("#")
    assert "If you flag the most likely rows" in report.to_text()
    assert re.search(r"^  roc_auc +0\.\d{4}$", repr(report), re.MULTILINE)


def test_plots(uncertain):
    X, y = uncertain
    report = cross_validate(Classifier(**QUICK), X, y, iterations=3)
    ax = report.plot_roc()
    assert max(len(line.get_xdata()) for line in ax.lines) > 5
    assert f"{report.metric('roc_auc'):.3f}" in ax.get_title()
    assert report.plot_calibration(ax=pyplot.figure().gca()).get_xlabel() == "predicted probability"
    three = cross_validate(Classifier(**QUICK), X, y + (X[:, 1] > 0), iterations=3).plot_roc()
    assert [text.get_text() for text in three.get_legend().get_texts()] == ["0", "1", "2"]
    pyplot.close("all")


def test_a_regression_has_other_metrics(table):
    X, _ = table
    report = cross_validate(Regressor(**QUICK), X, X[:, 0], iterations=3)
    assert report.metric("r2") > 0.8 and math.isfinite(report.metric("rmse"))
    for draw in (report.plot_roc, report.plot_calibration):
        with pytest.raises(ValueError, match="curve"):
            draw()


def test_groups_are_rated_and_kept_whole():
    chance = np.random.default_rng(5)
    X = chance.normal(size=(300, 2))
    schools = np.array(["north", "south", "west"])[np.arange(300) % 3]
    y = (X[:, 0] + np.where(schools == "south", 3, 0.3) * chance.normal(size=300) > 0).astype(int)
    options = {"iterations": 3, "importance_columns": 0}
    report = cross_validate(Classifier(**QUICK), X, y, groups=pandas.Series(schools), resampling="group_folds", **options)
    groups = report["groups"]
    assert [group["name"] for group in groups["rated"]] == ["north", "south", "west"]
    assert [group["rows"] for group in groups["rated"]] == [100, 100, 100]
    assert groups["gaps"]["roc_auc"]["lowest"] == "south"
    low, high = groups["gaps"]["roc_auc"]["interval"]
    assert 0 < low < groups["gaps"]["roc_auc"]["value"] < high
    assert all(iteration["test_rows"] == 100 for iteration in report["iterations"])
    # The same as without: a group is not a feature.
    alone = Classifier(**QUICK).fit(X, y)
    rated = evaluate(alone, X, y, groups=schools, importance_columns=0)
    assert rated["metrics"] == evaluate(alone, X, y, importance_columns=0)["metrics"]
    share = sum(group["measures"]["accuracy"]["value"] for group in rated["groups"]["rated"]) / 3
    assert share == pytest.approx(rated.metric("accuracy"))
    assert "Gaps between groups" in rated.to_text()


def test_missing_groups_are_a_group_and_wrong_ones_are_refused(table):
    X, y = table
    groups = [None, "a", np.nan, "b"] * 30
    names = {group["name"] for group in evaluate(Classifier(**QUICK).fit(X, y), X, y, groups=groups)["groups"]["rated"]}
    assert names == {"(missing)", "a", "b"}
    with pytest.raises(moodleml.InputError, match="groups has the shape"):
        cross_validate(Classifier(**QUICK), X, y, groups=[1, 2])
    with pytest.raises(moodleml.InputError, match="one value only"):
        cross_validate(Classifier(**QUICK), X, y, groups=[1] * 120)
    with pytest.raises(moodleml.InputError, match="group_column"):
        cross_validate(Classifier(**QUICK), X, y, resampling="group_folds")


def test_splits_by_time_train_on_earlier_rows(table):
    X, y = table
    days = np.datetime64("2024-01-01") + np.arange(120)[::-1]
    report = cross_validate(Classifier(**QUICK), X, y, times=days, resampling="time", iterations=3, importance_columns=0)
    assert [iteration["training_rows"] for iteration in report["iterations"]] == [30, 60, 90]
    same = cross_validate(Classifier(**QUICK), X, y, times=-np.arange(120.0), resampling="time", iterations=3, importance_columns=0)
    assert same["metrics"] == report["metrics"]
    with pytest.raises(moodleml.InputError, match="missing date"):
        cross_validate(Classifier(**QUICK), X, y, times=[np.datetime64("NaT")] * 120, resampling="time")
    with pytest.raises(moodleml.InputError, match="times has the shape"):
        cross_validate(Classifier(**QUICK), X, y, times=[1.0], resampling="time")


def test_importance_finds_the_column_that_decides(uncertain):
    X, y = uncertain
    report = cross_validate(Classifier(**QUICK), X, y, iterations=3)
    first = report["importance"]["columns"][0]
    assert first["name"] == "x0" and first["interval"][0] > 0
    assert cross_validate(Classifier(**QUICK), X, y, iterations=3, importance_columns=0)["importance"] is None
