# SPDX-License-Identifier: Apache-2.0
"""What Celery runs as a worker. It keeps nothing between two jobs."""

from __future__ import annotations

import functools
import logging
import os
import resource
import sys
import tempfile
from typing import Any

import redis
from celery import Celery, bootsteps, signals
from celery.exceptions import Ignore

from moodlemlbackend.installation import warning_of_original
from moodlemlbackend.queue.application import make_app, publish
from moodlemlbackend.queue.execution import Execution, Later
from moodlemlbackend.queue.ledger import Ledger, connect
from moodlemlbackend.queue.names import TASK
from moodlemlbackend.queue.signatures import Signatures
from moodlemlbackend.queue.turns import Turns
from moodlemlbackend.service.logs import configure_logging, log_all_as_json
from moodlemlbackend.service.settings import QueueSettings, Settings, SettingsError, read_settings
from moodlemlbackend.service.storage import StorageError, open_storage

SWEEP_SECONDS = 5.0
SILENT_SECONDS = 20.0  # without a sign of life, after which a job that does not wait is sent again

log = logging.getLogger("moodlemlbackend")


def worker_app() -> Celery:
    """Ends the process with one line where the environment is wrong."""
    configure_logging()
    try:
        settings = read_settings(needs_users=False)
        if settings.queue is None:
            raise SettingsError("MOODLE_MLBACKEND_QUEUE is not set: give redis://host:6379/0")
        Signatures(open_storage(settings).files)
    except (SettingsError, StorageError) as error:
        sys.exit(f"moodlemlbackend.queue: {error}")
    return _configured(make_app(settings.queue), settings, settings.queue)


def _configured(app: Celery, settings: Settings, queue: QueueSettings) -> Celery:
    if warning_of_original():
        log.warning("%s", warning_of_original())
    tempfile.tempdir = settings.temporary_directory
    signals.setup_logging.connect(_set_up_logging, weak=False)
    if queue.megabytes:
        signals.worker_process_init.connect(functools.partial(_limit_memory, queue.megabytes), weak=False)

    @functools.lru_cache(maxsize=1)
    def execution_of(process: int) -> Execution:
        """A pool's process is forked: it opens its own connections."""
        return Execution(app, settings, queue, open_storage(settings), Ledger(connect(queue.url)))

    @app.task(name=TASK, bind=True, max_retries=None, Strategy="moodlemlbackend.queue.messages:strategy")  # type: ignore[untyped-decorator]
    def run(task: Any, job: str, *_: Any, **__: Any) -> None:
        try:
            execution_of(os.getpid()).run(job)
        except Later as later:
            raise task.retry(countdown=later.seconds)
        except (redis.RedisError, StorageError) as error:
            log.error("queue: job %s comes again: %s", job, error)
        raise Ignore()  # the answer has been given by other means

    app.finalize()
    for name in set(app.tasks) - {TASK}:  # Celery's own could be called by whoever can write to Redis
        del app.tasks[name]
    app.steps["worker"].add(Sweep)
    Turns.client = connect(queue.url)
    app.sweeping_ledger = Ledger(Turns.client)
    return app


def _set_up_logging(loglevel: Any = None, **_: Any) -> None:
    log_all_as_json()


def _limit_memory(megabytes: int, **_: Any) -> None:
    """A call that wants more is refused by the library, and its process goes on."""
    resource.setrlimit(resource.RLIMIT_DATA, (megabytes << 20, megabytes << 20))


class Sweep(bootsteps.StartStopStep):  # type: ignore[misc]
    """Sends jobs again whose workers were killed, or whose messages were lost."""

    requires = {"celery.worker.components:Timer"}

    def __init__(self, worker: Any, **_: Any):
        self._timer: Any = None

    def start(self, worker: Any) -> None:
        self._timer = worker.timer.call_repeatedly(SWEEP_SECONDS, sweep, (worker.app, worker.app.sweeping_ledger), priority=10)

    def stop(self, worker: Any) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None


def sweep(app: Celery, ledger: Ledger) -> None:
    """One worker at a time. Nothing here ends a worker."""
    try:
        if not ledger.is_first_to("sweep", int(SWEEP_SECONDS) - 1):
            return
        for job, entry in ledger.overdue(SILENT_SECONDS):
            if ledger.beat(job):
                log.warning("queue: job %s shows no sign of life and is sent again", job)
                publish(app, job, entry.lane)
    except Exception as error:
        log.warning("queue: the sweep waits: %s", error)
