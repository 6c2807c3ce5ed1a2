# SPDX-License-Identifier: Apache-2.0
"""How much memory a training takes for a row, and what happens where it may not take that. With --long at half a million rows, and
with a file larger than the memory there is."""

import json
import os
import re
import subprocess
import time
from pathlib import Path

import pytest

from student_table import write_students

COLUMNS = 400
# A training's peak less what a tiny one takes, for a row of data like Moodle's, on one thread: what README.md promises.
MOST_BYTES_OF_A_ROW = {"all different": 320, "repeated": 275}
# What the peak of memory does not depend on.
QUICK = ["--trees", "20", "--networks", "2", "--epochs", "1"]


def memory_megabytes(pid):
    """What a process has of its own now; 0 where it has ended. Pages of libraries do not count: how many there are, and when,
    depends on what else the machine has read."""
    found = re.search(r"RssAnon:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) * 1024 / 1e6 if found else 0


def measured(command):
    """Exit code, standard error, peak megabytes and CPU-seconds of a process."""
    with subprocess.Popen([*map(str, command)], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as process:
        megabytes, ended = 0, 0
        while not ended:
            megabytes = max(megabytes, memory_megabytes(process.pid))
            time.sleep(0.002)
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        return process.returncode, process.stderr.read(), megabytes, usage.ru_utime + usage.ru_stime


@pytest.fixture(scope="session")
def table(tmp_path_factory):
    """table(rows, kind) gives a file of so many rows, all different or some repeated."""
    folder = tmp_path_factory.mktemp("students")
    paths = {}

    def path(rows, kind):
        if (rows, kind) not in paths:
            paths[rows, kind] = folder / f"{len(paths)}.csv"
            write_students(paths[rows, kind], rows, COLUMNS, different=rows if kind == "all different" else None)
        return paths[rows, kind]

    yield path
    for made in paths.values():
        made.unlink()


@pytest.fixture
def train(program, tmp_path):
    """train(data, option…) gives what a training takes, as `measured` tells it: on one thread, for what several take at once is chance."""
    return lambda data, *options: measured(
        [program, "train", data, "--model", tmp_path / "model.mml", "--quiet", "--threads", "1", *options])


def bytes_of_a_row(train, table, rows, kind, options):
    _, _, least, _ = train(table(200, kind), *QUICK)
    code, error, megabytes, seconds = train(table(rows, kind), *options)
    assert (code, error) == (0, "")
    print(f"{rows} rows, {kind}: {megabytes:.0f} MB, {(megabytes - least) * 1e6 / rows:.0f} bytes a row, {seconds:.0f} CPU-seconds")
    return (megabytes - least) * 1e6 / rows


@pytest.mark.parametrize("kind", MOST_BYTES_OF_A_ROW)
def test_memory_of_a_row(train, table, kind):
    assert bytes_of_a_row(train, table, 60000, kind, QUICK) <= MOST_BYTES_OF_A_ROW[kind]


@pytest.mark.long
@pytest.mark.parametrize("kind", MOST_BYTES_OF_A_ROW)
def test_memory_of_half_a_million_rows(train, table, kind):
    assert bytes_of_a_row(train, table, 500000, kind, []) <= MOST_BYTES_OF_A_ROW[kind]


def test_refusal_comes_before_the_work(train, table, tmp_path):
    """What is told then is about what is needed: no more than a fifth too little, no more than twice as much."""
    data = table(60000, "all different")
    code, error, _, seconds = train(data, *QUICK, "--memory-limit", "20")
    told = re.search(r"training would take about (\d+) MB, option memory_limit allows 20", error)
    assert code != 0 and told, error
    assert not (tmp_path / "model.mml").exists()
    code, error, megabytes, whole = train(data, *QUICK, "--memory-limit", told[1])
    assert (code, error) == (0, "")
    assert seconds < whole / 3
    _, _, least, _ = train(table(200, "all different"), *QUICK)
    assert megabytes - least <= 1.2 * int(told[1]) and int(told[1]) <= 2 * (megabytes - least)


def test_refusal_while_reading(train, table):
    """The table alone takes more than may be taken: then the rest of the file is not read."""
    data = table(60000, "all different")
    for limit, words in (["--memory-limit", "2"], "reading so far takes more than 2 megabytes"), (["--max-rows", "1000"], "more than 1000 samples"):
        code, error, _, seconds = train(data, *QUICK, *limit)
        assert code != 0 and words in error and ", row " in error
        assert seconds < 1


@pytest.mark.parametrize("rows", [60000, pytest.param(2700000, marks=pytest.mark.long)])
def test_file_larger_than_memory(program, rows, tmp_path):
    """Processes that may take less memory than the file has bytes read it in pieces, predict, and train on the rows that differ."""
    data = tmp_path / "large.csv"
    write_students(data, rows, COLUMNS, different=rows // 50)
    # What a process takes of addresses, though not of memory, before it reads anything, is a small file's size.
    allowed = max(data.stat().st_size // 2, 200_000_000)

    def run(*command):
        code, error, megabytes, _ = measured(["sh", "-c", f'ulimit -v {allowed // 1000}; exec "$0" "$@"', program, *command])
        print(f"{command[0]}: {megabytes:.0f} MB for a file of {data.stat().st_size / 1e6:.0f} MB")
        assert code == 0, error
        assert megabytes * 1e6 < data.stat().st_size

    run("train", data, "--model", tmp_path / "model.mml", "--quiet", "--threads", "1", *QUICK)
    run("evaluate", data, "--model", tmp_path / "model.mml", "--quiet", "--threads", "1")
    data.unlink()
    described = subprocess.run([program, "inspect", tmp_path / "model.mml", "--as", "json"], capture_output=True, check=True)
    samples = json.loads(described.stdout)["samples"]
    assert samples["count"] == rows and samples["distinct_rows"] <= rows // 50
