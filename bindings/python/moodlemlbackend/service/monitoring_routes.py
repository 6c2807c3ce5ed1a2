# SPDX-License-Identifier: Apache-2.0
"""What machines ask that watch the service; none of it needs a user, and none of it tells of a model."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Response
from prometheus_client import CONTENT_TYPE_LATEST
from werkzeug.exceptions import ServiceUnavailable

from moodlemlbackend.compatibility import compatibility_version
from moodlemlbackend.service import openapi
from moodlemlbackend.service.disk import refuse_unwritable
from moodlemlbackend.service.metrics import Metrics
from moodlemlbackend.service.runners import Runner
from moodlemlbackend.service.storage import Storage, StorageError


class MonitoringRoutes:
    def __init__(self, storage: Storage, temporary_directory: str, metrics: Metrics, runner: Runner):
        self._storage = storage
        self._temporary_directory = temporary_directory
        self._metrics = metrics
        self._runner = runner

    def views(self) -> dict[str, Callable[..., Any]]:
        """By endpoint."""
        return {"version": self.version, "live": self.live, "ready": self.ready, "metrics": self.metrics,
                "openapi": self.openapi}

    def version(self) -> Response:
        return Response(compatibility_version(), mimetype="text/plain")

    def live(self) -> Response:
        return Response("Ok", mimetype="text/plain")

    def ready(self) -> Response:
        try:
            self._storage.check()
            refuse_unwritable(self._temporary_directory, "temporary")
            self._runner.check()
        except StorageError as error:
            raise ServiceUnavailable(str(error)) from error
        return Response("Ok", mimetype="text/plain")

    def metrics(self) -> Response:
        return Response(self._metrics.page(self._runner.waiting()), content_type=CONTENT_TYPE_LATEST)

    def openapi(self) -> dict[str, Any]:
        return openapi.document(compatibility_version())
