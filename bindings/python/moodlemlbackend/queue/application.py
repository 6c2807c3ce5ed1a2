# SPDX-License-Identifier: Apache-2.0
"""Celery's application, the same for web processes, which send, and workers, which run."""

from __future__ import annotations

from celery import Celery
from kombu import Queue

from moodlemlbackend.queue.lanes import LANES
from moodlemlbackend.queue.names import PREFIX, TASK
from moodlemlbackend.service.settings import QueueSettings

KILL_SECONDS = 30  # after the time limit, by which a call ends by itself
RESULT_SECONDS = 3600  # that an answer waits for who asked


def make_app(settings: QueueSettings) -> Celery:
    app = Celery("moodlemlbackend.queue", broker=settings.url, backend=settings.url, set_as_current=False)
    sockets = {"socket_connect_timeout": 3, "socket_timeout": 30, "socket_keepalive": True, "health_check_interval": 10}
    app.conf.update(
        accept_content=["json"], result_accept_content=["json"], task_serializer="json", result_serializer="json",
        task_queues=[Queue(lane, routing_key=lane) for lane in LANES], task_default_queue=LANES[0],
        broker_transport_options={
            **sockets, "global_keyprefix": PREFIX, "queue_order_strategy": "moodlemlbackend.queue.turns:Turns", "priority_steps": [0],
            # Who was killed is found by the ledger, sooner. What comes again after this is not wanted any more.
            "visibility_timeout": settings.seconds + 600},
        result_backend_transport_options={"global_keyprefix": PREFIX},
        redis_socket_connect_timeout=3, redis_socket_timeout=5, redis_backend_health_check_interval=10,
        result_backend_always_retry=False, result_expires=RESULT_SECONDS,
        broker_connection_retry=True, broker_connection_retry_on_startup=True, broker_connection_max_retries=None,
        task_acks_late=True, task_reject_on_worker_lost=True, task_track_started=False, task_ignore_result=False,
        task_time_limit=settings.seconds + KILL_SECONDS, worker_prefetch_multiplier=1, worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_enable_remote_control=False, worker_hijack_root_logger=False,
        worker_max_memory_per_child=settings.megabytes * 1024 if settings.megabytes else None,
        broker_pool_limit=None,
    )
    return app


def publish(app: Celery, job: str, lane: str) -> None:
    """Raises what kombu does, within seconds, where Redis does not answer."""
    app.send_task(TASK, (job,), task_id=job, queue=lane, retry=False, ignore_result=False)
