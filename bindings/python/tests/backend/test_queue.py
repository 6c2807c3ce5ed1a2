# SPDX-License-Identifier: Apache-2.0
"""The service with MOODLE_MLBACKEND_QUEUE: the same interface, answered by workers."""

import functools
import json
import re
import subprocess
import sys
import time
from contextlib import ExitStack

import pytest
import requests

import datasets
import queues
import services
from services import DEFAULT, OTHER, wait_until

MODEL = {"uniqueid": "site1", "dirhash": "abc"}
SMALL, ROWS = {"dataset": datasets.labelled()}, {"dataset": datasets.unlabelled()}
LARGE = {"dataset": datasets.labelled(rows=5000)}  # does not travel through Redis
LARGE_ROWS = {"dataset": datasets.unlabelled(rows=8000)}  # neither does its answer
TO_EVALUATE = {"minscore": "0.7", "maxdeviation": "0.05", "niterations": "2"}


@pytest.fixture(scope="module")
def on_disk(environment, redis_server, tmp_path_factory):
    """A service and a worker that share a folder."""
    place = tmp_path_factory.mktemp("queue")
    (place / "storage").mkdir()
    variables = {**environment, "MOODLE_MLBACKEND_QUEUE": redis_server.url(), "MOODLE_MLBACKEND_PYTHON_DIR": str(place / "storage"),
                 "TMPDIR": str(place)}
    with services.start(variables, place, ["--workers", "1", "--threads", "8"]) as running, queues.worker(variables, place) as worker:
        running.worker, running.place, running.variables = worker, place, variables
        yield running


@pytest.fixture(scope="module")
def on_s3(s3_environment, redis_server, tmp_path_factory):
    place = tmp_path_factory.mktemp("queue-s3")
    variables = {**s3_environment, "MOODLE_MLBACKEND_QUEUE": redis_server.url(1), "TMPDIR": str(place)}
    with ExitStack() as stack:
        @functools.cache
        def start():
            """Once there is a bucket."""
            running = stack.enter_context(services.start(variables, place, ["--workers", "1", "--threads", "8"]))
            stack.enter_context(queues.worker(variables, place))
            return running

        yield start


@pytest.fixture(params=["on_disk", "on_s3"])
def service(request, bucket):
    chosen = request.getfixturevalue(request.param)
    running = chosen() if callable(chosen) else chosen
    yield running
    running.post("/deletemodel", uniqueid=MODEL["uniqueid"])


def test_interface_is_the_same(service, start, redis_server):
    direct = start()
    for running in (direct, service):
        assert running.post("/prediction", ROWS, **MODEL).json()["status"] == 2
        assert running.post("/training", SMALL, **MODEL).json() == {"status": 0, "info": []}
        assert running.post("/training", LARGE, **MODEL).json() == {"status": 0, "info": []}
        assert running.post("/training", {"dataset": "no data"}, **MODEL).json()["status"] == 1
        assert running.post("/training", **MODEL).status_code == 400
        assert running.post("/training", SMALL, **MODEL, auth=("default", "no")).status_code == 401
    for path, files, options in [("/prediction", ROWS, {}), ("/prediction", LARGE_ROWS, {}), ("/explanation", ROWS, {"reasons": "1"})]:
        one, other = (running.post(path, files, **MODEL, **options) for running in (direct, service))
        assert one.json() == other.json() and other.json()["status"] == 0
        assert one.headers["Content-Type"] == other.headers["Content-Type"]
    answer = service.post("/evaluation", SMALL, **{**MODEL, "dirhash": "def"}, trainedmodeldirhash="abc", **TO_EVALUATE).json()
    assert answer["score"] == 1
    log = service.get("/evaluationlog", uniqueid="site1", dirhash="def", runid=answer["runid"])
    assert log.content.count(b"info.log") == 2
    exported = service.get("/export", **MODEL).content
    assert service.post("/import", {"importzip": exported}, **{**MODEL, "dirhash": "copy"}).text == "Ok"
    assert service.get("/health/ready").text == "Ok"
    metrics = service.get("/metrics").text
    assert 'moodlemlbackend_answers_total{call="prediction",status="0"}' in metrics and "moodlemlbackend_waiting_jobs 0.0" in metrics
    assert "waiting_jobs" not in direct.get("/metrics").text
    for database in (0, 1):
        client = redis_server.client(database)
        assert not client.zcard("moodleml:pending") and not client.keys("moodleml:job:*"), "nothing of an answered call stays"


