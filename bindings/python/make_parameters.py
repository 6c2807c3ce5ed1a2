# SPDX-License-Identifier: Apache-2.0
"""Writes moodleml/_parameters.py: the estimators' keyword arguments and their description, from the library's table of options.

Usage: make_parameters.py NATIVE_MODULE|PROGRAM OUTPUT

The table is the same for every processor. A build for another one therefore names a program moodleml that runs here.
"""

import importlib.util
import json
import pathlib
import subprocess
import sys
import textwrap

TYPES = {"integer": "int", "number": "float", "flag": "bool", "choice": "str", "text": "str"}
# What has an effect on arrays: how files are read and evaluations are split is said elsewhere, and directories are Moodle's.
GROUPS = ("run", "learners")
OTHERS = ("keep_rows", "keep_megabytes")
HEAD = '''\
# Made by make_parameters.py of the table of options in libmoodleml {version}; not to be edited.
"""The estimators' keyword arguments."""

from typing import Optional

from sklearn.base import BaseEstimator

from moodleml.meant import refuses_others


class Parameters(BaseEstimator):
    """Holds the options; the library checks them when it trains."""

    @refuses_others
    def __init__(
        self,
        *,
'''


def of_module(path):
    """Version and options of the library, by the extension module at this path."""
    spec = importlib.util.spec_from_file_location("_native", path)
    native = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(native)
    return native.version(), [json.loads(text) for text in native.options()]


def of_program(path):
    """The same by the program at this path."""
    version, options = (json.loads(subprocess.run([path, command, "--as", "json"], check=True, capture_output=True).stdout)
                        for command in ("version", "options"))
    return version["version"], options["options"]


def options(path):
    """Version and the options that the estimators take."""
    version, table = of_module(path) if path.endswith(".so") else of_program(path)
    return version, [option for option in table if option["group"] in GROUPS or option["name"] in OTHERS]


def default(option):
    """None for what option effort decides unless it is set."""
    if "effort" in option:
        return None
    text = option["default"]
    return {"int": int, "float": float, "bool": lambda value: value == "true", "str": str}[TYPES[option["type"]]](text)


def annotation(option):
    kind = TYPES[option["type"]]
    return f"Optional[{kind}]" if "effort" in option else kind


def number(value):
    return str(value) if isinstance(value, int) else f"{value:g}"


def description(option):
    """As numpydoc wants it: name, type, range, default; then the sentences of the table."""
    kind = TYPES[option["type"]]
    if "choices" in option:
        kind = "{" + ", ".join(map(repr, option["choices"])) + "}"
    elif "minimum" in option:
        kind += f" from {number(option['minimum'])} to {number(option['maximum'])}"
    head = f"{option['name']} : {kind}, default={default(option)!r}"
    return head + "\n" + textwrap.indent(textwrap.fill(option["help"] + by_host(option) + by_effort(option), 110), "    ")


def by_effort(option):
    """What None stands for."""
    if "effort" not in option:
        return ""
    others = "".join(f", at effort '{effort}' {value}" for effort, value in option["effort"].items())
    return f" None: {option['default']}{others}."


def by_host(option):
    """What Python takes in addition."""
    return " As scikit-learn's n_jobs, -1: all, -2: all but one, and so on." if option["name"] == "threads" else ""


def module(version, table):
    arguments = "".join(f"        {o['name']}: {annotation(o)} = {default(o)!r},\n" for o in table)
    assignments = "".join(f"        self.{o['name']} = {o['name']}\n" for o in table)
    described = "\n".join(description(option) for option in table)
    return (HEAD.format(version=version) + arguments + "    ) -> None:\n" + assignments
            + f'\n\nDESCRIPTION = """\\\nParameters\n----------\n{described}\n"""\n')


def main():
    native, output = sys.argv[1:]
    pathlib.Path(output).write_text(module(*options(native)), encoding="utf-8")


if __name__ == "__main__":
    main()
