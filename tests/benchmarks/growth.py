#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How do time and memory of training grow with rows and with columns?

Usage: growth.py [--effort EFFORT] [--rows N,...] [--columns N,...]

Trains on made tables, whole processes on one thread, and prints for each its CPU-seconds and peak memory, a bar for the time, and
how the time grew from the table before: the exponent e of a growth by size ** e. Rows grow at 50 columns, columns at 5,000 rows; bars
are logarithmic. It uses the environment of quality.py for numpy.
"""

import argparse
import math
import os
import tempfile
from pathlib import Path

import quality

COLUMNS, ROWS = 50, 5000
SHARE_OF_CELLS = 0.1  # that are not 0, which in Moodle's data are 6 %
BAR = 40


def write_table(path, rows, columns):
    """Whole numbers 0 to 9, mostly 0; the class follows pairs of the first ten columns."""
    import numpy

    random = numpy.random.RandomState(rows + columns)
    cells = random.randint(1, 10, (rows, columns)) * (random.uniform(size=(rows, columns)) < SHARE_OF_CELLS)
    cells[:, :10] = random.randint(0, 10, (rows, min(10, columns)))
    signal = sum((cells[:, i] > 4) * 1.0 - 2.0 * (cells[:, i] > 4) * (cells[:, i + 1] > 4) for i in range(0, 8, 2))
    labels = random.uniform(size=rows) < 1 / (1 + numpy.exp(-2 * signal))
    names = ",".join(f"x{i}" for i in range(columns)) + ",target"
    numpy.savetxt(path, numpy.column_stack([cells, labels]), fmt="%d", delimiter=",", header=names, comments="")


def cost(program, path, effort):
    """CPU-seconds and peak megabytes of a training."""
    command = [program, "train", path, "--format", "plain", "--model", path.with_suffix(".mml"), "--threads", "1", "--quiet",
               "--effort", effort]
    process = os.spawnv(os.P_NOWAIT, command[0], list(map(str, command)))
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"this failed: {command}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / 1e6


def measure(program, effort, what, sizes):
    print(f"\n| {what} | CPU-seconds | growth | MB | |\n|---|---|---|---|---|")
    before = None
    with tempfile.TemporaryDirectory() as name:
        for size in sizes:
            path = Path(name) / "table.csv"
            write_table(path, size if what == "rows" else ROWS, size if what == "columns" else COLUMNS)
            seconds, megabytes = cost(program, path, effort)
            growth = f"{math.log(seconds / before[1]) / math.log(size / before[0]):.2f}" if before else ""
            bar = "█" * round(BAR * min(1, math.log10(1 + 100 * seconds) / 4))
            print(f"| {size:,} | {seconds:.2f} | {growth} | {megabytes:.0f} | {bar} |", flush=True)
            before = size, seconds


def main():
    quality.enter_environment(__file__)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--effort", default="balanced")
    parser.add_argument("--rows", default="1000,3000,10000,30000,100000,300000")
    parser.add_argument("--columns", default="10,30,100,300,1000,2000")
    arguments = parser.parse_args()
    program = quality.program_path()
    measure(program, arguments.effort, "rows", map(int, arguments.rows.split(",")))
    measure(program, arguments.effort, "columns", map(int, arguments.columns.split(",")))


if __name__ == "__main__":
    main()
