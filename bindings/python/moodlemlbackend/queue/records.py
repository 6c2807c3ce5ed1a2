# SPDX-License-Identifier: Apache-2.0
"""What the store keeps of a job: its record, by which it is done at most once, and, if it was given up, what is needed to see why."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from typing import Any

from moodlemlbackend.calls import Answer, Cancelled
from moodlemlbackend.queue.job import Job, Outcome
from moodlemlbackend.queue.names import DEAD, dead_file, dead_input_file, input_file, record_file
from moodlemlbackend.service.storage import Files

RUNNING, DONE, CANCELLED, LOST = "running", "done", "cancelled", "lost"
SHOWN = ("job", "state", "progress", "answer")


class Records:
    """StorageError."""

    def __init__(self, files: Files):
        self._files = files

    def write(self, job: Job, state: str, fraction: float = 0, outcome: Outcome | None = None, signed: str = "") -> None:
        """``signed``: the job, to be sent again if Redis loses it."""
        record = {"job": job.id, "user": job.user, "state": state, "progress": int(100 * fraction), "renewed": time.time(),
                  "answer": json.loads(outcome.answer.json) if outcome else None, "signed": signed}
        self._files.write(record_file(job.id), json.dumps(record).encode())

    def renew(self, job: str, fraction: float) -> None:
        """How far a job is that runs."""
        record = self.read(job)
        if record is not None and record["state"] == RUNNING:
            self._files.write(record_file(job), json.dumps({**record, "progress": int(100 * fraction), "renewed": time.time()}).encode())

    def read(self, job: str) -> dict[str, Any] | None:
        content = self._files.read(record_file(job))
        record: dict[str, Any] | None = json.loads(content) if content is not None else None
        return record

    def settled(self, job: Job) -> Outcome | None:
        """What was answered before; None: nothing yet. Cancelled."""
        record = self.read(job.id)
        if record is not None and record["state"] == CANCELLED:
            raise Cancelled
        if record is None or record["state"] not in (DONE, LOST):
            return None
        answer = Answer(int(record["answer"]["status"]), json.dumps(record["answer"], ensure_ascii=False))
        return Outcome(job.id, answer, "dead" if record["state"] == LOST else "")

    def is_cancelled(self, job: str) -> bool:
        record = self.read(job)
        return record is not None and record["state"] == CANCELLED

    def bury(self, job: Job, reason: str, attempts: int) -> None:
        """Keeps a job that was given up, with its input."""
        if job.input:
            self._files.write(dead_input_file(job.id), base64.b64decode(job.input))
        elif (content := self._files.read(input_file(job.id))) is not None:
            self._files.write(dead_input_file(job.id), content)
        task = job.task
        entry = {"job": job.id, "kind": task.kind, "model": "/".join(task.name), "user": job.user, "site": job.site, "attempts": attempts,
                 "submitted": job.submitted, "given_up": time.time(), "reason": reason}
        self._files.write(dead_file(job.id), json.dumps(entry).encode())

    def dead(self) -> Iterator[dict[str, Any]]:
        for name in sorted(self._files.names(DEAD)):
            content = None if name.endswith(".input") else self._files.read(name)
            if content is not None:
                yield json.loads(content)

    def remove_dead(self, job: str) -> bool:
        """False where there is none."""
        exists = self._files.read(dead_file(job)) is not None
        for name in (dead_input_file(job), dead_file(job)):
            self._files.remove(name)
        return exists
