# SPDX-License-Identifier: Apache-2.0
"""Models on the local disk, or on one that several servers share: ``<directory>/<uniqueid>/<dirhash>/``.

The library itself keeps writers of one model apart and replaces files whole, so that no request waits here for another.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import time
import uuid
from collections.abc import Iterator

from moodlemlbackend.calls import Answer
from moodlemlbackend.service import disk, transfers
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.local_files import LocalFiles, journal_of, replace_file
from moodlemlbackend.service.settings import Settings
from moodlemlbackend.service.storage import APPLIED, Change, JobRecord, Storage, StorageError, Work

# A dot begins no name that a client may give.
JOBS = ".jobs"
DELETED = ".deleted-"

log = logging.getLogger("moodlemlbackend")


class LocalChange(Change):
    def __init__(self, directory: str):
        self._directory = directory

    def apply(self, work: Work) -> Answer:
        return work(self._directory)


class JobChange(LocalChange):
    """Of a model that workers change: whatever becomes of them, once for each job."""

    def __init__(self, directory: str, job: str):
        super().__init__(directory)
        self._job = job

    def apply(self, work: Work) -> Answer:
        with journal_of(self._directory) as journal:
            if journal.has(self._job):
                return APPLIED
            journal.begin(self._job)
            try:
                return work(self._directory)
            finally:
                journal.end()


class LocalStorage(Storage):
    def __init__(self, settings: Settings):
        self._root = settings.directory
        self._has_workers = settings.queue is not None
        self.files = LocalFiles(self._root, self._refuse_if_gone)
        disk.identity_at_start(self._root)

    def _refuse_if_gone(self) -> None:
        """A directory that is not mounted would be taken for one without models, and a training would begin anew in it."""
        reason = disk.why_gone(self._root)
        if reason:
            log.error("%s is gone: %s", self._root, reason)
            raise StorageError(f"The storage directory is gone: {reason}.")

    def _directory(self, name: ModelName) -> str:
        self._refuse_if_gone()
        return os.path.join(self._root, name.uniqueid, name.dirhash)

    @contextlib.contextmanager
    def reading(self, name: ModelName) -> Iterator[str]:
        yield self._directory(name)

    @contextlib.contextmanager
    def changing(self, name: ModelName, job: str = "") -> Iterator[Change]:
        directory = self._directory(name)
        yield JobChange(directory, job or uuid.uuid4().hex) if job or self._has_workers else LocalChange(directory)

    @contextlib.contextmanager
    def evaluating(self, name: ModelName) -> Iterator[Change]:
        yield LocalChange(self._directory(name))

    def evaluation_log(self, name: ModelName, runid: str) -> bytes | None:
        directory = os.path.join(self._directory(name), "logs", runid)
        return transfers.pack(directory) if runid and os.path.isdir(directory) else None

    def delete(self, uniqueid: str) -> None:
        self._refuse_if_gone()
        # Renamed first, so that it is gone at once and as a whole for every other request.
        trash = os.path.join(self._root, DELETED + uuid.uuid4().hex)
        try:
            os.rename(os.path.join(self._root, uniqueid), trash)
        except FileNotFoundError:
            return
        except OSError as error:
            raise StorageError(f"The model cannot be deleted: {error.strerror}.") from error
        self._remove_leftovers(trash)
        try:
            remove_tree(trash)
        except OSError as error:
            raise StorageError(f"The model is out of use, but {os.path.basename(trash)} cannot be removed from the storage: "
                               f"{error.strerror}.") from error

    def _remove_leftovers(self, but: str) -> None:
        """Of deletions whose process was killed, or that were refused and may be no more."""
        for entry in os.scandir(self._root):
            if entry.name.startswith(DELETED) and entry.path != but:
                with contextlib.suppress(OSError):
                    remove_tree(entry.path)

    def write_job(self, job: str, record: bytes) -> None:
        self._refuse_if_gone()
        folder = os.path.join(self._root, JOBS)
        try:
            os.makedirs(folder, mode=0o700, exist_ok=True)
            replace_file(os.path.join(folder, job), record)
        except OSError as error:
            raise StorageError(f"The job cannot be stored: {error.strerror}.") from error

    def read_job(self, job: str) -> JobRecord | None:
        self._refuse_if_gone()
        folder = os.path.join(self._root, JOBS)
        try:
            with open(os.path.join(folder, job), "rb") as file:
                return JobRecord(file.read(), disk.now(folder) - os.fstat(file.fileno()).st_mtime)
        except FileNotFoundError:
            return None

    def remove_old_jobs(self, days: float) -> None:
        oldest = time.time() - days * 86400
        with contextlib.suppress(FileNotFoundError):  # no job yet, or another process was faster
            for entry in os.scandir(os.path.join(self._root, JOBS)):
                if entry.stat(follow_symlinks=False).st_mtime < oldest:
                    os.unlink(entry.path)

    def check(self) -> None:
        reason = disk.why_gone(self._root)
        if reason:
            raise StorageError(f"The storage directory cannot be written: {reason}.")
        disk.refuse_unwritable(self._root, "storage")


def remove_tree(path: str) -> None:
    """Another process may be at the same."""
    with contextlib.suppress(FileNotFoundError):
        if os.path.islink(path):
            os.unlink(path)
        else:
            shutil.rmtree(path)
