# SPDX-License-Identifier: Apache-2.0
"""Trainings that take long: signs of life, time limits, jobs, and what becomes of them when a client, a worker or the server ends."""

import json
import os
import re
import signal
import threading
import time
from contextlib import ExitStack
from types import SimpleNamespace

import pytest
import requests

import datasets
import services
from moodlemlbackend.calls import Answer
from moodlemlbackend.service import jobs
from moodlemlbackend.service.local_storage import LocalStorage
from moodlemlbackend.service.long_calls import LivingBody, LongCall
from moodlemlbackend.service.storage import StorageError
from services import DEFAULT, OTHER, wait_until

# Forty rows take milliseconds with these options, twenty thousand minutes.
SLOW = "linear=0,trees=0,networks=4,folds=4,epochs=400,patience=400,hidden_units=64"
SMALL = {"dataset": datasets.labelled()}
LARGE = {"dataset": datasets.labelled(rows=20000)}
ROWS = {"dataset": datasets.unlabelled()}
MODEL = {"uniqueid": "a", "dirhash": "b"}
ENDLESS = {"MOODLEML_OPTIONS": SLOW, "MOODLE_MLBACKEND_SILENT_SECONDS": "0.2"}


def start_training(service, files, **parameters):
    """The response as soon as its head has come."""
    return requests.post(service.url + "/training", data={**MODEL, **parameters}, files=files, auth=DEFAULT, stream=True, timeout=60)


def metric(service, name, **labels):
    """Sum over the series of this name with these labels."""
    lines = re.findall(rf"^{name}(?:{{(.*)}})? (\S+)$", service.get("/metrics").text, re.MULTILINE)
    return sum(float(value) for found, value in lines if all(f'{key}="{text}"' in found for key, text in labels.items()))


def running(service):
    return metric(service, "moodlemlbackend_running_calls", call="training")


@pytest.fixture(scope="module")
def limited(environment, tmp_path_factory):
    """A service whose trainings end after a second and a half, and which shows life five times a second."""
    variables = {**environment, **ENDLESS, "MOODLE_MLBACKEND_TIME_LIMIT": "1.5"}
    with services.start(variables, tmp_path_factory.mktemp("limited"), ["--workers", "1"]) as running_service:
        yield running_service


def test_whitespace_comes_before_the_answer(limited):
    started = time.monotonic()
    with start_training(limited, LARGE) as response:
        assert response.status_code == 200 and response.headers["Content-Type"] == "application/json"
        pieces = [(time.monotonic() - started, piece) for piece in response.iter_content(None)]
    body = b"".join(piece for _, piece in pieces)
    assert json.loads(body)["status"] == 0
    assert pieces[0][1] == b" " and pieces[0][0] < 1.2
    assert body.startswith(b"   ")


def test_time_limit_ends_a_training_with_the_best_so_far(limited):
    started = time.monotonic()
    assert limited.post("/training", LARGE, **MODEL).json()["status"] == 0
    assert 1.4 < time.monotonic() - started < 15
    assert limited.post("/prediction", ROWS, **MODEL).json()["status"] == 0


def test_time_limit_ends_an_evaluation(limited):
    started = time.monotonic()
    answer = limited.post("/evaluation", LARGE, **MODEL, minscore="0.7", maxdeviation="0.05", niterations="2").json()
    assert isinstance(answer["runid"], int) and time.monotonic() - started < 15


def test_refusals_come_before_the_first_byte(limited):
    assert start_training(limited, {}).status_code == 400
    assert start_training(limited, LARGE, uniqueid="..").status_code == 400


@pytest.mark.parametrize("error, message", [(StorageError("Can't upload classifier to S3."), "Can't upload classifier to S3."),
                                            (RuntimeError("secret"), "Internal error: the server's log has details.")])
def test_failure_after_the_first_byte_is_status_one(error, message):
    def work(progress):
        time.sleep(0.05)
        raise error

    body = b"".join(LivingBody(LongCall(work, ExitStack(), is_evaluation=True), 0.01))
    answer = json.loads(body)
    assert body.startswith(b"  ") and (answer["status"], answer["info"]) == (1, [message]) and answer["runid"] > 0


def test_resources_are_released_when_a_call_ends():
    events = []
    resources = ExitStack()
    resources.callback(events.append, "released")
    call = LongCall(lambda progress: events.append("worked") or Answer(0, "{}"), resources)
    assert call.wait(10) and call.answer() == Answer(0, "{}")
    assert events == ["worked", "released"]


