# SPDX-License-Identifier: Apache-2.0
"""What the service has to tell: one line of JSON each, on standard error, with the id of the request that it belongs to."""

from __future__ import annotations

import json
import logging
import threading
from datetime import datetime, timezone

from flask import g, has_request_context

log = logging.getLogger("moodlemlbackend")


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        fields = {"time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
                  "level": record.levelname.lower()}
        if isinstance(record.msg, dict):
            return json.dumps({**fields, **record.msg})
        if has_request_context():
            fields["request"] = g.get("request_id", "")
        fields["message"] = record.getMessage()
        if record.exc_info:
            fields["traceback"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def configure_logging(*, is_verbose: bool = False) -> None:
    """Once a process, before anything is logged; again changes nothing but the level."""
    if not log.handlers:
        log.addHandler(_handler())
        log.propagate = False
    log.setLevel(logging.DEBUG if is_verbose else logging.INFO)


def log_all_as_json() -> None:
    """Also what other packages, Python itself and threads have to say. For a process that is the service's own."""
    logging.basicConfig(level=logging.WARNING, handlers=[_handler()], force=True)
    logging.captureWarnings(True)
    threading.excepthook = _log_thread


def _handler() -> logging.Handler:
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    return handler


def _log_thread(failed: threading.ExceptHookArgs) -> None:
    if failed.exc_value is not None:
        log.error("a thread failed", exc_info=failed.exc_value)
