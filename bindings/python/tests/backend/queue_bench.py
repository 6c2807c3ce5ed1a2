# SPDX-License-Identifier: Apache-2.0
"""A web process's and a worker's code in one process, so that tests can stop it at any point. Fixtures: bench, log."""

import logging

import pytest

import datasets
import services
from moodlemlbackend.calls import Answer
from moodlemlbackend.queue.execution import Execution
from moodlemlbackend.queue.job import Outcome
from moodlemlbackend.queue.runner import Queue, QueueRunner
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.metrics import Metrics
from moodlemlbackend.service.settings import read_settings
from moodlemlbackend.service.storage import open_storage
from moodlemlbackend.service.tasks import Task
from services import BUCKET

NAME = ModelName("site1", "abc")
TRAINING, PREDICTION = Task("training", NAME, {}), Task("prediction", NAME, {})


class Killed(BaseException):
    """What a worker learns of SIGKILL: nothing, and nothing that it still has to do is done."""


def kill(*_, **__):
    raise Killed


class Bench:
    """A web process's runner and a worker's code on one Redis and one store, with no process between them."""

    def __init__(self, tmp_path):
        self.place, self.settings = tmp_path, read_settings()
        self.storage = open_storage(self.settings)
        self.runner = QueueRunner(self.settings, self.settings.queue, self.storage, Metrics())
        self.queue: Queue = self.runner._queue
        self.redis = self.queue.ledger._client

    def worker(self, **limits):
        limits = {**self.settings.queue.__dict__, **limits}
        return Execution(self.queue.app, self.settings, type(self.settings.queue)(**limits), open_storage(self.settings), self.queue.ledger)

    def send(self, task=TRAINING, text=None, is_async=False, **changes):
        """The job, sent."""
        file = datasets.write(self.place / "dataset", text if text is not None else datasets.labelled(rows=20))
        job = self.runner._job(task, str(file), "default", is_async=is_async)._replace(**changes)
        self.queue.send(job.id, self.queue.signatures.sign_job(job), job.site)
        return job

    def outcome(self, job):
        meta = self.queue.app.backend.get_task_meta(job.id, cache=False)
        return self.queue.signatures.read_outcome(meta["result"], job.id) if meta["status"] == "SUCCESS" else None

    def learned(self):
        """Samples that the model has learned from; 0: there is none."""
        with self.storage.reading(NAME) as directory:
            model = f"{directory}/classifier/model.mml"
            try:
                return services.samples_learned(model)
            except services.subprocess.CalledProcessError:
                return 0

    def train_once(self, rows=20):
        job = self.send(text=datasets.labelled(rows=rows))
        self.worker().run(job.id)
        assert self.outcome(job) == Outcome(job.id, Answer(0, '{"status": 0, "info": []}'))
        return job


@pytest.fixture
def log(caplog, monkeypatch):
    """The messages of the service's log."""
    monkeypatch.setattr(logging.getLogger("moodlemlbackend"), "propagate", True)
    caplog.set_level(logging.INFO, "moodlemlbackend")
    return caplog


@pytest.fixture(params=["disk"])  # or "s3", where the storage matters
def bench(request, redis_server, tmp_path, monkeypatch):
    if request.param == "s3":
        request.getfixturevalue("bucket")
    monkeypatch.setenv("MOODLE_MLBACKEND_PYTHON_USERS", services.USERS)
    redis_server.client(3).flushdb()
    (tmp_path / "storage").mkdir()
    variables = {"MOODLEML_OPTIONS": datasets.FAST, "MOODLE_MLBACKEND_QUEUE": redis_server.url(3),
                 "MOODLE_MLBACKEND_PYTHON_DIR": str(tmp_path / "storage"),
                 "MOODLE_MLBACKEND_PYTHON_S3_BUCKET_NAME": BUCKET if request.param == "s3" else ""}
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return Bench(tmp_path)
