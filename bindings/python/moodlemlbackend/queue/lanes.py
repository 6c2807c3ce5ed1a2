# SPDX-License-Identifier: Apache-2.0
"""Whose turn it is: jobs wait in lanes, and workers take from the lanes in turn (kombu's round robin over queues).

A site whose jobs wait has one lane, and its next job joins it. Any other site gets an empty lane. A site with a thousand jobs
therefore has the same share as one with a single job. Only if more sites wait than there are lanes do sites share: then the
shortest lane is the one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from moodlemlbackend.queue.names import PREFIX

LANES = tuple(f"lane-{number:02}" for number in range(64))
OWNERS, NEXT = PREFIX + "owners", PREFIX + "next"
MOST_WAITING = 10_000  # in one lane


class LaneFull(Exception):
    """So many jobs of this site wait already; the message is for the client."""


class Lanes:
    def __init__(self, client: Any):
        self._client = client

    def choose(self, site: str) -> str:
        """The lane for the site's next job. LaneFull."""
        with self._client.pipeline(transaction=False) as pipe:
            pipe.hgetall(OWNERS)
            pipe.incr(NEXT)
            owners, number = pipe.execute()
        lengths = dict(zip(LANES, self.lengths(LANES)))
        own = [lane for lane in LANES if owners.get(lane) == site and lengths[lane]]
        # In turn, too: kombu takes first from the lane that it has not taken from for longest.
        turn = number % len(LANES)
        lane = own[0] if own else min(LANES[turn:] + LANES[:turn], key=lambda lane: lengths[lane])
        if lengths[lane] >= MOST_WAITING:
            raise LaneFull("Too many jobs are waiting: try again later.")
        if not own:
            self._client.hset(OWNERS, lane, site)
        return lane

    def lengths(self, lanes: Sequence[str]) -> list[int]:
        """How many jobs wait in each."""
        with self._client.pipeline(transaction=False) as pipe:
            for lane in lanes:
                pipe.llen(PREFIX + lane)
            return [int(length) for length in pipe.execute()] if lanes else []
