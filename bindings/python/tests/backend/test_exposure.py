# SPDX-License-Identifier: Apache-2.0
"""What the service shows, keeps and holds open for those who ask it in ways that Moodle never does."""

import gzip
import json
import os
import re
import socket
import sys
import time

import pytest
import requests

import datasets
import services
from services import DEFAULT
from test_hostile import zip_of
from test_server import SERVERS

MODEL = {"uniqueid": "exposed", "dirhash": "abc"}
RATING = {"minscore": "0.5", "maxdeviation": "0.5", "niterations": "2"}
HEAD = "POST /training HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ZGVmYXVsdDpwdw==\r\n"


@pytest.fixture
def model(request):
    """A name for the models of this test."""
    return {"uniqueid": request.node.originalname, "dirhash": "abc"}


def connect(service):
    return socket.create_connection(("127.0.0.1", service.port), timeout=services.START_SECONDS)


@pytest.mark.parametrize("headers", [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                                     {"Sec-Fetch-Site": "same-site"}])
def test_web_pages_are_refused(service, model, headers):
    """A browser that knows the password would send it with another site's form."""
    assert service.post("/training", {"dataset": datasets.labelled()}, **model).json()["status"] == 0
    page = {"headers": headers, "auth": DEFAULT, "timeout": 30}
    assert requests.post(service.url + "/deletemodel", data=model, **page).status_code == 403
    assert requests.get(service.url + "/export", params=model, **page).status_code == 403
    assert service.get("/export", **model).status_code == 200


def test_stalled_clients_hold_no_thread(start):
    """Three times as many clients as there are threads stop in the middle of a head, or of a body."""
    service = start(MOODLE_MLBACKEND_STALLED_SECONDS="0.5")
    unfinished = [HEAD, HEAD + "Content-Length: 1000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b\r\n"]
    connections = [connect(service) for _ in range(12)]
    try:
        for number, connection in enumerate(connections):
            connection.sendall(unfinished[number % 2].encode())
        started = time.monotonic()
        assert service.get("/version").ok
        assert time.monotonic() - started < 20
    finally:
        for connection in connections:
            connection.close()


def test_headers_and_log_lines_cannot_be_made(service, model):
    forged = "x\r\nSet-Cookie: a=b\n{\"level\": \"forged\"}"
    response = service.post("/prediction", {"dataset": forged}, **{**model, "uniqueid": forged})
    assert "Set-Cookie" not in response.headers
    with connect(service) as connection:
        connection.sendall(b"GET /version HTTP/1.1\r\nHost: x\r\nX-Request-ID: a\tb{}\"%0d%0aSet-Cookie: c=d\r\nConnection: close\r\n\r\n")
        answer = connection.makefile("rb").read()
    assert b"X-Request-ID: ab0d0aSet-Cookiecd\r\n" in answer and b"\nSet-Cookie" not in answer
    assert all(json.loads(line)["level"] != "forged" for line in service.log.read_text().splitlines() if line.startswith("{"))


@pytest.mark.parametrize("lines", [["Content-Length: 4", "Transfer-Encoding: chunked"], ["Content-Length: 4", "Content-Length: 40"],
                                   ["Content-Length: -1"], ["Content-Length: 4_0"], ["Transfer-Encoding: chunked, identity"]])
def test_no_second_request_hides_in_a_body(service, lines):
    """A proxy and the service that see the body's end in different places would serve a request that nobody checked."""
    smuggled = "0\r\n\r\nGET /version HTTP/1.1\r\nHost: x\r\n\r\n"
    with connect(service) as connection:
        connection.sendall((HEAD + "\r\n".join(lines) + "\r\n\r\n" + smuggled).encode())
        answers = connection.makefile("rb").read()
    assert answers.startswith((b"HTTP/1.1 400", b"HTTP/1.1 411", b"HTTP/1.1 501")) and answers.count(b"HTTP/1.1") == 1


