# SPDX-License-Identifier: Apache-2.0
"""What the checks share: the repository's files, and how findings are told."""

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES = {".c", ".cpp", ".h", ".hpp", ".py", ".php", ".sh", ".cmake"}


def files():
    """Every file of the repository, as paths relative to its root; what git ignores is left out. Links are not followed: what
    they lead to is listed where it lies."""
    for folder, names, found in os.walk(ROOT):
        names[:] = sorted(n for n in names if n not in {".git", ".cache", "__pycache__", ".pytest_cache"}
                          and not (Path(folder) == ROOT and n.split("-")[0] == "build"))
        for name in sorted(found):
            path = Path(folder, name)
            # In a worktree .git is a file.
            if path.is_file() and not path.is_symlink() and path.suffix != ".pyc" and name != ".git":
                yield path.relative_to(ROOT)


def is_source(path):
    """Whether a person wrote it in a language with comments; scripts without a suffix begin with #!."""
    if path.suffix in SOURCES or path.name == "CMakeLists.txt":
        return True
    return path.suffix == "" and not path.name.startswith(".") and lines(path)[:1] != [] and lines(path)[0].startswith("#!")


def lines(path):
    return (ROOT / path).read_text(encoding="utf-8", errors="replace").splitlines()


def finish(findings):
    """Prints what was found, one a line, and ends the check: 1 when there is anything."""
    for finding in findings:
        print(finding)
    sys.exit(1 if findings else 0)
