# SPDX-License-Identifier: Apache-2.0
"""Trainings that are polled: ``POST /training?async=1`` answers at once, ``GET /jobs/<id>`` tells how far it is.

A job's record is in the storage, so that every process and, with S3, every server can report it. Whoever runs the job renews
the record. On the same machine a job is lost if its process has ended. On others it is lost if its record was not renewed for
a while, by the storage's clock: the servers' own may differ, and whoever takes a running job for lost sends its samples twice.
"""

from __future__ import annotations

import json
import logging
import os
import re
import secrets
import threading
import time
from typing import Any

from moodlemlbackend.calls import Answer, refusal
from moodlemlbackend.service import stopping
from moodlemlbackend.service.long_calls import LongCall
from moodlemlbackend.service.shared_numbers import process_name
from moodlemlbackend.service.storage import Storage, StorageError

HEARTBEAT = 2.0  # seconds between renewals
LOST_AFTER = 15.0  # seconds without one, as other machines see it
MOST_JOBS = 8  # of one process
KEPT_DAYS = 7  # of a record
LOST = ("The server stopped while this training ran. The model is whole, and has learned from these samples only where the stop came "
        "at the very end: send the data set again.")

log = logging.getLogger("moodlemlbackend")


class TooManyJobs(Exception):
    """The message is for the client."""


class Jobs:
    """The jobs that this process runs, and the records of all."""

    def __init__(self, storage: Storage):
        self._storage = storage
        self._slots = threading.Semaphore(MOST_JOBS)

    def reserve(self) -> None:
        """Before a call is started; ``start`` or ``release`` must follow. TooManyJobs."""
        if not self._slots.acquire(blocking=False):
            raise TooManyJobs("Too many trainings are under way: try again later.")

    def release(self) -> None:
        self._slots.release()

    def new_id(self, user: str) -> str:
        """A job that is known from now on. StorageError."""
        self._storage.remove_old_jobs(KEPT_DAYS)
        job = secrets.token_hex(16)
        self._write(job, user, "running", 0)
        return job

    def start(self, job: str, user: str, call: LongCall) -> None:
        threading.Thread(target=self._follow, args=(job, user, call), name="job").start()

    def _follow(self, job: str, user: str, call: LongCall) -> None:
        try:
            while not call.wait(HEARTBEAT):
                self._try_write(job, user, "running", call.fraction)
            answer = call.answer_or_refusal()
            while not self._try_write(job, user, "done", 1, answer) and not stopping.is_due():
                time.sleep(HEARTBEAT)  # an answer that nobody learns would be asked for again
        finally:
            self.release()

    def _try_write(self, *fields: Any) -> bool:
        try:
            self._write(*fields)
            return True
        except StorageError as error:
            log.warning("job: %s", error)
            return False

    def _write(self, job: str, user: str, state: str, fraction: float, answer: Answer | None = None) -> None:
        record = {"job": job, "user": user, "state": state, "progress": int(100 * fraction), "renewed": time.time(),
                  "owner": [machine(), process_name(os.getpid())], "answer": json.loads(answer.json) if answer else None}
        self._storage.write_job(job, json.dumps(record).encode())

    def report(self, job: str, user: str) -> dict[str, Any] | None:
        """job, state (running, done, lost), progress (percent), answer (as of /training; None while it runs).

        None where this user has no such job.
        """
        found = self._storage.read_job(job) if re.fullmatch(r"[0-9a-f]{32}", job) else None
        record: dict[str, Any] = json.loads(found.content) if found else {}
        if found is None or record.pop("user") != user:
            return None
        has_ended = has_lost_its_process(record.pop("owner", None), found.age)
        del record["renewed"]  # for servers of the version before, who go by their clocks
        if has_ended and record["state"] == "running":
            record.update(state="lost", answer=json.loads(refusal(LOST).json))
        return record


def has_lost_its_process(owner: list[str] | None, age: float) -> bool:
    """``owner``: machine and process that wrote a record; ``age``: how long ago."""
    if owner and owner[0] and owner[0] == machine():
        return process_name(int(owner[1].partition("-")[0])) != owner[1]
    return age > LOST_AFTER


def machine() -> str:
    """Of no other machine or container whose processes have the same numbers; empty where the system does not tell."""
    try:
        with open("/proc/sys/kernel/random/boot_id", encoding="ascii") as file:
            return f"{file.read().strip()} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""
