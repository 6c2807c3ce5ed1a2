# SPDX-License-Identifier: Apache-2.0
"""Requests to the REST service, above all multipart bodies: each is answered with a code and a sentence or JSON that the service's
description knows, and leaves nothing but models of clients' names in its directory. ``$DATASET``, ``$ROWS`` and ``$ZIP`` in a body
stand for files that are in order."""

import base64
import io
import json
import logging
import os
import shutil
import tempfile
import threading
import zipfile

import service
from draw import Draw
from service import expect, expect_sentence

from werkzeug.test import run_wsgi_app

from moodlemlbackend import calls
from moodlemlbackend.service.application import create_app
from moodlemlbackend.service.settings import read_settings
from moodlemlbackend.service.storage import open_storage

BODY_BYTES = 1 << 20
ROUTES = [("POST", "/training"), ("POST", "/prediction"), ("POST", "/explanation"), ("POST", "/evaluation"), ("POST", "/import"), ("GET", "/export"),
          ("GET", "/evaluationlog"), ("POST", "/deletemodel"), ("GET", "/version"), ("GET", "/jobs/0"), ("GET", "/openapi.json"),
          ("GET", "/health/ready"), ("PUT", "/training"), ("GET", "/../x"), ("POST", "/")]
QUERIES = ["uniqueid=1&dirhash=a", "uniqueid=1&dirhash=a&minscore=0&maxdeviation=1&niterations=2", "", "uniqueid=1&dirhash=a&async=1",
           "uniqueid=1&dirhash=a&runid=1", "uniqueid=../..&dirhash=%2e%2e", "uniqueid=1&dirhash=a&trainedmodeldirhash=a",
           "uniqueid=..&dirhash=x", "uniqueid=1&dirhash=..", f"uniqueid={'a' * 300}&dirhash=a"]
LENGTHS = ["", "0", "1", "-1", "x", "99", str(BODY_BYTES), str(BODY_BYTES + 1)]  # that may not be the body's
TYPES = ["multipart/form-data; boundary=b", "application/x-www-form-urlencoded", "", 'multipart/form-data; boundary="b"; charset=utf-16',
         "multipart/form-data", "application/json", "multipart/mixed; boundary=b"]
AUTHORIZATION = "Basic " + base64.b64encode(b"default:pw").decode()


def _zip():
    result = io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        archive.writestr("model.mml", service.MODEL)
    return result.getvalue()


FILES = {b"$DATASET": service.LABELLED, b"$ROWS": service.UNLABELLED, b"$ZIP": _zip()}


class Place:
    """A directory with the service's storage and its temporary directory, and the application on them."""

    def __init__(self):
        self._directory = tempfile.TemporaryDirectory()
        self.path = self._directory.name
        self.storage, self.temporary = (os.path.join(self.path, name) for name in ("storage", "temporary"))
        self._model = os.path.join(self.path, "model")
        self._train()
        self.clear()
        options = ",".join(f"{name}={value}" for name, value in service.OPTIONS.items())
        settings = read_settings({"MOODLE_MLBACKEND_PYTHON_USERS": "default:pw", "MOODLE_MLBACKEND_PYTHON_DIR": self.storage,
                                  "MOODLE_MLBACKEND_TEMPDIR": self.temporary, "MOODLEML_OPTIONS": options,
                                  "MOODLE_MLBACKEND_TIME_LIMIT": "2", "MOODLE_MLBACKEND_MAX_BODY_MEGABYTES": "1"})
        self.application = create_app(settings, open_storage(settings))
        logging.getLogger("moodlemlbackend").setLevel(logging.CRITICAL)

    def _train(self):
        dataset = os.path.join(self.path, "dataset")
        with open(dataset, "wb") as file:
            file.write(service.LABELLED)
        expect(calls.train(self._model, dataset, service.OPTIONS).status == 0, "a model to start with")
        os.unlink(dataset)

    def clear(self):
        """One model, of the uniqueid and dirhash that most requests name."""
        for path in (self.storage, self.temporary):
            shutil.rmtree(path, ignore_errors=True)
            os.makedirs(path)
        shutil.copytree(self._model, os.path.join(self.storage, "1", "a"))
        self.stored = service.files_below(self.storage)


place = Place()


def drawn_environment(draw):
    method, path = draw.any_of(ROUTES)
    query = draw.any_of(QUERIES) if draw.below(8) else draw.text(64).decode("latin-1")
    kind = draw.any_of(TYPES) if draw.below(8) else draw.text(64).decode("latin-1")
    number = draw.below(16)
    authorization = AUTHORIZATION if number else draw.text(64).decode("latin-1")
    length = draw.any_of(LENGTHS) if number == 15 else None
    body = draw.rest()
    for name, content in FILES.items():
        body = body.replace(name, content)
    return {"REQUEST_METHOD": method, "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": query, "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)) if length is None else length, "HTTP_AUTHORIZATION": authorization,
            "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO(), "wsgi.multithread": True, "wsgi.multiprocess": False,
            "wsgi.run_once": False}


def expect_answer(path, code, headers, body):
    """A 2xx, or a 4xx with a sentence; 503 is /export's own answer where there is nothing."""
    nothing_to_export = path == "/export" and code == 503
    expect(code in (200, 202) or 400 <= code < 500 or nothing_to_export, f"{code} {body[:300]!r}")
    if code >= 400:
        expect_sentence(body.decode(), place.path)
        expect(headers["Content-Type"].startswith("text/plain"), "a sentence in plain text")
    elif headers["Content-Type"].startswith("application/json"):
        json.loads(body)


def test_one_input(data):
    environment = drawn_environment(Draw(data))
    iterator, status, headers = run_wsgi_app(place.application, environment, buffered=True)
    body = b"".join(iterator)
    for thread in threading.enumerate():
        if thread.name in ("call", "job"):
            thread.join()
    code = int(status.split()[0])
    expect_answer(environment["PATH_INFO"], code, headers, body)
    for_models = not environment["PATH_INFO"].startswith(("/version", "/openapi", "/health"))
    if for_models and environment["CONTENT_LENGTH"] == str(BODY_BYTES + 1):
        expect(code >= 400, "no answer to a body that is too long")
    expect(sorted(os.listdir(place.path)) == ["model", "storage", "temporary"], "nothing elsewhere")
    expect(os.listdir(place.temporary) == [], "no file that stays")
    stored = service.files_below(place.storage)
    service.expect_names(stored)
    if stored != place.stored:
        place.clear()
