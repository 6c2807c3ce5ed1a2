# SPDX-License-Identifier: Apache-2.0
"""Usage: old_cpu.py BUILD [CTEST ARGUMENT…]. Runs a build's tests on a processor of 2008, without AVX.

qemu does not follow a program into those it starts. So each test's own program is run by it, and what tests start they find as
scripts that call it: the program `moodleml` and PHP.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from emulated import PROCESSORS, instruction_set, wrapper

LEVEL = "x86-64-v2"
LEFT_OUT = {
    r"(abi|cpp)/header-.*|abi/layout": "a compiler reads a header; nothing runs",
    r"abi/(header-text|symbols|baseline)|cpp/wrapped": "scripts read files; nothing of ours runs",
    r"cli/(documents|determinism)": "trains on the examples' data again and again, which takes minutes; cli/commands trains as well",
    r"faults/.*": "the system fails, not the processor; children and memory that are the emulator's as well would be judged",
    r"install/.*": "builds and installs; the library that it then runs is the one tested here",
}
# Cases of programs that are run: an emulated second is no second.
TIMED_CASES = "*within a second*"


def reason_to_leave_out(name):
    return next((reason for pattern, reason in LEFT_OUT.items() if re.fullmatch(pattern, name)), None)


def quoted(values):
    return " ".join(f"[==[{value}]==]" for value in values)


def ctest_lines(test, build, folder):
    """A test as ctest's own files have it, run by the emulator."""
    command = test.get("command") or sys.exit(f"{test['name']} is not built")
    if Path(command[0]).parent == build / "bin":
        command = [*PROCESSORS[LEVEL], *command]
    if test["name"] == "capi/models":
        command = [*command, f"--test-case-exclude={TIMED_CASES}"]
    properties = {entry["name"]: entry["value"] for entry in test["properties"]}
    environment = {**dict(pair.split("=", 1) for pair in properties.get("ENVIRONMENT", [])), "PATH": f"{folder}:{os.environ['PATH']}"}
    if "MOODLEML_PROGRAM" in environment:
        environment["MOODLEML_PROGRAM"] = folder / "moodleml"
    yield f"add_test({quoted([test['name'], *command])})"
    settings = ["WORKING_DIRECTORY", properties["WORKING_DIRECTORY"], "ENVIRONMENT", ";".join(f"{name}={value}" for name, value in environment.items())]
    yield f"set_tests_properties({quoted([test['name'], 'PROPERTIES', *settings])})"


def main():
    build = Path(sys.argv[1]).resolve()
    folder = build / "old-cpu"
    program = wrapper(folder, "moodleml", LEVEL, build / "bin" / "moodleml")
    wrapper(folder, "php", LEVEL, shutil.which("php"))
    found = instruction_set([program])
    if found != LEVEL:
        sys.exit(f"the emulated processor is {found}, not {LEVEL}")
    listed = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True, text=True)
    lines = []
    for test in json.loads(listed.stdout)["tests"]:
        reason = reason_to_leave_out(test["name"])
        if reason:
            print(f"left out: {test['name']}: {reason}")
        else:
            lines += ctest_lines(test, build, folder)
    (folder / "CTestTestfile.cmake").write_text("\n".join(lines) + "\n", encoding="utf-8")
    sys.stdout.flush()
    ctest = ["ctest", "--test-dir", folder, "--no-tests=error", "--timeout", "1200", "--output-on-failure", *sys.argv[2:]]
    return subprocess.run(ctest, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
