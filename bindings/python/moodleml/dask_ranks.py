# SPDX-License-Identifier: Apache-2.0
"""One training on the workers of a Dask cluster: they combine their numbers over Dask's own connections."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
import weakref
from collections.abc import Callable
from typing import Any, ClassVar, Optional

import numpy as np
from distributed import Client, Future, MultiLock, get_worker, wait

from moodleml.arrays import Array

logger = logging.getLogger("moodleml.dask")

#: Vectors with more bytes are cut into a piece for each rank, so that each connection carries a part of the sums.
MOST_BYTES_IN_ONE = 32768
SECONDS_BETWEEN_LOOKS = 0.3
#: How long the scheduler may take to see that a worker has gone, once its connections have failed.
SECONDS_UNTIL_GONE = 10


class WorkerLost(RuntimeError):
    """A worker has gone during the training."""


class Meeting:
    """An actor on the worker of one rank: combines what all ranks bring to a step.

    Its methods are coroutines on that worker's event loop, so they need no lock.
    """

    #: Those of this process, by training and rank.
    here: ClassVar[weakref.WeakValueDictionary[tuple[str, int], Meeting]] = weakref.WeakValueDictionary()

    def __init__(self, training: str, rank: int, size: int, seconds: float) -> None:
        self._size, self._seconds = size, seconds
        self._steps: dict[int, tuple[dict[int, Array], asyncio.Future[Array]]] = {}
        self._end: Optional[str] = None
        self.here[training, rank] = self

    def refuse_if_ended(self) -> None:
        if self._end is not None:
            raise WorkerLost(self._end)

    async def combine(self, step: int, rank: int, values: Array, operation: str) -> Array:
        self.refuse_if_ended()
        given, answer = self._steps.setdefault(step, ({}, asyncio.get_running_loop().create_future()))
        given[rank] = values
        if len(given) == self._size:
            del self._steps[step]
            answer.set_result(combined([given[number] for number in range(self._size)], operation))
        try:
            return await asyncio.wait_for(asyncio.shield(answer), self._seconds)
        except asyncio.TimeoutError:
            missing = ", ".join(str(number) for number in range(self._size) if number not in given)
            raise TimeoutError(f"rank {rank} of {self._size} has waited {self._seconds:g} seconds for rank {missing}: "
                               "look whether its worker is busy with another task") from None

    async def end(self, reason: str) -> None:
        """All who wait, or come later, get WorkerLost."""
        self._end = reason
        steps, self._steps = self._steps, {}
        for _, answer in steps.values():
            answer.set_exception(WorkerLost(reason))
            answer.exception()  # somebody has seen it, even if nobody waits


def combined(vectors: list[Array], operation: str) -> Array:
    """In the order of the ranks, so that each run gives the same bits."""
    result = vectors[0].copy()
    for vector in vectors[1:]:
        (np.add if operation == "sum" else np.maximum)(result, vector, out=result)
    return result


class WorkerRanks:
    """The ranks of a training as one of its workers sees them."""

    def __init__(self, training: str, rank: int, meetings: list[Any]) -> None:
        self.rank, self.size = rank, len(meetings)
        self._meetings = meetings
        self._own = Meeting.here[training, rank]
        self._step = 0

    def all_reduce(self, values: Array, operation: str) -> None:
        self._step += 1
        pieces = [values] if values.nbytes <= MOST_BYTES_IN_ONE else np.array_split(values, self.size)
        calls = [meeting.combine(self._step, self.rank, piece, operation) for meeting, piece in zip(self._meetings, pieces)]
        for piece, call in zip(pieces, calls):
            piece[:] = self._answer(call)

    def _answer(self, call: Any) -> Array:
        """Also ends if the meeting's worker has gone, which the client then tells the meeting of this rank."""
        while True:
            self._own.refuse_if_ended()
            try:
                answer: Array = call.result(timeout=SECONDS_BETWEEN_LOOKS)
                return answer
            except TimeoutError:
                if call.done():
                    raise


def fit_rank(work: Callable[..., Any], parts: list[Any], training: str, rank: int, meetings: list[Any]) -> Any:
    """On a worker: its rank of the training. All ranks make the same, so that one of them returns it."""
    ranks = WorkerRanks(training, rank, meetings) if len(meetings) > 1 else None
    result = work(parts, ranks, get_worker().state.nthreads)
    return result if rank == 0 else None


