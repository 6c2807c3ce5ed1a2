# SPDX-License-Identifier: Apache-2.0
"""Small files on the storage's disk, and a journal by which a job changes a model at most once."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from moodlemlbackend.service.storage import Files, StorageError

JOURNAL = ".moodleml-jobs.json"
LOCK = ".moodleml-jobs.lock"
KEPT = 1000  # ids of jobs that a model has learned from


@contextlib.contextmanager
def disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StorageError(f"The job cannot be stored: {error.strerror}.") from error


class LocalFiles(Files):
    """``refuse_if_gone``: raises StorageError where the directory is not mounted."""

    def __init__(self, root: str, refuse_if_gone: Callable[[], None]):
        self._root, self._refuse_if_gone = root, refuse_if_gone

    def _path(self, name: str) -> str:
        self._refuse_if_gone()
        return os.path.join(self._root, name)

    def read(self, name: str) -> bytes | None:
        with disk_errors(), contextlib.suppress(FileNotFoundError), open(self._path(name), "rb") as file:
            return file.read()
        return None

    def write(self, name: str, content: bytes) -> None:
        with disk_errors():
            replace_file(self._made(name), content)

    def create(self, name: str, content: bytes) -> bool:
        path = self._made(name)
        with disk_errors(), new_file(path, content) as new:
            try:
                os.link(new, path)
            except FileExistsError:
                return False
        return True

    def put(self, name: str, path: str) -> None:
        target = self._made(name)
        with disk_errors(), new_file(target, b"") as new:
            shutil.copyfile(path, new)
            os.replace(new, target)

    def get(self, name: str, path: str) -> bool:
        with disk_errors():
            try:
                shutil.copyfile(self._path(name), path)
            except FileNotFoundError:
                return False
        return True

    def remove(self, name: str) -> None:
        with disk_errors(), contextlib.suppress(FileNotFoundError):
            os.unlink(self._path(name))

    def names(self, prefix: str) -> Iterator[str]:
        folder = os.path.dirname(prefix)
        with contextlib.suppress(FileNotFoundError):
            for name in os.listdir(self._path(folder)):
                if (found := os.path.join(folder, name)).startswith(prefix) and not name.startswith("."):
                    yield found

    def _made(self, name: str) -> str:
        path = self._path(name)
        with disk_errors():
            os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        return path


@contextlib.contextmanager
def new_file(path: str, content: bytes) -> Iterator[str]:
    """A file next to ``path``, which is gone afterwards if it still has its name."""
    descriptor, new = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".")
    try:
        with open(descriptor, "wb") as file:
            file.write(content)
        yield new
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(new)


def replace_file(path: str, content: bytes) -> None:
    """The file appears whole or not at all; nothing else stays where the disk refuses."""
    with new_file(path, content) as new:
        os.replace(new, path)


class Entries(NamedTuple):
    """``pending``: a job and what the model's file was before it; ``applied``: jobs, the last one last."""

    pending: tuple[str, str] | None
    applied: list[str]


class Journal:
    """Of one model directory, while its lock is held.

    A job is noted before it changes the model, with the digest of the file as it is. If its process is killed, the next one
    compares: only holders of the lock change the file, so another digest means that the job was stored.
    """

    def __init__(self, directory: str):
        self._directory = directory
        self._entries = self._settled(self._read())

    def has(self, job: str) -> bool:
        return job in self._entries.applied

    def begin(self, job: str) -> None:
        self._write(Entries((job, self._digest()), self._entries.applied))

    def end(self) -> None:
        """After a change, whether it has stored anything or not."""
        self._write(self._settled(self._entries))

    def _settled(self, entries: Entries) -> Entries:
        if entries.pending is None:
            return entries
        job, before = entries.pending
        applied = [*entries.applied, job][-KEPT:] if self._digest() != before else entries.applied
        return Entries(None, applied)

    def _digest(self) -> str:
        """Of the model's file; empty: there is none."""
        with contextlib.suppress(FileNotFoundError), open(os.path.join(self._directory, "classifier", "model.mml"), "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
        return ""

    def _read(self) -> Entries:
        try:
            with open(os.path.join(self._directory, JOURNAL), "rb") as file:
                fields: Any = json.load(file)
            return Entries(tuple(fields["pending"]) if fields["pending"] else None, list(fields["applied"]))
        except FileNotFoundError:
            return Entries(None, [])
        except (ValueError, KeyError, TypeError) as error:
            raise StorageError(f"{JOURNAL} of the model is damaged: delete it if no training runs.") from error

    def _write(self, entries: Entries) -> None:
        self._entries = entries
        with disk_errors():
            replace_file(os.path.join(self._directory, JOURNAL), json.dumps(entries._asdict()).encode())


@contextlib.contextmanager
def journal_of(directory: str) -> Iterator[Journal]:
    """Waits for the lock, which goes with its process."""
    with contextlib.ExitStack() as stack:
        with disk_errors():
            os.makedirs(directory, exist_ok=True)
            file = os.open(os.path.join(directory, LOCK), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, file)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield Journal(directory)
