# SPDX-License-Identifier: Apache-2.0
"""Models in a bucket of Amazon S3, or of anything that speaks its protocol; credentials and endpoint by boto3's own rules.

``<uniqueid>/<dirhash>`` is the zip of a model's ``classifier`` directory, ``<uniqueid>/<dirhash>.logs/<runid>.zip`` an
evaluation's logs, ``.jobs/<id>`` a job. Clients' names hold no dot, so that none of these can be taken for another.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from typing import IO, Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from moodlemlbackend.calls import Answer
from moodlemlbackend.service import transfers
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.s3_conditions import Conditions, code_of, is_conflict
from moodlemlbackend.service.settings import Settings, SettingsError
from moodlemlbackend.service.storage import APPLIED, Change, Files, JobRecord, Storage, StorageError, UploadError, Work

ATTEMPTS = 5  # of a training, each on what somebody else has stored meanwhile
MISSING = {"404", "NoSuchKey"}
KEPT_UPLOADS = 64  # ids of an object's last uploads, of 2 KB at most: a lost one is found though others have stored after it
UPLOAD_LENGTH = 16
UPLOADS = "uploads"  # metadata of a model's object
# Checksums that newer versions of boto3 add are not understood by every S3-compatible endpoint.
CONFIG = Config(connect_timeout=5, read_timeout=60, max_pool_connections=64, retries={"mode": "standard", "max_attempts": 3},
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


@contextmanager
def settings_errors() -> Iterator[None]:
    """What boto3 has against the environment."""
    try:
        yield
    except ValueError as error:
        raise SettingsError(f"S3, by the variables AWS_…: {transfers.one_line(error)}") from error


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """For one upload of this machine's processes and threads; without effect where there is no place for the file it is made of."""
    with contextlib.ExitStack() as stack:
        with contextlib.suppress(OSError):
            path = os.path.join(tempfile.gettempdir(), f"mlbackend-s3-{os.getuid()}.lock")
            file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, file)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def version_of(found: dict[str, Any]) -> Version:
    """Of an answer to GET or HEAD. Some proxies make ETags weak, or take their quotes off: neither would match any more."""
    etag = str(found["ETag"])
    return Version('"' + (etag[2:] if etag.startswith("W/") else etag).strip('"') + '"', tuple(found.get("Metadata", {}).get(UPLOADS, "").split()))


def age_of(found: dict[str, Any]) -> float:
    """Of an answer to GET, in seconds; this machine's clock counts only where the storage does not tell its own."""
    try:
        now = parsedate_to_datetime(found["ResponseMetadata"]["HTTPHeaders"]["date"])
    except (KeyError, TypeError, ValueError):
        now = datetime.now(timezone.utc)
    return float((now - found["LastModified"]).total_seconds())


class Version(NamedTuple):
    """Of a stored object: its ETag, and the ids of the uploads that led to it, the last one first."""

    etag: str
    uploads: tuple[str, ...]


class Found(NamedTuple):
    """An object in a temporary file. ``age``: seconds since it was stored, by the storage's own clock."""

    file: IO[bytes]
    version: Version
    age: float


class Bucket:
    """The few operations on objects that are needed; each raises StorageError."""

    def __init__(self, name: str):
        self._name = name
        with storage_errors(), settings_errors():
            self._client = boto3.client("s3", config=CONFIG)
            patient = CONFIG.merge(Config(retries={"mode": "standard", "max_attempts": 1}))
            self._conditions = Conditions(name, boto3.client("s3", config=patient))

    @contextmanager
    def open(self, key: str) -> Iterator[Found | None]:
        """None where there is no such object."""
        with tempfile.TemporaryFile() as file:
            with storage_errors():
                found = self._fetch(key, file)
            file.seek(0)
            yield found

    def _fetch(self, key: str, file: IO[bytes]) -> Found | None:
        try:
            found = self._client.get_object(Bucket=self._name, Key=key)
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise
        shutil.copyfileobj(found["Body"], file, 1 << 20)
        return Found(file, version_of(found), age_of(found))

    def write(self, key: str, content: bytes) -> None:
        with storage_errors():
            self._client.put_object(Bucket=self._name, Key=key, Body=content)

    def put(self, key: str, path: str) -> None:
        with open(path, "rb") as file, storage_errors():
            self._client.put_object(Bucket=self._name, Key=key, Body=file)

    def delete(self, key: str) -> None:
        with storage_errors():
            self._client.delete_object(Bucket=self._name, Key=key)

    def replace(self, key: str, content: bytes, version: Version | None, upload: str = "") -> bool:
        """False where the object is no longer of this version; None: where there is one. ``upload``: its id, by default a new one."""
        upload = upload or secrets.token_hex(8)
        uploads = (upload, *(version.uploads if version else ()))[:KEPT_UPLOADS]
        given = {"Bucket": self._name, "Key": key, "Body": content, "Metadata": {UPLOADS: " ".join(uploads)}}
        with storage_errors():
            try:
                return self._replace(given, version)
            except (ClientError, BotoCoreError) as error:
                if self._has_taken(key, upload):
                    log.info("S3: %s was stored, though the answer was lost", key)
                    return True
                if not is_conflict(error):
                    raise
                log.info("S3: somebody else has stored %s meanwhile", key)
                return False

    def _replace(self, given: dict[str, Any], version: Version | None) -> bool:
        if self._conditions.are_kept():
            self._client.put_object(**given, **({"IfMatch": version.etag} if version else {"IfNoneMatch": "*"}))
            return True
        with one_at_a_time():
            found = self._version(given["Key"])
            if (found and found.etag) != (version and version.etag):
                return False
            self._client.put_object(**given)
            return True

    def _version(self, key: str) -> Version | None:
        try:
            return version_of(self._client.head_object(Bucket=self._name, Key=key))
        except ClientError as error:
            if code_of(error) in MISSING:
                return None
            raise

    def _has_taken(self, key: str, upload: str) -> bool:
        """Whether this upload has been stored, though its answer was lost or a repetition of it refused; others may follow it."""
        try:
            found = self._version(key)
        except (ClientError, BotoCoreError):
            return False
        return found is not None and upload in found.uploads

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


