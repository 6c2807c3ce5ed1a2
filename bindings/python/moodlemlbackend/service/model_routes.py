# SPDX-License-Identifier: Apache-2.0
"""Moodle's routes. Each reads and checks what the request brings, fetches the model, and lets the library answer.

``for_users`` comes first everywhere: a request without a right password is neither read nor stored.
"""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from flask import Response, g, jsonify
from werkzeug.exceptions import BadRequest, NotFound, ServiceUnavailable

from moodlemlbackend import calls
from moodlemlbackend.calls import Answer, Progress
from moodlemlbackend.pictures import add_roc_picture
from moodlemlbackend.process import reasons
from moodlemlbackend.service import long_calls, parameters, stash, transfers
from moodlemlbackend.service.authentication import authenticate, for_users, refuse_pages
from moodlemlbackend.service.identifiers import clean_digits
from moodlemlbackend.service.jobs import Jobs
from moodlemlbackend.service.long_calls import LongCall
from moodlemlbackend.service.metrics import Metrics
from moodlemlbackend.service.settings import Settings
from moodlemlbackend.service.storage import Storage, StorageError

OK = "Ok"
DIR_FIELD = re.compile(r'("dir": "(?:[^"\\]|\\.)*")')

log = logging.getLogger("moodlemlbackend")


class ModelRoutes:
    def __init__(self, settings: Settings, storage: Storage, jobs: Jobs, metrics: Metrics):
        self._settings = settings
        self._tenants = settings.tenants
        self._options = settings.library_options
        self._storage = storage
        self._jobs = jobs
        self._metrics = metrics

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
        if parameters.optional_text("async") != "1":
            return long_calls.respond(self._start_training(), self._settings.limits.silent_seconds)
        self._jobs.reserve()
        with ExitStack() as undo:
            undo.callback(self._jobs.release)
            call = self._start_training()
            undo.callback(call.cancel)
            job = self._jobs.new_id(g.user)
            undo.pop_all()
        self._jobs.start(job, g.user, call)
        return jsonify(job=job, url=f"/jobs/{job}"), 202

    def _start_training(self) -> LongCall:
        name = parameters.model_name(self._tenants)
        with ExitStack() as resources:
            dataset = parameters.save_file("dataset", self._place(resources))
            change = resources.enter_context(self._storage.changing(name))

            def work(progress: Progress) -> Answer:
                return change.apply(lambda directory: without_places(calls.train(directory, dataset, self._options, progress),
                                                                     os.path.dirname(dataset), directory))

            return LongCall(self._counted("training", work), resources.pop_all())

    @for_users
    def job(self, job: str) -> Any:
        report = self._jobs.report(job, g.user)
        if report is None:
            raise NotFound("There is no such job.")
        return jsonify(report)

    @for_users
    def prediction(self) -> Response:
        return self._ask("prediction", calls.predict, self._options)

    @for_users
    def explanation(self) -> Response:
        options = dict(self._options)
        if parameters.optional_text("reasons"):
            options["reasons"] = parameters.whole_number("reasons")
        return self._ask("explanation", calls.explain, options)

    def _ask(self, kind: str, ask: Callable[[str, str, dict[str, str]], Answer], options: dict[str, str]) -> Response:
        """What the model answers on the rows of an unlabelled file."""
        name = parameters.model_name(self._tenants)
        with ExitStack() as resources:
            dataset = parameters.save_file("dataset", self._place(resources))
            directory = resources.enter_context(self._storage.reading(name))
            work = self._counted(kind, lambda progress: ask(directory, dataset, options))
            return long_calls.json_response(without_places(work(None), os.path.dirname(dataset), directory))

    @for_users
    def evaluation(self) -> Response:
        name = parameters.model_name(self._tenants)
        options = calls.evaluation_options(self._options, parameters.number("minscore"), parameters.number("maxdeviation"),
                                           parameters.whole_number("niterations"))
        has_trained = parameters.optional_text("trainedmodeldirhash") != ""
        trained_name = parameters.model_name(self._tenants, "trainedmodeldirhash") if has_trained else None
        with ExitStack() as resources:
            dataset = parameters.save_file("dataset", self._place(resources))
            trained = resources.enter_context(self._storage.reading(trained_name)) if trained_name else ""
            change = resources.enter_context(self._storage.evaluating(name))

            def evaluate(directory: str, progress: Progress) -> Answer:
                answer = calls.evaluate(directory, dataset, trained, options, progress)
                add_roc_picture(answer)
                return without_places(answer, os.path.dirname(dataset), directory, trained)

            def work(progress: Progress) -> Answer:
                return change.apply(lambda directory: evaluate(directory, progress))

            call = LongCall(self._counted("evaluation", work), resources.pop_all(), is_evaluation=True)
        return long_calls.respond(call, self._settings.limits.silent_seconds)

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

    def _counted(self, call: str, work: Callable[[Any], Answer]) -> Callable[[Any], Answer]:
        return lambda progress: self._metrics.count_call(call, lambda: work(progress))


def refuse_for_disk(answer: Answer) -> None:
    """StorageError where the library's answer is that the disk refuses, for routes whose answers have no status for it."""
    if answer.reason == "MML_IO":
        log.error("the disk refuses: %s", reasons(answer))
        raise StorageError(f"The server's disk refuses: {reasons(answer)}")


def without_places(answer: Answer, *directories: str) -> Answer:
    """The answer with paths below these directories told from there: where a server keeps things is no client's business.

    But for an evaluation's field ``dir``, which Moodle reads.
    """
    pieces = DIR_FIELD.split(answer.json)  # every second is one
    for directory in filter(None, directories):
        for written in {directory, json.dumps(directory)[1:-1]}:
            pieces[::2] = [piece.replace(written + "/", "") for piece in pieces[::2]]
    return answer._replace(json="".join(pieces))


def _zip(content: bytes) -> Response:
    return Response(content, mimetype="application/zip")
