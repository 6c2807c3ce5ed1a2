# SPDX-License-Identifier: Apache-2.0
"""Signs of life of a job that runs, and whether it is to go on."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from typing import Any

import redis

from moodlemlbackend.queue.job import Job
from moodlemlbackend.queue.ledger import Ledger
from moodlemlbackend.queue.records import Records
from moodlemlbackend.service.storage import StorageError

BEAT_SECONDS = 3.0

log = logging.getLogger("moodlemlbackend")


class Life:
    """A thread that beats while the block runs. ``progress`` is for the library, and cancels its call."""

    def __init__(self, ledger: Ledger, records: Records, job: Job, lock: Any, seconds: float):
        self._ledger, self._records, self._job, self._lock = ledger, records, job, lock
        self._end = time.monotonic() + seconds
        self._has_ended, self._is_unwanted, self._fraction = threading.Event(), False, 0.0
        self._thread = threading.Thread(target=self._beat_on, name="life", daemon=True)

    def __enter__(self) -> Life:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._has_ended.set()
        self._thread.join()

    @property
    def is_too_long(self) -> bool:
        return not self._is_unwanted and time.monotonic() > self._end

    def progress(self, progress: Any) -> bool:
        self._fraction = progress.fraction
        return not self._is_unwanted and time.monotonic() < self._end

    def _beat_on(self) -> None:
        told = 0
        while not self._has_ended.wait(BEAT_SECONDS):
            try:
                self._is_unwanted = not self._ledger.beat(self._job.id) or self._is_cancelled()
                if self._lock:
                    with contextlib.suppress(redis.exceptions.LockError):
                        self._lock.reacquire()
                if self._job.is_async and int(100 * self._fraction) != told:
                    told = int(100 * self._fraction)
                    self._records.renew(self._job.id, self._fraction)
            except (redis.RedisError, StorageError, OSError) as error:
                log.warning("queue: job %s shows no sign of life: %s", self._job.id, error)

    def _is_cancelled(self) -> bool:
        return self._job.task.kind == "training" and not self._job.is_async and self._records.is_cancelled(self._job.id)
