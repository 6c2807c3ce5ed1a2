# SPDX-License-Identifier: Apache-2.0
"""Calls that wait in Redis for workers: ``celery -A moodlemlbackend.queue worker``. README.md in this folder describes it.

Importing this loads nothing: Celery asks for ``app``, and only then the environment is read.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from moodlemlbackend.queue.worker import worker_app

    return worker_app()
