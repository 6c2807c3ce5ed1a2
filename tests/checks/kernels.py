# SPDX-License-Identifier: Apache-2.0
"""Usage: kernels.py BUILD. Files compiled for newer processors share no code with the rest of the library.

The linker keeps one copy of an inline function or template that several files hold. Were it the copy of a file compiled for
AVX2 or AVX-512, an older processor would meet it anywhere. So the objects of such files define no weak symbol, but for the
templates of Eigen, whose namespace has a name of its own in each.
"""

import re
import subprocess
import sys
from pathlib import Path

import tree

SHARED_KINDS = {"W", "V", "u"}
# Eigen's own, by the name of its namespace in a file; and a pointer that GCC makes for exceptions, which is the same everywhere.
OWN = {"kernels": r"(?!)", "product": r"\bEigen_{level}::|^DW\.ref\.__gxx_personality_v0$"}


def objects_of(build):
    return sorted(Path(build).glob("src/CMakeFiles/moodleml_*.dir/**/*_avx*.o"))


def own_symbols(path):
    """A pattern of the weak symbols that no other file has."""
    kind, level = path.name.split(".")[0].split("_")[:2]
    return re.compile(OWN[kind].replace("{level}", level))


def main():
    objects = objects_of(sys.argv[1])
    findings = [] if objects else [f"{sys.argv[1]}: no objects of kernels for newer processors: build the library there first"]
    for path in objects:
        symbols = subprocess.run(["nm", "--demangle", "--defined-only", str(path)], check=True, capture_output=True, text=True).stdout
        own = own_symbols(path)
        for line in symbols.splitlines():
            _, kind, name = line.split(" ", 2)
            if kind in SHARED_KINDS and not own.search(name):
                findings.append(f"{path.name}: defines {name}, which other files may get from it; make it static or inline by hand")
    tree.finish(findings)


if __name__ == "__main__":
    main()
