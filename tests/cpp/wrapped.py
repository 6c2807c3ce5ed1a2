# SPDX-License-Identifier: Apache-2.0
"""The C++ header calls every function that the C header declares.

Usage: wrapped.py FOLDER
"""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "abi"))
from declarations import functions, without_comments  # noqa: E402


def main():
    folder = pathlib.Path(sys.argv[1])
    text = "".join(without_comments((folder / name).read_text(encoding="utf-8")) for name in ("calls.hpp", "moodleml.hpp", "report.hpp", "moodle.hpp", "predictor.hpp"))
    called = set(re.findall(r"\bmml_\w+", text))
    declared = functions(folder / "moodleml.h")
    missing = [name for name in declared if name not in called]
    print("\n".join(f"moodleml.hpp does not call {name}" for name in missing) or f"{len(declared)} functions are called")
    return 1 if missing or not declared else 0


if __name__ == "__main__":
    sys.exit(main())
