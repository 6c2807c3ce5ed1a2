# SPDX-License-Identifier: Apache-2.0
"""Shows how far a long call has got."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Optional, Union

from moodleml import _native

Callback = Callable[[_native.Progress], object]

#: True: a bar by tqdm; or a function that is called several times a second with a Progress, and may return False to cancel.
ShowProgress = Union[bool, Callback, None]


@contextmanager
def shown(progress: ShowProgress, description: str) -> Iterator[Optional[Callback]]:
    """The callback for a long call, or None where nothing is to be shown."""
    if progress is None or progress is False:
        yield None
    elif callable(progress):
        yield progress
    elif progress is not True:
        raise TypeError(f"progress is {progress!r}: give True for a bar, or a function that is given a Progress")
    else:
        with bar_of(description) as bar:
            yield lambda state: advance(bar, int(100 * state.fraction))


def bar_of(description: str) -> Any:
    try:
        from tqdm.auto import tqdm
    except ModuleNotFoundError as error:
        raise ImportError("progress=True needs tqdm: pip install 'moodleml[estimators]'") from error
    return tqdm(total=100, desc=description, unit="%", bar_format="{l_bar}{bar}| {elapsed}<{remaining}")


def advance(bar: Any, percent: int) -> None:
    bar.update(percent - bar.n)
