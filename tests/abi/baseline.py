# SPDX-License-Identifier: Apache-2.0
"""What moodleml.h declares is compatible with the baseline: no function gone, no parameter, result or struct changed.

Usage: baseline.py COMPILER INCLUDE BASELINE [--write]

abidiff compares a library that does nothing, made of the header's own declarations with debug information: the real one would need
a debug build, and its types are those of the same header. --write makes the baseline anew: before release 1.0.0, and where mml_progress has grown at its end, which is allowed.
"""

import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from declarations import without_comments

DECLARATION = re.compile(r"^((?:const )?\w+[ *]+)(mml_\w+)(\s*\([^;{}]*\))\s*;", re.MULTILINE)


def empty_library(compiler, include, folder):
    """A shared library that defines each declared function, and has the real one's name."""
    header = without_comments((include / "moodleml" / "moodleml.h").read_text(encoding="utf-8"))
    bodies = [f"{result}{name}{parameters} {{ {'' if result.strip() == 'void' else 'return 0;'} }}\n"
              for result, name, parameters in DECLARATION.findall(header)]
    library = folder / "libmoodleml.so.1"
    (folder / "empty.c").write_text('#include "moodleml/moodleml.h"\n' + "".join(bodies), encoding="utf-8")
    # Run where the source lies: the baseline would hold its path.
    subprocess.run([compiler, "-std=c11", "-g", "-shared", "-fPIC", "-I", include.resolve(), "-Wl,-soname,libmoodleml.so.1", "empty.c", "-o", library],
                   cwd=folder, check=True)
    return library, len(bodies)


def main():
    compiler, include, baseline = sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3]
    if shutil.which("abidiff") is None:
        print("skipped: no abidiff (Debian's abigail-tools) is installed")
        return 0
    with tempfile.TemporaryDirectory() as folder:
        library, count = empty_library(compiler, include, pathlib.Path(folder))
        if "--write" in sys.argv:
            subprocess.run(["abidw", "--no-corpus-path", "--no-comp-dir-path", "--no-show-locs", "--out-file", baseline, library], check=True)
        result = subprocess.run(["abidiff", "--no-added-syms", baseline, library], capture_output=True, text=True, check=False)
    print(result.stdout + result.stderr or f"{count} functions are as in the baseline, or new")
    return 1 if result.returncode or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
