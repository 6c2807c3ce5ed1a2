# SPDX-License-Identifier: Apache-2.0
"""Whether the server is about to end, so that long calls are to end as well: the library then leaves everything as it was."""

from __future__ import annotations

import threading
import time

STOPPING = "The server is stopping: nothing was changed, send the request again."

_deadline: float | None = None


def begin(seconds: float) -> None:
    """Calls may go on for ``seconds``. Safe in a signal handler."""
    global _deadline
    if _deadline is None:
        _deadline = time.monotonic() + seconds


def is_due() -> bool:
    """Also true once the main thread has ended, which is how any WSGI server stops that does not call ``begin``."""
    return (_deadline is not None and time.monotonic() >= _deadline) or not threading.main_thread().is_alive()
