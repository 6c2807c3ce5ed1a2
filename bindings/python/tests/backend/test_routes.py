# SPDX-License-Identifier: Apache-2.0
"""Moodle's routes: messages, codes and parameters, as the interface has them."""

import io
import json
import re
import uuid
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

import datasets
import services
from services import OTHER

DATASET = {"dataset": ("samples.csv", datasets.labelled())}
ROWS = {"dataset": ("rows.csv", datasets.unlabelled())}
ORIGINAL = Path(__file__).parents[4] / "tests/data/original-models/three"
TO_EVALUATE = {"minscore": "0.7", "maxdeviation": "0.05", "niterations": "3"}


@pytest.fixture
def model():
    """A model that no other test uses."""
    return {"uniqueid": uuid.uuid4().hex, "dirhash": "abc"}


@pytest.fixture
def trained(service, model):
    assert service.post("/training", DATASET, **model).json() == {"status": 0, "info": []}
    return model


def names(content):
    return zipfile.ZipFile(io.BytesIO(content)).namelist()


def test_version_needs_no_user(service):
    response = service.get("/version", auth=None)
    assert response.status_code == 200 and re.fullmatch(r"3\.[0-9.]+", response.text)


def test_version_is_overridden_by_a_file(start):
    service = start()
    (service.directory.parent / "web-compat-version").write_text("3.9.9\n")
    assert service.get("/version").text == "3.9.9"


def test_training_and_prediction(service, trained):
    answer = service.post("/prediction", ROWS, **trained).json()
    assert answer["status"] == 0 and answer["info"] == []
    assert [row[:2] for row in answer["predictions"]] == [["0-0", "0"], ["1-0", "1"], ["2-0", "0"], ["3-0", "1"]]
    assert all(isinstance(row[2], str) and 0.5 <= float(row[2]) <= 1 for row in answer["predictions"])


def test_prediction_without_a_model(service, model):
    response = service.post("/prediction", ROWS, **model)
    assert response.status_code == 200
    assert response.text == '{"status": 2, "info": ["Provided model have not been trained yet"]}'


def test_explanation(service, trained):
    answer = service.post("/explanation", ROWS, **trained).json()
    assert answer["status"] == 0 and answer["info"] == []
    predicted = service.post("/prediction", ROWS, **trained).json()["predictions"]
    assert [[row["id"], row["class"]] for row in answer["explanations"]] == [row[:2] for row in predicted]
    for row in answer["explanations"]:
        assert row["base"] + sum(reason["adds"] for reason in row["reasons"]) == pytest.approx(row["sum"])
    few = service.post("/explanation", ROWS, **trained, reasons="1").json()["explanations"]
    assert [row["reasons"] for row in few] == [row["reasons"][:1] for row in answer["explanations"]]


def test_explanation_without_a_model_or_with_an_odd_number(service, model, trained):
    response = service.post("/explanation", ROWS, uniqueid="none", dirhash="abc")
    assert (response.status_code, response.json()["status"]) == (200, 2)
    response = service.post("/explanation", ROWS, **trained, reasons="many")
    assert (response.status_code, response.text) == (400, "The parameter reasons is not a number.")
    response = service.post("/explanation", ROWS, **trained, reasons="0")
    assert (response.status_code, response.json()["status"]) == (200, 1)


def test_missing_class_is_status_eight(service, model):
    response = service.post("/training", {"dataset": datasets.labelled(classes=(1,))}, **model)
    assert response.json() == {"status": 8, "info": [],
                               "errors": "Training data needs to include samples belonging to all classes"}


def test_bad_data_is_an_answer(service, model):
    response = service.post("/training", {"dataset": "nfeatures\n1\nx,target\nmuch,0\n"}, **model)
    assert (response.status_code, response.json()["status"]) == (200, 1)


