# SPDX-License-Identifier: Apache-2.0
"""Models as files and bytes, and Moodle's data files; the program moodleml is the other reader."""

import copy
import csv
import json
import pickle
import stat
import subprocess

import numpy as np
import pytest
from conftest import QUICK

import moodleml
from moodleml import Classifier, Model, Regressor, read_moodle_csv


def program(build, *arguments):
    return subprocess.run([build / "bin" / "moodleml", *map(str, arguments)], capture_output=True, text=True, check=True, timeout=60).stdout


def test_a_file_of_moodles(students):
    train, predict = read_moodle_csv(students[0]), read_moodle_csv(students[1], labelled=False)
    assert train.X.shape == (1904, 365) and train.X.dtype == np.float32
    assert train.y.dtype.kind == "i" and np.bincount(train.y).tolist() == [1632, 272]
    assert train.metadata["targetclasses"] == "[0,1]" and train.row_ids is None and train.warnings == []
    assert predict.y is None and predict.row_ids[0] == "sample-1"
    frame = predict.frame()
    assert frame.columns.tolist() == predict.feature_names and frame.loc["sample-1"].shape == (365,)


def test_other_files(tmp_path):
    path = tmp_path / "samples.csv"
    path.write_text('nfeatures,targetclasses,targettype\n2,"[0,1]",discrete\na,b,t\n1,x,0\n')
    with pytest.raises(moodleml.InputError, match='samples.csv", row 4, column 2') as caught:
        read_moodle_csv(path)
    assert caught.value.name == "MML_BAD_DATA"
    with pytest.raises(OSError, match="none.csv") as caught:
        read_moodle_csv(tmp_path / "none.csv")
    assert isinstance(caught.value, moodleml.FileError)
    path.write_text('nfeatures,targetclasses,targettype\n1,"[""1_0"",""2""]",discrete\na,t\n1,1_0\n2,2\n')
    assert read_moodle_csv(path).y.tolist() == ["1_0", "2"]
    path.write_text("nfeatures,targettype,targetmin,targetmax\n1,linear,0,9\na,t\n,2.5\n3,4\n")
    file = read_moodle_csv(path)
    assert file.y.tolist() == [2.5, 4] and np.isnan(file.X[0, 0])


def test_python_and_the_program_share_models(students, build, tmp_path):
    """What one trains the other predicts with, and says the same."""
    train, predict = read_moodle_csv(students[0]), read_moodle_csv(students[1], labelled=False)
    estimator = Classifier(**QUICK).fit(train.X, train.y)
    estimator.model_.save(tmp_path / "python.mml")
    assert stat.S_IMODE((tmp_path / "python.mml").stat().st_mode) == 0o600
    printed = list(csv.DictReader(program(build, "predict", tmp_path / "python.mml", students[1]).splitlines()))
    assert [row["class"] for row in printed] == [str(label) for label in estimator.predict(predict.X)]

    program(build, "train", students[0], "--model", tmp_path / "program.mml", "--networks", 0, "--trees", 10, "--folds", 2, "--quiet")
    loaded = Model.load(tmp_path / "program.mml")
    assert (loaded.task, loaded.classes, loaded.feature_names) == ("classification", ["0", "1"], train.feature_names)
    np.testing.assert_array_equal(loaded.predict_proba(predict.X), estimator.predict_proba(predict.X))
    assert loaded.predict(predict.X).tolist() == [str(label) for label in estimator.predict(predict.X)]


