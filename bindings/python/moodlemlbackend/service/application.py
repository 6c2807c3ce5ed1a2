# SPDX-License-Identifier: Apache-2.0
"""The Flask application: its limits, its error pages, and which function answers which route."""

from __future__ import annotations

import logging
import tempfile

from flask import Flask, Request, Response, g, request
from werkzeug.datastructures import Authorization, MultiDict
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.utils import cached_property

from moodlemlbackend.service import openapi
from moodlemlbackend.service.disk import is_of_connection, storage_error
from moodlemlbackend.service.identifiers import IdentifierError
from moodlemlbackend.service.jobs import TooManyJobs
from moodlemlbackend.service.logs import configure_logging
from moodlemlbackend.service.metrics import Metrics
from moodlemlbackend.service.model_routes import ModelRoutes
from moodlemlbackend.service.monitoring_routes import MonitoringRoutes
from moodlemlbackend.service.request_log import log_requests
from moodlemlbackend.service.runners import open_runner
from moodlemlbackend.service.settings import Settings
from moodlemlbackend.service.storage import QueueError, Storage, StorageError, UploadError
from moodlemlbackend.service.tenants import ForeignIdentifier
from moodlemlbackend.service.transfers import TransferError

FORM_BYTES = 1 << 20  # of a form's fields, which are kept in memory; files go to disk
FORM_PARTS = 100

# What is raised below a route, and the code that tells it.
CODES: dict[type[Exception], int] = {IdentifierError: 400, TransferError: 400, ForeignIdentifier: 403, UploadError: 500,
                                     QueueError: 503, StorageError: 502, TooManyJobs: 503}

FORGED_PATHS = {"HTTP_SCRIPT_NAME", "HTTP_PATH_INFO"}
UNREADABLE_BODY = "The request's body cannot be read to its end."

log = logging.getLogger("moodlemlbackend")


class LimitedRequest(Request):
    max_form_memory_size = FORM_BYTES
    max_form_parts = FORM_PARTS

    @cached_property
    def args(self) -> MultiDict[str, str]:
        try:
            return super().args
        except UnicodeDecodeError:
            raise BadRequest("The query is not in UTF-8.") from None

    @cached_property
    def authorization(self) -> Authorization | None:
        """None where it is malformed; Werkzeug raises for letters that are no Base64, so that anybody could fill the log."""
        try:
            return super().authorization
        except ValueError:
            return None


def create_app(settings: Settings, storage: Storage) -> Flask:
    """A WSGI application; any number of threads may serve it."""
    configure_logging()
    tempfile.tempdir = settings.temporary_directory  # of all that this process makes, what Werkzeug stores of a body included
    app = Flask("moodlemlbackend", static_folder=None)
    app.request_class = LimitedRequest
    app.config["MAX_CONTENT_LENGTH"] = settings.limits.body_bytes
    metrics = Metrics(settings.metrics_directory)
    log_requests(app, metrics)
    _refuse_forged_paths(app)
    _answer_errors(app)
    runner = open_runner(settings, storage, metrics)
    views = {**ModelRoutes(settings, storage, runner).views(),
             **MonitoringRoutes(storage, settings.temporary_directory, metrics, runner).views()}
    for route in openapi.ROUTES:
        app.add_url_rule(route.rule, route.endpoint, views[route.endpoint], methods=[route.method])
    return app


def _refuse_forged_paths(app: Flask) -> None:
    @app.before_request
    def refuse() -> None:
        """gunicorn takes these headers off the path, by which a proxy has judged who may ask; a proxy hands on what clients send."""
        if FORGED_PATHS & request.environ.keys():
            raise BadRequest("A header that changes the request's path is refused: set SCRIPT_NAME in the server's environment.")


def _answer_errors(app: Flask) -> None:
    for kind, code in CODES.items():
        app.register_error_handler(kind, lambda error, code=code: _text(str(error), code))
    app.register_error_handler(OSError, _refuse_for_system)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        response = _text(error.description or "", error.code or 500)
        for name, value in error.get_headers():  # Allow, WWW-Authenticate
            response.headers.setdefault(name, value)
        return response

    @app.errorhandler(Exception)
    def fail(error: Exception) -> Response:
        if type(error).__module__ == "gunicorn.http.errors":  # of the lines between and behind chunks
            return _text(UNREADABLE_BODY, 400)
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        return _text(f"Internal error: the server's log has details of request {g.get('request_id', '')}.", 500)


def _refuse_for_system(error: OSError) -> Response:
    if is_of_connection(error):
        return _text(UNREADABLE_BODY, 400)
    log.error("%s %s: %s", request.method, request.path, error)
    return _text(str(storage_error(error)), CODES[StorageError])


def _text(message: str, code: int) -> Response:
    return Response(message, code, mimetype="text/plain")