def test_evaluation_has_logs(service, model):
    answer = service.post("/evaluation", DATASET, **model, **TO_EVALUATE).json()
    assert answer["status"] == 0 and answer["score"] == 1 and answer["min_score"] == 0.7
    logs = names(service.get("/evaluationlog", **model, runid=answer["runid"]).content)
    assert {"info.log", "roc-curve.svg", "roc-curve.png", "report.html"} <= set(logs)
    assert not (service.directory / model["uniqueid"] / "abc" / "classifier").exists()


@pytest.mark.parametrize("runid", ["1", "none", ".."])
def test_unknown_run_is_an_empty_zip(service, trained, runid):
    response = service.get("/evaluationlog", **trained, runid=runid)
    assert response.status_code == 200 and names(response.content) == []


def test_evaluation_of_a_trained_model(service, trained):
    other = {"uniqueid": trained["uniqueid"], "dirhash": "def", "trainedmodeldirhash": "abc"}
    assert service.post("/evaluation", DATASET, **other, **TO_EVALUATE).json()["score"] == 1
    answer = service.post("/evaluation", DATASET, **{**other, "trainedmodeldirhash": "none"}, **TO_EVALUATE).json()
    assert answer["status"] == 1 and isinstance(answer["runid"], int)


def test_export_and_import_move_a_model_without_samples(service, trained):
    exported = service.get("/export", **trained)
    assert exported.status_code == 200 and names(exported.content) == ["model.mml"]
    other = {"uniqueid": trained["uniqueid"], "dirhash": "def"}
    for _ in range(2):  # the second replaces the first
        imported = service.post("/import", {"importzip": exported.content}, **other)
        assert (imported.status_code, imported.text) == (200, "Ok")
    assert service.post("/prediction", ROWS, **other).text == service.post("/prediction", ROWS, **trained).text


def test_nothing_to_export(service, model):
    response = service.get("/export", **model)
    assert (response.status_code, response.text) == (503, "There is nothing to export.")


def test_deletion_removes_all_of_one_uniqueid(service, trained):
    other = {**trained, "uniqueid": uuid.uuid4().hex}
    service.post("/training", DATASET, **other)
    for _ in range(2):
        response = service.post("/deletemodel", uniqueid=trained["uniqueid"])
        assert (response.status_code, response.text) == (200, "Ok")
    assert service.post("/prediction", ROWS, **trained).json()["status"] == 2
    assert service.post("/prediction", ROWS, **other).json()["status"] == 0
    assert not list(service.directory.glob(".deleted*"))


def test_parameters_may_come_in_query_or_form(service, trained):
    url = service.url + "/export"
    in_form = requests.get(url, data=trained, auth=OTHER, timeout=60)
    as_multipart = requests.get(url, files={name: (None, value) for name, value in trained.items()}, auth=OTHER, timeout=60)
    in_query = requests.post(service.url + "/prediction", params=trained, files=ROWS, auth=OTHER, timeout=60)
    assert [response.status_code for response in (in_form, as_multipart, in_query)] == [200, 200, 200]
    assert in_query.json()["status"] == 0


def in_chunks(url, parameters, files, size=1000):
    """As curl, or a proxy that does not wait for a whole request, sends it: pieces, and no length in advance."""
    prepared = requests.Request("POST", url, data=parameters, files=files).prepare()
    pieces = (prepared.body[start:start + size] for start in range(0, len(prepared.body), size))
    return requests.post(url, data=pieces, headers={"Content-Type": prepared.headers["Content-Type"]}, auth=OTHER, timeout=60)


def test_uploads_in_chunks(service, model):
    """On each route that takes a body."""
    large = {"dataset": ("rows.csv", datasets.unlabelled(rows=60000))}
    assert in_chunks(service.url + "/training", model, DATASET).json() == {"status": 0, "info": []}
    assert in_chunks(service.url + "/training", {**model, "async": "1"}, DATASET).status_code == 202
    assert in_chunks(service.url + "/prediction", model, ROWS).json()["status"] == 0
    assert len(in_chunks(service.url + "/prediction", model, large, 70000).json()["predictions"]) == 60000
    assert in_chunks(service.url + "/evaluation", {**model, **TO_EVALUATE}, DATASET).json()["score"] == 1
    exported = service.get("/export", **model).content
    assert in_chunks(service.url + "/import", {**model, "dirhash": "copy"}, {"importzip": exported}).text == "Ok"
    assert in_chunks(service.url + "/training", model, {"other": b"x"}).text == "The file dataset is missing."
    deleted = in_chunks(service.url + "/deletemodel", {"uniqueid": model["uniqueid"]}, None)
    assert deleted.text == "Ok"
    assert service.post("/prediction", ROWS, **model).json()["status"] == 2
    request_id = deleted.headers["X-Request-ID"]
    services.wait_until(lambda: request_id in service.log.read_text())
    [line] = [line for line in service.log.read_text().splitlines() if request_id in line]
    assert json.loads(line)["bytes"] > 10


