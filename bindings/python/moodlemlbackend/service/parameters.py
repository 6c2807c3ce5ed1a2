# SPDX-License-Identifier: Apache-2.0
"""What a request brings: parameters from its query or its form (a GET may carry a form too), and one file."""

from __future__ import annotations

import io
import os
from typing import IO, Any

from flask import g, request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import BadRequest, LengthRequired, RequestEntityTooLarge

from moodlemlbackend.service.identifiers import ModelName, clean_digits, clean_identifier, clean_number
from moodlemlbackend.service.tenants import Tenants


def refuse_long_body(limit: int) -> None:
    """Before anything of it is read. A body in chunks, whose size nobody knows in advance, is counted while it is read.

    ``limit``: in bytes.
    """
    if (request.content_length or 0) > limit:
        raise too_large(limit)
    if "Transfer-Encoding" not in request.headers:
        return
    if "Content-Length" in request.headers:
        raise BadRequest("The request has both a Content-Length and a Transfer-Encoding.")
    if not request.environ.get("wsgi.input_terminated"):
        raise LengthRequired("The web server does not report where a body in chunks ends: send the request with a Content-Length.")
    request.environ["wsgi.input"] = CountedBody(request.environ["wsgi.input"], limit)


def too_large(limit: int) -> RequestEntityTooLarge:
    return RequestEntityTooLarge(f"The request is larger than {limit} bytes: see MOODLE_MLBACKEND_MAX_BODY_MEGABYTES.")


class CountedBody(io.RawIOBase):
    """A request's body in chunks; RequestEntityTooLarge where more than ``limit`` bytes are read. ``count``: bytes until now."""

    def __init__(self, body: IO[bytes], limit: int):
        super().__init__()
        self._body, self._limit, self.count = body, limit, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        piece = self._body.read(len(buffer))
        self.count += len(piece)
        if self.count > self._limit:
            raise too_large(self._limit)
        buffer[:len(piece)] = piece
        return len(piece)


def optional_text(name: str) -> str:
    """Empty where the parameter is absent."""
    return request.args.get(name) or request.form.get(name) or ""


def text(name: str) -> str:
    value = optional_text(name)
    if not value:
        raise BadRequest(f"The parameter {name} is missing.")
    return value


def number(name: str) -> str:
    cleaned = clean_number(text(name))
    if not cleaned:
        raise BadRequest(f"The parameter {name} is not a number.")
    return cleaned


def whole_number(name: str) -> str:
    cleaned = clean_digits(text(name))
    if not cleaned:
        raise BadRequest(f"The parameter {name} is not a number.")
    return cleaned


def uniqueid(tenants: Tenants) -> str:
    """As the storage knows it, for the user of this request."""
    return tenants.own_uniqueid(g.user, clean_identifier("uniqueid", text("uniqueid")))


def model_name(tenants: Tenants, dirhash: str = "dirhash") -> ModelName:
    return ModelName(uniqueid(tenants), clean_identifier(dirhash, text(dirhash)))


def file(name: str) -> FileStorage:
    found = request.files.get(name)
    if found is None:
        raise BadRequest(f"The file {name} is missing.")
    return found


def save_file(name: str, directory: str) -> str:
    """Stores the file of this name in ``directory``; where it lies."""
    path = os.path.join(directory, name)
    file(name).save(path)
    return path
