# SPDX-License-Identifier: Apache-2.0
"""Models in a bucket, with boto3 against moto's server."""

import io
import logging
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import boto3
import pytest
from botocore.awsrequest import AWSResponse

import datasets
import services
from moodlemlbackend import calls
from moodlemlbackend.service.application import create_app
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.settings import read_settings
from moodlemlbackend.service.storage import UploadError, open_storage
from services import BUCKET, keys

MODEL = {"uniqueid": "site1", "dirhash": "abc"}
DATASET = {"dataset": datasets.labelled().encode()}
ROWS = {"dataset": datasets.unlabelled().encode()}
TO_EVALUATE = {"minscore": "0.7", "maxdeviation": "0.05", "niterations": "2"}
AUTH = {"auth": services.DEFAULT}


class Denied(io.BytesIO):
    """What botocore reads of a refusal."""

    def stream(self, **_):
        return [b"<Error><Code>AccessDenied</Code></Error>"]


def refuse(operation, client):
    """From now on S3 refuses this operation, once the request has been signed and is about to be sent."""
    client.meta.events.register(f"before-send.s3.{operation}",
                                lambda request, **_: AWSResponse(request.url, 403, {}, Denied()))


@pytest.fixture(scope="module")
def s3_service(s3_environment, tmp_path_factory):
    place = tmp_path_factory.mktemp("s3")
    (place / "temporary").mkdir()
    with services.start({**s3_environment, "MOODLE_MLBACKEND_TEMPDIR": str(place / "temporary")}, place) as running:
        yield running


@pytest.fixture
def storage(bucket):
    return open_storage(read_settings())


@pytest.fixture
def client(storage):
    """Flask's client of an application in this process, whose connection to S3 the test can disturb."""
    return create_app(read_settings(), storage).test_client()


def names(content):
    return sorted(zipfile.ZipFile(io.BytesIO(content)).namelist())


def stored(bucket, key):
    return bucket.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def learned(bucket, place):
    """Samples that the stored model has learned from."""
    (place / "model.mml").write_bytes(zipfile.ZipFile(io.BytesIO(stored(bucket, "site1/abc"))).read("model.mml"))
    return services.samples_learned(place / "model.mml")


def zip_of(name, content):
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        archive.writestr(name, content)
    return result.getvalue()


def form(files, **parameters):
    return {"data": {**parameters, **{name: (io.BytesIO(content), name) for name, content in files.items()}}, **AUTH}


def test_whole_life_of_a_model(s3_service, bucket, tmp_path):
    assert s3_service.get("/health/ready").text == "Ok"
    assert s3_service.post("/prediction", ROWS, **MODEL).json()["status"] == 2
    for rows in (40, 80):
        assert s3_service.post("/training", DATASET, **MODEL).json() == {"status": 0, "info": []}
        assert learned(bucket, tmp_path) == rows
    assert names(stored(bucket, "site1/abc"))[0] == "model.mml"
    assert s3_service.post("/prediction", ROWS, **MODEL).json()["status"] == 0
    answer = s3_service.post("/evaluation", DATASET, **{**MODEL, "dirhash": "def"}, trainedmodeldirhash="abc", **TO_EVALUATE).json()
    assert answer["score"] == 1
    log = s3_service.get("/evaluationlog", uniqueid="site1", dirhash="def", runid=answer["runid"])
    assert {"info.log", "roc-curve.png"} <= set(names(log.content))
    assert sorted(keys(bucket)) == ["site1/abc", f"site1/def.logs/{answer['runid']}.zip"]
    exported = s3_service.get("/export", **MODEL).content
    assert names(exported) == ["model.mml"]
    assert s3_service.post("/import", {"importzip": exported}, uniqueid="site10", dirhash="abc").text == "Ok"
    assert s3_service.post("/deletemodel", uniqueid="site1").text == "Ok"
    assert keys(bucket) == ["site10/abc"], "not those whose names begin alike"
    assert not list((s3_service.directory.parent / "temporary").glob("moodlemlbackend-*")), "temporary files are left"
    assert not list(s3_service.directory.iterdir())


def test_trainings_at_once_lose_nothing(s3_service, bucket, tmp_path):
    parts = [{"dataset": datasets.labelled(rows=20, seed=seed)} for seed in range(4)]
    with ThreadPoolExecutor(4) as threads:
        responses = list(threads.map(lambda part: s3_service.post("/training", part, **MODEL), parts))
    assert [response.json()["status"] for response in responses] == [0] * 4
    assert learned(bucket, tmp_path) == 80


def test_job_is_known_to_every_server(s3_service, client):
    """The record lies in the bucket, where the application in this process, as another server, finds it."""
    url = s3_service.post("/training", DATASET, **MODEL, **{"async": "1"}).json()["url"]
    services.wait_until(lambda: client.get(url, **AUTH).json["state"] == "done")
    assert client.get(url, **AUTH).json["answer"] == {"status": 0, "info": []}
    assert client.get(url, auth=services.OTHER).status_code == 404
    assert s3_service.post("/prediction", ROWS, **MODEL).json()["status"] == 0


