# SPDX-License-Identifier: Apache-2.0
"""Disks that are full, read-only, gone or not mounted, made of small file systems in memory; only root may mount those."""

import contextlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

import datasets
import services
from moodlemlbackend.service.shared_numbers import SharedNumbers
from services import wait_until
from test_hostile import zip_of
from test_server import SERVERS

MODEL = {"uniqueid": "a", "dirhash": "b"}
RATING = {"minscore": "0.5", "maxdeviation": "0.5", "niterations": "2"}
SMALL, LARGE = {"dataset": datasets.labelled()}, {"dataset": datasets.labelled(rows=60000)}  # more than is kept in memory
ROWS = {"dataset": datasets.unlabelled()}
NO_SPACE = "The server's disk refuses: No space left on device."


def mount(place, kilobytes=2048, options=""):
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k{options}", "tmpfs", place], check=True)


def unmount(place):
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def small_disk(tmp_path):
    """A file system of two megabytes."""
    if os.geteuid() != 0:
        pytest.skip("only root may mount a file system")
    place = tmp_path / "disk"
    mount(place)
    yield place
    subprocess.run(["umount", "--lazy", place], check=False, stderr=subprocess.DEVNULL)


def fill(place):
    """The file that takes what was left; removed, there is room again."""
    path = place / "filler"
    with contextlib.suppress(OSError), open(path, "wb", buffering=0) as file:
        while file.write(bytes(4096)):
            pass
    return path


def every_request(service, exported):
    """(what, response) of each route for users, with what it needs; bodies large and small."""
    yield "training", service.post("/training", SMALL, **MODEL)
    yield "training with a large body", service.post("/training", LARGE, **MODEL)
    yield "training as a job", service.post("/training", SMALL, **MODEL, **{"async": "1"})
    yield "prediction", service.post("/prediction", ROWS, **MODEL)
    yield "evaluation", service.post("/evaluation", SMALL, **MODEL, **RATING)
    yield "import", service.post("/import", {"importzip": exported}, **{**MODEL, "dirhash": "copy"})
    yield "export", service.get("/export", **MODEL)
    yield "evaluationlog", service.get("/evaluationlog", **MODEL, runid="1")
    yield "job", service.get("/jobs/" + "0" * 32)
    yield "deletemodel", service.post("/deletemodel", uniqueid="other")


def train(service):
    """The zip of a first model."""
    assert service.post("/training", SMALL, **MODEL).json()["status"] == 0
    return service.get("/export", **MODEL).content


def requests_counted(service):
    return sum(float(value) for value in re.findall(r"^moodlemlbackend_requests_total{.*} (\S+)$", service.get("/metrics").text, re.M))


def log_lines(service):
    """Each is JSON."""
    return [json.loads(line) for line in service.log.read_text().splitlines()]


def test_full_temporary_disk(start, small_disk):
    """Requests that need it are refused by one code, the others answered; no worker ends, and all goes on once there is room."""
    service = start(["--workers", "2"], MOODLE_MLBACKEND_TEMPDIR=str(small_disk), TMPDIR=str(small_disk))
    exported = train(service)
    wait_until(lambda: len(service.workers()) == 2)
    workers = service.workers()
    filler = fill(small_disk)
    answers = dict(every_request(service, exported))
    codes = {what: response.status_code for what, response in answers.items()}
    needless = {"evaluationlog": 200, "job": 404, "deletemodel": 200}
    assert codes == {**dict.fromkeys(codes, 502), **needless}
    assert {response.text for what, response in answers.items() if what not in needless} - {NO_SPACE} <= {answers["export"].text}
    assert "No space left on device" in answers["export"].text and str(small_disk) not in answers["export"].text
    for path in ("/version", "/health/live", "/openapi.json", "/metrics"):
        for _ in range(20):
            assert service.get(path, auth=None).status_code == 200
    assert (service.get("/health/ready").status_code, service.get("/health/ready").text) == (
        503, "The temporary directory cannot be written: No space left on device.")
    assert service.workers() == workers
    wait_until(lambda: requests_counted(service) > 90)
    filler.unlink()
    assert list(small_disk.iterdir()) == [], "nothing of a refused request stays"
    assert service.get("/health/ready").text == "Ok"
    assert [response.status_code for _, response in every_request(service, exported)] == [200, 200, 202, 200, 200, 200, 200, 200, 404, 200]
    assert all(line["level"] != "critical" for line in log_lines(service))


