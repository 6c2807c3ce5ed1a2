#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""When does a training on several processes pay?

Usage: ranks.py [--program PATH] [--rows N,...] [--ranks N,...] [--runs N] [--option NAME=VALUE ...]

Trains one model on 1, 2 ... processes that mpirun starts, one thread each, each on its part of a made table (growth.py). It prints
for each size: seconds and CPU-seconds of all processes, the peak megabytes of the largest one, and the log loss on 20,000 other rows.
Weak scaling compares n ranks with one rank on one nth of the rows. Medians of the runs, which take turns. The program needs
MOODLEML_MPI=ON; a tree with tests builds one as build/bin/moodleml-mpi. Memory counts the libraries that MPI loads.
"""

import argparse
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import growth
import quality

TEST_ROWS = 20000
# A test machine has few processors, and a container's user is root.
SETTINGS = {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1", "OMPI_MCA_rmaps_base_oversubscribe": "1",
            "OMPI_MCA_btl_vader_single_copy_mechanism": "none"}


def write_shards(folder, rows, most_ranks):
    """The first rows of one table, in so many files for each number of ranks, and other rows to rate on."""
    whole = folder / "whole.csv"
    growth.write_table(whole, rows + TEST_ROWS, growth.COLUMNS)
    header, *lines = whole.read_text().splitlines(keepends=True)
    whole.unlink()
    (folder / "test.csv").write_text(header + "".join(lines[rows:]))
    for ranks in most_ranks:
        for rank in range(ranks):
            part = lines[rows * rank // ranks:rows * (rank + 1) // ranks]
            (folder / f"{ranks}-{rank}.csv").write_text(header + "".join(part))


def peak_megabytes(parent):
    """Of the largest process that this one has started, until now."""
    most = 0
    for child in Path(f"/proc/{parent}/task/{parent}/children").read_text().split():
        try:
            found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{child}/status").read_text())
        except FileNotFoundError:
            continue  # it has ended
        most = max(most, int(found[1]) * 1024 / 1e6 if found else 0)
    return most


def train(program, folder, ranks, options):
    """Seconds, CPU-seconds and peak megabytes."""
    command = [program, "train", folder / f"{ranks}-%r.csv", "--format", "plain", "--model", folder / "model.mml", "--threads", "1",
               "--quiet", *options]
    start = time.monotonic()
    with subprocess.Popen(["mpirun", "-n", str(ranks), *map(str, command)], env=os.environ | SETTINGS) as process:
        megabytes, ended = 0, 0
        while not ended:
            megabytes = max(megabytes, peak_megabytes(process.pid))
            time.sleep(0.1)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = status
    if status:
        raise SystemExit(f"this failed: {command}")
    return time.monotonic() - start, usage.ru_utime + usage.ru_stime, megabytes


def log_loss(program, folder):
    command = [program, "evaluate", folder / "test.csv", "--format", "plain", "--model", folder / "model.mml", "--as", "json", "--quiet"]
    report = json.loads(subprocess.run(list(map(str, command)), capture_output=True, check=True).stdout)
    return report["metrics"]["log_loss"]["value"]


def measured(program, rows, all_ranks, runs, options):
    """Of each number of ranks the medians of seconds, CPU-seconds and megabytes, and the log loss."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_shards(folder, rows, all_ranks)
        found = {ranks: [] for ranks in all_ranks}
        for _ in range(runs):
            for ranks in all_ranks:
                found[ranks].append((*train(program, folder, ranks, options), log_loss(program, folder)))
    return {ranks: [statistics.median(column) for column in zip(*of_ranks)] for ranks, of_ranks in found.items()}


def main():
    quality.enter_environment(__file__)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", type=Path, default=quality.ROOT / "build" / "bin" / "moodleml-mpi")
    parser.add_argument("--rows", default="20000,40000,80000,160000")
    parser.add_argument("--ranks", default="1,2")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--option", action="append", default=[], metavar="NAME=VALUE")
    arguments = parser.parse_args()
    options = [word for option in arguments.option for word in (f"--{option.split('=')[0]}", option.split("=", 1)[1])]
    all_ranks = [int(ranks) for ranks in arguments.ranks.split(",")]
    print("| rows | ranks | seconds | CPU-seconds in all | MB of one | log loss | of one rank on its part of the rows |")
    print("|---|---|---|---|---|---|---|")
    alone = {}
    for rows in map(int, arguments.rows.split(",")):
        for ranks, (seconds, cpu, megabytes, loss) in measured(arguments.program, rows, all_ranks, arguments.runs, options).items():
            if ranks == 1:
                alone[rows] = seconds
            part = alone.get(rows // ranks)
            weak = f"{part / seconds:.0%}" if part and ranks > 1 else ""
            print(f"| {rows:,} | {ranks} | {seconds:.1f} | {cpu:.1f} | {megabytes:.0f} | {loss:.4f} | {weak} |", flush=True)


if __name__ == "__main__":
    main()