@pytest.fixture
def endless(start):
    return start(**ENDLESS)


def test_call_of_a_client_that_has_gone_changes_nothing(endless):
    """Moodle would send the same samples again."""
    with start_training(endless, LARGE) as response:
        next(response.iter_content(1))
        assert running(endless) == 1
    wait_until(lambda: running(endless) == 0, 15)
    assert endless.post("/prediction", ROWS, **MODEL).json()["status"] == 2


def test_job_tells_its_progress_and_answer(limited):
    response = limited.post("/training", LARGE, **MODEL, **{"async": "1"})
    assert response.status_code == 202
    url = response.json()["url"]
    first = limited.get(url).json()
    assert (first["state"], first["answer"]) == ("running", None) and 0 <= first["progress"] <= 100
    assert limited.get(url, auth=OTHER).status_code == limited.get("/jobs/" + "0" * 32).status_code == 404
    assert limited.get("/jobs/..").status_code == 404
    wait_until(lambda: limited.get(url).json()["state"] == "done")
    last = limited.get(url).json()
    assert (last["progress"], last["answer"]["status"]) == (100, 0)


def test_jobs_of_a_process_are_bounded(tmp_path):
    running = jobs.Jobs(LocalStorage(SimpleNamespace(directory=str(tmp_path), queue=None)))

    def has_room():
        try:
            running.reserve()
        except jobs.TooManyJobs:
            return False
        return True

    assert [has_room() for _ in range(jobs.MOST_JOBS + 1)] == [True] * jobs.MOST_JOBS + [False]
    running.start(running.new_id("user"), "user", LongCall(lambda progress: Answer(0, "{}"), ExitStack()))
    wait_until(has_room)
    assert not has_room()


def test_old_records_are_removed(limited):
    old = limited.post("/training", SMALL, **MODEL, **{"async": "1"}).json()["url"]
    wait_until(lambda: limited.get(old).json()["state"] == "done")
    record = limited.directory / old[1:].replace("jobs", ".jobs")
    os.utime(record, (0, time.time() - (jobs.KEPT_DAYS + 1) * 86400))
    new = limited.post("/training", SMALL, **MODEL, **{"async": "1"}).json()["url"]
    assert limited.get(old).status_code == 404 and limited.get(new).status_code == 200


def test_killed_worker_leaves_the_previous_model_and_a_lost_job(endless):
    assert endless.post("/training", SMALL, **MODEL).json()["status"] == 0
    before = endless.post("/prediction", ROWS, **MODEL).text
    url = endless.post("/training", LARGE, **MODEL, **{"async": "1"}).json()["url"]
    wait_until(lambda: endless.get(url).json()["progress"] > 0)
    for pid in endless.workers():
        os.kill(pid, signal.SIGKILL)
    wait_until(endless.answers)  # gunicorn starts another
    assert endless.post("/prediction", ROWS, **MODEL).text == before
    lost = endless.get(url).json()
    assert lost["state"] == "lost" and lost["answer"]["info"] == [jobs.LOST]
    assert endless.post("/training", SMALL, **MODEL).json()["status"] == 0


class Unreliable(LocalStorage):
    """Refuses as many writes as it is told to."""

    def __init__(self, directory, refusals=0):
        super().__init__(SimpleNamespace(directory=str(directory), queue=None))
        self.refusals = refusals

    def write_job(self, job, record):
        self.refusals -= 1
        if self.refusals >= 0:
            raise StorageError("No space left on device.")
        super().write_job(job, record)


def owned_elsewhere(directory, job, **changes):
    """As if another machine, whose clock is what it is, had written the record."""
    path = directory / ".jobs" / job
    path.write_text(json.dumps({**json.loads(path.read_text()), "owner": ["elsewhere", "1-1"], **changes}))
    return path


@pytest.mark.parametrize("ahead", [-3600, -20, 20, 3600])
def test_clocks_that_differ_lose_no_job(tmp_path, monkeypatch, ahead):
    """A running job that is taken for lost is sent again, and its samples count twice."""
    running = jobs.Jobs(LocalStorage(SimpleNamespace(directory=str(tmp_path), queue=None)))
    job, clock = running.new_id("user"), time.time
    monkeypatch.setattr(time, "time", lambda: clock() + ahead)
    assert running.report(job, "user")["state"] == "running"
    path = owned_elsewhere(tmp_path, job, renewed=clock() - ahead)
    assert running.report(job, "user") == {"job": job, "state": "running", "progress": 0, "answer": None}
    os.utime(path, (0, clock() - jobs.LOST_AFTER - 1))
    assert running.report(job, "user")["state"] == "lost"


