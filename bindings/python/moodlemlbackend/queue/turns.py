# SPDX-License-Identifier: Apache-2.0
"""kombu's round robin over queues, with one order for all workers.

kombu has an order in each worker. A lane that one has just served is then first for another, and jobs that came later overtake.
"""

from __future__ import annotations

from typing import Any

import redis
from kombu.utils.scheduling import round_robin_cycle

from moodlemlbackend.queue.names import PREFIX

SERVED, COUNT = PREFIX + "served", PREFIX + "served-count"


class Turns(round_robin_cycle):  # type: ignore[misc]
    """``client``: of Redis, in a worker. While Redis does not answer, the worker's own order counts."""

    client: Any = None

    def consume(self, n: int) -> list[str]:
        """The lanes, the one that nobody has served for longest first."""
        lanes: list[str] = super().consume(n)
        try:
            order = {lane: place for place, lane in enumerate(self.client.zrange(SERVED, 0, -1))}
        except redis.RedisError:
            return lanes
        return sorted(lanes, key=lambda lane: order.get(lane, -1))

    def rotate(self, last_used: str) -> None:
        super().rotate(last_used)
        try:
            self.client.zadd(SERVED, {last_used: self.client.incr(COUNT)})
        except redis.RedisError:
            pass
