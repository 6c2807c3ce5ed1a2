# SPDX-License-Identifier: Apache-2.0
"""Keeps what requests bring, to send it again: MOODLE_ML_STASH_DIR. Headers, and so credentials, are never kept."""

from __future__ import annotations

import json
import logging
import os
import time

from flask import g, request

from moodlemlbackend.service.identifiers import IdentifierError, clean_identifier
from moodlemlbackend.service.transfers import one_line

log = logging.getLogger("moodlemlbackend")


def keep_request(stash_directory: str) -> None:
    """``<stash>/<time>-<request id>/request.json`` and beside it the files, named as their parts.

    A stash that is full or gone fails no request. The request is read before: what cannot be read of it is an error as without.
    """
    request.files  # noqa: B018
    try:
        _keep(os.path.join(stash_directory, f"{time.time_ns() // 1_000_000}-{g.request_id}"))
    except OSError as error:
        log.warning("the request is not stashed: %s", one_line(error))


def _keep(directory: str) -> None:
    os.mkdir(directory, mode=0o700)
    files = {}
    for part, file in request.files.items():
        try:
            stored = clean_identifier("file", part)
        except IdentifierError:
            continue
        file.save(os.path.join(directory, stored))
        file.seek(0)
        files[part] = {"stored": stored, "filename": file.filename}
    kept = {"method": request.method, "path": request.path, "query": request.args.to_dict(), "form": request.form.to_dict(),
            "files": files}
    with open(os.path.join(directory, "request.json"), "w", encoding="utf-8") as description:
        json.dump(kept, description, indent=1)
