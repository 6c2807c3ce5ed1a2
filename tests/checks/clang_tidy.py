# SPDX-License-Identifier: Apache-2.0
"""Usage: clang_tidy.py BUILD. clang-tidy (.clang-tidy) finds nothing in src/ and bindings/.

A file found clean is not looked at again while it, everything it includes, its compile command, .clang-tidy and clang-tidy
itself stay the same: BUILD/clang-tidy holds one empty file for each such state. Remove that folder to look at all.
"""

import concurrent.futures
import hashlib
import json
import os
import re
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import tree

JUDGED = ("src/", "bindings/")


def compile_commands(build):
    """The entries of the files to judge, biggest first: two processors then end at about the same time."""
    entries = json.loads((build / "compile_commands.json").read_text())
    judged = [e for e in entries if e["file"].startswith(tuple(str(tree.ROOT / folder) + "/" for folder in JUDGED))]
    for entry in judged:
        # A precompiled header of the compiler is none of clang-tidy's, and gcc's own warning is unknown to it.
        entry["command"] = re.sub(r"-Winvalid-pch|-Wno-restrict|-include \S*cmake_pch\S*", "", entry["command"])
    return sorted(judged, key=lambda entry: -os.path.getsize(entry["file"]))


def included_files(build):
    """What each object was compiled from, as ninja noted it."""
    log = subprocess.run(["ninja", "-C", str(build), "-t", "deps"], capture_output=True, text=True, check=True).stdout
    found, current = {}, None
    for line in log.splitlines():
        if line.startswith("    ") and current is not None:
            current.append(line.strip())
        elif ": #deps" in line:
            current = found.setdefault(line.split(": #deps")[0], []) if "(VALID)" in line else None
    return found


@lru_cache(maxsize=None)
def digest(path):
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def state(entry, included, build, tool):
    """A name for all that the finding depends on; None when that is not known."""
    output = re.search(r" -o (\S+)", entry["command"])
    paths = included.get(output[1]) if output else None
    if not paths:
        return None
    parts = [tool, digest(tree.ROOT / ".clang-tidy"), entry["command"], *(digest(build / path) for path in sorted(paths))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def findings_of(entry, database):
    result = subprocess.run(["clang-tidy", "--quiet", "-p", str(database), entry["file"]], capture_output=True, text=True)
    if result.returncode == 0 and not result.stdout.strip():
        return []
    # One finding begins with "file:line:column:", what follows belongs to it.
    blocks = re.split(r"^(?=/\S+:\d+:\d+: (?:warning|error))", result.stdout, flags=re.MULTILINE)
    return [block.strip() for block in blocks if block.strip()] or [f"{entry['file']}: {result.stderr.strip()}"]


def main():
    build = Path(sys.argv[1]).resolve()
    folder = build / "clang-tidy"
    folder.mkdir(exist_ok=True)
    entries = compile_commands(build)
    (folder / "compile_commands.json").write_text(json.dumps(entries))
    tool = subprocess.run(["clang-tidy", "--version"], capture_output=True, text=True, check=True).stdout
    included = included_files(build)
    states = [state(entry, included, build, tool) for entry in entries]
    unknown = [(e, s) for e, s in zip(entries, states) if s is None or not (folder / s).exists()]
    with concurrent.futures.ThreadPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        results = list(pool.map(lambda pair: findings_of(pair[0], folder), unknown))
    for (_, name), found in zip(unknown, results):
        if name and not found:
            (folder / name).touch()
    # A header's finding comes with every file that includes it.
    tree.finish(dict.fromkeys(finding for found in results for finding in found))


if __name__ == "__main__":
    main()