@pytest.mark.parametrize("body", [b"x\r\nabc\r\n0\r\n\r\n", b"3\r\nabcdef\r\n0\r\n\r\n", b"-3\r\nabc\r\n0\r\n\r\n", b"3;\nabc\r\n0\r\n\r\n",
                                  b"3\r\nabc\r\n0\r\nforged header\r\n\r\n", b"\r\n\r\n", b"f" * 9000])
def test_damaged_chunks_end_the_connection(service, body):
    """And are no defect of the server's: 400, and the log has no traceback."""
    with connect(service) as connection:
        connection.sendall((HEAD + "Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n\r\n").encode() + body)
        connection.shutdown(socket.SHUT_WR)
        answers = connection.makefile("rb").read()
    assert answers.startswith((b"HTTP/1.1 400", b"HTTP/1.1 413")) and answers.count(b"HTTP/1.1") == 1
    assert "traceback" not in service.log.read_text()


def test_path_is_the_one_that_a_proxy_judges(environment, service, tmp_path):
    """A proxy that lets nobody see /metrics lets /x/metrics through, of which this header would take the /x."""
    command = SERVERS["gunicorn"]
    with services.start(environment, tmp_path, command=command) as other:
        for running in (service, other):
            for header in ("SCRIPT_NAME", "Script-Name", "PATH_INFO", "Path-Info"):
                response = requests.get(running.url + "/x/metrics", headers={header: "/x"}, timeout=30)
                assert response.status_code in (400, 404), header
                assert requests.get(running.url + "/x/version", headers={header: "/version"}, timeout=30).status_code in (400, 404, 500)


