# SPDX-License-Identifier: Apache-2.0
"""Files of at most 400 lines, functions of at most 50."""

import ast
import re

import tree

FILE_LINES = 400
FUNCTION_LINES = 50
# The contract is one file, because PHP's FFI reads one.
LONGER_FILES = {"include/moodleml/moodleml.h": 540}
BRACED = {".c", ".cpp", ".h", ".hpp", ".php"}
# What may hold braces without being code: comments, strings, raw strings, characters (not the ' in 1'000).
OPAQUE = re.compile(r'R"(\w*)\(.*?\)\1"|//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'', re.DOTALL)
DIRECTIVE = re.compile(r"^[ \t]*#(?:.*\\\n)*.*", re.MULTILINE)
# A value in braces, not a body: the brace follows its name without a space.
VALUE = re.compile(r"(?<=[\w>])\{[^{};]*\}")
HOLDS_FUNCTIONS = re.compile(r"\b(namespace|class|struct|union|interface|trait|extern)\b[^()=]*$|^\s*extern\s")
SHELL_FUNCTION = re.compile(r"(\s*)(?:function\s+)?([\w-]+)\s*\(\)\s*\{$")


def python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node.name, node.lineno, node.end_lineno - node.lineno + 1


def blank(pattern, text):
    """The text with spaces for what matches; lines stay where they are."""
    return pattern.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def braced_functions(text):
    """The outermost blocks that follow a parameter list; name, first line, number of lines."""
    text = blank(VALUE, blank(DIRECTIVE, blank(OPAQUE, text)))
    head, open_blocks, depth_in_function = 0, [], 0
    for match in re.finditer(r"[{};]", text):
        at = match.start()
        if match[0] == "{":
            before = text[head:at]
            is_function = depth_in_function == 0 and ")" in before and not HOLDS_FUNCTIONS.search(before)
            open_blocks.append((is_function, before, head + len(before) - len(before.lstrip())))
            depth_in_function += is_function or depth_in_function > 0
        elif match[0] == "}" and open_blocks:
            is_function, before, start = open_blocks.pop()
            depth_in_function -= depth_in_function > 0
            if is_function:
                yield " ".join(before.split()), text.count("\n", 0, start) + 1, text.count("\n", start, at) + 1
        head = at + 1


def shell_functions(text):
    lines = text.splitlines()
    for start, line in enumerate(lines):
        match = SHELL_FUNCTION.match(line)
        if match:
            end = next((i for i in range(start, len(lines)) if lines[i] == match[1] + "}"), len(lines) - 1)
            yield match[2], start + 1, end - start + 1


def functions(path, text):
    if path.suffix == ".py":
        return python_functions(text)
    return braced_functions(text) if path.suffix in BRACED else shell_functions(text)


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
