# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.convert [--write] [PREFIX]``: what ``moodleml convert`` does in folders, in the service's bucket.

Tells which stored models are of moodle-mlbackend-python and can be read; with ``--write`` puts our form beside, into the same object.
It needs the service's environment. Converting is not needed: the service takes either form.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from json import loads
from typing import NamedTuple

from moodlemlbackend import calls
from moodlemlbackend.calls import Options
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.settings import SettingsError, read_settings
from moodlemlbackend.service.storage import Storage, StorageError


class Finding(NamedTuple):
    """state: "can be converted", "converted", "has model.mml already" or "cannot be converted"."""

    name: ModelName
    state: str
    reason: str = ""


def holds(directory: str, file: str) -> bool:
    return os.path.isfile(os.path.join(directory, "classifier", file))


def look_at(directory: str, name: ModelName, options: Options) -> Finding | None:
    if not holds(directory, "classifier.pkl"):
        return None
    if holds(directory, "model.mml"):
        return Finding(name, "has model.mml already")
    with tempfile.TemporaryDirectory(prefix="moodlemlbackend-") as place:
        answer = calls.export_model(directory, place, options)
    if answer.status == 0:
        return Finding(name, "can be converted")
    return Finding(name, "cannot be converted", loads(answer.json)["info"][0])


def go_through(storage: Storage, names: Iterable[ModelName], write: bool, options: Options) -> Iterator[Finding]:
    for name in names:
        try:
            with storage.reading(name) as directory:
                finding = look_at(directory, name, options)
            if write and finding and finding.state == "can be converted":
                with storage.changing(name) as change:
                    change.apply(lambda directory: calls.convert_model(directory, options))
                finding = Finding(name, "converted")
        except StorageError as error:
            finding = Finding(name, "cannot be converted", str(error))
        if finding:
            yield finding


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m moodlemlbackend.convert", description=__doc__.partition("\n\n")[2])
    parser.add_argument("--write", action="store_true", help="write; without it nothing is changed")
    parser.add_argument("prefix", nargs="?", default="", help="of the keys to look at, such as a uniqueid (default: all)")
    chosen = parser.parse_args(arguments)
    try:
        settings = read_settings()
        if not settings.bucket:
            sys.exit("moodlemlbackend.convert: no bucket is set: for a directory use `moodleml convert DIR`")
        from moodlemlbackend.service.s3_storage import S3Storage

        storage = S3Storage(settings)
        findings = list(go_through(storage, list(storage.names(chosen.prefix)), chosen.write, settings.library_options))
    except (SettingsError, StorageError) as error:
        sys.exit(f"moodlemlbackend.convert: {error}")
    for name, state, reason in findings:
        print(f"{name.uniqueid}/{name.dirhash}: {state}" + (f": {reason}" if reason else ""))
    failed = sum(finding.state == "cannot be converted" for finding in findings)
    print(f"{len(findings)} models of moodle-mlbackend-python, {failed} that cannot be converted"
          + ("" if chosen.write else "; nothing was written: give --write to convert"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
