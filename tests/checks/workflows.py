# SPDX-License-Identifier: Apache-2.0
"""GitHub's workflows are well formed (actionlint) and give nobody more rights than they need (zizmor, offline)."""

import shutil
import subprocess
import sys
from pathlib import Path

import tree

FOLDER = ".github/workflows"
# The programs, which end with another status than 0 where they find something.
LINTERS = {"actionlint": ["-oneline"], "zizmor": ["--offline", "--no-progress", "--quiet", "--format", "plain"]}


def program(name):
    """On the path, or beside this Python."""
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


def findings():
    workflows = sorted(str(path) for path in (tree.ROOT / FOLDER).glob("*.yml"))
    if not workflows:
        yield f"{FOLDER}: there are no workflows"
        return
    found = {name: program(name) for name in LINTERS}
    if not any(found.values()):
        yield "neither actionlint nor zizmor is there: pip install --requirement tests/checks/requirements.txt"
    for name, path in found.items():
        if path is None:
            print(f"skipped: {name}, which is not on PATH", file=sys.stderr)
            continue
        result = subprocess.run([path, *LINTERS[name], *workflows], cwd=tree.ROOT, capture_output=True, text=True)
        if result.returncode != 0:
            yield f"{name}: " + (result.stdout + result.stderr).strip()


def main():
    tree.finish(list(findings()))


if __name__ == "__main__":
    main()
