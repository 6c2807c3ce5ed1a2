# SPDX-License-Identifier: Apache-2.0
"""Trainings and evaluations: each in a thread of its own, so that the request can show meanwhile that it lives."""

from __future__ import annotations

import abc
import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

from flask import Response

from moodlemlbackend.calls import Answer, Cancelled, Progress, refusal
from moodlemlbackend.service import stopping
from moodlemlbackend.service.disk import storage_error
from moodlemlbackend.service.storage import StorageError

CANCELLED = "The client has gone: nothing was changed."

log = logging.getLogger("moodlemlbackend")


class Call(abc.ABC):
    """Something that takes long and can be waited for."""

    is_evaluation = False

    @abc.abstractmethod
    def wait(self, seconds: float) -> bool:
        """Whether the call has ended."""

    @abc.abstractmethod
    def cancel(self) -> None:
        """The call ends soon, without effect; nothing where it has ended."""

    @abc.abstractmethod
    def answer(self) -> Answer:
        """Of a call that has ended; raises what ended it."""

    def answer_or_refusal(self) -> Answer:
        """The same where no status code can be given any more."""
        try:
            return self.answer()
        except StorageError as error:
            return self._refusal(str(error))
        except OSError as error:
            log.exception("a call failed")
            return self._refusal(str(storage_error(error)))
        except Exception:
            log.exception("a call failed")
            return self._refusal("Internal error: the server's log has details.")

    def _refusal(self, message: str) -> Answer:
        return refusal(message, is_evaluation=self.is_evaluation)


class LongCall(Call):
    """Starts at once. ``resources`` are closed in the thread when the call has ended; ``work`` is given a progress callback."""

    def __init__(self, work: Callable[[Progress], Answer], resources: ExitStack, *, is_evaluation: bool = False):
        self._work = work
        self._resources = resources
        self.is_evaluation = is_evaluation
        self._ended = threading.Event()
        self._is_cancelled = False
        self._answer: Answer | None = None
        self._error: Exception | None = None
        self.fraction = 0.0
        # Not a daemon: when the server stops it waits for the thread, which then finds that stopping.is_due().
        threading.Thread(target=self._run, name="call").start()

    def _run(self) -> None:
        try:
            with self._resources:
                self._answer = self._work(self._progress)
        except Cancelled:
            self._answer = self._refusal(CANCELLED if self._is_cancelled else stopping.STOPPING)
        except Exception as error:
            self._error = error
        finally:
            self._ended.set()

    def _progress(self, progress: Any) -> bool:
        self.fraction = progress.fraction
        return not (self._is_cancelled or stopping.is_due())

    def wait(self, seconds: float) -> bool:
        return self._ended.wait(seconds)

    def cancel(self) -> None:
        """Within a second."""
        self._is_cancelled = True

    def answer(self) -> Answer:
        if self._error is not None:
            raise self._error
        assert self._answer is not None
        return self._answer


class LivingBody:
    """Whitespace, which JSON allows before a value, for as long as the call runs; then its answer."""

    def __init__(self, call: Call, silent_seconds: float):
        self._call = call
        self._silent_seconds = silent_seconds

    def __iter__(self) -> Iterator[bytes]:
        yield b" "
        while not self._call.wait(self._silent_seconds):
            yield b" "
        yield self._call.answer_or_refusal().json.encode()

    def close(self) -> None:
        """Called by the WSGI server, also where the client has gone: Moodle then sends the same samples again."""
        self._call.cancel()


def respond(call: Call, silent_seconds: float) -> Response:
    """The answer, with a status code where it comes within ``silent_seconds``; else 200 and a living body."""
    if call.wait(silent_seconds):
        return json_response(call.answer())
    response = Response(LivingBody(call, silent_seconds), mimetype="application/json")
    response.headers["X-Accel-Buffering"] = "no"  # nginx: hand each byte on
    return response


def json_response(answer: Answer) -> Response:
    return Response(answer.json, mimetype="application/json")
