# SPDX-License-Identifier: Apache-2.0
"""Writes a C99 program that holds the address of every function that the header declares.

Usage: every_function.py HEADER OUTPUT
"""

import pathlib
import sys

from declarations import functions

PROGRAM = """/* Made by every_function.py from moodleml.h. */
#include <stdio.h>
#include "moodleml/moodleml.h"

typedef void (*function)(void);

static const function functions[] = {{
{addresses}
}};

int main(void) {{
    size_t linked = 0;
    size_t i;
    for (i = 0; i < sizeof functions / sizeof functions[0]; ++i) linked += functions[i] != NULL;
    printf("%lu of {count} functions are linked\\n", (unsigned long)linked);
    return linked == {count} && mml_abi_version() == MML_ABI_MAJOR * 1000 + MML_ABI_MINOR ? 0 : 1;
}}
"""


def main():
    header, output = sys.argv[1:]
    names = functions(header)
    addresses = ",\n".join(f"    (function){name}" for name in names)
    pathlib.Path(output).write_text(PROGRAM.format(addresses=addresses, count=len(names)), encoding="utf-8")


if __name__ == "__main__":
    main()
