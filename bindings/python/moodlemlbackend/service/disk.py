# SPDX-License-Identifier: Apache-2.0
"""What the machine's own disks refuse: full, gone, not mounted, read-only. All of it is a StorageError, whoever meets it."""

from __future__ import annotations

import functools
import os
import tempfile
import time

from moodlemlbackend.service.storage import StorageError

PROBE_BYTES = 1 << 16


def is_of_connection(error: OSError) -> bool:
    """Whether it came from reading a request; those of WSGI servers have no number."""
    return error.errno is None or isinstance(error, (ConnectionError, BlockingIOError, TimeoutError))


def storage_error(error: OSError) -> StorageError:
    """Tells no path: where a server keeps things is no client's business."""
    return StorageError(f"The server's disk refuses: {error.strerror}.")


def refuse_unwritable(directory: str, name: str) -> None:
    """StorageError where nothing can be written now; ``name``: what the message calls it. A small file is written, and is gone."""
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            file.write(os.urandom(PROBE_BYTES))
    except OSError as error:
        raise StorageError(f"The {name} directory cannot be written: {error.strerror}.") from error


def now(directory: str) -> float:
    """By the clock that dates what is written there, which may be that of another machine."""
    try:
        with tempfile.TemporaryFile(dir=directory) as file:
            file.write(b"x")
            file.flush()
            return os.fstat(file.fileno()).st_mtime
    except OSError:
        return time.time()


@functools.cache
def identity_at_start(directory: str) -> tuple[int, int]:
    """Of the directory when this was first asked in this process, or in the one that it was forked from."""
    return _identity(directory)


def _identity(directory: str) -> tuple[int, int]:
    found = os.stat(directory)
    return found.st_dev, found.st_ino


def why_gone(directory: str) -> str:
    """Why the directory is not the one of the start; empty where it is.

    What is not mounted is an empty directory in its place. A directory with something in it is one, even if it is another: so is
    what was mounted again.
    """
    try:
        if _identity(directory) == identity_at_start(directory):
            return ""
        with os.scandir(directory) as entries:
            is_empty = next(entries, None) is None
    except OSError as error:
        return error.strerror or "it is gone"
    return "it is another than at the start, and empty: mount it again, or restart the service if this is meant" if is_empty else ""
