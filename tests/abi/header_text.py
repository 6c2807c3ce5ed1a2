# SPDX-License-Identifier: Apache-2.0
"""moodleml.h is plain C (all preprocessor work lies in begin.h and end.h), and every function that may fail is described.

Usage: header_text.py INCLUDE_DIRECTORY
"""

import pathlib
import re
import sys

PREPROCESSOR = [
    "#ifndef MOODLEML_H",
    "#define MOODLEML_H",
    '#include "moodleml/begin.h"',
    '#include "moodleml/end.h"',
    "#endif",
]


def undescribed(text):
    """Functions that may fail and have no description right before them."""
    for match in re.finditer(r"(\*/\n)?mml_status (mml_\w+)\(", text):
        if match.group(1) is None:
            yield match.group(2)


def main():
    text = (pathlib.Path(sys.argv[1]) / "moodleml" / "moodleml.h").read_text(encoding="utf-8")
    lines = text.splitlines()
    problems = []
    if lines[0] != "// SPDX-License-Identifier: Apache-2.0":
        problems.append("the first line does not tell the licence")
    if [line for line in lines if line.lstrip().startswith("#")] != PREPROCESSOR:
        problems.append("preprocessor lines other than the include guard, begin.h and end.h: PHP's FFI would not see them")
    problems += [f"line {number} is longer than 125" for number, line in enumerate(lines, 1) if len(line) > 125]
    problems += [f"{name} has no description" for name in undescribed(text)]
    print("\n".join(problems) or "the header is plain C, and every function that may fail is described")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
