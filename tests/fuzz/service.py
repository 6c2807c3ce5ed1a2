# SPDX-License-Identifier: Apache-2.0
"""What the targets of the REST service share: the packages as they were built, data that its routes take, and what they must not do."""

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("MOODLEML_BUILD", ROOT / "build")).resolve()
sys.path.insert(0, str(BUILD / "python-packages"))
sys.modules["matplotlib"] = None  # the ROC picture that it would draw takes longer than all else

OPTIONS = {"networks": "0", "trees": "1", "folds": "2", "threads": "1", "linear_strength": "1"}
LABELLED = b'nfeatures,targetclasses,targettype\n2,"[0,1]",discrete\na,b,y\n' + b"0.5,-1,1\n-0.5,0,0\n" * 4
UNLABELLED = b"nfeatures\n2\nid,a,b\n1-0,0.5,-1\n2-0,0,\n"
MODEL = (ROOT / "tests" / "golden" / "format-1" / "linear-two.mml").read_bytes()


def expect(holds, promise):
    if not holds:
        raise AssertionError(f"broken promise: {promise}")


def expect_sentence(message, *places):
    """A message to a client: one line, which names no place of the server's."""
    expect(message and message.isprintable() and len(message) <= 4096, f"a message of one line: {message!r}")
    expect(not any(place in message for place in places), f"a message without the server's paths: {message!r}")


def files_below(directory):
    """Relative paths of all that lies there; nothing but files and directories may."""
    found = []
    for folder, folders, names in os.walk(directory):
        for name in folders + names:
            path = os.path.join(folder, name)
            expect(not os.path.islink(path), "no links")
            found.append(os.path.relpath(path, directory))
    return found


def expect_names(paths):
    """Below a storage directory: models in directories of two names that a client may give, and the service's own."""
    for path in paths:
        names = path.split(os.sep)[:2]
        allowed = names[0] == ".jobs" or all(re.fullmatch(r"[A-Za-z0-9_-]+", name) for name in names)
        expect(allowed, f"a name that is none of a client's: {path!r}")
