# SPDX-License-Identifier: Apache-2.0
"""A job as it travels: what is asked, of which model, and where its input is. Only JSON, and nothing of it is believed unread."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from moodlemlbackend.calls import Answer
from moodlemlbackend.service.identifiers import LONGEST, ModelName
from moodlemlbackend.service.tasks import KINDS, Task

JOB_ID = re.compile(r"[0-9a-f]{32}")
NAME = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST}}}")
OPTION = re.compile(r"[a-z_]{1,32}")
MOST_OPTIONS = 8
LONGEST_VALUE = 64
ERRORS = ("", "storage", "upload", "dead", "internal")


class MalformedJob(ValueError):
    """It is none of ours; the message says why, without its content."""


class Job(NamedTuple):
    """``input``: base64, or empty if it is in the store. ``sha256``: of the input, as hexadecimal digits."""

    id: str
    user: str
    site: str  # whose turn it is
    task: Task
    is_async: bool
    submitted: float  # seconds since 1970
    sha256: str
    input: str = ""

    def fields(self) -> dict[str, Any]:
        """For JSON."""
        return {**self._asdict(), "task": self.task._asdict()}


class Outcome(NamedTuple):
    """What a worker reports. ``error``: why there is no answer of the library; ``answer.json`` then holds the sentence for it.

    ``is_stored``: the JSON is in the store, because it is large.
    """

    job: str
    answer: Answer
    error: str = ""
    is_stored: bool = False


def job_from(fields: Any) -> Job:
    """MalformedJob."""
    try:
        task = dict(fields["task"])
        task["name"], trained = _model_name(task["name"]), task["trained"]
        task["trained"] = _model_name(trained) if trained is not None else None
        job = Job(**{**fields, "task": Task(**task)})
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedJob(f"a field is missing or unknown ({type(error).__name__})") from None
    for field, is_right in _checks(job):
        if not is_right:
            raise MalformedJob(f"its {field} is not one that the service writes")
    return job


def _model_name(parts: Any) -> ModelName:
    if not isinstance(parts, (list, tuple)):
        raise TypeError("a name that is not a list")
    uniqueid, dirhash = parts
    if not (isinstance(uniqueid, str) and isinstance(dirhash, str) and NAME.fullmatch(uniqueid) and NAME.fullmatch(dirhash)):
        raise ValueError("a name that could be a path")
    return ModelName(uniqueid, dirhash)


def _checks(job: Job) -> list[tuple[str, bool]]:
    options = job.task.options
    texts = (job.id, job.user, job.site, job.sha256, job.input)
    return [
        ("text", all(isinstance(text, str) for text in texts)),
        ("id", isinstance(job.id, str) and bool(JOB_ID.fullmatch(job.id))),
        ("kind", job.task.kind in KINDS),
        ("time", isinstance(job.submitted, (int, float)) and isinstance(job.is_async, bool)),
        ("options", isinstance(options, dict) and len(options) <= MOST_OPTIONS and all(
            isinstance(name, str) and OPTION.fullmatch(name) and isinstance(value, str) and len(value) <= LONGEST_VALUE
            for name, value in options.items())),
    ]


def outcome_from(fields: Any, job: str) -> Outcome:
    """Of this job. MalformedJob."""
    try:
        outcome = Outcome(fields["job"], Answer(*fields["answer"]), fields["error"], fields["is_stored"])
    except (KeyError, TypeError) as error:
        raise MalformedJob(f"a field is missing or unknown ({type(error).__name__})") from None
    if outcome.job != job or outcome.error not in ERRORS or not isinstance(outcome.answer.json, str):
        raise MalformedJob("it answers another job")
    return outcome
