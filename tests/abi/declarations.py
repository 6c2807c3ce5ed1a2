# SPDX-License-Identifier: Apache-2.0
"""What moodleml.h declares, read from its text."""

import pathlib
import re


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", " ", text, flags=re.DOTALL)


def functions(header):
    """Names of the functions declared, in the header's order."""
    text = without_comments(pathlib.Path(header).read_text(encoding="utf-8"))
    return re.findall(r"\b(mml_\w+)\s*\([^;{}]*\)\s*;", text)