def test_bytes_and_copies(table):
    X, y = table
    model = Classifier(**QUICK).fit(X, y).model_
    for other in (Model.from_bytes(model.to_bytes()), pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(other.scores(X), model.scores(X))
        assert other.to_bytes() == model.to_bytes()
    assert repr(model) == "<moodleml.Model: 2 classes, 4 columns>"


def test_damaged_files_are_refused(table, tmp_path):
    data = Classifier(**QUICK).fit(*table).model_.to_bytes()
    for damaged in (b"", data[:-1], data[:100] + bytes([data[100] ^ 1]) + data[101:]):
        with pytest.raises(moodleml.Error) as caught:
            Model.from_bytes(damaged)
        assert caught.value.name == "MML_BAD_MODEL"
    with pytest.raises(moodleml.FileError):
        Model.load(tmp_path / "none.mml")
    with pytest.raises(moodleml.FileError, match="none"):
        Model.from_bytes(data).save(tmp_path / "none" / "model.mml")


def test_loading_obeys_its_memory_limit_and_its_callback(table, tmp_path):
    path = tmp_path / "wide.mml"
    model = Classifier(linear=False, trees=0, networks=1, epochs=1, hidden_units=1024).fit(*table).model_
    model.save(path)
    for load, source in ((Model.load, path), (Model.from_bytes, path.read_bytes())):
        with pytest.raises(moodleml.Error, match="option memory_limit allows 3: raise it") as caught:
            load(source, memory_limit=3)
        assert caught.value.name == "MML_LIMIT"
        phases = []
        loaded = load(source, memory_limit=100, progress=lambda state: phases.append(state.fraction))
        assert loaded.to_bytes() == model.to_bytes() and phases[-1] == 1
        with pytest.raises(moodleml.Cancelled):
            load(source, progress=lambda state: False)
        with pytest.raises(KeyError):
            load(source, progress=lambda state: {}["none"])


def test_a_regression_has_no_probabilities(table):
    X, _ = table
    model = Regressor(**QUICK).fit(X, X[:, 0]).model_
    assert model.task == "regression" and model.classes == [] and model.predict(X).shape == (120,)
    with pytest.raises(ValueError, match="no probabilities"):
        model.predict_proba(X)
    assert json.dumps(model.description)


def test_drift_names_columns_that_moved(table):
    X, y = table
    model = Classifier(**QUICK).fit(X, y).model_
    assert model.drift(X)["warnings"] == []
    moved = X.copy()
    moved[:, 2] += 5
    found = model.drift(moved)
    assert found["columns"][0]["name"] == "x2" and found["columns"][0]["moved"] and not found["columns"][1]["moved"]
    assert '"x2"' in found["warnings"][0]
    assert model.drift(moved, limit=0)["warnings"] == []
    assert Model.from_bytes(model.to_bytes()).drift(moved) == found


def test_a_card_comes_with_the_file(table):
    X, y = table
    model = Model.from_bytes(Classifier(**QUICK).fit(X, y).model_.to_bytes())
    card = json.loads(model.card("json"))
    assert card["samples"]["count"] == 120 and card["column_count"] == 4
    low, high = card["metrics"]["log_loss"]["interval"]
    assert low < card["metrics"]["log_loss"]["value"] < high < card["metrics"]["log_loss"]["baseline"]
    assert model.card().startswith("# Model card") and "<html" in model.card("html")
    with pytest.raises(moodleml.Error) as refused:
        model.card("pdf")
    assert refused.value.name == "MML_NOT_FOUND"


def test_a_model_keeps_a_report(table):
    X, y = table
    model = Classifier(**QUICK).fit(X, y).model_
    assert json.loads(model.card("json"))["evaluation"] is None
    report = moodleml.evaluate(model, X, y)
    kept = Model.from_bytes(model.with_report(report).to_bytes())
    assert (kept.scores(X) == model.scores(X)).all()
    found = json.loads(kept.card("json"))["evaluation"]
    assert found["rows"] == 120 and found["metrics"]["log_loss"]["value"] == report.metric("log_loss")
    assert "## Evaluation" in kept.card()
    other = moodleml.evaluate(Classifier(**QUICK).fit(X, y + 10), X, y + 10)
    with pytest.raises(moodleml.Error) as refused:
        model.with_report(other)
    assert refused.value.name == "MML_MISMATCH"
