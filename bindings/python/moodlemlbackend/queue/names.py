# SPDX-License-Identifier: Apache-2.0
"""What things are called in Redis and in the store."""

PREFIX = "moodleml:"
"""Of every key in Redis."""

TASK = "moodlemlbackend.run"
"""Celery's name of the one task that there is."""


def input_file(job: str) -> str:
    return f".jobs/{job}.input"


def answer_file(job: str) -> str:
    return f".jobs/{job}.answer"


def record_file(job: str) -> str:
    return f".jobs/{job}"


DEAD = ".dead/"


def dead_file(job: str) -> str:
    return DEAD + job


def dead_input_file(job: str) -> str:
    return f".dead/{job}.input"
