# SPDX-License-Identifier: Apache-2.0
"""Health, metrics, the log, and the document of the routes."""

import io
import json
import logging
import os
import re
import signal
import tempfile
from pathlib import Path

import openapi_spec_validator
import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

import datasets
from moodlemlbackend.service.application import create_app
from moodlemlbackend.service.settings import read_settings
from moodlemlbackend.service.storage import open_storage
from services import USERS, wait_until

MODEL = {"uniqueid": "watched", "dirhash": "b"}
NOBODY = 65534


@pytest.fixture
def app(monkeypatch, tmp_path):
    """An application in this process, on a storage of its own."""
    monkeypatch.setenv("MOODLE_MLBACKEND_PYTHON_USERS", USERS)
    monkeypatch.setenv("MOODLE_MLBACKEND_PYTHON_DIR", str(tmp_path))
    return create_app(read_settings(), open_storage(read_settings()))


def test_health_needs_no_user(service):
    for path in ("/health/live", "/health/ready"):
        response = service.get(path, auth=None)
        assert (response.status_code, response.text) == (200, "Ok")


def test_not_ready_without_storage(app, tmp_path):
    tmp_path.rmdir()
    client = app.test_client()
    response = client.get("/health/ready")
    assert response.status_code == 503 and "cannot be written" in response.text
    assert client.get("/health/live").status_code == 200


def samples(service):
    families = text_string_to_metric_families(service.get("/metrics", auth=None).text)
    return {(sample.name, *sorted(sample.labels.values())): sample.value for family in families for sample in family.samples}


def test_metrics_count_what_every_process_answers(service):
    before = samples(service)
    for _ in range(10):
        service.post("/prediction", {"dataset": datasets.unlabelled()}, **MODEL)
    service.get("/export", auth=None)
    service.get("/nowhere")
    after = samples(service)

    def more(*key):
        return after.get(key, 0) - before.get(key, 0)

    assert more("moodlemlbackend_requests_total", "200", "POST", "prediction") == 10
    assert more("moodlemlbackend_answers_total", "2", "prediction") == 10
    assert more("moodlemlbackend_requests_total", "401", "GET", "export") == 1
    assert more("moodlemlbackend_requests_total", "", "404", "GET") == 1
    assert more("moodlemlbackend_request_seconds_count", "prediction") == 10
    assert after["moodlemlbackend_running_calls", "prediction"] == 0


def test_metrics_outlive_a_worker(start):
    """Workers are exchanged when one ends, and on SIGHUP; what they counted stays."""
    service = start()
    service.get("/version")
    before = service.workers()
    service.process.send_signal(signal.SIGHUP)
    wait_until(lambda: service.workers() and not set(service.workers()) & set(before))
    wait_until(service.answers)
    assert samples(service)["moodlemlbackend_requests_total", "200", "GET", "version"] == 1


def test_each_request_is_one_line_of_json(service):
    response = service.post("/prediction?uniqueid=watched", {"dataset": datasets.unlabelled()}, **MODEL)
    request_id = response.headers["X-Request-ID"]
    wait_until(lambda: request_id in service.log.read_text())
    [line] = [line for line in service.log.read_text().splitlines() if request_id in line]
    entry = json.loads(line)
    assert (entry["method"], entry["route"], entry["code"], entry["user"]) == ("POST", "prediction", 200, "default")
    assert entry["milliseconds"] > 0 and entry["bytes"] > 100 and "watched" not in line


def test_request_id_of_a_proxy_is_kept(service):
    response = requests.get(service.url + "/version", headers={"X-Request-ID": 'from-nginx-1"\\{}'}, timeout=30)
    assert response.headers["X-Request-ID"] == "from-nginx-1"


def test_defects_are_told_in_the_log_only(app, monkeypatch):
    log = io.StringIO()
    monkeypatch.setattr(logging.getLogger("moodlemlbackend").handlers[0], "stream", log)

    def fail():
        raise RuntimeError("secret detail")

    monkeypatch.setattr("moodlemlbackend.service.monitoring_routes.compatibility_version", fail)
    response = app.test_client().get("/version")
    assert response.status_code == 500 and response.headers["X-Request-ID"] in response.text and "secret" not in response.text
    [entry] = [json.loads(line) for line in log.getvalue().splitlines() if "secret detail" in line]
    assert entry["level"] == "error" and "RuntimeError" in entry["traceback"]
    assert entry["request"] == response.headers["X-Request-ID"]


