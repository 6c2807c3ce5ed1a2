# SPDX-License-Identifier: Apache-2.0
"""The worker's side of a job: whatever happens to worker, Redis and store, its effect is stored once, and somebody learns its answer."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import redis
from celery import Celery

from moodlemlbackend.calls import Answer, Cancelled, refusal
from moodlemlbackend.queue.job import Job, MalformedJob, Outcome
from moodlemlbackend.queue.ledger import Ledger
from moodlemlbackend.queue.life import Life
from moodlemlbackend.queue.names import answer_file, input_file
from moodlemlbackend.queue.records import DONE, LOST, Records
from moodlemlbackend.queue.signatures import Signatures
from moodlemlbackend.service.disk import storage_error
from moodlemlbackend.service.settings import QueueSettings, Settings
from moodlemlbackend.service.storage import Storage, StorageError, UploadError
from moodlemlbackend.service.tasks import prepared

OLDEST_SECONDS = 6 * 86400  # of a job; records, by which one that comes again is recognised, are kept longer
LARGE_ANSWER = 256 << 10
DELIVERY_SECONDS = 120  # for an answer, while Redis or the store is away
KILLED = "{attempts} workers ended while they ran this call: too little memory, or killed"
TOO_LONG = "The call took longer than {seconds} seconds (MOODLE_MLBACKEND_QUEUE_SECONDS): nothing was changed."
GIVEN_UP = "The call is given up: {reason}. The administrator finds job {job} among the dead jobs."

log = logging.getLogger("moodlemlbackend")


class Later(Exception):
    """The job is to come again after so many seconds."""

    def __init__(self, seconds: float):
        super().__init__(seconds)
        self.seconds = seconds


class Execution:
    """One for each process."""

    def __init__(self, app: Celery, settings: Settings, queue: QueueSettings, storage: Storage, ledger: Ledger):
        self._app, self._settings, self._queue, self._storage, self._ledger = app, settings, queue, storage, ledger
        self._records, self._signatures = Records(storage.files), Signatures(storage.files)

    def run(self, job_id: str) -> None:
        """Later. redis.RedisError, StorageError: the job stays in the ledger, and comes again."""
        entry = self._ledger.entry(job_id)
        if entry is None:
            log.info("queue: job %s comes again after its end", job_id)
            return
        try:
            job = self._signatures.read_job(entry.signed)
            if job.id != job_id:
                raise MalformedJob("it has another id")
            if not -OLDEST_SECONDS < time.time() - job.submitted < OLDEST_SECONDS:
                raise MalformedJob("it is too old")
        except MalformedJob as error:
            log.error("queue: job %s is refused: %s", job_id, error)
            self._ledger.remove(job_id)
            return
        try:
            outcome = self._records.settled(job) if self._has_record(job) else None
            self._deliver(job, outcome or self._attempt(job))
        except Cancelled:
            log.info("queue: job %s is not wanted any more", job_id)
            self._ledger.remove(job_id)

    @staticmethod
    def _has_record(job: Job) -> bool:
        return job.is_async or job.task.kind in ("training", "evaluation")

    def _attempt(self, job: Job) -> Outcome:
        with self._model_lock(job) as lock:
            attempt = self._ledger.count_attempt(job.id)
            if attempt > self._queue.attempts:
                return self._give_up(job, KILLED.format(attempts=attempt - 1), attempt - 1)
            try:
                with Life(self._ledger, self._records, job, lock, self._queue.seconds) as life:
                    return Outcome(job.id, self._answer(job, life))
            except Cancelled:
                if life.is_too_long:
                    return self._give_up(job, TOO_LONG.format(seconds=self._queue.seconds), attempt)
                raise
            except StorageError as error:
                return self._after_refusal(job, error, attempt)
            except OSError as error:
                return self._after_refusal(job, storage_error(error), attempt)
            except Exception:
                log.exception("queue: job %s failed", job.id)
                return self._give_up(job, "Internal error: the worker's log has details", attempt, "internal")

    def _after_refusal(self, job: Job, error: StorageError, attempt: int) -> Outcome:
        """A client that waits learns it at once and asks again. A job tries again first."""
        log.error("queue: job %s, attempt %d: %s", job.id, attempt, error)
        if not job.is_async:
            return Outcome(job.id, Answer(1, str(error)), "upload" if isinstance(error, UploadError) else "storage")
        if attempt < self._queue.attempts:
            raise Later(2.0 ** attempt)
        return self._give_up(job, str(error).rstrip("."), attempt)

    @contextlib.contextmanager
    def _model_lock(self, job: Job) -> Iterator[Any]:
        """Trainings of one model take turns; another's worker does something else meanwhile. Only that no work is done in vain."""
        if job.task.kind != "training":
            yield None
            return
        lock = self._ledger.lock_model("/".join(job.task.name), job.id)
        if lock is None:
            self._ledger.beat(job.id)
            raise Later(1.0)
        try:
            yield lock
        finally:
            with contextlib.suppress(redis.RedisError):  # LockError too: it has expired
                lock.release()

    def _answer(self, job: Job, life: Life) -> Answer:
        with tempfile.TemporaryDirectory(prefix="moodlemlbackend-") as place:
            dataset = os.path.join(place, "dataset")
            self._fetch_input(job, dataset)
            with prepared(job.task, dataset, self._storage, self._settings.library_options, job.id) as work:
                return work(life.progress)

    def _fetch_input(self, job: Job, path: str) -> None:
        if job.input:
            with open(path, "wb") as file:
                file.write(base64.b64decode(job.input))
        elif not self._storage.files.get(input_file(job.id), path):
            raise StorageError("The storage has lost the data set: send it again.")
        with open(path, "rb") as file:
            digest = hashlib.sha256()
            while block := file.read(1 << 20):
                digest.update(block)
        if digest.hexdigest() != job.sha256:
            raise StorageError("The storage has another data set than was sent: send it again.")

    def _give_up(self, job: Job, reason: str, attempts: int, error: str = "dead") -> Outcome:
        log.error("queue: job %s (%s of %s, user %s) is dead after %d attempts: %s: see python -m moodlemlbackend.queue.dead", job.id,
                  job.task.kind, "/".join(job.task.name), job.user, attempts, reason.rstrip("."))
        self._records.bury(job, reason, attempts)
        message = GIVEN_UP.format(reason=reason.rstrip("."), job=job.id)
        answer = refusal(message, is_evaluation=job.task.is_evaluation)
        if error == "dead" or job.is_async:
            return Outcome(job.id, answer, "dead")
        return Outcome(job.id, answer._replace(json=message), error)

    def _deliver(self, job: Job, outcome: Outcome) -> None:
        """The answer first, then the job leaves the ledger: killed in between, it comes again and finds that it is done."""
        if self._has_record(job) and outcome.error in ("", "dead"):
            state = LOST if outcome.error else DONE
            self._insist(lambda: self._records.write(job, state, 1, outcome))
        if job.is_async:
            self._insist(lambda: self._storage.files.remove(input_file(job.id)))
        else:
            self._insist(lambda: self._send(outcome))
        self._insist(lambda: self._ledger.remove(job.id))

    def _send(self, outcome: Outcome) -> None:
        if len(outcome.answer.json) > LARGE_ANSWER:
            self._storage.files.write(answer_file(outcome.job), outcome.answer.json.encode())
            outcome = outcome._replace(answer=outcome.answer._replace(json=""), is_stored=True)
        self._app.backend.store_result(outcome.job, self._signatures.sign_outcome(outcome), "SUCCESS")

    @staticmethod
    def _insist(act: Any) -> None:
        end = time.monotonic() + DELIVERY_SECONDS
        while True:
            try:
                act()
                return
            except (redis.RedisError, StorageError, OSError) as error:
                if time.monotonic() > end:
                    raise
                log.warning("queue: an answer waits: %s", error)
                time.sleep(1)
