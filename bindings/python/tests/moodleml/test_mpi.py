# SPDX-License-Identifier: Apache-2.0
"""moodleml.mpi on processes that mpirun starts."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from rank_threads import EXACT, table_to_share

from moodleml import Classifier, Regressor

MPIRUN = shutil.which("mpirun")
pytestmark = pytest.mark.skipif(MPIRUN is None, reason="skipped: training over MPI needs mpirun (openmpi-bin)")
PROGRAM = Path(__file__).with_name("mpi_program.py")
# A test machine has few processors, and a container's user is root.
SETTINGS = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
            "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}


def mpirun(folder, count, *arguments):
    command = [MPIRUN, "-n", str(count), sys.executable, "-B", "-m", "mpi4py", str(PROGRAM), *arguments]
    return subprocess.run(command, cwd=folder, env={**os.environ, **SETTINGS}, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=240)


@pytest.mark.parametrize("kind", [Classifier, Regressor])
@pytest.mark.parametrize("cuts", ["0,300,600", "0,100,100,600"])
def test_ranks_predict_what_one_process_predicts(kind, cuts, tmp_path):
    count = cuts.count(",")
    result = mpirun(tmp_path, count, kind.__name__, cuts)
    assert result.returncode == 0, result.stderr
    X, labels, values = table_to_share()
    alone = kind(**EXACT).fit(X, labels if kind is Classifier else values)
    expected = alone.predict_proba(X) if kind is Classifier else alone.predict(X)
    results = [np.load(tmp_path / f"rank-{rank}.npz") for rank in range(count)]
    for one in results:
        np.testing.assert_array_equal(one["model"], results[0]["model"])
        np.testing.assert_allclose(one["scores"], expected, atol=1e-4)


@pytest.mark.parametrize(("change", "message"), [("text", "text"), ("narrow", "rank 1 has 4 columns, but rank 0 has 5")])
def test_a_refusal_on_one_rank_is_one_line_on_all(change, message, tmp_path):
    result = mpirun(tmp_path, 3, "Classifier", "0,200,400,600", change)
    assert result.returncode == 0, result.stderr
    lines = [(tmp_path / f"refused-{rank}.txt").read_text(encoding="utf-8") for rank in range(3)]
    assert all(message in line and "\n" not in line for line in lines), lines
    assert sum("rank 1" in line for line in lines) >= 2, lines
    assert not list(tmp_path.glob("rank-*"))


@pytest.mark.parametrize(("change", "told"), [("killed", "signal 9"), ("late", "rank 0 of 2 has waited 1 seconds for another rank")])
def test_a_rank_that_does_not_come_ends_all(change, told, tmp_path):
    result = mpirun(tmp_path, 2, "Classifier", "0,3000,6000", change)
    assert result.returncode != 0
    assert told in result.stdout + result.stderr, result.stdout + result.stderr
    assert not list(tmp_path.glob("rank-*"))