def test_document_is_valid_openapi_and_names_every_route(service, app):
    document = service.get("/openapi.json", auth=None).json()
    openapi_spec_validator.validate(document)
    documented = {(path, method.upper()) for path, operations in document["paths"].items() for method in operations}
    served = {(re.sub("<(.*?)>", r"{\1}", rule.rule), method) for rule in app.url_map.iter_rules()
              for method in rule.methods - {"HEAD", "OPTIONS"}}
    assert documented == served
    assert app.url_map._rules_by_endpoint.keys() >= {"version", "training", "prediction", "evaluation", "evaluationlog", "export",
                                                     "import_model", "deletemodel"}


def test_documented_refusals_are_those_of_the_routes(service):
    """Of each route: what the document says of users, methods and missing parameters is what happens."""
    for path, operations in service.get("/openapi.json").json()["paths"].items():
        for method, operation in operations.items():
            send = getattr(service, method)
            path = path.replace("{job}", "none")
            assert send(path, auth=None).status_code == (401 if "security" in operation else 200)
            needs_parameters = "requestBody" in operation or any(p["in"] == "query" for p in operation.get("parameters", ()))
            if needs_parameters:
                response = send(path)
                assert response.status_code == 400 and "uniqueid" in response.text
            assert str(send(path).status_code) in operation["responses"]


def test_refusals_of_the_disk_are_documented(monkeypatch, tmp_path):
    """So deep that a model's path just fits and that of what is being deleted does not: root is refused too."""
    place = str(tmp_path)
    while len(place) < 4060:
        place += "/" + "d" * min(200, 4060 - len(place))
    os.makedirs(place + "/m")
    monkeypatch.setenv("MOODLE_MLBACKEND_PYTHON_USERS", USERS)
    monkeypatch.setenv("MOODLE_MLBACKEND_PYTHON_DIR", place)
    client = create_app(read_settings(), open_storage(read_settings())).test_client()
    response = client.post("/deletemodel", data={"uniqueid": "m"}, auth=("default", "pw"))
    assert (response.status_code, response.text) == (502, "The model cannot be deleted: File name too long.")
    responses = client.get("/openapi.json").json["paths"]["/deletemodel"]["post"]["responses"]
    assert responses["502"]["description"] == "The storage does not answer, or refuses."


@pytest.fixture
def somebody():
    """Whom a folder's permissions bind."""
    if os.geteuid() != 0:
        yield os.geteuid()
        return
    os.seteuid(NOBODY)
    yield NOBODY
    os.seteuid(0)


def test_what_a_deletion_leaves_is_told_and_removed_by_the_next(monkeypatch, request):
    with tempfile.TemporaryDirectory() as place:
        folders = [Path(place, model, "hash") for model in ("first", "second")]
        for folder in folders:
            folder.mkdir(parents=True)
            (folder / "samples").write_text("of students")
        folders[0].chmod(0o500)
        if os.geteuid() == 0:
            for path in (place, *(part for folder in folders for part in (folder.parent, folder, folder / "samples"))):
                os.chown(path, NOBODY, -1)
        monkeypatch.setenv("MOODLE_MLBACKEND_PYTHON_USERS", USERS)
        monkeypatch.setenv("MOODLE_MLBACKEND_PYTHON_DIR", place)
        client = create_app(read_settings(), open_storage(read_settings())).test_client()
        request.getfixturevalue("somebody")
        refused = client.post("/deletemodel", data={"uniqueid": "first"}, auth=("default", "pw"))
        [left] = Path(place).glob(".deleted-*")
        assert (refused.status_code, refused.text) == (
            502, f"The model is out of use, but {left.name} cannot be removed from the storage: Permission denied.")
        (left / "hash").chmod(0o700)
        assert client.post("/deletemodel", data={"uniqueid": "second"}, auth=("default", "pw")).text == "Ok"
        assert os.listdir(place) == []


def test_nothing_is_listed_but_what_the_storage_holds(app, tmp_path):
    """Jobs and things being deleted lie beside the models, where no name of a client's leads."""
    (tmp_path / ".jobs").mkdir()
    (tmp_path / ".jobs" / "x").write_text("{}")
    client = app.test_client()
    client.post("/deletemodel", data={"uniqueid": ".jobs"}, auth=("default", "pw"))
    assert os.listdir(tmp_path / ".jobs") == ["x"]
