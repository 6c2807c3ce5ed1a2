# SPDX-License-Identifier: Apache-2.0
"""The library exports exactly what symbols.txt names and the header declares.

Usage: symbols.py NM LIBRARY SYMBOLS HEADER
"""

import pathlib
import subprocess
import sys

from declarations import functions


def exported(nm, library):
    output = subprocess.run([nm, "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    symbols = [line.split()[-2:] for line in output.splitlines()]
    # The version node MOODLEML_1 is itself listed, as an absolute symbol.
    return {name.partition("@")[0] for kind, name in symbols if kind != "A"}


def differences(what, found, expected):
    lines = [f"{what} lacks {name}" for name in sorted(expected - found)]
    return lines + [f"{what} has {name}, which symbols.txt does not name" for name in sorted(found - expected)]


def main():
    nm, library, symbols, header = sys.argv[1:]
    names = pathlib.Path(symbols).read_text(encoding="utf-8").split()
    problems = differences("the library", exported(nm, library), set(names))
    problems += differences("the header", set(functions(header)), set(names))
    if names != sorted(set(names)):
        problems.append("symbols.txt is not sorted, or names a symbol twice")
    print("\n".join(problems) or f"{len(names)} symbols: library, symbols.txt and header agree")
    return 1 if problems or not names else 0


if __name__ == "__main__":
    sys.exit(main())
