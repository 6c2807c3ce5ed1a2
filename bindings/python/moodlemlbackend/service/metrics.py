# SPDX-License-Identifier: Apache-2.0
"""What Prometheus reads. With several worker processes, PROMETHEUS_MULTIPROC_DIR names the directory where they share numbers."""

from __future__ import annotations

import os
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from moodlemlbackend.calls import Answer

SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}


class Metrics:
    """Counts of this process; threads may share one."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter("moodlemlbackend_requests", "Requests answered.", ("route", "method", "code"),
                                 registry=self._registry)
        self._seconds = Histogram("moodlemlbackend_request_seconds", "Seconds from a request to the end of its answer.",
                                  ("route",), buckets=SECONDS, registry=self._registry)
        self._answers = Counter("moodlemlbackend_answers", "Moodle's status of each training, prediction and evaluation.",
                                ("call", "status"), registry=self._registry)
        self._running = Gauge("moodlemlbackend_running_calls", "Calls of the library under way.", ("call",),
                              registry=self._registry, multiprocess_mode="livesum")

    def observe_request(self, route: str, method: str, code: int, seconds: float) -> None:
        # Clients may choose any method: each would become a time series of its own.
        self._requests.labels(route, method if method in METHODS else "other", code).inc()
        self._seconds.labels(route).observe(seconds)

    def count_call(self, call: str, work: Callable[[], Answer]) -> Answer:
        """What ``work`` answers; it is counted as under way meanwhile, and its status afterwards."""
        with self._running.labels(call).track_inprogress():
            answer = work()
        self._answers.labels(call, answer.status).inc()
        return answer

    def page(self) -> bytes:
        """Prometheus' text format; of all processes where they share a directory."""
        if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
            return generate_latest(self._registry)
        everything = CollectorRegistry()
        MultiProcessCollector(everything)  # type: ignore[no-untyped-call]
        return generate_latest(everything)
