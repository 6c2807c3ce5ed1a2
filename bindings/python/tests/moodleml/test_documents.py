# SPDX-License-Identifier: Apache-2.0
"""The programs of examples/python, and the Python that README files show, run as they stand there."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

EXAMPLES = sorted((ROOT / "examples" / "python").glob("*.py"))
READMES = [ROOT / "README.md", ROOT / "bindings" / "python" / "README.md"]


def programs(document):
    """The Python that a document shows."""
    return re.findall(r"^```python\n(.*?)^```$", document.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def run(program, folder):
    result = subprocess.run([sys.executable, program], cwd=folder, capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples(example, tmp_path):
    assert run(example, tmp_path)


@pytest.mark.parametrize("document", READMES, ids=lambda path: str(path.parent.relative_to(ROOT)))
def test_readme(document, tmp_path, students):
    Path(tmp_path, "students.csv").symlink_to(students[0])
    [text] = programs(document)
    Path(tmp_path, "program.py").write_text(text)
    assert re.search(r"0\.\d\d", run("program.py", tmp_path))
    assert Path(tmp_path, "students.mml").is_file()


def test_there_are_examples():
    assert len(EXAMPLES) == 2
