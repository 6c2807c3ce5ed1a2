# SPDX-License-Identifier: Apache-2.0
"""Where models, evaluation logs and jobs lie; one interface for the local disk and for S3."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

from moodlemlbackend.calls import Answer
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.settings import Settings

Work = Callable[[str], Answer]
"""A call on a model directory of that path."""


class JobRecord(NamedTuple):
    """``age``: seconds since it was written, by the clock of the storage: servers' own clocks may differ."""

    content: bytes
    age: float


class StorageError(Exception):
    """The storage does not answer, or refuses; the message is for the client (502)."""


class QueueError(StorageError):
    """The queue of calls does not answer; the message is for the client (503)."""


class UploadError(StorageError):
    """What was trained or imported could not be stored; the message is Moodle's own (500)."""


class Files(abc.ABC):
    """Small things next to the models, by names that begin with a dot. All methods may be called by several threads. StorageError."""

    @abc.abstractmethod
    def read(self, name: str) -> bytes | None:
        """None where there is no such file."""

    @abc.abstractmethod
    def write(self, name: str, content: bytes) -> None: ...

    @abc.abstractmethod
    def create(self, name: str, content: bytes) -> bool:
        """False where there is such a file, which stays as it is."""

    @abc.abstractmethod
    def put(self, name: str, path: str) -> None:
        """Stores a file of this machine."""

    @abc.abstractmethod
    def get(self, name: str, path: str) -> bool:
        """The opposite. False where there is no such file."""

    @abc.abstractmethod
    def remove(self, name: str) -> None:
        """No error where there is no such file."""

    @abc.abstractmethod
    def names(self, prefix: str) -> Iterator[str]:
        """In any order."""


APPLIED = Answer(0, '{"status": 0, "info": []}')
"""Of a job that was stored before, by a process that ended before it could answer."""


class Change(abc.ABC):
    """A change of one model: fetched when entered, so that a storage that does not answer is told before the call starts."""

    @abc.abstractmethod
    def apply(self, work: Work) -> Answer:
        """Calls ``work`` on the model directory and stores what it left there, if its status is 0.

        Where somebody else has stored meanwhile, ``work`` is called again on that. UploadError.
        """


class Storage(abc.ABC):
    """All methods may be called by several threads and processes at once. StorageError."""

    files: Files

    @abc.abstractmethod
    def reading(self, name: ModelName) -> AbstractContextManager[str]:
        """The path of a model directory to read from; there need not be a model in it, nor a directory."""

    @abc.abstractmethod
    def changing(self, name: ModelName, job: str = "") -> AbstractContextManager[Change]:
        """For training and import. ``job``: of an id that has been stored already, the change only answers APPLIED."""

    @abc.abstractmethod
    def evaluating(self, name: ModelName) -> AbstractContextManager[Change]:
        """The same for evaluation, which writes logs only; all statuses store."""

    @abc.abstractmethod
    def evaluation_log(self, name: ModelName, runid: str) -> bytes | None:
        """The zip of a run's logs; runid: digits."""

    @abc.abstractmethod
    def delete(self, uniqueid: str) -> None:
        """Removes all that belongs to a uniqueid; no error where nothing does."""

    @abc.abstractmethod
    def write_job(self, job: str, record: bytes) -> None: ...

    @abc.abstractmethod
    def read_job(self, job: str) -> JobRecord | None: ...

    @abc.abstractmethod
    def remove_old_jobs(self, days: float) -> None:
        """Those not written for so long."""

    @abc.abstractmethod
    def check(self) -> None:
        """StorageError where nothing could be stored now."""


def open_storage(settings: Settings) -> Storage:
    """Loads what the settings ask for only: boto3 takes a quarter of a second."""
    if settings.bucket:
        from moodlemlbackend.service.s3_storage import S3Storage

        return S3Storage(settings)
    from moodlemlbackend.service.local_storage import LocalStorage

    return LocalStorage(settings)