def test_part_names_may_be_unquoted(service, trained):
    parts = [f"--b\r\nContent-Disposition: form-data; name={name}\r\n\r\n{value}\r\n" for name, value in trained.items()]
    parts.append(f"--b\r\nContent-Disposition: form-data; name=dataset; filename=rows.csv\r\n\r\n{datasets.unlabelled()}\r\n--b--\r\n")
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    response = requests.post(service.url + "/prediction", data="".join(parts).encode(), headers=headers, auth=OTHER, timeout=60)
    assert response.json()["status"] == 0


def test_names_are_cleaned(service, model):
    service.post("/training", DATASET, uniqueid="../$" + model["uniqueid"], dirhash="/a.b.c")
    assert service.post("/prediction", ROWS, **model).json()["status"] == 0


@pytest.mark.parametrize("auth, message", [
    (None, "No user and/or password included in the request."),
    (("default", ""), "No user and/or password included in the request."),
    (("default", "pw2"), "Incorrect user and/or password provided by Moodle."),
    (("nobody", "pw"), "Incorrect user and/or password provided by Moodle.")])
def test_without_a_right_password(service, trained, auth, message):
    for response in (service.get("/export", auth=auth, **trained), service.post("/training", DATASET, auth=auth, **trained)):
        assert (response.status_code, response.text) == (401, message)
        assert response.headers["WWW-Authenticate"].startswith("Basic")


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic cGF0", "Basic Og==", "Basic /w==", "Basic \xe9", "Basic ZGVmYXVsdDpwdw==\xff",
                                    "Bearer token", "Bearer \xff", "Digest username=default", "x", "\xe9"])
def test_malformed_authorization_is_none(service, trained, header):
    response = requests.get(service.url + "/export", params=trained, headers={"Authorization": header}, timeout=60)
    assert (response.status_code, response.text) == (401, "No user and/or password included in the request.")


@pytest.mark.parametrize("path", ["/training", "/prediction", "/explanation", "/evaluation", "/import", "/deletemodel"])
def test_other_methods_are_refused_before_credentials(service, path):
    for method in ("GET", "HEAD", "PUT", "DELETE", "PATCH"):
        assert requests.request(method, service.url + path, timeout=60).status_code == 405
    assert requests.options(service.url + path, timeout=60).status_code == 200
    assert service.post("/export").status_code == service.post("/version").status_code == 405


def test_head_of_a_get_route(service, trained):
    response = requests.head(service.url + "/export", params=trained, auth=OTHER, timeout=60)
    assert (response.status_code, response.content) == (200, b"")


@pytest.mark.parametrize("path, missing", [
    ("/training", "uniqueid"), ("/training", "dirhash"), ("/training", "dataset"), ("/prediction", "dataset"),
    ("/explanation", "dataset"), ("/explanation", "uniqueid"),
    ("/evaluation", "minscore"), ("/evaluation", "maxdeviation"), ("/evaluation", "niterations"), ("/evaluation", "dataset"),
    ("/import", "importzip"), ("/deletemodel", "uniqueid")])
def test_missing_parameter_is_one_sentence(service, model, path, missing):
    parameters = {name: value for name, value in {**model, **TO_EVALUATE}.items() if name != missing}
    response = service.post(path, None if missing in ("dataset", "importzip") else {**DATASET, "importzip": b"x"}, **parameters)
    assert response.status_code == 400
    assert re.fullmatch(rf"The (parameter|file) {missing} is missing\.", response.text)