def test_slower_training_goes_on_from_the_faster(storage, bucket, tmp_path):
    """Both have fetched the same model, here none, before either stores."""
    files = [str(datasets.write(tmp_path / f"{seed}.csv", datasets.labelled(rows=20, seed=seed))) for seed in range(3)]
    options = calls.library_options()
    with ExitStack() as stack:
        changes = [stack.enter_context(storage.changing(ModelName("site1", "abc"))) for _ in files]
        for change, file in zip(changes, files):
            assert change.apply(lambda directory, file=file: calls.train(directory, file, options)).status == 0
    assert learned(bucket, tmp_path) == 60


def test_training_that_always_loses_ends(storage, bucket):
    def work(directory):
        bucket.put_object(Bucket=BUCKET, Key="site1/abc", Body=zip_of("model.mml", repr(directory) * len(attempts)))
        attempts.append(directory)
        return calls.Answer(0, "{}")

    attempts = [""]
    with storage.changing(ModelName("site1", "abc")) as change, pytest.raises(UploadError):
        change.apply(work)
    assert len(attempts) < 10


def test_refused_upload_is_moodles_message(client, storage, bucket):
    refuse("PutObject", storage._bucket._client)
    response = client.post("/training", **form(DATASET, **MODEL))
    assert (response.status_code, response.text) == (500, "Can't upload classifier to S3.")
    assert keys(bucket) == []


@pytest.mark.parametrize("path, files", [("/training", DATASET), ("/prediction", ROWS), ("/import", {"importzip": zip_of("a", "b")})])
def test_refused_fetch_is_an_error_and_not_an_untrained_model(client, storage, path, files):
    refuse("GetObject", storage._bucket._client)
    response = client.post(path, **form(files, **MODEL))
    assert response.status_code == 502 and re.fullmatch(r"The storage \(S3\) refuses: \w+\.", response.text)
    assert client.get("/export", query_string=MODEL, **AUTH).status_code == 502


def test_keys_are_told_to_nobody(bucket, monkeypatch):
    """Neither in answers nor in the log, whose lines about a refusal hold what boto3 says."""
    secrets = {"AWS_ACCESS_KEY_ID": "KEY-OF-MINE", "AWS_SECRET_ACCESS_KEY": "SECRET-OF-MINE", "AWS_SESSION_TOKEN": "TOKEN-OF-MINE"}
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    lines = io.StringIO()
    handler = logging.StreamHandler(lines)
    logging.getLogger("moodlemlbackend").addHandler(handler)
    try:
        storage = open_storage(read_settings())
        client = create_app(read_settings(), storage).test_client()
        refuse("PutObject", storage._bucket._client)
        texts = [client.post("/training", **form({"dataset": datasets.labelled().encode()}, **MODEL)).text]
        refuse("GetObject", storage._bucket._client)
        texts.append(client.get("/export", query_string=MODEL, **AUTH).text)
    finally:
        logging.getLogger("moodlemlbackend").removeHandler(handler)
    assert "AccessDenied" in lines.getvalue() and all(texts)
    assert not any(secret in text for secret in secrets.values() for text in (*texts, lines.getvalue()))


def test_damaged_zip_is_an_error(client, bucket):
    bucket.put_object(Bucket=BUCKET, Key="site1/abc", Body=b"no zip")
    assert client.post("/prediction", **form(ROWS, **MODEL)).status_code == 502


def test_original_model_is_as_none(client, bucket):
    """What the original stored cannot be read; the next training begins anew, as after any change of backend."""
    bucket.put_object(Bucket=BUCKET, Key="site1/abc", Body=zip_of("checkpoint", "tensors"))
    assert client.post("/prediction", **form(ROWS, **MODEL)).json["status"] == 2
    assert client.post("/training", **form(DATASET, **MODEL)).json["status"] == 0
    assert client.post("/prediction", **form(ROWS, **MODEL)).json["status"] == 0


def test_missing_bucket_is_told(client, storage, bucket):
    bucket.delete_bucket(Bucket=BUCKET)
    assert client.get("/health/ready").status_code == 503
    assert client.post("/prediction", **form(ROWS, **MODEL)).status_code == 502
    assert client.post("/deletemodel", data={"uniqueid": "site1"}, **AUTH).status_code == 502
    bucket.create_bucket(Bucket=BUCKET)


def test_unreachable_endpoint_is_told(bucket, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{services.free_port()}")
    client = create_app(read_settings(), open_storage(read_settings())).test_client()
    response = client.post("/prediction", **form(ROWS, **MODEL))
    assert (response.status_code, response.text) == (502, "The storage (S3) cannot be reached.")
