# SPDX-License-Identifier: Apache-2.0
"""Training on the processes that mpirun started, each with its own rows.

    from moodleml import Classifier
    from moodleml.mpi import Ranks

    classifier = Classifier().fit(X, y, ranks=Ranks())  # on every rank, with its own X and y

Start it by `mpirun -n 4 python -m mpi4py program.py`. With `-m mpi4py`, an exception on one rank ends all of them.
"""

from __future__ import annotations

import time
from typing import Any, Optional

try:
    from mpi4py import MPI
except ImportError as error:
    raise ImportError(f"moodleml.mpi needs mpi4py and an MPI: pip install 'moodleml[mpi]', apt install openmpi-bin ({error})") from error

from moodleml.arrays import Array

# Most answers come within this time. Afterwards a rank sleeps between looks, so that others can use its processor.
IMPATIENCE = 100e-6
PAUSE = 20e-6


class Ranks:
    """The processes of an MPI communicator, for fit(..., ranks=...).

    communicator: of mpi4py; None: all processes, MPI.COMM_WORLD. patience: seconds that a rank waits for another, which may be
    busy with rows of its own. Then fit() raises TimeoutError.
    """

    def __init__(self, communicator: Optional[MPI.Intracomm] = None, *, patience: float = 600) -> None:
        self._communicator = MPI.COMM_WORLD if communicator is None else communicator
        self._patience = patience
        self._given_up: list[Any] = []  # MPI may still write there

    @property
    def rank(self) -> int:
        return int(self._communicator.Get_rank())

    @property
    def size(self) -> int:
        return int(self._communicator.Get_size())

    def all_reduce(self, values: Array, operation: str) -> None:
        """Combines the values of all ranks in place. TimeoutError; MPI.Exception."""
        request = self._communicator.Iallreduce(MPI.IN_PLACE, values, MPI.SUM if operation == "sum" else MPI.MAX)
        start = time.monotonic()
        while not request.Test():
            waited = time.monotonic() - start
            if waited > self._patience:
                self._given_up.append((request, values))
                raise TimeoutError(f"rank {self.rank} of {self.size} has waited {self._patience:g} seconds for another rank: "
                                   "look whether all ranks are running")
            if waited > IMPATIENCE:
                time.sleep(PAUSE)