@pytest.mark.parametrize("name", ["uniqueid", "dirhash", "trainedmodeldirhash"])
def test_name_of_which_nothing_is_left(service, model, name):
    response = service.post("/evaluation", DATASET, **{**model, **TO_EVALUATE, name: "../$"})
    assert response.status_code == 400 and name in response.text


def test_zip_without_a_model(service, model):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("checkpoint", "of the original")
    response = service.post("/import", {"importzip": content.getvalue()}, **model)
    assert response.status_code == 400
    assert response.text == "There is nothing to import: the zip file holds neither model.mml nor classifier.pkl."


def test_import_of_what_the_original_exported(service, model):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for file in (ORIGINAL / "classifier").rglob("*"):
            archive.write(file, file.relative_to(ORIGINAL / "classifier"))
    assert service.post("/import", {"importzip": content.getvalue()}, **model).text == "Ok"
    rows = (ORIGINAL / "predict.csv").read_bytes()
    answer = service.post("/prediction", {"dataset": ("rows.csv", rows)}, **model).json()
    known = json.loads((ORIGINAL / "predictions.json").read_text())["predictions"]
    assert [row[:2] for row in answer["predictions"]] == [row[:2] for row in known]
    assert [float(row[2]) for row in answer["predictions"]] == pytest.approx([float(row[2]) for row in known], abs=1e-5)


def test_unreadable_zip(service, model):
    response = service.post("/import", {"importzip": b"no zip"}, **model)
    assert response.status_code == 400 and response.text.startswith("The zip file cannot be read")


def test_trainings_at_once_lose_nothing(service, model):
    parts = [{"dataset": datasets.labelled(rows=20, seed=seed)} for seed in range(8)]
    with ThreadPoolExecutor(8) as threads:
        responses = list(threads.map(lambda part: service.post("/training", part, **model), parts))
    assert [response.json()["status"] for response in responses] == [0] * 8
    assert services.samples_learned(service.directory / model["uniqueid"] / "abc" / "classifier" / "model.mml") == 160


def test_nothing_of_a_request_is_left_behind(start, tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    service = start(MOODLE_MLBACKEND_TEMPDIR=str(temporary))
    large = {"dataset": datasets.labelled(rows=60000)}  # beyond what is kept in memory
    model = {"uniqueid": "a", "dirhash": "b"}
    assert service.post("/training", DATASET, **model).json()["status"] == 0
    assert service.post("/prediction", large, **model).status_code == 200
    assert service.post("/evaluation", DATASET, **model, **TO_EVALUATE).json()["status"] == 0
    service.post("/import", {"importzip": service.get("/export", **model).content}, **model)
    service.post("/import", {"importzip": b"no zip"}, **model)
    assert list(temporary.iterdir()) == []
    temporary.rmdir()
    assert service.post("/training", DATASET, **model).status_code == 502, "temporary files lie there and nowhere else"


def test_stash_keeps_what_was_sent_but_no_credentials(start, tmp_path):
    stash = tmp_path / "stash"
    stash.mkdir()
    service = start(MOODLE_ML_STASH_DIR=str(stash))
    service.post("/training", DATASET, auth=("default", "secret-guess"), uniqueid="a", dirhash="b")
    assert list(stash.iterdir()) == []
    service.post("/training", {**DATASET, "../x": b"y"}, uniqueid="a", dirhash="b")
    [kept] = stash.iterdir()
    request = json.loads((kept / "request.json").read_text())
    assert (request["method"], request["path"], request["form"]) == ("POST", "/training", {"uniqueid": "a", "dirhash": "b"})
    assert (kept / request["files"]["dataset"]["stored"]).read_text() == datasets.labelled()
    everything = "".join(file.read_text() for file in stash.rglob("*") if file.is_file()) + service.log.read_text()
    assert not re.search("pw|default:|Basic|Authorization|secret-guess", everything.replace('"user": "default"', ""))