def test_job_is_polled(service):
    url = service.post("/training", LARGE, **MODEL, **{"async": "1"})
    assert url.status_code == 202
    url = url.json()["url"]
    wait_until(lambda: service.get(url).json()["state"] != "running")
    assert service.get(url).json() == {"job": url.rpartition("/")[2], "state": "done", "progress": 100, "answer": {"status": 0, "info": []}}
    assert service.get(url, auth=OTHER).status_code == service.get("/jobs/" + "0" * 32).status_code == service.get("/jobs/..").status_code == 404
    assert service.post("/prediction", ROWS, **MODEL).json()["status"] == 0


def test_whitespace_comes_before_the_answer(on_disk, tmp_path):
    """A server whose workers are busy shows life, too; a client that goes cancels its call."""
    variables = {**on_disk.variables, "MOODLE_MLBACKEND_SILENT_SECONDS": "0.2", "MOODLE_MLBACKEND_PYTHON_DIR": str(tmp_path)}
    variables["MOODLE_MLBACKEND_QUEUE"] = variables["MOODLE_MLBACKEND_QUEUE"][:-1] + "2"  # where nobody works yet
    with services.start(variables, tmp_path, ["--workers", "1"]) as running:
        def call(files):
            return requests.post(running.url + "/training", data=MODEL, files=files, auth=DEFAULT, stream=True, timeout=60)

        with call(SMALL) as gone:
            assert next(gone.iter_content(1)) == b" "
        with call(LARGE) as response:
            pieces = response.iter_content(1)
            assert [next(pieces) for _ in range(3)] == [b" "] * 3
            with queues.worker(variables, tmp_path, "second"):
                assert json.loads(b"".join(pieces)) == {"status": 0, "info": []}
    model = tmp_path / "site1" / "abc" / "classifier" / "model.mml"
    assert services.samples_learned(model) == 5000, "the client that went has not been counted"


def test_queue_that_is_down_is_one_line(environment, tmp_path):
    """Each side says it in one line; web and worker go on when it is back."""
    place = tmp_path / "redis"
    place.mkdir()
    server = queues.Redis(place)
    variables = {**environment, "MOODLE_MLBACKEND_QUEUE": server.url(), "MOODLE_MLBACKEND_PYTHON_DIR": str(tmp_path), "TMPDIR": str(tmp_path)}
    with services.start(variables, tmp_path, ["--workers", "1"]) as running, queues.worker(variables, tmp_path):
        assert running.post("/training", SMALL, **MODEL).json()["status"] == 0
        server.stop()
        for path, files in [("/training", LARGE), ("/prediction", ROWS)]:
            started = time.monotonic()
            response = running.post(path, files, **MODEL)
            assert (response.status_code, response.text) == (503, "The queue (Redis) cannot be reached: try again later.")
            assert time.monotonic() - started < 30
        assert running.post("/training", SMALL, **MODEL, **{"async": "1"}).status_code == 503
        assert running.get("/health/ready").status_code == 503 and running.get("/health/live").ok
        lines = [line for line in running.log.read_text().splitlines() if "queue: " in line]
        assert lines and all(json.loads(line)["level"] == "error" and "Traceback" not in line for line in lines)
        assert not list(tmp_path.rglob("*.input")), "no data set stays"
        server.start()
        wait_until(lambda: running.get("/health/ready").ok)
        assert running.post("/prediction", ROWS, **MODEL).json()["status"] == 0
    server.stop()
    assert services.samples_learned(tmp_path / "site1" / "abc" / "classifier" / "model.mml") == 40


@pytest.mark.parametrize("variables, says", [({}, "MOODLE_MLBACKEND_QUEUE is not set"),
                                             ({"MOODLE_MLBACKEND_QUEUE": "amqp://host"}, "MOODLE_MLBACKEND_QUEUE: not of the form redis://"),
                                             ({"MOODLE_MLBACKEND_QUEUE": "redis://host", "MOODLE_MLBACKEND_PYTHON_DIR": ""}, "DIR is not set")])
def test_wrong_environment_is_one_line_at_the_workers_start(environment, tmp_path, variables, says):
    result = subprocess.run(queues.COMMAND, env={**environment, "MOODLE_MLBACKEND_PYTHON_DIR": str(tmp_path), **variables}, cwd=tmp_path,
                            capture_output=True, text=True, timeout=60)
    assert result.returncode != 0 and says in result.stderr
    assert re.fullmatch(r"moodlemlbackend.queue: [^\n]+\n", result.stderr)


def test_without_a_queue_nothing_of_it_is_imported(environment, tmp_path):
    """Nor need it be installed."""
    program = ("import sys, moodlemlbackend.webapp as w; w.app.test_client().get('/version');"
               "print({'celery', 'kombu', 'redis', 'moodlemlbackend.queue'} & set(sys.modules))")
    variables = {**environment, "MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": str(tmp_path)}
    result = subprocess.run([sys.executable, "-c", program], env=variables, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert result.stdout == "set()\n", result.stderr