def test_full_storage(start, small_disk):
    """Moodle's answers say why; what has no such answer is refused. The model stays as it is."""
    service = start(MOODLE_MLBACKEND_PYTHON_DIR=str(small_disk))
    exported = train(service)
    before = service.post("/prediction", ROWS, **MODEL).text
    filler = fill(small_disk)
    answers = dict(every_request(service, exported))
    assert {what: response.status_code for what, response in answers.items()} == {
        "training": 200, "training with a large body": 200, "training as a job": 502, "prediction": 200, "evaluation": 200,
        "import": 502, "export": 200, "evaluationlog": 200, "job": 404, "deletemodel": 200}
    for what in ("training", "training with a large body"):
        assert answers[what].json()["status"] == 1 and "No space left" in answers[what].json()["info"][0]
    assert "is the disk full" in " ".join(answers["evaluation"].json()["info"])
    assert str(small_disk) not in " ".join(answers["evaluation"].json()["info"])
    assert "No space left" in answers["import"].text and str(small_disk) not in answers["import"].text
    assert service.get("/health/ready").text == "The storage directory cannot be written: No space left on device."
    assert service.post("/prediction", ROWS, **MODEL).text == before
    assert service.post("/deletemodel", uniqueid="a").text == "Ok", "which makes room"
    filler.unlink()
    assert [path for path in small_disk.rglob("*") if path.is_file() and path.name != ".moodleml.lock"] == []
    assert service.get("/health/ready").text == "Ok" and service.post("/training", SMALL, **MODEL).json()["status"] == 0


def test_read_only_storage(start, small_disk):
    service = start(MOODLE_MLBACKEND_PYTHON_DIR=str(small_disk))
    exported = train(service)
    subprocess.run(["mount", "-o", "remount,ro", small_disk], check=True)
    answers = dict(every_request(service, exported))
    assert service.post("/deletemodel", uniqueid="a").status_code == 502
    assert answers["import"].status_code == answers["training as a job"].status_code == 502
    assert answers["training"].json()["status"] == 1 and answers["prediction"].json()["status"] == 0
    assert service.get("/health/ready").text == "The storage directory cannot be written: Read-only file system."


def test_full_temporary_disk_of_a_server_on_s3(start, s3_environment, bucket, small_disk):
    """What is fetched and trained there; the bucket keeps what it had."""
    variables = {name: value for name, value in s3_environment.items() if name.startswith(("AWS_", "MOODLE_"))}
    service = start(**variables, MOODLE_MLBACKEND_TEMPDIR=str(small_disk))
    exported = train(service)
    stored = bucket.head_object(Bucket=services.BUCKET, Key="a/b")["ETag"]
    filler = fill(small_disk)
    codes = {what: response.status_code for what, response in every_request(service, exported)}
    assert {code for what, code in codes.items() if what not in ("job", "deletemodel", "evaluationlog")} == {502}
    assert service.get("/health/ready").status_code == 503
    assert bucket.head_object(Bucket=services.BUCKET, Key="a/b")["ETag"] == stored
    filler.unlink()
    assert list(small_disk.glob("moodlemlbackend-*")) == []
    assert service.post("/prediction", ROWS, **MODEL).json()["status"] == 0
    assert service.get("/health/ready").text == "Ok"


def test_full_stash_fails_no_request(start, small_disk):
    service = start(MOODLE_ML_STASH_DIR=str(small_disk))
    exported = train(service)
    fill(small_disk)
    codes = [response.status_code for _, response in every_request(service, exported)]
    assert codes == [200, 200, 202, 200, 200, 200, 200, 200, 404, 200]
    assert any("not stashed: " in line.get("message", "") for line in log_lines(service))


def test_stash_and_full_temporary_disk(start, small_disk, tmp_path):
    """What cannot be read cannot be stashed either, and is refused as without a stash."""
    (tmp_path / "stash").mkdir()
    service = start(MOODLE_ML_STASH_DIR=str(tmp_path / "stash"), MOODLE_MLBACKEND_TEMPDIR=str(small_disk))
    fill(small_disk)
    assert service.post("/training", LARGE, **MODEL).text == NO_SPACE


def test_full_disk_under_the_shared_numbers_of_other_servers(environment, tmp_path, small_disk):
    """Whoever sets PROMETHEUS_MULTIPROC_DIR chooses the disk: gunicorn's workers live on, and count what they can."""
    fill(small_disk)
    variables = {**environment, "PROMETHEUS_MULTIPROC_DIR": str(small_disk)}
    with services.start(variables, tmp_path, command=SERVERS["gunicorn"]) as service:
        wait_until(lambda: len(service.workers()) == 2)
        workers = service.workers()
        for _ in range(20):
            for path in ("/version", "/metrics", "/nowhere"):
                assert service.get(path, auth=None).status_code in (200, 404)
        assert service.workers() == workers
        (small_disk / "filler").unlink()
        for _ in range(60):
            service.get("/version", auth=None)
        wait_until(lambda: requests_counted(service) > 120)


