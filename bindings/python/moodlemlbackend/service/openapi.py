# SPDX-License-Identifier: Apache-2.0
"""The routes, once: the application is wired by this table, and ``/openapi.json`` (OpenAPI 3.0) is made of it."""

from __future__ import annotations

import re
from typing import Any, NamedTuple


class Parameter(NamedTuple):
    name: str
    description: str
    is_required: bool = True


UNIQUEID = Parameter("uniqueid", "The model of a site. Characters but A-Z a-z 0-9 _ - are dropped.")
DIRHASH = Parameter("dirhash", "One of the model's directories. Characters but A-Z a-z 0-9 _ - are dropped.")
MODEL = (UNIQUEID, DIRHASH)

JSON = "application/json"
TEXT = "text/plain"
ZIP = "application/zip"


class Route(NamedTuple):
    """``rule`` is Flask's; ``answers`` are descriptions by code beside those that every route of its kind has."""

    method: str
    rule: str
    endpoint: str
    summary: str
    content: str
    parameters: tuple[Parameter, ...] = ()
    file: str = ""
    needs_user: bool = True
    answers: dict[int, str] = {}


ROUTES = (
    Route("GET", "/version", "version", "The version of the interface that Moodle asks for.", TEXT, needs_user=False),
    Route("POST", "/training", "training", "Trains a model, going on from what it learned.", JSON,
          (*MODEL, Parameter("async", "1: answer at once with a job to poll.", False)), "dataset",
          answers={202: "A job has been started: its id and url.", 503: "Too many jobs are under way."}),
    Route("GET", "/jobs/<job>", "job", "How far a training is that was started with async=1, and its answer.", JSON,
          answers={404: "This user has no such job."}),
    Route("POST", "/prediction", "prediction", "A class and its probability for each row.", JSON, MODEL, "dataset"),
    Route("POST", "/explanation", "explanation", "The reasons for the prediction of each row: indicators, and what each adds.", JSON,
          (*MODEL, Parameter("reasons", "The largest number of reasons for each row; the administrator's setting, or 5.", False)),
          "dataset"),
    Route("POST", "/evaluation", "evaluation", "Rates random splits of a data set, or a trained model.", JSON,
          (*MODEL, Parameter("minscore", "Least score, 0 to 1."), Parameter("maxdeviation", "Most deviation of the score."),
           Parameter("niterations", "Number of splits."),
           Parameter("trainedmodeldirhash", "The directory of the trained model to rate.", False)), "dataset"),
    Route("GET", "/evaluationlog", "evaluationlog", "The logs of an evaluation; an empty zip where there are none.", ZIP,
          (*MODEL, Parameter("runid", "As the evaluation answered it."))),
    Route("GET", "/export", "export", "A model, without training samples.", ZIP, MODEL,
          answers={503: "There is nothing to export."}),
    Route("POST", "/import", "import_model", "Replaces a model by an exported one.", TEXT, MODEL, "importzip"),
    Route("POST", "/deletemodel", "deletemodel", "Removes all that belongs to a uniqueid.", TEXT, (UNIQUEID,)),
    Route("GET", "/health/live", "live", "Whether the process answers.", TEXT, needs_user=False),
    Route("GET", "/health/ready", "ready", "Whether the storage answers.", TEXT, needs_user=False,
          answers={503: "The storage does not answer."}),
    Route("GET", "/metrics", "metrics", "Numbers for Prometheus.", TEXT, needs_user=False),
    Route("GET", "/openapi.json", "openapi", "This document.", JSON, needs_user=False),
)

# What any route for users may answer.
REFUSALS = {400: "A parameter or file is missing or unreadable.", 401: "No user and password, or wrong ones.",
            403: "The uniqueid is not this user's, or a web page asks.", 411: "The web server does not report where the body ends.", 413: "The body is too large.",
            500: "An error of the server.", 502: "The storage does not answer, or refuses.", 503: "The queue does not answer, or too many calls wait."}


def document(version: str) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for route in ROUTES:
        paths.setdefault(re.sub(r"<(\w+)>", r"{\1}", route.rule), {})[route.method.lower()] = _operation(route)
    return {"openapi": "3.0.3", "paths": paths,
            "info": {"title": "moodlemlbackend", "version": version,
                     "description": "Predictions for Moodle's analytics. An answer in JSON holds Moodle's status (0: fine), "
                                    "info, and what the call gives; a training or evaluation that takes long begins with "
                                    "whitespace."},
            "components": {"securitySchemes": {"basic": {"type": "http", "scheme": "basic"}}}}


def _operation(route: Route) -> dict[str, Any]:
    refusals = REFUSALS if route.needs_user else {}
    operation: dict[str, Any] = {
        "operationId": route.endpoint, "summary": route.summary,
        "responses": {"200": {"description": route.summary, "content": {route.content: {"schema": _schema(route.content)}}},
                      **{str(code): {"description": text} for code, text in {**refusals, **route.answers}.items()}}}
    parameters = [_in_path(name) for name in re.findall(r"<(\w+)>", route.rule)]
    if route.method == "GET":
        parameters += [_in_query(parameter) for parameter in route.parameters]
    elif route.parameters:
        operation["requestBody"] = {"required": True, "content": {"multipart/form-data": {"schema": _form(route)}}}
    if parameters:
        operation["parameters"] = parameters
    if route.needs_user:
        operation["security"] = [{"basic": []}]
    return operation


def _schema(content: str) -> dict[str, Any]:
    if content == JSON:
        return {"type": "object"}
    return {"type": "string", "format": "binary"} if content == ZIP else {"type": "string"}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(parameter: Parameter) -> dict[str, Any]:
    return {"name": parameter.name, "in": "query", "required": parameter.is_required, "description": parameter.description,
            "schema": {"type": "string"}}


def _form(route: Route) -> dict[str, Any]:
    properties = {parameter.name: {"type": "string", "description": parameter.description} for parameter in route.parameters}
    required = [parameter.name for parameter in route.parameters if parameter.is_required]
    if route.file:
        properties[route.file] = {"type": "string", "format": "binary"}
        required.append(route.file)
    return {"type": "object", "properties": properties, "required": required}
