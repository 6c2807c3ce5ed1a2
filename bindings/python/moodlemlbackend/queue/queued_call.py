# SPDX-License-Identifier: Apache-2.0
"""A call that a worker runs while a client waits."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

import redis

from moodlemlbackend.calls import Answer
from moodlemlbackend.queue.job import Job, MalformedJob, Outcome
from moodlemlbackend.queue.names import answer_file
from moodlemlbackend.service import stopping
from moodlemlbackend.service.long_calls import Call
from moodlemlbackend.service.metrics import Metrics
from moodlemlbackend.service.storage import QueueError, StorageError, UploadError
from moodlemlbackend.service.transfers import one_line

if TYPE_CHECKING:
    from moodlemlbackend.queue.runner import Queue

FIRST_PAUSE, LONGEST_PAUSE = 0.004, 0.25  # seconds between two looks for the answer
OUTAGE_SECONDS = 60.0  # that the queue may be silent
LOOK_SECONDS = 10.0  # between two looks whether Redis still has the job
MOST_SENDINGS = 4
GONE = "The queue (Redis) has not answered for a minute: nothing was changed, send the request again later."
LOST = "The queue has lost this call several times: nothing was changed, send the request again later."

log = logging.getLogger("moodlemlbackend")


class QueuedCall(Call):
    def __init__(self, queue: Queue, job: Job, signed: str, metrics: Metrics):
        self._queue, self._job, self._signed, self._metrics = queue, job, signed, metrics
        self._outcome: Outcome | None = None
        self._error: Exception | None = None
        self._is_cancelled = False
        self._last_answer_of_redis = self._last_look = time.monotonic()
        self._pause, self._sendings = FIRST_PAUSE, 1
        self.is_evaluation = job.task.is_evaluation

    def wait(self, seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not self._has_ended():
            left = end - time.monotonic()
            if left <= 0:
                return False
            time.sleep(min(self._pause, left))
            self._pause = min(1.3 * self._pause, LONGEST_PAUSE)
        return True

    def _has_ended(self) -> bool:
        if self._outcome or self._error:
            return True
        try:
            self._look()
        except StorageError as error:
            self._error = error
        except (redis.RedisError, OSError) as error:
            if time.monotonic() - self._last_answer_of_redis > OUTAGE_SECONDS:
                log.error("queue: job %s is given up: %s", self._job.id, one_line(error))
                self._error = QueueError(GONE)
        if not self._outcome and stopping.is_due():
            self._error = StorageError(stopping.STOPPING)
        return self._outcome is not None or self._error is not None

    def _look(self) -> None:
        meta: dict[str, Any] = self._queue.app.backend.get_task_meta(self._job.id, cache=False)
        self._last_answer_of_redis = time.monotonic()
        if meta["status"] == "SUCCESS":
            self._take(meta["result"])
        elif time.monotonic() - self._last_look > LOOK_SECONDS:
            self._last_look = time.monotonic()
            if not self._queue.ledger.is_wanted(self._job.id):
                self._send_again()

    def _send_again(self) -> None:
        self._sendings += 1
        if self._sendings > MOST_SENDINGS:
            log.error("queue: job %s was lost %d times: do web and workers have the same version and store?", self._job.id, MOST_SENDINGS)
            raise QueueError(LOST)
        log.warning("queue: job %s was lost and is sent again", self._job.id)
        self._queue.send(self._job.id, self._signed, self._job.site)

    def _take(self, signed: Any) -> None:
        try:
            outcome = self._queue.signatures.read_outcome(signed, self._job.id)
        except MalformedJob as error:
            log.error("queue: the answer to job %s is refused: %s", self._job.id, error)
            self._error = RuntimeError(f"the answer to job {self._job.id} is refused")
            return
        if outcome.is_stored:
            content = self._queue.files.read(answer_file(self._job.id))
            if content is None:
                raise StorageError("The storage has lost the answer: send the request again.")
            outcome = outcome._replace(answer=outcome.answer._replace(json=content.decode()))
        self._outcome = outcome
        self._metrics.count_call(self._job.task.kind, lambda: outcome.answer)

    def cancel(self) -> None:
        """Of a call that has an answer, only removes what is left of it."""
        if self._is_cancelled:
            return
        self._is_cancelled = True
        if self._outcome:
            self._queue.clean_up(self._job.id)
        else:
            self._queue.withdraw(self._job)

    def answer(self) -> Answer:
        if self._error is not None:
            raise self._error
        assert self._outcome is not None
        kind = {"storage": StorageError, "upload": UploadError, "internal": RuntimeError}.get(self._outcome.error)
        if kind:
            raise kind(self._outcome.answer.json)
        return self._outcome.answer
