# SPDX-License-Identifier: Apache-2.0
"""Models in a bucket of Amazon S3, or of anything that speaks its protocol; credentials and endpoint by boto3's own rules.

``<uniqueid>/<dirhash>`` is the zip of a model's ``classifier`` directory, ``<uniqueid>/<dirhash>.logs/<runid>.zip`` an
evaluation's logs, ``.jobs/<id>`` a job. Clients' names hold no dot, so that none of these can be taken for another.
"""

from __future__ import annotations

import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from moodlemlbackend.calls import Answer
from moodlemlbackend.service import transfers
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.settings import Settings
from moodlemlbackend.service.storage import Change, Storage, StorageError, UploadError, Work

ATTEMPTS = 5  # of a training, each on what somebody else has stored meanwhile
MISSING = {"404", "NoSuchKey"}
CONFLICT = {"409", "412", "ConditionalRequestConflict", "PreconditionFailed"} | MISSING
# Checksums that newer versions of boto3 add are not understood by every S3-compatible endpoint.
CONFIG = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "max_attempts": 3},
                request_checksum_calculation="when_required", response_checksum_validation="when_required")

MODEL_KEY = re.compile(r"[A-Za-z0-9_-]+/[A-Za-z0-9_-]+")

log = logging.getLogger("moodlemlbackend")


@contextmanager
def storage_errors() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        log.error("S3: %s", transfers.one_line(error))
        raise StorageError(f"The storage (S3) refuses: {code_of(error)}.") from error
    except BotoCoreError as error:
        log.error("S3: %s", transfers.one_line(error))
        raise StorageError("The storage (S3) cannot be reached.") from error


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown error"))


class Bucket:
    """The few operations on objects that are needed; each raises StorageError."""

    def __init__(self, name: str):
        self._name = name
        with storage_errors():
            self._client = boto3.client("s3", config=CONFIG)

    @contextmanager
    def open(self, key: str) -> Iterator[tuple[IO[bytes], str] | None]:
        """A temporary file with the object and its ETag; None where there is no such object."""
        with tempfile.TemporaryFile() as file:
            with storage_errors():
                etag = self._fetch(key, file)
            file.seek(0)
            yield (file, etag) if etag is not None else None

    def _fetch(self, key: str, file: IO[bytes]) -> str | None:
        try:
            found = self._client.get_object(Bucket=self._name, Key=key)
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        shutil.copyfileobj(found["Body"], file, 1 << 20)
        return str(found["ETag"])

    def read(self, key: str) -> bytes | None:
        with self.open(key) as found:
            return found[0].read() if found else None

    def write(self, key: str, content: bytes) -> None:
        with storage_errors():
            self._client.put_object(Bucket=self._name, Key=key, Body=content)

    def replace(self, key: str, content: bytes, etag: str | None) -> bool:
        """False where the object is no longer the one with this ETag; None: where there is one."""
        condition = {"IfMatch": etag} if etag else {"IfNoneMatch": "*"}
        with storage_errors():
            try:
                self._client.put_object(Bucket=self._name, Key=key, Body=content, **condition)
            except ClientError as error:
                if code_of(error) not in CONFLICT:
                    raise
                log.info("S3: somebody else has stored %s meanwhile", key)
                return False
        return True

    def keys(self, prefix: str) -> Iterator[str]:
        with storage_errors():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix):
                yield from (found["Key"] for found in page.get("Contents", ()))

    def delete_below(self, prefix: str) -> None:
        with storage_errors():
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix):
                for found in page.get("Contents", ()):
                    self._client.delete_object(Bucket=self._name, Key=found["Key"])

    def check(self) -> None:
        with storage_errors():
            self._client.head_bucket(Bucket=self._name)


