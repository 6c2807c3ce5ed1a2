# SPDX-License-Identifier: Apache-2.0
"""Older x86-64 processors by qemu: which there are, and how a program is run on one."""

import json
import subprocess
from pathlib import Path

# By the level of the x86-64 psABI. The features that qemu 7.2 lacks are taken off Haswell, or it would warn of each in every thread.
PROCESSORS = {
    "x86-64-v2": ["qemu-x86_64", "-cpu", "Nehalem"],
    "x86-64-v3": ["qemu-x86_64", "-cpu", "Haswell,-pcid,-x2apic,-tsc-deadline,-hle,-rtm,-invpcid"],
}


def instruction_set(command):
    """What the program finds that it runs on."""
    answer = subprocess.run([*command, "version", "--as", "json"], check=True, capture_output=True, text=True)
    return json.loads(answer.stdout)["instruction_set"]


def wrapper(folder, name, level, program):
    """A script of this name that runs the program on an older processor."""
    path = Path(folder) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec {" ".join(PROCESSORS[level])} {program} "$@"\n', encoding="utf-8")
    path.chmod(0o755)
    return path