class S3Files(Files):
    def __init__(self, bucket: Bucket):
        self._bucket = bucket

    def write(self, name: str, content: bytes) -> None:
        self._bucket.write(name, content)

    def create(self, name: str, content: bytes) -> bool:
        return self._bucket.replace(name, content, None)

    def put(self, name: str, path: str) -> None:
        self._bucket.put(name, path)

    def remove(self, name: str) -> None:
        self._bucket.delete(name)

    def names(self, prefix: str) -> Iterator[str]:
        return self._bucket.keys(prefix)

    def read(self, name: str) -> bytes | None:
        with self._bucket.open(name) as found:
            return found.file.read() if found else None

    def get(self, name: str, path: str) -> bool:
        with self._bucket.open(name) as found:
            if found is None:
                return False
            with open(path, "wb") as file:
                shutil.copyfileobj(found.file, file, 1 << 20)
            return True


class S3Storage(Storage):
    def __init__(self, settings: Settings):
        self._bucket = Bucket(settings.bucket)
        self.files = S3Files(self._bucket)
        self._limits = settings.limits

    def _fetch(self, name: ModelName, directory: str) -> Version | None:
        """Makes ``directory`` the model's; the version of what was there."""
        shutil.rmtree(directory, ignore_errors=True)
        classifier = os.path.join(directory, "classifier")
        with self._bucket.open(key_of(name)) as found:
            if found is None:
                return None
            os.makedirs(classifier)
            try:
                transfers.unpack(found.file, classifier, self._limits)
            except transfers.TransferError as error:
                raise StorageError(f"The stored model is damaged. {error}") from error
            return found.version

    @contextmanager
    def reading(self, name: ModelName) -> Iterator[str]:
        with tempfile.TemporaryDirectory(prefix="moodlemlbackend-") as place:
            directory = os.path.join(place, "model")
            self._fetch(name, directory)
            yield directory

    @contextmanager
    def changing(self, name: ModelName, job: str = "") -> Iterator[Change]:
        with tempfile.TemporaryDirectory(prefix="moodlemlbackend-") as place:
            yield S3Change(self._bucket, name, os.path.join(place, "model"), self._fetch, job[:UPLOAD_LENGTH])

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
        if not runid:
            return None
        with self._bucket.open(log_key(name, runid)) as found:
            return found.file.read() if found else None

    def delete(self, uniqueid: str) -> None:
        self._bucket.delete_below(uniqueid + "/")

    def write_job(self, job: str, record: bytes) -> None:
        self._bucket.write(job_key(job), record)

    def read_job(self, job: str) -> JobRecord | None:
        with self._bucket.open(job_key(job)) as found:
            return JobRecord(found.file.read(), found.age) if found else None

    def remove_old_jobs(self, days: float) -> None:
        """A bucket's owner sets a lifecycle rule: to look through all of a bucket's jobs costs money."""

    def check(self) -> None:
        self._bucket.check()


class S3Change(Change):
    def __init__(self, bucket: Bucket, name: ModelName, directory: str,
                 fetch: Callable[[ModelName, str], Version | None], upload: str):
        self._bucket, self._name, self._directory, self._fetch, self._upload = bucket, name, directory, fetch, upload
        self._version = fetch(name, directory)

    def apply(self, work: Work) -> Answer:
        for _ in range(ATTEMPTS):
            if self._version and self._upload in self._version.uploads:
                return APPLIED
            answer = work(self._directory)
            if answer.status != 0 or self._push():
                return answer
            self._version = self._fetch(self._name, self._directory)
        raise UploadError("Can't upload classifier to S3.")

    def _push(self) -> bool:
        content = transfers.pack(os.path.join(self._directory, "classifier"))
        try:
            return self._bucket.replace(key_of(self._name), content, self._version, self._upload)
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
