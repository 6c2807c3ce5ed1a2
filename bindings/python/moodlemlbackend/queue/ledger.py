# SPDX-License-Identifier: Apache-2.0
"""Which jobs are wanted, in Redis: a set of ids with each one's last sign of life, and a hash of each with its signed text.

Celery's message holds the id only. A message may therefore be lost (a worker killed between taking and noting it), come twice or
come late: what counts is this ledger. Times are of Redis' clock.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import redis
from redis.backoff import NoBackoff
from redis.lock import Lock
from redis.retry import Retry

from moodlemlbackend.queue.lanes import Lanes
from moodlemlbackend.queue.names import PREFIX

PENDING = PREFIX + "pending"
KEPT_SECONDS = 7 * 86400
LOCK_SECONDS = 15  # of a model, without a sign of life of who holds it
MOST_AT_ONCE = 200  # overdue jobs that one look finds


class Entry(NamedTuple):
    signed: str
    lane: str


class Ledger:
    """``client`` raises redis.RedisError. Threads may share one."""

    def __init__(self, client: Any):
        self._client = client
        self.lanes = Lanes(client)

    def add(self, job: str, signed: str, lane: str) -> None:
        with self._client.pipeline() as pipe:
            pipe.hset(_key(job), mapping={"signed": signed, "lane": lane})
            pipe.expire(_key(job), KEPT_SECONDS)
            pipe.zadd(PENDING, {job: self._now()})
            pipe.execute()

    def entry(self, job: str) -> Entry | None:
        """None: finished, cancelled or lost."""
        signed, lane = self._client.hmget(_key(job), "signed", "lane")
        return Entry(signed, lane) if signed and lane else None

    def is_wanted(self, job: str) -> bool:
        return bool(self._client.hexists(_key(job), "signed"))

    def count_attempt(self, job: str) -> int:
        """How many there have been, this one included."""
        with self._client.pipeline() as pipe:
            pipe.hincrby(_key(job), "attempts", 1)
            pipe.expire(_key(job), KEPT_SECONDS)  # where the job was withdrawn just now, this makes a new key
            return int(pipe.execute()[0])

    def beat(self, job: str) -> bool:
        """A sign of life. False: nobody wants the job any more."""
        self._client.zadd(PENDING, {job: self._now()}, xx=True)
        return self.is_wanted(job)

    def remove(self, job: str) -> None:
        """Of a job that has been answered, or is not wanted any more."""
        with self._client.pipeline() as pipe:
            pipe.zrem(PENDING, job)
            pipe.delete(_key(job))
            pipe.execute()

    def overdue(self, seconds: float) -> list[tuple[str, Entry]]:
        """Jobs without a sign of life for so long that cannot be waiting, because their lanes are empty."""
        silent = self._client.zrangebyscore(PENDING, "-inf", self._now() - seconds, start=0, num=MOST_AT_ONCE)
        found = [(job, self.entry(job)) for job in silent]
        kept = [(job, entry) for job, entry in found if entry is not None]
        lengths = self.lanes.lengths([entry.lane for _, entry in kept])
        now = self._now()
        waiting = {job: now for (job, _), length in zip(kept, lengths) if length}
        with self._client.pipeline() as pipe:
            if waiting:  # the next look is at others
                pipe.zadd(PENDING, waiting, xx=True)
            for job in {job for job, entry in found if entry is None}:
                pipe.zrem(PENDING, job)
            pipe.execute()
        return [(job, entry) for job, entry in kept if job not in waiting]

    def lock_model(self, model: str, job: str) -> Lock | None:
        """None: another job has it. What an attempt that was killed has locked is its job's again."""
        lock = Lock(self._client, f"{PREFIX}model:{model}", timeout=LOCK_SECONDS, thread_local=False)
        if lock.acquire(blocking=False, token=job):
            return lock
        if self._client.get(lock.name) != job:
            return None
        lock.local.token = job.encode()
        return lock

    def count(self) -> int:
        """Jobs that wait or run."""
        return int(self._client.zcard(PENDING))

    def check(self) -> None:
        """Raises where Redis does not answer."""
        self._client.ping()

    def is_first_to(self, name: str, seconds: int) -> bool:
        """True for one caller within that time."""
        return bool(self._client.set(PREFIX + name, "1", nx=True, ex=seconds))

    def _now(self) -> float:
        seconds, microseconds = self._client.time()
        return float(seconds) + float(microseconds) / 1e6


def _key(job: str) -> str:
    return f"{PREFIX}job:{job}"


def connect(url: str) -> Any:
    """A client that neither hangs nor keeps trying: who calls decides what an outage means. A connection that Redis has ended is made again."""
    return redis.Redis.from_url(url, decode_responses=True, socket_connect_timeout=3, socket_timeout=5, health_check_interval=25,
                                retry=Retry(NoBackoff(), 1), retry_on_error=[redis.ConnectionError])