class S3Storage(Storage):
    def __init__(self, settings: Settings):
        self._bucket = Bucket(settings.bucket)
        self._limits = settings.limits

    def _fetch(self, name: ModelName, directory: str) -> str | None:
        """Makes ``directory`` the model's; the ETag of what was there."""
        shutil.rmtree(directory, ignore_errors=True)
        classifier = os.path.join(directory, "classifier")
        with self._bucket.open(key_of(name)) as found:
            if found is None:
                return None
            os.makedirs(classifier)
            try:
                transfers.unpack(found[0], classifier, self._limits)
            except transfers.TransferError as error:
                raise StorageError(f"The stored model is damaged. {error}") from error
            return found[1]

    @contextmanager
    def reading(self, name: ModelName) -> Iterator[str]:
        with tempfile.TemporaryDirectory(prefix="moodlemlbackend-") as place:
            directory = os.path.join(place, "model")
            self._fetch(name, directory)
            yield directory

    @contextmanager
    def changing(self, name: ModelName) -> Iterator[Change]:
        with tempfile.TemporaryDirectory(prefix="moodlemlbackend-") as place:
            yield S3Change(self._bucket, name, os.path.join(place, "model"), self._fetch)

    @contextmanager
    def evaluating(self, name: ModelName) -> Iterator[Change]:
        with tempfile.TemporaryDirectory(prefix="moodlemlbackend-") as place:
            yield S3Evaluation(self._bucket, name, os.path.join(place, "model"))

    def names(self, prefix: str) -> Iterator[ModelName]:
        """Of the models whose keys begin so."""
        for key in self._bucket.keys(prefix):
            if MODEL_KEY.fullmatch(key):
                yield ModelName(*key.split("/"))

    def evaluation_log(self, name: ModelName, runid: str) -> bytes | None:
        return self._bucket.read(log_key(name, runid)) if runid else None

    def delete(self, uniqueid: str) -> None:
        self._bucket.delete_below(uniqueid + "/")

    def write_job(self, job: str, record: bytes) -> None:
        self._bucket.write(job_key(job), record)

    def read_job(self, job: str) -> bytes | None:
        return self._bucket.read(job_key(job))

    def remove_old_jobs(self, days: float) -> None:
        """A bucket's owner sets a lifecycle rule: to look through all of a bucket's jobs costs money."""

    def check(self) -> None:
        self._bucket.check()


class S3Change(Change):
    def __init__(self, bucket: Bucket, name: ModelName, directory: str,
                 fetch: Callable[[ModelName, str], str | None]):
        self._bucket, self._name, self._directory, self._fetch = bucket, name, directory, fetch
        self._etag = fetch(name, directory)

    def apply(self, work: Work) -> Answer:
        for _ in range(ATTEMPTS):
            answer = work(self._directory)
            if answer.status != 0 or self._push():
                return answer
            self._etag = self._fetch(self._name, self._directory)
        raise UploadError("Can't upload classifier to S3.")

    def _push(self) -> bool:
        content = transfers.pack(os.path.join(self._directory, "classifier"))
        try:
            return self._bucket.replace(key_of(self._name), content, self._etag)
        except StorageError as error:
            raise UploadError("Can't upload classifier to S3.") from error


class S3Evaluation(Change):
    """What was evaluated holds without its logs: a push of them that fails is told in the server's log only."""

    def __init__(self, bucket: Bucket, name: ModelName, directory: str):
        self._bucket, self._name, self._directory = bucket, name, directory

    def apply(self, work: Work) -> Answer:
        answer = work(self._directory)
        logs = os.path.join(self._directory, "logs")
        for runid in os.listdir(logs) if os.path.isdir(logs) else ():
            try:
                self._bucket.write(log_key(self._name, runid), transfers.pack(os.path.join(logs, runid)))
            except StorageError as error:
                log.warning("the logs of evaluation %s are lost: %s", runid, error)
        return answer


def key_of(name: ModelName) -> str:
    return f"{name.uniqueid}/{name.dirhash}"


def log_key(name: ModelName, runid: str) -> str:
    return f"{key_of(name)}.logs/{runid}.zip"


def job_key(job: str) -> str:
    return f".jobs/{job}"
