# SPDX-License-Identifier: Apache-2.0
"""The table of threats in moodlemlbackend/service/README.md: each row names tests, and each test named there exists."""

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
README = TESTS.parents[1] / "moodlemlbackend" / "service" / "README.md"
ROOT = TESTS.parents[3]
HOSTILE = ("test_hostile.py", "test_exposure.py")


def rows():
    """Threat, defence and tests of each row."""
    section = README.read_text().split("## Threats", 1)[1].split("\n\n**S3", 1)[0]
    lines = [line for line in section.splitlines() if line.startswith("|")][2:]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def functions_of(name):
    """The names of the test functions in a file here."""
    return {node.name for node in ast.parse((TESTS / name).read_text()).body
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def named_tests():
    """(file, function) for each test that the table names."""
    return {tuple(name.split("::")) for row in rows() for name in re.findall(r"`(test_\w+\.py::test_\w+)`", row[2])}


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_row_names_tests_that_exist(row):
    assert len(row) == 3 and all(row)
    names = row[2].split()
    assert names and all(re.fullmatch(r"`test_\w+\.py::test_\w+`", name) for name in names)
    for file, test in (name.strip("`").split("::") for name in names):
        assert test in functions_of(file), f"{file} has no {test}"


@pytest.mark.parametrize("file", HOSTILE)
def test_hostile_test_stands_for_a_threat(file):
    assert functions_of(file) - {test for name, test in named_tests() if name == file} == set()


def test_versions_are_fixed():
    """Whatever a package's makers publish next, the tests judge the same; and every dependency of the service has a least version."""
    for path in ROOT.glob("**/requirements*.txt"):
        if "build" in path.relative_to(ROOT).parts[0]:
            continue
        for line in path.read_text().splitlines():
            assert line.startswith("#") or re.fullmatch(r"[\w.-]+(\[[\w,-]+\])?==[\w.]+", line), f"{path}: {line}"
    extras = re.findall(r"^(?:server|queue) = \[(?:\"moodleml\[server\]\", )?(.*)\]", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    least = dict(re.fullmatch(r"([\w-]+(?:\[\w+\])?)>=([\d.]+)", entry.strip(' "')).groups() for entry in ",".join(extras).split(","))
    assert {"Flask", "celery[redis]"} <= least.keys()
    oldest = dict(line.split("==") for line in (TESTS / "requirements-oldest.txt").read_text().splitlines() if "==" in line)
    assert all(oldest[name].startswith(version) for name, version in least.items())
