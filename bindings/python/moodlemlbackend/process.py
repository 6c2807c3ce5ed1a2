# SPDX-License-Identifier: Apache-2.0
"""What the process modules share: arguments in, the answer on standard output, its status as exit code."""

import sys
from collections.abc import Callable, Sequence

from moodlemlbackend.calls import MISSING_ARGUMENTS, Answer, OptionsError, library_options, missing_arguments, refusal
from moodlemlbackend.installation import warn_of_original

IDS = "model id, directory, "


def run_with_json(expected: str, least: int, call: Callable[[Sequence[str], dict[str, str]], Answer], *,
                  is_evaluation: bool = False) -> None:
    """Ends the process with ``call(arguments, options)``, of which standard output holds one line of JSON.

    ``expected`` names the arguments, of which there must be ``least``.
    """
    warn_of_original()
    arguments = sys.argv[1:]
    if len(arguments) < least:
        _finish(missing_arguments(expected))
    try:
        options = library_options()
    except OptionsError as error:
        _finish(refusal(str(error), is_evaluation=is_evaluation))
    _finish(call(arguments, options))


def run_with_words(expected: str, least: int, call: Callable[[Sequence[str], dict[str, str]], Answer],
                   words: Callable[[Sequence[str]], str]) -> None:
    """Ends the process with ``words(arguments)`` on standard output, or with exit code 1 and the reason on standard error."""
    warn_of_original()
    arguments = sys.argv[1:]
    if len(arguments) < least:
        sys.exit("moodlemlbackend: " + MISSING_ARGUMENTS + expected)
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


def _finish(answer: Answer) -> None:
    print(answer.json, flush=True)
    sys.exit(answer.status)
