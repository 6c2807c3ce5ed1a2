# SPDX-License-Identifier: Apache-2.0
"""Several processes, called ranks, that train one model together, each on its own rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Optional, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from moodleml.arrays import Array
from moodleml.refusals import refusal

Result = TypeVar("Result")

#: Kinds of labels by numpy's letters. Whole numbers and fractions are one kind, because numpy compares them.
KINDS = {"b": "true or false", "iu": "whole numbers", "f": "numbers", "UO": "texts"}
NUMBERS = (1, 2)
LONGEST_MESSAGE = 2000


class Ranks(Protocol):
    """What fit(..., ranks=...) needs: moodleml.mpi.Ranks, or an object of your own with these three.

    All ranks call fit() with the same parameters and columns, each with its own rows, and get the same model or the same error.
    """

    @property
    def rank(self) -> int:
        """The number of this process, from 0 to size - 1."""

    @property
    def size(self) -> int:
        """The number of processes."""

    def all_reduce(self, values: Array, operation: str) -> None:
        """Replaces each number of a vector by its "sum" or "maximum" over all ranks, with the same bits on all of them.

        values: float32 or float64. fit() sets no time limit: this function raises an exception if another rank does not come.
        fit() then raises the same exception.
        """


class RankGroup:
    """The ranks of one training; None: this process alone."""

    def __init__(self, ranks: Optional[Ranks]) -> None:
        self._ranks = ranks
        self.rank = 0 if ranks is None else int(ranks.rank)
        self.size = 1 if ranks is None else int(ranks.size)

    @property
    def several(self) -> bool:
        return self.size > 1

    def all_reduce(self, values: memoryview, operation: str) -> None:
        """For the library, whose memory the other side must not keep."""
        np.asarray(values)[:] = self.combined(values, operation)

    def combined(self, values: npt.ArrayLike, operation: str = "sum") -> Array:
        """The sums or maxima over all ranks."""
        own = np.array(values)
        if self._ranks is not None and self.several:
            self._ranks.all_reduce(own, operation)
        return own

    def largest(self, value: float) -> float:
        return float(self.combined([float(value)], "maximum")[0])

    def together(self, work: Callable[[], Result]) -> Result:
        """What the work returns. If it raises an exception on one rank, all ranks raise one, and none waits for another."""
        if not self.several:
            return work()
        failure: Optional[BaseException] = None
        try:
            result = work()
        except BaseException as error:  # noqa: B902: the others wait for this rank, whatever it was
            failure = error
        first = self.size - int(self.largest(0 if failure is None else self.size - self.rank))
        if first == self.size:
            return result
        message = self._told(failure if self.rank == first else None)
        if failure is not None:
            raise failure
        raise refusal(f"rank {first} of {self.size}: {message}")

    def _told(self, failure: Optional[BaseException]) -> str:
        """On every rank the text of the one that has a failure."""
        numbers = np.zeros(LONGEST_MESSAGE)
        if failure is not None:
            text = " ".join((str(failure) or type(failure).__name__).split()).encode(errors="replace")[:LONGEST_MESSAGE]
            numbers[: len(text)] = list(text)
        return bytes(int(number) for number in self.combined(numbers) if number).decode(errors="ignore")

    def kind_of_labels(self, labels: Array) -> int:
        """The place in KINDS that the labels of all ranks have. InputError on every rank: they differ, or have none."""
        own = self.together(lambda: own_kind(labels))
        widest = int(self.largest(own))
        least = len(KINDS) - int(self.largest(len(KINDS) - own if labels.size else 0))
        if least != widest and not (least in NUMBERS and widest in NUMBERS):
            names = list(KINDS.values())
            raise refusal(f"labels are {names[widest]} on some ranks and {names[least]} on others: give one kind of label to all ranks")
        return widest


def own_kind(labels: Array) -> int:
    """-1: there are no labels."""
    if not labels.size:
        return -1
    for place, letters in enumerate(KINDS):
        if labels.dtype.kind in letters:
            return place
    raise refusal(f"the labels are of type {labels.dtype}, which training on several ranks does not take: give texts or numbers")


def labels_of(names: list[str], kind: int) -> Array:
    """The labels, sorted, whose names a model has."""
    if kind == 0:
        return np.unique([name == "True" for name in names])
    if kind in NUMBERS:
        return np.unique(np.array([float(name) for name in names])).astype(np.float64 if kind == 2 else np.int64)
    return np.unique(names)
