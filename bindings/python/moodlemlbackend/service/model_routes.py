# SPDX-License-Identifier: Apache-2.0
"""Moodle's routes. Each reads and checks what the request brings, fetches the model, and lets the library answer.

``for_users`` comes first everywhere: a request without a right password is neither read nor stored.
"""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Response, g, jsonify
from werkzeug.exceptions import BadRequest, NotFound, ServiceUnavailable

from moodlemlbackend import calls
from moodlemlbackend.calls import Answer
from moodlemlbackend.process import reasons
from moodlemlbackend.service import parameters, stash, transfers
from moodlemlbackend.service.authentication import authenticate, for_users, refuse_pages
from moodlemlbackend.service.identifiers import clean_digits
from moodlemlbackend.service.runners import Runner
from moodlemlbackend.service.settings import Settings
from moodlemlbackend.service.storage import Storage, StorageError
from moodlemlbackend.service.tasks import Task, without_places

OK = "Ok"

log = logging.getLogger("moodlemlbackend")


class ModelRoutes:
    def __init__(self, settings: Settings, storage: Storage, runner: Runner):
        self._settings = settings
        self._tenants = settings.tenants
        self._options = settings.library_options
        self._storage = storage
        self._runner = runner

    def views(self) -> dict[str, Callable[..., Any]]:
        """By endpoint."""
        return {"training": self.training, "job": self.job, "prediction": self.prediction, "explanation": self.explanation,
                "evaluation": self.evaluation, "evaluationlog": self.evaluationlog, "export": self.export, "import_model": self.import_model,
                "deletemodel": self.deletemodel}

    def enter_request(self) -> None:
        refuse_pages()
        authenticate(self._settings.credentials)
        parameters.refuse_long_body(self._settings.limits.body_bytes)
        if self._settings.stash_directory:
            stash.keep_request(self._settings.stash_directory)

    @for_users
    def training(self) -> Any:
        task = Task("training", parameters.model_name(self._tenants), {})
        if parameters.optional_text("async") != "1":
            return self._respond(task)
        self._runner.reserve()
        with ExitStack() as undo:
            undo.callback(self._runner.release)
            with ExitStack() as place:
                dataset = parameters.save_file("dataset", self._place(place))
                job = self._runner.start_job(task, dataset, place.pop_all(), g.user)
            undo.pop_all()
        return jsonify(job=job, url=f"/jobs/{job}"), 202

    def _respond(self, task: Task) -> Response:
        with ExitStack() as place:
            dataset = parameters.save_file("dataset", self._place(place))
            return self._runner.respond(task, dataset, place.pop_all(), g.user)

    @for_users
    def job(self, job: str) -> Any:
        report = self._runner.report(job, g.user)
        if report is None:
            raise NotFound("There is no such job.")
        return jsonify(report)

    @for_users
    def prediction(self) -> Response:
        return self._respond(Task("prediction", parameters.model_name(self._tenants), {}))

    @for_users
    def explanation(self) -> Response:
        options = {"reasons": parameters.whole_number("reasons")} if parameters.optional_text("reasons") else {}
        return self._respond(Task("explanation", parameters.model_name(self._tenants), options))

    @for_users
    def evaluation(self) -> Response:
        name = parameters.model_name(self._tenants)
        options = calls.evaluation_options(parameters.number("minscore"), parameters.number("maxdeviation"),
                                           parameters.whole_number("niterations"))
        has_trained = parameters.optional_text("trainedmodeldirhash") != ""
        trained = parameters.model_name(self._tenants, "trainedmodeldirhash") if has_trained else None
        return self._respond(Task("evaluation", name, options, trained))

    @for_users
    def evaluationlog(self) -> Response:
        name = parameters.model_name(self._tenants)
        runid = clean_digits(parameters.text("runid"))
        return _zip(self._storage.evaluation_log(name, runid) or transfers.EMPTY)

    @for_users
    def export(self) -> Response:
        name = parameters.model_name(self._tenants)
        with ExitStack() as resources:
            place = self._place(resources)
            directory = resources.enter_context(self._storage.reading(name))
            answer = without_places(calls.export_model(directory, place, self._options), place, directory)
            refuse_for_disk(answer)
            if answer.status != 0:
                raise ServiceUnavailable(reasons(answer))
            return _zip(transfers.pack(place))

    @for_users
    def import_model(self) -> str:
        name = parameters.model_name(self._tenants)
        with ExitStack() as resources:
            place = self._place(resources)
            transfers.unpack(parameters.file("importzip").stream, place, self._settings.limits)
            change = resources.enter_context(self._storage.changing(name))
            answer = change.apply(lambda directory: without_places(calls.import_model(directory, place, self._options), place,
                                                                       directory))
        refuse_for_disk(answer)
        if answer.status != 0:
            raise BadRequest(reasons(answer).replace(f'"{place}"', "the zip file"))
        return OK

    @for_users
    def deletemodel(self) -> str:
        self._storage.delete(parameters.uniqueid(self._tenants))
        return OK

    def _place(self, resources: ExitStack) -> str:
        """A directory of this request's own, which goes with its resources."""
        return resources.enter_context(tempfile.TemporaryDirectory(prefix="moodlemlbackend-"))


def refuse_for_disk(answer: Answer) -> None:
    """StorageError where the library's answer is that the disk refuses, for routes whose answers have no status for it."""
    if answer.reason == "MML_IO":
        log.error("the disk refuses: %s", reasons(answer))
        raise StorageError(f"The server's disk refuses: {reasons(answer)}")


def _zip(content: bytes) -> Response:
    return Response(content, mimetype="application/zip")