def test_job_of_a_process_that_has_ended_is_lost_at_once(tmp_path):
    running = jobs.Jobs(LocalStorage(SimpleNamespace(directory=str(tmp_path), queue=None)))
    job = running.new_id("user")
    owned_elsewhere(tmp_path, job, owner=[jobs.machine(), f"{os.getpid()}-1"])  # a number that another process had
    assert running.report(job, "user")["state"] == "lost"
    path = owned_elsewhere(tmp_path, job)
    record = json.loads(path.read_text())
    del record["owner"]  # of the version before
    path.write_text(json.dumps(record))
    assert running.report(job, "user")["state"] == "running"


def test_renewals_that_fail_lose_no_job(tmp_path, monkeypatch):
    """Neither while it runs, for as long as that takes, nor its answer, nor do they leave files."""
    monkeypatch.setattr(jobs, "HEARTBEAT", 0.05)
    storage = Unreliable(tmp_path)
    running = jobs.Jobs(storage)
    running.reserve()
    job, release = running.new_id("user"), threading.Event()
    call = LongCall(lambda progress: release.wait(30) and Answer(0, '{"status": 0}'), ExitStack())
    storage.refusals = 8
    running.start(job, "user", call)
    os.utime(tmp_path / ".jobs" / job, (0, 0))
    wait_until(lambda: storage.refusals < 5)
    assert running.report(job, "user")["state"] == "running"
    release.set()
    wait_until(lambda: running.report(job, "user")["state"] == "done")
    assert running.report(job, "user")["answer"] == {"status": 0}
    assert os.listdir(tmp_path / ".jobs") == [job]


def test_refused_record_leaves_no_file(tmp_path, monkeypatch):
    storage = LocalStorage(SimpleNamespace(directory=str(tmp_path), queue=None))
    storage.write_job("0" * 32, b"{}")
    (tmp_path / ".jobs" / ("1" * 32)).mkdir()  # what cannot be replaced by a file, also by root
    for _ in range(3):
        with pytest.raises(StorageError):
            storage.write_job("1" * 32, b"{}")
    assert sorted(os.listdir(tmp_path / ".jobs")) == ["0" * 32, "1" * 32]


def test_stop_cancels_what_would_take_too_long(start):
    service = start(["--workers", "1", "--grace", "6"], **ENDLESS)
    assert service.post("/training", SMALL, **MODEL).json()["status"] == 0
    before = service.post("/prediction", ROWS, **MODEL).text
    url = service.post("/training", LARGE, **{**MODEL, "dirhash": "c"}, **{"async": "1"}).json()["url"]
    with start_training(service, LARGE) as response:
        service.process.send_signal(signal.SIGTERM)
        answer = json.loads(response.content)
    assert answer["status"] == 1 and "stopping" in answer["info"][0]
    assert service.stop(seconds=10) == 0
    again = start(**ENDLESS)
    assert again.post("/prediction", ROWS, **MODEL).text == before
    report = again.get(url).json()
    assert (report["state"], report["answer"]) == ("done", answer)


def test_stop_lets_a_training_finish(start):
    service = start(["--workers", "1"], **ENDLESS, MOODLE_MLBACKEND_TIME_LIMIT="2")
    with start_training(service, LARGE) as response:
        service.process.send_signal(signal.SIGTERM)
        assert json.loads(response.content)["status"] == 0
    assert service.stop() == 0


def test_model_deleted_while_it_trains_does_not_come_back(limited):
    """Nor do its samples: whoever deletes a model is promised that they are gone, and the next training may have its place already."""
    name, small = {"uniqueid": "deleted", "dirhash": "b"}, {"dataset": datasets.labelled(rows=12)}
    with start_training(limited, LARGE, **name) as response:
        wait_until(lambda: (limited.directory / "deleted/b/.moodleml.lock").exists())
        assert limited.post("/deletemodel", uniqueid="deleted").text == "Ok"
        answer = response.json()
    assert answer["status"] == 1 and "deleted or moved meanwhile" in answer["info"][0]
    assert not (limited.directory / "deleted").exists()
    with start_training(limited, LARGE, **name) as response:
        wait_until(lambda: (limited.directory / "deleted/b/.moodleml.lock").exists())
        limited.post("/deletemodel", uniqueid="deleted")
        assert limited.post("/training", small, **name).json()["status"] == 0
        assert response.json()["status"] == 1
    assert services.samples_learned(limited.directory / "deleted/b/classifier/model.mml") == 12
