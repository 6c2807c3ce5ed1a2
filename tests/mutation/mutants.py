# SPDX-License-Identifier: Apache-2.0
"""What can be wrong with a line of C++ as this repository writes it: one operator or number changed at a time."""

import re
from dataclasses import dataclass

# What stands between spaces is an operator here, never a template's bracket, a sign or a pointer.
OPERATORS = {
    " < ": [" <= ", " >= "],
    " <= ": [" < "],
    " > ": [" >= ", " <= "],
    " >= ": [" > "],
    " == ": [" != "],
    " != ": [" == "],
    " + ": [" - "],
    " - ": [" + "],
    " * ": [" / "],
    " / ": [" * "],
    " += ": [" -= "],
    " -= ": [" += "],
    " *= ": [" /= "],
    " /= ": [" *= "],
    " && ": [" || "],
    " || ": [" && "],
    "std::min(": ["std::max("],
    "std::max(": ["std::min("],
    "min_element": ["max_element"],
    "max_element": ["min_element"],
    "lower_bound": ["upper_bound"],
    "upper_bound": ["lower_bound"],
    "true": ["false"],
    "false": ["true"],
    "++": ["--"],
    "(!": ["("],
    " !": [" "],
}
NUMBER = re.compile(r"(?<![\w.\"'<])(\d+(?:\.\d+)?(?:e-?\d+)?)([FUL]*)(?![\w.>])")
SKIPPED = re.compile(r"\s*(#|//|namespace|using|template|\}|static_assert)")


@dataclass(frozen=True)
class Mutant:
    file: str
    line: int  # from 0 on
    before: str
    after: str


def without_texts(line):
    """The line with its texts and comment blanked out, at the same places."""
    line = re.sub(r'"(\\.|[^"\\])*"', lambda found: '"' + "_" * (len(found[0]) - 2) + '"', line)
    return re.sub(r"//.*", lambda found: " " * len(found[0]), line)


def changed_numbers(line):
    for found in NUMBER.finditer(line):
        value = float(found[1]) if re.search("[.e]", found[1]) else int(found[1])
        # Twice a tolerance tells more than one more of it.
        yield found.start(1), found.end(1), str(value * 2 if 0 < value < 1 else value + 1)


def changed_operators(line):
    for operator, others in OPERATORS.items():
        start = line.find(operator)
        while start >= 0:
            for other in others:
                yield start, start + len(operator), other
            start = line.find(operator, start + 1)


def mutants_of(file, text):
    """All mutants of a source file, in the order of its lines."""
    for number, line in enumerate(text.splitlines()):
        if SKIPPED.match(line):
            continue
        code = without_texts(line)
        for start, end, other in [*changed_operators(code), *changed_numbers(code)]:
            yield Mutant(file, number, line, line[:start] + other + line[end:])
