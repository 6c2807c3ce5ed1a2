# SPDX-License-Identifier: Apache-2.0
"""The web process's side: sends calls to the workers and waits for their answers."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import logging
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import redis
from celery import Celery
from flask import Response
from kombu.exceptions import KombuError

from moodlemlbackend.queue.application import make_app, publish
from moodlemlbackend.queue.job import JOB_ID, Job
from moodlemlbackend.queue.lanes import LaneFull
from moodlemlbackend.queue.ledger import Ledger, connect
from moodlemlbackend.queue.names import answer_file, input_file
from moodlemlbackend.queue.queued_call import QueuedCall
from moodlemlbackend.queue.records import CANCELLED, RUNNING, SHOWN, Records
from moodlemlbackend.queue.signatures import Signatures
from moodlemlbackend.service import long_calls
from moodlemlbackend.service.jobs import KEPT_DAYS, Jobs, TooManyJobs
from moodlemlbackend.service.metrics import Metrics
from moodlemlbackend.service.runners import Runner
from moodlemlbackend.service.settings import QueueSettings, Settings
from moodlemlbackend.service.storage import QueueError, Storage, StorageError
from moodlemlbackend.service.tasks import Task
from moodlemlbackend.service.transfers import one_line

INLINE_BYTES = 64 << 10  # of an input that travels with its job; larger ones through the store
CLEANING_SECONDS = 600
UNREACHABLE = "The queue (Redis) cannot be reached: try again later."
OUTAGES = (redis.RedisError, KombuError, OSError)

log = logging.getLogger("moodlemlbackend")


@contextlib.contextmanager
def queue_errors() -> Iterator[None]:
    try:
        yield
    except StorageError:
        raise
    except LaneFull as error:
        raise TooManyJobs(str(error)) from error
    except OUTAGES as error:
        log.error("queue: %s", one_line(error))
        raise QueueError(UNREACHABLE) from error


class Queue:
    """What both the runner and its calls need."""

    def __init__(self, queue: QueueSettings, storage: Storage):
        self.app: Celery = make_app(queue)
        self.ledger = Ledger(connect(queue.url))
        self.files = storage.files
        self.records = Records(storage.files)
        self.signatures = Signatures(storage.files)

    def send(self, job: str, signed: str, site: str) -> None:
        """Also again: a job that comes twice is done once."""
        lane = self.ledger.lanes.choose(site)
        self.ledger.add(job, signed, lane)
        publish(self.app, job, lane)

    def withdraw(self, job: Job) -> None:
        """Of a job that its client takes for not done. The record is for workers, because Redis may be the one that is away."""
        if job.task.kind == "training":
            with contextlib.suppress(StorageError):
                self.records.write(job, CANCELLED)
        self.clean_up(job.id)

    def clean_up(self, job: str) -> None:
        """After a call whose answer is not needed any more. Nothing fails where that does not work."""
        with contextlib.suppress(*OUTAGES):
            self.ledger.remove(job)
            self.app.backend.forget(job)
        for name in (input_file(job), answer_file(job)):
            with contextlib.suppress(StorageError):
                self.files.remove(name)


class QueueRunner(Runner):
    def __init__(self, settings: Settings, queue: QueueSettings, storage: Storage, metrics: Metrics):
        self._settings, self._storage, self._metrics = settings, storage, metrics
        self._queue_settings = queue
        self._opened: Queue | None = None

    @property
    def _queue(self) -> Queue:
        """Opened at first use: a server starts also while its storage is gone."""
        if self._opened is None:
            self._opened = Queue(self._queue_settings, self._storage)
        return self._opened

    def respond(self, task: Task, dataset: str, place: ExitStack, user: str) -> Response:
        with place:
            job = self._job(task, dataset, user, is_async=False)
        signed = self._queue.signatures.sign_job(job)
        call = QueuedCall(self._queue, job, signed, self._metrics)
        with ExitStack() as undo:
            undo.callback(call.cancel)
            with queue_errors():
                self._queue.send(job.id, signed, job.site)
            response = long_calls.respond(call, self._settings.limits.silent_seconds)
            if response.is_streamed:
                undo.pop_all()
            return response

    def start_job(self, task: Task, dataset: str, place: ExitStack, user: str) -> str:
        with place, queue_errors():
            if self._queue.ledger.is_first_to("cleaning", CLEANING_SECONDS):
                self._storage.remove_old_jobs(KEPT_DAYS)
            job = self._job(task, dataset, user, is_async=True)
        queue, signed = self._queue, self._queue.signatures.sign_job(job)
        with ExitStack() as undo:
            undo.callback(queue.withdraw, job)
            queue.records.write(job, RUNNING, signed=signed)
            with queue_errors():
                queue.send(job.id, signed, job.site)
            undo.pop_all()
        return job.id

    def _job(self, task: Task, dataset: str, user: str, *, is_async: bool) -> Job:
        """With its input in the store, if that is large. StorageError."""
        with open(dataset, "rb") as file:
            digest = hashlib.sha256()
            while block := file.read(1 << 20):
                digest.update(block)
            file.seek(0)
            size = os.fstat(file.fileno()).st_size
            inline = base64.b64encode(file.read()).decode() if 0 < size <= INLINE_BYTES else ""
        job = Job(secrets.token_hex(16), user, self._settings.tenants.site(user, task.name.uniqueid), task, is_async, time.time(),
                  digest.hexdigest(), inline)
        if not inline:
            self._queue.files.put(input_file(job.id), dataset)
        return job

    def report(self, job: str, user: str) -> dict[str, Any] | None:
        record = self._queue.records.read(job) if re.fullmatch(JOB_ID, job) else None
        if record is None or record.get("user") != user:
            return None
        if "owner" in record:  # of a process that ran it itself, before there was a queue
            return Jobs(self._storage).report(job, user)
        if record["state"] == RUNNING and record.get("signed"):
            self._send_again_if_lost(job, record["signed"])
        return {name: record.get(name) for name in SHOWN}

    def _send_again_if_lost(self, job: str, signed: str) -> None:
        """Redis may have been emptied. Who asks learns of the job meanwhile, also if Redis is down."""
        with contextlib.suppress(QueueError), queue_errors():
            if not self._queue.ledger.is_wanted(job) and (self._queue.records.read(job) or {}).get("state") == RUNNING:
                log.warning("queue: job %s was lost and is sent again", job)
                self._queue.send(job, signed, self._queue.signatures.read_job(signed).site)

    def check(self) -> None:
        with queue_errors():
            self._queue.ledger.check()

    def waiting(self) -> int | None:
        try:
            return self._queue.ledger.count()
        except (*OUTAGES, StorageError):
            return None