def test_log_is_json_and_holds_no_body(service, model):
    """A Content-Length that is too small makes the rest of a body the next request, which is none."""
    secret = b"marks-of-a-student"
    with connect(service) as connection:
        connection.sendall(HEAD.encode() + b"Content-Length: 4\r\n\r\nabcd" + secret + b" 1,2,3\r\n\r\n")
        connection.makefile("rb").read()
    for line in (secret + b"\r\n\r\n", b"GET /" + secret + b" HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n" + secret + b"\r\n\r\n",
                 b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: " + secret + b"\r\n\r\n"):
        with connect(service) as connection:
            connection.sendall(line)
            connection.makefile("rb").read()
    assert service.get("/version").ok
    lines = service.log.read_text().splitlines()
    assert secret.decode() not in "".join(lines)
    assert [line for line in lines if not json.loads(line)["level"]] == [], "gunicorn's own lines too"
    assert any("Invalid request from ip=" in line for line in lines)


def test_refusals_name_no_directory(service, model):
    def check(text):
        text = re.sub(r', "dir": "[^"]*"', "", text)  # which Moodle is told
        assert str(service.directory) not in text and "moodlemlbackend-" not in text and "/tmp" not in text, text

    broken = {"dataset": datasets.labelled() + "x,y,z\n"}
    for path in ("/training", "/evaluation"):
        answer = service.post(path, broken, **model, **RATING)
        assert answer.json()["status"] == 1 and 'dataset", row' in answer.json()["info"][0]
        check(answer.text)
    stored = service.directory / model["uniqueid"] / "abc" / "classifier" / "model.mml"
    stored.parent.mkdir(parents=True, exist_ok=True)
    stored.write_bytes(b"damaged")
    for answer in (service.post("/training", {"dataset": datasets.labelled()}, **model),
                   service.post("/prediction", {"dataset": datasets.unlabelled()}, **model),
                   service.post("/explanation", {"dataset": datasets.unlabelled()}, **model), service.get("/export", **model),
                   service.post("/import", {"importzip": zip_of(("model.mml", b"damaged"))}, **model)):
        assert "damaged" in answer.text or answer.status_code != 200
        check(answer.text)


@pytest.mark.parametrize("content", [b"", b"\x1f\x8b", gzip.compress(bytes(64 << 20)), gzip.compress(b"\xff" * 7 + b"\x7f" + b"{}" * 99)],
                         ids=["empty", "cut off", "bomb", "header of 9 exabytes"])
def test_hostile_model_files_are_refused(service, model, content):
    response = service.post("/import", {"importzip": zip_of(("model.mml", content))}, **model)
    assert response.status_code == 400
    assert service.post("/prediction", {"dataset": datasets.unlabelled()}, **model).json()["status"] == 2


def test_files_are_their_owners_only(environment, tmp_path):
    """Even where the server was started with a umask that allows everybody everything."""
    stash = tmp_path / "stash"
    stash.mkdir()
    command = ["sh", "-c", 'umask 0; exec "$0" -m moodlemlbackend.webapp --workers 1 -p "$1"', sys.executable]
    with services.start({**environment, "MOODLE_ML_STASH_DIR": str(stash)}, tmp_path, command=lambda port: [*command, str(port)]) as service:
        dataset = {"dataset": datasets.labelled()}
        assert service.post("/training", dataset, **MODEL).json()["status"] == 0
        assert service.post("/evaluation", dataset, **MODEL, **RATING).json()["status"] == 0
        service.post("/import", {"importzip": service.get("/export", **MODEL).content}, **{**MODEL, "dirhash": "copy"})
        assert service.post("/training", dataset, **{"async": "1"}, **MODEL).status_code == 202
        service.stop()
        paths = [path for folder in (service.directory, stash) for path in folder.rglob("*")]
    assert {"model.mml", "roc-curve.png", "dataset", "request.json"} <= {path.name for path in paths}
    private = [path for path in paths if not any(parent in paths and not parent.stat().st_mode & 0o077 for parent in path.parents)]
    assert [path for path in private if path.stat().st_mode & 0o077] == []
    assert {path.stat().st_mode & 0o777 for path in paths if path.name in ("model.mml", "roc-curve.png")} == {0o600}


def test_no_parameter_is_an_address(service, model):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for path in ("/training", "/evaluation", "/import", "/prediction"):
            service.post(path, {"dataset": url, "importzip": url}, **{**model, "dirhash": url, "trainedmodeldirhash": url, "url": url}, **RATING)
        service.get("/evaluationlog", **model, runid=url)
        listener.settimeout(0.3)
        with pytest.raises(TimeoutError):
            listener.accept()


def test_clients_choose_no_more_work_than_allowed(service, model):
    dataset = {"dataset": datasets.labelled()}
    for wrong in ({"niterations": "99999999999"}, {"niterations": "1001"}, {"minscore": "1.2.3"}, {"maxdeviation": "9" * 400}):
        answer = service.post("/evaluation", dataset, **{**model, **RATING, **wrong}).json()
        assert (answer["status"], len(answer["info"])) == (1, 1), wrong
    wide = "nfeatures\n110000\n" + ",".join(f"x{i}" for i in range(110000)) + ",y\n"  # the oldest Werkzeug takes lines up to 1 MB
    assert "max_columns" in service.post("/training", {"dataset": wide}, **model).json()["info"][0]
    asked = {"trees": "10000", "epochs": "100000", "threads": "256", "MOODLEML_OPTIONS": "trees=10000"}
    assert service.post("/training", dataset, **model, **asked).json()["status"] == 0
    stored = service.directory / model["uniqueid"] / "abc" / "classifier" / "model.mml"
    with gzip.open(stored) as file:
        assert b"10000" not in file.read()


def test_memory_is_limited_by_an_option(start):
    service = start(MOODLEML_OPTIONS=f"{datasets.FAST},memory_limit=1")
    answer = service.post("/training", {"dataset": datasets.labelled(rows=30000, columns=20)}, **MODEL).json()
    assert answer["status"] == 1 and "memory_limit" in answer["info"][0]
    assert not os.path.exists(service.directory / MODEL["uniqueid"] / "abc" / "classifier" / "model.mml")
