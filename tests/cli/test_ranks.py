# SPDX-License-Identifier: Apache-2.0
"""Training on several processes that mpirun starts."""

import csv
import os
import random
import shutil
import subprocess
import tempfile
import unittest

from support import PROGRAM, SLOWDOWN, environment, run

MPI_PROGRAM = os.environ.get("MOODLEML_MPI_PROGRAM", "")
MPIRUN = shutil.which("mpirun")
MISSING = "" if MPI_PROGRAM and MPIRUN else "skipped: training on ranks needs Open MPI (openmpi-bin, libopenmpi-dev)"
# Few ties between splits, and one strength: what one process predicts is then predicted by several to the last digits.
OPTIONS = ["--format", "plain", "--networks", "0", "--trees", "40", "--tree-leaves", "6", "--tree-samples", "40", "--linear-strength", "10"]
# A test machine has few processors, and a container's user is root.
SETTINGS = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
            "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}


def rows_to_learn(count):
    random.seed(7)
    rows = []
    for _ in range(count):
        cells = [random.gauss(0, 1) for _ in range(5)]
        place = random.choice(["north", "south", "west"])
        score = cells[0] + cells[1] * cells[2] + (place == "west") + random.gauss(0, 0.4)
        rows.append([f"{cell:.6f}" for cell in cells] + [place, "yes" if score > 0.3 else "no"])
    return rows


def write_table(path, rows):
    with open(path, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["a", "b", "c", "d", "e", "place", "passed"], *rows])


class Ranks(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if MISSING:
            print(MISSING, flush=True)

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def mpirun(self, *arguments):
        return subprocess.run([MPIRUN, *map(str, arguments)], env=environment(SETTINGS), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=240 * SLOWDOWN, cwd=self.folder)

    def scores(self, model):
        result = run("predict", model, self.path("all.csv"), "--format", "plain")
        self.assertEqual(result.returncode, 0, result.stderr)
        return [float(row[-1]) for row in csv.reader(result.stdout.splitlines()[1:])]

    @unittest.skipIf(MISSING, MISSING)
    def test_shards_predict_what_one_process_on_all_rows_predicts(self):
        rows = rows_to_learn(1200)
        write_table(self.path("all.csv"), rows)
        alone = run("train", self.path("all.csv"), "--model", self.path("alone.mml"), *OPTIONS)
        self.assertEqual(alone.returncode, 0, alone.stderr)
        for cuts in ([0, 300, 600, 900, 1200], [0, 1000, 1000, 1200], [0, 1200]):
            for rank, (first, last) in enumerate(zip(cuts, cuts[1:])):
                write_table(self.path(f"shard-{rank}.csv"), rows[first:last])
            model = self.path("together.mml")
            result = self.mpirun("-n", len(cuts) - 1, MPI_PROGRAM, "train", "shard-%r.csv", "--model", model, *OPTIONS)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout.count("model written to"), 1)
            pairs = list(zip(self.scores(self.path("alone.mml")), self.scores(model)))
            self.assertEqual(len(pairs), 1200)
            self.assertLess(max(abs(a - b) for a, b in pairs), 1e-4)
            os.remove(model)

    @unittest.skipIf(MISSING, MISSING)
    def test_a_failure_on_one_rank_ends_all_with_its_message(self):
        write_table(self.path("shard-0.csv"), rows_to_learn(100))
        result = self.mpirun("-n", 2, MPI_PROGRAM, "train", "shard-%r.csv", "--model", "model.mml", *OPTIONS)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stderr.count("moodleml: rank 1 of 2: "), 2, result.stderr)
        self.assertIn("shard-1.csv", result.stderr)
        self.assertFalse(os.path.exists(self.path("model.mml")))

    @unittest.skipIf(MISSING, MISSING)
    def test_ranks_that_disagree_say_so(self):
        rows = rows_to_learn(200)
        write_table(self.path("shard-0.csv"), rows[:100])
        write_table(self.path("shard-1.csv"), [["other", *row[1:]] for row in rows[100:]])
        result = self.mpirun("-n", 2, MPI_PROGRAM, "train", "shard-%r.csv", "--model", "model.mml", *OPTIONS)
        self.assertNotEqual(result.returncode, 0)
        self.assertEqual(result.stderr.count('column "a" holds numbers on rank 0, but texts on rank 1'), 2, result.stderr)

    @unittest.skipIf(MISSING, MISSING)
    def test_a_rank_that_is_killed_ends_all(self):
        rows = rows_to_learn(30000)
        for rank in range(3):
            write_table(self.path(f"shard-{rank}.csv"), rows[10000 * rank:10000 * rank + 10000])
        command = [MPI_PROGRAM, "train", "shard-%r.csv", "--model", "model.mml", "--format", "plain", "--trees", "2000"]
        result = self.mpirun("-n", 2, *command, ":", "-n", 1, shutil.which("timeout"), "-s", "KILL", 2, *command)
        self.assertNotEqual(result.returncode, 0)
        self.assertFalse(os.path.exists(self.path("model.mml")))

    def test_without_mpi_the_mark_is_refused(self):
        result = run("train", self.path("shard-%r.csv"), "--model", self.path("model.mml"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("built with MOODLEML_MPI=ON", result.stderr)
        self.assertEqual(result.stderr.count("\n"), 1)

    def test_without_mpi_a_file_may_be_called_so(self):
        write_table(self.path("part-%r.csv"), rows_to_learn(100))
        result = run("train", self.path("part-%r.csv"), "--model", self.path("model.mml"), *OPTIONS)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(PROGRAM and os.path.exists(self.path("model.mml")))


if __name__ == "__main__":
    unittest.main()
