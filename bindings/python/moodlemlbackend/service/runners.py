# SPDX-License-Identifier: Apache-2.0
"""Who runs the library's calls: this process itself, or workers that take them from a queue (``moodlemlbackend.queue``)."""

from __future__ import annotations

import abc
from contextlib import ExitStack
from typing import Any

from flask import Response

from moodlemlbackend.calls import Answer, Progress
from moodlemlbackend.service import long_calls
from moodlemlbackend.service.jobs import Jobs
from moodlemlbackend.service.long_calls import LongCall
from moodlemlbackend.service.metrics import Metrics
from moodlemlbackend.service.settings import Settings
from moodlemlbackend.service.storage import Storage
from moodlemlbackend.service.tasks import Task, prepared


class Runner(abc.ABC):
    """``place``: holds the request's files; the runner closes it when the call has ended. ``dataset``: a file in it."""

    @abc.abstractmethod
    def respond(self, task: Task, dataset: str, place: ExitStack, user: str) -> Response:
        """The answer, or signs of life until there is one."""

    @abc.abstractmethod
    def start_job(self, task: Task, dataset: str, place: ExitStack, user: str) -> str:
        """The id of a job that goes on without the request."""

    @abc.abstractmethod
    def report(self, job: str, user: str) -> dict[str, Any] | None:
        """None where this user has no such job."""

    def reserve(self) -> None:
        """Before the request of a job is read; ``release`` or ``start_job`` must follow."""

    def release(self) -> None:
        """Where no job was started."""

    def check(self) -> None:
        """StorageError where no call could be run now."""

    def waiting(self) -> int | None:
        """Calls that wait for a worker or run there; None: there are no workers, or their number is not known."""
        return None


class DirectRunner(Runner):
    def __init__(self, settings: Settings, storage: Storage, metrics: Metrics):
        self._settings, self._storage, self._metrics, self._jobs = settings, storage, metrics, Jobs(storage)

    def respond(self, task: Task, dataset: str, place: ExitStack, user: str) -> Response:
        if task.kind in ("training", "evaluation"):
            return long_calls.respond(self._start(task, dataset, place), self._settings.limits.silent_seconds)
        with place, prepared(task, dataset, self._storage, self._settings.library_options) as work:
            return long_calls.json_response(self._metrics.count_call(task.kind, lambda: work(None)))

    def _start(self, task: Task, dataset: str, place: ExitStack) -> LongCall:
        with place:
            work = place.enter_context(prepared(task, dataset, self._storage, self._settings.library_options))

            def counted(progress: Progress) -> Answer:
                return self._metrics.count_call(task.kind, lambda: work(progress))

            return LongCall(counted, place.pop_all(), is_evaluation=task.is_evaluation)

    def start_job(self, task: Task, dataset: str, place: ExitStack, user: str) -> str:
        call = self._start(task, dataset, place)
        with ExitStack() as undo:
            undo.callback(call.cancel)
            job = self._jobs.new_id(user)
            undo.pop_all()
        self._jobs.start(job, user, call)
        return job

    def report(self, job: str, user: str) -> dict[str, Any] | None:
        return self._jobs.report(job, user)

    def reserve(self) -> None:
        self._jobs.reserve()

    def release(self) -> None:
        self._jobs.release()


def open_runner(settings: Settings, storage: Storage, metrics: Metrics) -> Runner:
    """Loads Celery only where a queue is set. StorageError."""
    if settings.queue is None:
        return DirectRunner(settings, storage, metrics)
    from moodlemlbackend.queue.runner import QueueRunner

    return QueueRunner(settings, settings.queue, storage, metrics)
