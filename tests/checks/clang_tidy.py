# SPDX-License-Identifier: Apache-2.0
"""Usage: clang_tidy.py [--analyzer] BUILD…. clang-tidy (.clang-tidy) finds nothing in src/ and bindings/.

What a build compiles as one (UNITY_BUILD) is looked at as one, for most of the time goes into headers; what the first build
does not compile is looked at as the second one does. Without --analyzer the checks clang-analyzer-* are left out, which
take six times as long as all others.

What was found clean is not looked at again while it, everything it includes, its compile command, .clang-tidy and clang-tidy
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

JUDGED = ("src", "bindings")
ANALYZER = "--analyzer"
UNITED = re.compile(r'^#include "(.+)"$', re.MULTILINE)
# To the analyzer the parts of such a file are headers.
FOR_UNITED = ["--extra-arg=-Xclang", "--extra-arg=-analyzer-opt-analyze-headers"]


def parts(entry):
    """The files of the project that an entry compiles."""
    path = Path(entry["file"])
    united = UNITED.findall(path.read_text()) if is_united(entry) else [entry["file"]]
    return [Path(part) for part in united]


def is_united(entry):
    return "/Unity/" in entry["file"]


def left_out(entry):
    """The checks; bugprone-suspicious-include is about what a united file is made of."""
    checks = ["bugprone-suspicious-include"] * is_united(entry) + ["clang-analyzer-*"] * (ANALYZER not in sys.argv)
    return "--checks=" + ",".join("-" + check for check in checks)


def is_judged(entry):
    folders = [tree.ROOT / folder for folder in JUDGED]
    return all(any(part.is_relative_to(folder) for folder in folders) for part in parts(entry))


def weight(entry):
    return sum(part.stat().st_size for part in parts(entry))


def compile_commands(build):
    """The entries to judge, biggest first: two processors then end at about the same time."""
    judged = [entry for entry in json.loads((build / "compile_commands.json").read_text()) if is_judged(entry)]
    for entry in judged:
        # gcc's own warnings are unknown to clang-tidy.
        entry["command"] = re.sub(r"-Wno-(restrict|maybe-uninitialized)\b", "", entry["command"])
    return sorted(judged, key=weight, reverse=True)


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
    known = [tool, left_out(entry), digest(tree.ROOT / ".clang-tidy"), entry["command"], *(digest(build / path) for path in sorted(paths))]
    return hashlib.sha256("\n".join(known).encode()).hexdigest()


def findings_of(entry, database):
    command = ["clang-tidy", "--quiet", f"--config-file={tree.ROOT / '.clang-tidy'}", "-p", str(database)]
    command += [left_out(entry), *(FOR_UNITED if is_united(entry) else []), entry["file"]]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 0 and not result.stdout.strip():
        return []
    # One finding begins with "file:line:column:", what follows belongs to it.
    blocks = re.split(r"^(?=/\S+:\d+:\d+: (?:warning|error))", result.stdout, flags=re.MULTILINE)
    return [block.strip() for block in blocks if block.strip()] or [f"{entry['file']}: {result.stderr.strip()}"]


def look_at(build, entries):
    """What is found in a build's entries."""
    folder = build / "clang-tidy"
    folder.mkdir(exist_ok=True)
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
    return [finding for found in results for finding in found]


def main():
    looked_at, findings = set(), []
    for build in (Path(argument).resolve() for argument in sys.argv[1:] if argument != ANALYZER):
        entries = [entry for entry in compile_commands(build) if not looked_at.issuperset(parts(entry))]
        looked_at.update(part for entry in entries for part in parts(entry))
        findings += look_at(build, entries)
    # A header's finding comes with every file that includes it.
    tree.finish(dict.fromkeys(findings))


if __name__ == "__main__":
    main()