def test_removed_directory_of_shared_numbers_comes_back(environment, tmp_path):
    """With what the processes have counted that still run."""
    numbers = tmp_path / "numbers"
    with services.start({**environment, "PROMETHEUS_MULTIPROC_DIR": str(numbers)}, tmp_path, ["--workers", "2"]) as service:
        before = requests_counted(service)
        wait_until(numbers.exists)  # it is made when a request is counted, which is after its answer
        numbers.rename(tmp_path / "removed")
        assert service.get("/health/ready").text == "Ok"
        for _ in range(20):
            assert service.get("/version").status_code == 200
        wait_until(lambda: requests_counted(service) >= before + 20)
        assert {path.stat().st_mode & 0o777 for path in (numbers, *numbers.iterdir())} == {0o700, 0o600}


def test_numbers_are_not_what_may_be_deleted(start):
    """bindings/python/README.md lets administrators delete moodlemlbackend-* below the temporary directory."""
    service = start(["--workers", "2"])
    service.get("/version")
    assert list(service.directory.parent.glob("moodlemlbackend-*")) == []
    memory = [path for path in Path("/dev/shm").glob("mlbackend-metrics-*") if path.stat().st_uid == os.geteuid()]
    service.stop()
    assert len([path for path in memory if not path.exists()]) == 1, "it goes with the server"


def test_shared_numbers_survive_what_a_disk_does_to_them(small_disk):
    """No size of number is lost by being written over on a full disk, and a half-written file of another stops nobody."""
    numbers = SharedNumbers(str(small_disk), passing={"running"})
    numbers.add({("requests", "a"): 1, ("running", "a"): 1})
    filler = fill(small_disk)
    for _ in range(1000):
        numbers.add({("requests", "a"): 1})
    [own] = [path for path in small_disk.iterdir() if path != filler]
    assert json.loads(own.read_text()) == [["requests", "a", 1001], ["running", "a", 1]]
    numbers.add({("requests", f"{label}"): 1 for label in range(1000)})  # for which there is no room
    assert json.loads(own.read_text())[0] == ["requests", "a", 1001] and numbers.totals()["requests", "7"] == 1
    filler.unlink()
    (small_disk / "1-1").write_text(json.dumps([["requests", "a", 5], ["running", "a", 1]]))  # of a process that has ended
    (small_disk / "1-2").write_text('[["requests"')
    assert numbers.totals()["requests", "a"] == 1006 and numbers.totals()["running", "a"] == 1


def refused_while_gone(service, exported):
    for what, response in every_request(service, exported):
        assert response.status_code == 502, what
        assert response.text.startswith("The storage directory is gone: ") and str(service.directory.parent) not in response.text
    assert service.get("/health/ready").status_code == 503 and service.get("/health/live").status_code == 200
    assert any("is gone" in line.get("message", "") for line in log_lines(service))


def test_removed_storage_is_not_an_untrained_model(start):
    service = start()
    exported = train(service)
    service.directory.rename(service.directory.with_name("moved"))
    refused_while_gone(service, exported)
    assert not service.directory.exists(), "no request makes it"
    service.directory.mkdir()  # as a start of the machine makes what is to be mounted on
    refused_while_gone(service, exported)
    assert list(service.directory.iterdir()) == []
    service.directory.rmdir()
    service.directory.with_name("moved").rename(service.directory)
    assert service.post("/prediction", ROWS, **MODEL).json()["status"] == 0


def test_unmounted_storage_is_not_an_untrained_model(start, small_disk):
    """Also for workers that start meanwhile. What is mounted again, elsewhere for the kernel, is taken."""
    service = start(MOODLE_MLBACKEND_PYTHON_DIR=str(small_disk))
    exported = train(service)
    kept = shutil.copytree(small_disk, small_disk.with_name("kept"))
    unmount(small_disk)
    refused_while_gone(service, exported)
    before = service.workers()
    for pid in before:
        os.kill(pid, 9)
    wait_until(lambda: service.answers() and service.workers() and not set(service.workers()) & set(before))
    refused_while_gone(service, exported)
    assert list(small_disk.iterdir()) == []
    mount(small_disk)
    shutil.copytree(kept, small_disk, dirs_exist_ok=True)
    assert service.get("/health/ready").text == "Ok"
    assert service.post("/prediction", ROWS, **MODEL).json()["status"] == 0


def test_worker_starts_while_the_storage_is_gone(start):
    """What was read of the environment was read once."""
    service = start()
    service.directory.rmdir()
    before = service.workers()
    for pid in before:
        os.kill(pid, 9)
    wait_until(lambda: service.answers() and service.workers() and not set(service.workers()) & set(before))
    assert service.post("/prediction", ROWS, **MODEL).status_code == 502


def test_damaged_import_is_the_clients(service):
    """A model.mml that is a directory, an original's whose files are missing: no disk refuses those."""
    for content in (zip_of("model.mml/a"), zip_of("classifier.pkl"), zip_of(("model.mml", b""))):
        assert service.post("/import", {"importzip": content}, uniqueid="damaged", dirhash="b").status_code == 400
