# SPDX-License-Identifier: Apache-2.0
"""What test_mpi.py starts on several processes: mpi_program.py KIND CUTS [CHANGE]. Writes rank-<number>.npz or refused-<number>.txt."""

import os
import signal
import sys
from pathlib import Path

import numpy as np
from mpi4py import MPI
from rank_threads import EXACT, parts, table_to_share

from moodleml import Classifier, InputError, Regressor
from moodleml.mpi import Ranks

kind, cuts, change = sys.argv[1], [int(cut) for cut in sys.argv[2].split(",")], (sys.argv[3:] or [""])[0]
rank = MPI.COMM_WORLD.Get_rank()
X, labels, values = table_to_share(max(cuts))
y = labels if kind == "Classifier" else values
own_X, own_y = parts(cuts, X, y)[rank]
parameters = EXACT
if change == "text" and rank == 1:
    own_X = np.full((10, 5), "text")
    own_y = own_y[:10]
if change == "narrow" and rank == 1:
    own_X = own_X[:, 1:]
if change in ("killed", "late"):
    parameters = {**EXACT, "trees": 10000, "patience": 10000}

watched = []


def watch(state):
    watched.append(state.fraction)
    if change == "killed" and rank == 1 and state.phase == 3:
        os.kill(os.getpid(), signal.SIGKILL)


if change == "late" and rank == 1:
    MPI.COMM_WORLD.Barrier()  # which the other does not come to
try:
    patience = 1 if change == "late" else 600
    estimator = {"Classifier": Classifier, "Regressor": Regressor}[kind](**parameters)
    estimator.fit(own_X, own_y, progress=watch, ranks=Ranks(patience=patience))
except InputError as error:
    Path(f"refused-{rank}.txt").write_text(str(error), encoding="utf-8")  # outputs of processes may mix within a line
    sys.exit(0)
scores = estimator.predict_proba(X) if kind == "Classifier" else estimator.predict(X)
np.savez(f"rank-{rank}.npz", scores=scores, model=np.frombuffer(estimator.model_.to_bytes(), dtype=np.uint8))
