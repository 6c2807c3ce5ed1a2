# SPDX-License-Identifier: Apache-2.0
"""What the process modules share: arguments in, the answer on standard output, its status as exit code."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Sequence

from moodlemlbackend.calls import Answer, Cancelled, Options, OptionsError, Progress, library_options, missing_arguments, refusal
from moodlemlbackend.installation import warn_of_original

IDS = "model id, directory, "
_INTERRUPTED = 128 + signal.SIGINT
"""The exit code of a process that Ctrl-C has ended, as shells have it."""


class _Interruption:
    """Notes a first Ctrl-C for a call that can stop cleanly; a second one ends the process at once."""

    def __init__(self) -> None:
        self._came = False
        if _ends_by_interrupt():
            signal.signal(signal.SIGINT, self._note)

    def _note(self, *_: object) -> None:
        self._came = True
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    def progress(self, _: object) -> bool:
        """For the call, which it cancels once Ctrl-C was pressed."""
        return not self._came


def run_with_json(expected: str, least: int, call: Callable[[Sequence[str], Options, Progress], Answer], *,
                  is_evaluation: bool = False) -> None:
    """Ends the process with ``call(arguments, options, progress)``, of which standard output holds one line of JSON.

    ``expected`` names the arguments, of which there must be ``least``. ``progress`` cancels the call once Ctrl-C was pressed.
    """
    interruption = _Interruption()
    warn_of_original()
    arguments = sys.argv[1:]
    if len(arguments) < least:
        _finish(missing_arguments(expected))
    try:
        options = library_options()
    except OptionsError as error:
        _finish(refusal(str(error), is_evaluation=is_evaluation))
    try:
        _finish(call(arguments, options, interruption.progress))
    except Cancelled:
        _finish(refusal("stopped by a signal: nothing was written", is_evaluation=is_evaluation), _INTERRUPTED)


def run_with_words(expected: str, least: int, call: Callable[[Sequence[str], Options], Answer],
                   words: Callable[[Sequence[str]], str]) -> None:
    """Ends the process with ``words(arguments)`` on standard output, or with exit code 1 and the reason on standard error."""
    if _ends_by_interrupt():  # and at once, for these calls are not asked whether to go on
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    warn_of_original()
    arguments = sys.argv[1:]
    if len(arguments) < least:
        sys.exit("moodlemlbackend: " + reasons(missing_arguments(expected)))
    try:
        answer = call(arguments, library_options())
    except OptionsError as error:
        sys.exit(f"moodlemlbackend: {error}")
    if answer.status != 0:
        sys.exit("moodlemlbackend: " + reasons(answer))
    print(words(arguments), flush=True)


def reasons(answer: Answer) -> str:
    """The sentences of a refusal, as one line."""
    from json import loads

    return " ".join(loads(answer.json)["info"])


def _ends_by_interrupt() -> bool:
    """False where the parent had Ctrl-C ignored, as nohup and a script's background jobs have."""
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler


def _finish(answer: Answer, exit_code: int | None = None) -> None:
    print(answer.json, flush=True)
    sys.exit(answer.status if exit_code is None else exit_code)
