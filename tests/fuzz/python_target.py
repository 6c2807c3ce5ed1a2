# SPDX-License-Identifier: Apache-2.0
"""Usage: python_target.py TARGET [libFuzzer's arguments], or python_target.py TARGET --once FOLDER

Runs the target in TARGET.py under atheris, with coverage of the service and of what reads requests and zip files for it, as run.py
does; or gives it each file of the folder once, which takes no atheris.
"""

import importlib
import sys
from pathlib import Path


def run_once(name, folder):
    target = importlib.import_module(name)
    files = sorted(Path(folder).iterdir())
    for file in files:
        try:
            target.test_one_input(file.read_bytes())
        except BaseException as error:
            error.args = (f"{file.name}: {error}",)
            raise
    print(f"{len(files)} files")


def fuzz(name, arguments):
    import atheris

    with atheris.instrument_imports(include=["moodlemlbackend", "werkzeug", "flask", "zipfile"]):
        target = importlib.import_module(name)
    atheris.Setup([sys.argv[0], *arguments], target.test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    if sys.argv[2:3] == ["--once"]:
        run_once(sys.argv[1], sys.argv[3])
    else:
        fuzz(sys.argv[1], sys.argv[2:])