def train_on_workers(
    client: Client, tables: list[Future], make_part: Callable[[int, str], Future], work: Callable[..., Any], restarts: int, seconds: float
) -> Any:
    """What work(parts, ranks, threads) returns, called on each worker with the parts that it has.

    tables: the worker that has a table gets the part of that number: make_part(number, worker). If a worker is lost, Dask makes
    its tables again elsewhere, and the training starts again.
    """
    for attempt in range(restarts + 1):
        parts_of: dict[str, list[Future]] = {}
        for number, worker in enumerate(holders_of(client, tables)):
            parts_of.setdefault(worker, []).append(make_part(number, worker))
        names = [f"moodleml-{worker}" for worker in parts_of]
        try:
            await_all(client, [part for parts in parts_of.values() for part in parts], list(parts_of))
            with MultiLock(names=names, client=client):  # two trainings that wait for each other's workers would not end
                return run_once(client, parts_of, work, seconds)
        except WorkerLost as error:
            if attempt == restarts:
                raise
            logger.warning("%s: the training starts again (%d of %d)", error, attempt + 1, restarts)
    raise AssertionError


def holders_of(client: Client, parts: list[Future]) -> list[str]:
    """The worker that has each part, once all are made. Raises the exception of a part that cannot be made."""
    while True:
        wait(parts)
        for part in parts:
            if part.status != "finished":
                part.result()
        known = client.who_has(parts)
        holders = [min(known.get(part.key, ()), default="") for part in parts]
        if all(holders):
            return holders
        time.sleep(SECONDS_BETWEEN_LOOKS)  # one has just gone with its worker, and Dask makes it again


def run_once(client: Client, parts_of: dict[str, list[Future]], work: Callable[..., Any], seconds: float) -> Any:
    workers, training = list(parts_of), uuid.uuid4().hex
    meetings: list[Any] = []
    tasks: list[Future] = []
    try:
        made = [client.submit(Meeting, training, rank, len(workers), seconds, actor=True, workers=[worker], pure=False)
                for rank, worker in enumerate(workers)]
        await_all(client, made, workers)
        meetings = [future.result() for future in made]
        for rank, worker in enumerate(workers):
            tasks.append(client.submit(fit_rank, work, parts_of[worker], training, rank, meetings, workers=[worker], pure=False))
        await_all(client, tasks, workers)
        return tasks[0].result()
    finally:
        end_all(client, meetings, tasks)


def await_all(client: Client, futures: list[Future], workers: list[str]) -> None:
    """Until all have ended well. Raises WorkerLost if a worker has gone, else the exception of the first that failed."""
    while any(future.status == "pending" for future in futures) and not any(future.status == "error" for future in futures):
        refuse_gone(client, workers)
        time.sleep(SECONDS_BETWEEN_LOOKS if futures[0].status == "pending" else 0.01)
    if all(future.status == "finished" for future in futures):
        return
    error = next((future.exception() for future in futures if future.status == "error"), None)
    # A lost connection is often seen before the lost worker.
    may_be_lost = error is None or isinstance(error, (OSError, RuntimeError)) and not isinstance(error, TimeoutError)
    end = time.monotonic() + (SECONDS_UNTIL_GONE if may_be_lost else 0)
    while time.monotonic() < end:
        refuse_gone(client, workers)
        time.sleep(SECONDS_BETWEEN_LOOKS)
    raise error or WorkerLost("a task of the training was cancelled")


def refuse_gone(client: Client, workers: list[str]) -> None:
    there = client.nthreads()
    gone = [worker for worker in workers if worker not in there]
    if gone:
        raise WorkerLost(f"the worker {gone[0]} was lost during the training")


def end_all(client: Client, meetings: list[Any], tasks: list[Future]) -> None:
    """Lets no rank wait for one that will not come."""
    if all(task.status == "finished" for task in tasks):
        return
    for meeting in meetings:
        try:
            meeting.end("the training has ended on another worker").result(timeout=5)
        except Exception:  # its own worker may be the one that was lost
            logger.debug("a meeting of ranks could not be ended", exc_info=True)
    client.cancel(tasks, force=True)
