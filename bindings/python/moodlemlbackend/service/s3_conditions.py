# SPDX-License-Identifier: Apache-2.0
"""Whether a bucket keeps the conditions of an upload (If-Match, If-None-Match), which not every store that speaks S3 does."""

from __future__ import annotations

import contextlib
import logging
import secrets
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

CONFLICT = {"409", "412", "ConditionalRequestConflict", "PreconditionFailed", "404", "NoSuchKey"}
WARNING = ("S3: this store does not keep the conditions of an upload (If-Match, If-None-Match). If two servers train one model at the "
           "same moment, the samples of one are lost. Let only one server use this bucket, or use another store")
ANOTHER_ETAG = '"' + "0" * 32 + '"'

log = logging.getLogger("moodlemlbackend")

# What was found of an endpoint and bucket, None: nothing yet. A server's workers are forked from the process that tried.
_findings: dict[tuple[str, str], bool | None] = {}


def code_of(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", "unknown error"))


def is_conflict(error: Exception) -> bool:
    """Whether a condition does not hold."""
    return isinstance(error, ClientError) and code_of(error) in CONFLICT


class Conditions:
    """Of one bucket; tried at once, with a small object that goes again. ``client``: one that repeats nothing."""

    def __init__(self, bucket: str, client: Any):
        self._bucket, self._client = bucket, client
        self._place = (str(client.meta.endpoint_url), bucket)
        if self._place not in _findings:
            self._try()

    def are_kept(self) -> bool:
        """True also where no answer has told yet: an upload then fails for the same reason."""
        if _findings[self._place] is None:
            self._try()
        return _findings[self._place] is not False

    def _try(self) -> None:
        key = f".jobs/probe-{secrets.token_hex(16)}"
        try:
            _findings[self._place] = self._find(key)
        except BotoCoreError:
            _findings[self._place] = None
        if _findings[self._place] is False:
            log.warning("%s", WARNING)

    def _find(self, key: str) -> bool | None:
        try:
            outcome = self._tried(key, IfNoneMatch="*")
            if outcome == "refused":
                return False if self._tried(key) == "stored" else None  # the condition is what is refused
            etag = self._client.head_object(Bucket=self._bucket, Key=key)["ETag"]
            return (self._tried(key, IfNoneMatch="*") == "conflict" and self._tried(key, IfMatch=ANOTHER_ETAG) == "conflict"
                    and self._tried(key, IfMatch=etag) == "stored")
        except ClientError:
            return None
        finally:
            with contextlib.suppress(ClientError, BotoCoreError):
                self._client.delete_object(Bucket=self._bucket, Key=key)

    def _tried(self, key: str, **condition: str) -> str:
        """"stored", "conflict" or "refused"."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=b"probe", **condition)
        except ClientError as error:
            return "conflict" if is_conflict(error) else "refused"
        return "stored"
