# SPDX-License-Identifier: Apache-2.0
"""Jobs and answers are signed (HMAC-SHA256), so that whoever can write to Redis can neither make nor change one.

The key is in the store, which web processes and workers trust anyway: who can write there can replace the models. The first
process makes it.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from itsdangerous import BadData, Serializer

from moodlemlbackend.queue.job import Job, MalformedJob, Outcome, job_from, outcome_from
from moodlemlbackend.service.storage import Files

KEY = ".queue/key"
BYTES = 32


class Signatures:
    """One for each process. StorageError where the store does not give the key."""

    def __init__(self, files: Files):
        self._files = files
        self._key = self._shared_key()

    def _shared_key(self) -> bytes:
        key = self._files.read(KEY)
        if key is None:
            self._files.create(KEY, secrets.token_bytes(BYTES))
            key = self._files.read(KEY)
        assert key is not None
        return key

    def sign_job(self, job: Job) -> str:
        return str(self._serializer("job").dumps(job.fields()))

    def read_job(self, signed: str) -> Job:
        """MalformedJob."""
        return job_from(self._verified("job", signed))

    def sign_outcome(self, outcome: Outcome) -> str:
        return str(self._serializer("answer").dumps(outcome._asdict()))

    def read_outcome(self, signed: Any, job: str) -> Outcome:
        """MalformedJob."""
        return outcome_from(self._verified("answer", signed), job)

    def _verified(self, purpose: str, signed: Any) -> Any:
        if not isinstance(signed, str):
            raise MalformedJob("it is not a text")
        for _ in range(2):
            try:
                return self._serializer(purpose).loads(signed)
            except BadData:
                self._key = self._shared_key()  # somebody may have emptied the store, and another process made a new one
        raise MalformedJob("its signature is not of this service")

    def _serializer(self, purpose: str) -> Any:
        return Serializer(self._key, salt=f"moodlemlbackend.queue.{purpose}", signer_kwargs={"digest_method": hashlib.sha256})
