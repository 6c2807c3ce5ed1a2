# SPDX-License-Identifier: Apache-2.0
"""Threads of this process as ranks, and a table that several of them can share."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np

#: Few ties between splits, and one strength: what one process predicts is then predicted by several to the last digits.
EXACT = {"networks": 0, "trees": 20, "tree_leaves": 6, "tree_samples": 40, "linear_strength": 10}


class Meeting:
    """Where the threads combine their numbers; each waits for the others for a minute at most."""

    def __init__(self, size):
        self.size, self.given, self.result = size, [None] * size, None
        self.barrier = threading.Barrier(size, timeout=60)

    def combine(self, rank, values, operation):
        self.given[rank] = values.copy()
        if self.barrier.wait() == 0:
            self.result = (np.sum if operation == "sum" else np.max)(self.given, axis=0)
        self.barrier.wait()
        values[:] = self.result


class ThreadRank:
    def __init__(self, meeting, rank):
        self.meeting, self.rank, self.size = meeting, rank, meeting.size

    def all_reduce(self, values, operation):
        self.meeting.combine(self.rank, values, operation)


def on_ranks(size, work, kind=ThreadRank):
    """What work(rank) returned on each, or the exception it raised."""
    meeting = Meeting(size)

    def run(number):
        try:
            return work(kind(meeting, number))
        except Exception as error:
            return error

    with ThreadPoolExecutor(size) as threads:
        return list(threads.map(run, range(size)))


def table_to_share(rows=600):
    """X (float64, rows x 5), labels and values."""
    chance = np.random.default_rng(7)
    X = chance.normal(size=(rows, 5))
    X[:, 4] = np.floor(3 * chance.random(rows))
    values = X[:, 0] + X[:, 1] * X[:, 2] + (X[:, 4] == 2) + 0.3 * chance.normal(size=rows)
    return X, np.where(values > 0.3, "yes", "no"), values


def parts(cuts, *arrays):
    """For each part the rows of each array between two cuts."""
    return [tuple(array[first:last] for array in arrays) for first, last in zip(cuts, cuts[1:])]
