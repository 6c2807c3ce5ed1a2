# SPDX-License-Identifier: Apache-2.0
"""Moodle's calls, answered by the library: every call gives a status and one line of JSON, whatever happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from moodlemlbackend import _native

Progress = Callable[..., Any]
"""Called several times a second with where a call has got to (its ``fraction`` is 0 to 1); False cancels the call."""

Cancelled = _native.Cancelled
"""Raised by a call that was cancelled; nothing was changed."""

Options = _native.Options
"""Of the library: ``Options("threads=1,time_limit=600")``, ``options.including({"seed": "2"})``."""


class Answer(NamedTuple):
    """Moodle's status (also a process's exit code; 0: fine) and the JSON for it, without a newline.

    ``reason``: the library's name for why it is a refusal, such as MML_IO where the disk refuses.
    """

    status: int
    json: str
    reason: str = "MML_OK"


class OptionsError(ValueError):
    """MOODLEML_OPTIONS cannot be read; the message tells why."""


def library_options(environment: Mapping[str, str] = os.environ) -> Options:
    """The library options that an administrator set: ``MOODLEML_OPTIONS=threads=1,time_limit=600``."""
    try:
        return Options(environment.get("MOODLEML_OPTIONS", ""))
    except (_native.Error, ValueError) as error:
        raise OptionsError(f"environment variable MOODLEML_OPTIONS: {error}") from None


def refusal(message: str, *, is_evaluation: bool = False) -> Answer:
    """What Moodle is told where the library has no answer: the directory is busy, an option is wrong, no memory."""
    return Answer(*_native.refuse(message, is_evaluation))


def missing_arguments(expected: str) -> Answer:
    return Answer(*_native.missing_arguments(expected))


def train(directory: str, dataset: str, options: Options, progress: Progress | None = None) -> Answer:
    """Trains the directory's model, going on from what it learned. Cancelled."""
    return _answered(lambda: _native.train(directory, dataset, options, progress))


def predict(directory: str, dataset: str, options: Options, progress: Progress | None = None) -> Answer:
    return _answered(lambda: _native.predict(directory, dataset, options, progress))


def explain(directory: str, dataset: str, options: Options, progress: Progress | None = None) -> Answer:
    """The reasons for each prediction."""
    return _answered(lambda: _native.explain(directory, dataset, options, progress))


def evaluate(directory: str, dataset: str, trained_directory: str, options: Options,
             progress: Progress | None = None) -> Answer:
    """trained_directory: whose model to rate; empty: train and rate on random splits of the data set."""
    return _answered(lambda: _native.evaluate(directory, dataset, trained_directory, options, progress), is_evaluation=True)


def export_model(directory: str, export_directory: str, options: Options) -> Answer:
    return _answered(lambda: _native.export_model(directory, export_directory, options))


def import_model(directory: str, import_directory: str, options: Options) -> Answer:
    return _answered(lambda: _native.import_model(directory, import_directory, options))


def convert_model(directory: str, options: Options) -> Answer:
    """Writes the original's model in the directory in our form beside it."""
    return _answered(lambda: _native.convert_model(directory, options))


def evaluation_options(minimum_score: str, maximum_deviation: str, iterations: str) -> dict[str, str]:
    """What Moodle asks of an evaluation, as it writes the numbers; the library judges them."""
    return {"min_score": minimum_score, "max_deviation": maximum_deviation, "iterations": iterations}


def _answered(call: Callable[[], tuple[int, str, str]], *, is_evaluation: bool = False) -> Answer:
    try:
        return Answer(*call())
    except Cancelled:
        raise
    except (_native.Error, ValueError, TypeError, MemoryError) as error:
        answer = refusal(str(error) or "out of memory", is_evaluation=is_evaluation)
        return answer._replace(reason=getattr(error, "name", "MML_INTERNAL"))
