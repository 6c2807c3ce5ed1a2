# SPDX-License-Identifier: Apache-2.0
"""Usage: kernels.py BUILD. Files compiled for newer processors share no code with the rest of the library.

The linker keeps one copy of an inline function or template that several files hold. Were it the copy of a file compiled for
AVX2 or AVX-512, an older processor would meet it anywhere. So the objects of such files define no weak symbol.
"""

import subprocess
import sys
from pathlib import Path

import tree

SHARED_KINDS = {"W", "V", "u"}


def main():
    objects = sorted(Path(sys.argv[1]).glob("src/CMakeFiles/moodleml_ensemble.dir/**/kernels_avx*.o"))
    findings = [] if objects else [f"{sys.argv[1]}: no objects of kernels for newer processors: build the library there first"]
    for path in objects:
        symbols = subprocess.run(["nm", "--demangle", "--defined-only", str(path)], check=True, capture_output=True, text=True).stdout
        for line in symbols.splitlines():
            _, kind, name = line.split(" ", 2)
            if kind in SHARED_KINDS:
                findings.append(f"{path.name}: defines {name}, which other files may get from it; make it static or inline by hand")
    tree.finish(findings)


if __name__ == "__main__":
    main()
