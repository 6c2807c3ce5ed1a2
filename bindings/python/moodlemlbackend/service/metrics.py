# SPDX-License-Identifier: Apache-2.0
"""What Prometheus reads. Several worker processes share their numbers in the directory of PROMETHEUS_MULTIPROC_DIR.

The library that writes Prometheus' format has such a directory too. It maps its files into memory, and a full disk then kills
the process that counts; so only the format is the library's.
"""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Callable, Iterator

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from moodlemlbackend.calls import Answer
from moodlemlbackend.service.shared_numbers import Key, SharedNumbers

SECONDS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000)
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
REQUESTS, ANSWERS, RUNNING = "moodlemlbackend_requests", "moodlemlbackend_answers", "moodlemlbackend_running_calls"
WAITING = "moodlemlbackend_waiting_jobs"
TIME, TIME_SUM = "moodlemlbackend_request_seconds", "moodlemlbackend_request_seconds_sum"


class Metrics(Collector):
    """Counts; threads may share one. ``directory``: where processes share their numbers; empty: there is one process.

    No method raises, whatever becomes of the directory: a request is worth more than its number.
    """

    def __init__(self, directory: str = "") -> None:
        self._numbers = SharedNumbers(directory, passing={RUNNING})

    def observe_request(self, route: str, method: str, code: int, seconds: float) -> None:
        # Clients may choose any method: each would become a time series of its own.
        method = method if method in METHODS else "other"
        bucket = str(bisect.bisect_left(SECONDS, seconds))
        self._numbers.add({(REQUESTS, route, method, str(code)): 1, (TIME, route, bucket): 1, (TIME_SUM, route): seconds})

    def count_call(self, call: str, work: Callable[[], Answer]) -> Answer:
        """What ``work`` answers; it is counted as under way meanwhile, and its status afterwards."""
        self._numbers.add({(RUNNING, call): 1})
        answered: dict[Key, float] = {}
        try:
            answer = work()
            answered = {(ANSWERS, call, str(answer.status)): 1}
            return answer
        finally:
            self._numbers.add({(RUNNING, call): -1, **answered})

    def page(self, waiting: int | None = None) -> bytes:
        """Prometheus' text format, of all processes that share the directory. ``waiting``: jobs in the queue, if there is one."""
        registry = CollectorRegistry()
        registry.register(self)
        if waiting is not None:
            Gauge(WAITING, "Calls that wait for a worker or run there.", registry=registry).set(waiting)
        return generate_latest(registry)

    def describe(self) -> list[Metric]:
        """Nothing, as the library asks of what makes up its metrics when it is read."""
        return []

    def collect(self) -> Iterator[Metric]:
        """For the library."""
        totals = self._numbers.totals()
        requests = CounterMetricFamily(REQUESTS, "Requests answered.", labels=("route", "method", "code"))
        answers = CounterMetricFamily(ANSWERS, "Moodle's status of each training, prediction and evaluation.", labels=("call", "status"))
        running = GaugeMetricFamily(RUNNING, "Calls of the library under way.", labels=("call",))
        for family in (requests, answers, running):
            for name, *labels in totals:
                if name == family.name:
                    family.add_metric(labels, totals[(name, *labels)])
            yield family
        yield _times(totals)


def _times(totals: dict[Key, float]) -> Metric:
    family = HistogramMetricFamily(TIME, "Seconds from a request to the end of its answer.", labels=("route",))
    for name, *labels in totals:
        if name == TIME_SUM:
            counts = [totals.get((TIME, *labels, str(bucket)), 0) for bucket in range(len(SECONDS) + 1)]
            bounds = [*(str(float(bound)) for bound in SECONDS), "+Inf"]
            family.add_metric(labels, list(zip(bounds, itertools.accumulate(counts))), totals[(name, *labels)])
    return family
