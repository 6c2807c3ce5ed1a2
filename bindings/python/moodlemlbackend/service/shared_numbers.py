# SPDX-License-Identifier: Apache-2.0
"""Numbers that several processes count and any of them adds up: each writes its own to a file of its own in a shared directory.

Files are written, never mapped into memory: a disk that is full then refuses a write, where a mapped page would kill the process.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import logging
import os
import threading
from collections.abc import Collection, Iterator, Mapping

Key = tuple[str, ...]
"""The name of a metric and the values of its labels."""

BLOCK = 4096  # files grow by whole blocks, so that what is there already can be written again on a full disk

log = logging.getLogger("moodlemlbackend")


def process_name(pid: int) -> str:
    """Of no other process since the machine started, though it may get the same number; empty: there is no such process."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return f"{pid}-{file.read().rpartition(')')[2].split()[19]}"
    except OSError:
        return ""


class SharedNumbers:
    """Threads may share one. Nothing here raises: what cannot be written counts in this process alone until it can.

    ``directory``: empty where there is one process only; made where it is gone. ``passing``: metrics whose numbers end with their
    process.
    """

    def __init__(self, directory: str, passing: Collection[str] = ()):
        self._directory, self._passing = directory, passing
        self._lock = threading.Lock()
        self._numbers: dict[Key, float] = {}
        self._pid, self._name = os.getpid(), process_name(os.getpid())
        self._is_refused = False

    def add(self, changes: Mapping[Key, float]) -> None:
        with self._lock:
            if os.getpid() != self._pid:  # forked: what was counted until then is the parent's
                self._numbers, self._pid, self._name = {}, os.getpid(), process_name(os.getpid())
            for key, change in changes.items():
                self._numbers[key] = self._numbers.get(key, 0) + change
            if self._directory:
                self._try_write()

    def totals(self) -> dict[Key, float]:
        """Of all processes that have counted here, those that have ended included."""
        with self._lock:
            totals = dict(self._numbers)
            own = self._name
        for name, numbers in self._others(own):
            is_over = process_name(int(name.partition("-")[0])) != name
            for key, number in numbers.items():
                if not (is_over and key[0] in self._passing):
                    totals[key] = totals.get(key, 0) + number
        return totals

    def _try_write(self) -> None:
        try:
            self._write(json.dumps([[*key, number] for key, number in self._numbers.items()]).encode())
            self._is_refused = False
        except OSError as error:
            if not self._is_refused:
                log.warning("metrics: %s: /metrics lacks what this process counts when another answers", error.strerror)
            self._is_refused = True

    def _write(self, content: bytes) -> None:
        file = self._open()
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            _allocate(file, len(content))
            os.pwrite(file, content, 0)
            os.ftruncate(file, len(content))
        finally:
            os.close(file)

    def _open(self) -> int:
        path, flags = os.path.join(self._directory, self._name), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            return os.open(path, flags, 0o600)
        except FileNotFoundError:
            os.makedirs(self._directory, mode=0o700, exist_ok=True)
            return os.open(path, flags, 0o600)

    def _others(self, own: str) -> Iterator[tuple[str, dict[Key, float]]]:
        names: list[str] = []
        with contextlib.suppress(OSError):
            names = os.listdir(self._directory) if self._directory else []
        for name in names:
            if name != own and name.partition("-")[0].isdigit():
                with contextlib.suppress(OSError, ValueError, TypeError):  # gone meanwhile, or a write that a full disk cut off
                    yield name, _read(os.path.join(self._directory, name))


def _allocate(file: int, size: int) -> None:
    """OSError where the disk is full, before anything is overwritten. Not every file system can tell."""
    blocks = -(-size // BLOCK)
    try:
        if os.fstat(file).st_blocks * 512 < blocks * BLOCK:
            os.posix_fallocate(file, 0, blocks * BLOCK)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
            raise


def _read(path: str) -> dict[Key, float]:
    with open(path, "rb") as file:
        fcntl.flock(file, fcntl.LOCK_SH)
        return {tuple(map(str, entry[:-1])): float(entry[-1]) for entry in json.loads(file.read())}
