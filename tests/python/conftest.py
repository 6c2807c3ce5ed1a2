# SPDX-License-Identifier: Apache-2.0
"""Fixtures of every Python test: where the built program, the examples and the large data sets lie."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def pytest_addoption(parser):
    parser.addoption("--long", action="store_true", help="run the tests marked as long, and those alone")


def pytest_configure(config):
    config.addinivalue_line("markers", "long: takes minutes")


def pytest_collection_modifyitems(config, items):
    chosen = [item for item in items if ("long" in item.keywords) == config.getoption("--long")]
    config.hook.pytest_deselected(items=[item for item in items if item not in chosen])
    items[:] = chosen


@pytest.fixture(scope="session")
def build():
    """The build folder: MOODLEML_BUILD, or build/ of this clone."""
    return Path(os.environ.get("MOODLEML_BUILD", ROOT / "build")).resolve()


@pytest.fixture(scope="session")
def program(build):
    """The built program moodleml."""
    path = build / "bin" / "moodleml"
    assert path.is_file(), f"{path} is not built"
    return path


@pytest.fixture(scope="session")
def library(build):
    """The built shared library."""
    path = build / "lib" / "libmoodleml.so.1"
    assert path.is_file(), f"{path} is not built"
    return path


@pytest.fixture(scope="session")
def run(program):
    """Runs the program with arguments and gives what it printed; fails the test unless its exit code is the one expected."""

    def run_program(*arguments, code=0, **options):
        result = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, timeout=600, **options)
        assert result.returncode == code, f"exit code {result.returncode} of {result.args}: {result.stderr}"
        return result.stdout

    return run_program


@pytest.fixture(scope="session")
def examples():
    """The real data in the repository."""
    return ROOT / "examples" / "data"


@pytest.fixture(scope="session")
def shared():
    """The folder of large data sets; the test is skipped where there is none."""
    if "MOODLEML_SHARED" not in os.environ:
        pytest.skip("MOODLEML_SHARED names no folder of large data sets")
    return Path(os.environ["MOODLEML_SHARED"])
