# SPDX-License-Identifier: Apache-2.0
"""Stores that speak S3 without its conditions, and networks that lose an answer: a faulty proxy before moto's server."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest

import datasets
import faulty_s3
import services
from moodlemlbackend import calls
from moodlemlbackend.service import s3_conditions
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.settings import read_settings
from moodlemlbackend.service.storage import StorageError, UploadError, open_storage
from services import BUCKET, keys
from test_s3 import DATASET, MODEL, ROWS, learned

NAME = ModelName("site1", "abc")
WARNING = "does not keep the conditions"
STORES = {"501": {"refused_with": 501}, "400": {"refused_with": 400}, "405": {"refused_with": 405}, "ignored": {"ignores_conditions": True}}


@pytest.fixture
def faults(bucket, s3_environment, monkeypatch):
    """The faults of a proxy that this process, and what it starts with os.environ, uses from now on."""
    with faulty_s3.proxy(urlsplit(s3_environment["AWS_ENDPOINT_URL_S3"]).port) as (url, faults):
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", url)
        yield faults


@pytest.fixture
def service(faults, environment, tmp_path):
    """start(**faults): a service of two processes on a store with these faults from the start on."""
    def start(**chosen):
        vars(faults).update(chosen)
        chosen = {name: value for name, value in os.environ.items() if name.startswith(("AWS", "MOODLE_"))}
        return services.start({**environment, **chosen}, tmp_path, ["--workers", "2"])

    return start


def put_of_model(faults):
    return [headers for method, path, headers in faults.requests if method == "PUT" and path.startswith(f"/{BUCKET}/site1")]


def train(storage, file):
    with storage.changing(NAME) as change:
        return change.apply(lambda directory: calls.train(directory, file, calls.library_options()))


@pytest.fixture
def files(tmp_path):
    """Three data sets of 20 rows."""
    return [str(datasets.write(tmp_path / f"{seed}.csv", datasets.labelled(rows=20, seed=seed))) for seed in range(3)]


@pytest.mark.parametrize("store", STORES)
def test_store_without_conditions(service, faults, bucket, tmp_path, store):
    """The start says once what the risk is. On one server nothing is lost, not even of trainings at once."""
    with service(**STORES[store]) as running:
        assert running.get("/health/ready").text == "Ok"
        parts = [{"dataset": datasets.labelled(rows=20, seed=seed)} for seed in range(4)]
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda part: running.post("/training", part, **MODEL).json(), parts))
        assert answers == [{"status": 0, "info": []}] * 4
        assert learned(bucket, tmp_path) == 80
        assert running.post("/prediction", ROWS, **MODEL).json()["status"] == 0
        exported = running.get("/export", **MODEL).content
        assert running.post("/import", {"importzip": exported}, **MODEL).text == "Ok"
        assert running.log.read_text().count(WARNING) == 1 and "two servers" in running.log.read_text()
    assert not any(faulty_s3.CONDITIONS & headers for headers in put_of_model(faults))
    assert keys(bucket) == ["site1/abc"], "nothing of the trial stays"


def test_store_with_conditions_is_trusted(service, faults, bucket):
    with service() as running:
        assert running.post("/training", DATASET, **MODEL).json()["status"] == 0
        assert WARNING not in running.log.read_text()
    assert all(faulty_s3.CONDITIONS & headers for headers in put_of_model(faults)) and put_of_model(faults)
    assert sum(method == "PUT" and "/.jobs/probe-" in path for method, path, _ in faults.requests) == 4, "tried once for all processes"
    assert keys(bucket) == ["site1/abc"]


@pytest.mark.parametrize("change", [lambda etag: "W/" + etag, lambda etag: etag.strip('"')], ids=["weak", "bare"])
def test_proxy_that_changes_etags(service, faults, bucket, tmp_path, change):
    with service(changed_etag=change) as running:
        for rows in (40, 80):
            assert running.post("/training", DATASET, **MODEL).json() == {"status": 0, "info": []}
            assert learned(bucket, tmp_path) == rows


def test_slower_of_two_without_conditions_goes_on_from_the_faster(faults, bucket, files, tmp_path):
    faults.refused_with = 501
    storage = open_storage(read_settings())
    with storage.changing(NAME) as slower:
        assert train(storage, files[0]).status == 0
        assert slower.apply(lambda directory: calls.train(directory, files[1], calls.library_options())).status == 0
    assert learned(bucket, tmp_path) == 40


@pytest.mark.parametrize("fault", [{}, {"refused_with": 501}], ids=["conditions", "none"])
@pytest.mark.parametrize("losses", [1, 2, 3])
def test_lost_answer_to_an_upload(faults, bucket, files, tmp_path, fault, losses):
    """Stored, but nobody learns it: boto3 repeats it, and is refused by its own; or it gives up. The samples count once."""
    vars(faults).update(fault)
    storage = open_storage(read_settings())
    assert train(storage, files[0]).status == 0
    faults.lost_answers = losses
    assert train(storage, files[1]).status == 0
    assert faults.lost_answers == 0
    assert learned(bucket, tmp_path) == 40


def test_lost_answer_and_another_server_that_went_on(faults, bucket, files, tmp_path):
    """What another has stored since stands on the upload whose answer was lost."""
    storage = open_storage(read_settings())
    assert train(storage, files[0]).status == 0

    def go_on():
        faults.after_a_loss = lambda: None
        assert train(storage, files[2]).status == 0

    faults.after_a_loss, faults.lost_answers = go_on, 1
    assert train(storage, files[1]).status == 0
    assert learned(bucket, tmp_path) == 60


def test_upload_that_was_not_stored_is_an_error(faults, bucket, files):
    """A store that refuses all uploads, by now, is no store without conditions."""
    storage = open_storage(read_settings())
    faults.refused_with = 503
    with pytest.raises(UploadError):
        train(storage, files[0])
    assert keys(bucket) == []


def test_unreachable_store_is_tried_again(bucket, s3_environment, files, monkeypatch, tmp_path):
    """The start is not held up by a store that does not answer; what it can do is found out when it does."""
    port = services.free_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{port}")
    storage = open_storage(read_settings())
    with pytest.raises(StorageError):
        storage.check()
    place = (f"http://127.0.0.1:{port}", BUCKET)
    assert s3_conditions._findings[place] is None
    with faulty_s3.proxy(urlsplit(s3_environment["AWS_ENDPOINT_URL_S3"]).port, port) as (_, faults):
        faults.refused_with = 501
        assert train(storage, files[0]).status == 0
    assert s3_conditions._findings[place] is False
    assert learned(bucket, tmp_path) == 20


@pytest.mark.parametrize("endpoint", ["no address", "ftp//x"])
def test_wrong_endpoint_is_one_line_at_start(environment, tmp_path, endpoint):
    variables = {**environment, "MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_S3_BUCKET_NAME": "b", "AWS_ENDPOINT_URL_S3": endpoint,
                 "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
    result = subprocess.run([sys.executable, "-m", "moodlemlbackend.webapp", "-p", "1"], env=variables, cwd=tmp_path, text=True,
                            capture_output=True, timeout=60)
    assert result.returncode == 1 and result.stderr.count("\n") == 1 and endpoint in result.stderr
