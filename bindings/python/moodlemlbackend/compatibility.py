# SPDX-License-Identifier: Apache-2.0
"""The version that Moodle is told. It compares it with the one it asks for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

from moodlemlbackend import _native

VERSION_FILE = "web-compat-version"


def compatibility_version(folders: Iterable[str] = (".",)) -> str:
    """The first line of the file web-compat-version in the first of the folders that has one; else our own version.

    Moodle 3.11 and older accept other versions only.
    """
    for folder in folders:
        try:
            with open(os.path.join(folder, VERSION_FILE), encoding="utf-8") as file:
                line = file.readline(100).strip()
        except (OSError, UnicodeDecodeError):
            continue
        if line:
            return line
    return _native.interface_version()


def process_version() -> str:
    """The same for a process, whose working directory may be any: also beside the Python that runs it."""
    return compatibility_version([".", os.path.dirname(sys.executable)])
