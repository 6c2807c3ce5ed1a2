# SPDX-License-Identifier: Apache-2.0
"""The fuzz targets in Python, on the files that they start from; ctest does the same with those in C++."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = Path(__file__).resolve().parents[1] / "fuzz"


@pytest.mark.parametrize("name", ["import_zip", "rest_request"])
def test_corpus(name, build):
    command = [sys.executable, "-B", FUZZ / "python_target.py", name, "--once", FUZZ / "corpus" / name]
    result = subprocess.run(command, env={**os.environ, "MOODLEML_BUILD": str(build)}, capture_output=True, text=True, timeout=60)
    assert result.returncode == 0, result.stderr
    assert int(result.stdout.split()[0]) > 10
