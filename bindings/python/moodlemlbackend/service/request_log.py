# SPDX-License-Identifier: Apache-2.0
"""One line in the log for each request, when its answer has been sent.

No line holds a header, a query or a body: that is where credentials and students' data are.
"""

from __future__ import annotations

import logging
import re
import secrets
import time

from flask import Flask, Response, g, request

from moodlemlbackend.service.metrics import Metrics

log = logging.getLogger("moodlemlbackend")


def log_requests(app: Flask, metrics: Metrics) -> None:
    """Each request gets an id, its own where it brings one (X-Request-ID, as nginx sends it), and is told when it has ended."""

    @app.before_request
    def begin() -> None:
        g.request_id = re.sub(r"[^A-Za-z0-9_-]", "", request.headers.get("X-Request-ID", ""))[:64] or secrets.token_hex(8)
        g.started = time.monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-ID"] = g.request_id
        fields = {"request": g.request_id, "method": request.method, "route": request.endpoint or "", "code": response.status_code,
                  "user": g.get("user", ""), "client": request.remote_addr or "", "bytes": request.content_length or 0}
        started, body = g.started, request.environ.get("wsgi.input")

        def tell() -> None:
            seconds = time.monotonic() - started
            metrics.observe_request(fields["route"], fields["method"], response.status_code, seconds)
            fields["bytes"] = fields["bytes"] or getattr(body, "count", 0)  # of a body in chunks
            log.info({**fields, "milliseconds": round(1000 * seconds, 1)})

        response.call_on_close(tell)
        return response
