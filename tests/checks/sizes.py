# SPDX-License-Identifier: Apache-2.0
"""Files of at most 400 lines, functions of at most 50."""

import re

import lizard
import tree

FILE_LINES = 400
FUNCTION_LINES = 50
# The contract is one file, because PHP's FFI reads one.
LONGER_FILES = {"include/moodleml/moodleml.h": 560}
SHELL_FUNCTION = re.compile(r"(\s*)(?:function\s+)?([\w-]+)\s*\(\)\s*\{$")


def shell_functions(text):
    lines = text.splitlines()
    for start, line in enumerate(lines):
        match = SHELL_FUNCTION.match(line)
        if match:
            end = next((i for i in range(start, len(lines)) if lines[i] == match[1] + "}"), len(lines) - 1)
            yield match[2], start + 1, end - start + 1


def functions(path, text):
    """Name, first line and number of lines of each; lizard does not read shell."""
    if path.suffix in {".sh", ""}:
        return shell_functions(text)
    found = lizard.analyze_file.analyze_source_code(str(path), text).function_list
    return [(function.name, function.start_line, function.end_line - function.start_line + 1) for function in found]


def main():
    findings = []
    for path in filter(tree.is_source, tree.files()):
        lines = tree.lines(path)
        most = LONGER_FILES.get(str(path), FILE_LINES)
        if len(lines) > most:
            findings.append(f"{path}: {len(lines)} lines, {most} are allowed")
        findings += [f"{path}:{start}: {length} lines, {FUNCTION_LINES} are allowed: {name}"
                     for name, start, length in functions(path, "\n".join(lines)) if length > FUNCTION_LINES]
    tree.finish(findings)


if __name__ == "__main__":
    main()
