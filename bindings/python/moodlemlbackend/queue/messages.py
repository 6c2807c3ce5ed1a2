# SPDX-License-Identifier: Apache-2.0
"""What a worker does with a message, where Celery alone would end, or stay idle for ever."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import redis
from celery import Celery
from celery.worker.strategy import default

from moodlemlbackend.queue.job import JOB_ID

LOOK_SECONDS = 1.0  # after an acknowledgement

log = logging.getLogger("moodlemlbackend")


def strategy(task: Any, app: Celery, consumer: Any, **options: Any) -> Callable[..., Any]:
    """Celery's own (``Task.Strategy``), with two additions.

    A message of another form than ``[[job], {}, {…}]`` would end the worker; it is dropped. An acknowledgement that Redis did not take
    would count as a message that is still under way, so that a worker of one process takes no other; it connects again.
    """
    handle: Callable[..., Any] = default(task, app, consumer, **options)

    def take(message: Any, body: Any, acknowledge: Any, reject: Any, *arguments: Any, **named: Any) -> Any:
        if not _is_ours(message):
            log.error("queue: a message without a job's id is dropped")
            return acknowledge(log, consumer.connection_errors)
        return handle(message, body, _checked(acknowledge, message, consumer), _checked(reject, message, consumer), *arguments, **named)

    return take


def _is_ours(message: Any) -> bool:
    try:
        [job], _, embedded = message.payload
        return bool(JOB_ID.fullmatch(job)) and isinstance(embedded, dict)
    except Exception:  # whatever it holds
        return False


def _checked(act: Any, message: Any, consumer: Any) -> Callable[..., None]:
    def look() -> None:
        # A message of an earlier connection cannot be acknowledged, and no longer counts.
        if not message.acknowledged and message.channel is consumer.task_consumer.channel:
            consumer.call_soon(_connect_again)

    def act_and_look(*arguments: Any) -> None:
        act(*arguments)  # in the loop's next round
        consumer.timer.call_after(LOOK_SECONDS, look)

    return act_and_look


def _connect_again() -> None:
    """In the worker's loop, which takes it for what it is: the connection is gone."""
    raise redis.ConnectionError("an acknowledgement was not taken")
