# SPDX-License-Identifier: Apache-2.0
"""The calls of the library that take time: what is asked of which model, apart from who runs it and where."""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import NamedTuple

from moodlemlbackend import calls
from moodlemlbackend.calls import Answer, Options, Progress
from moodlemlbackend.pictures import add_roc_picture
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.storage import Storage

KINDS = ("training", "prediction", "explanation", "evaluation")
DIR_FIELD = re.compile(r'("dir": "(?:[^"\\]|\\.)*")')

log = logging.getLogger("moodlemlbackend")


class Task(NamedTuple):
    """``options``: of the library, as the request chose them. ``trained``: the model that an evaluation rates, if not a new one."""

    kind: str
    name: ModelName
    options: dict[str, str]
    trained: ModelName | None = None

    @property
    def is_evaluation(self) -> bool:
        return self.kind == "evaluation"


@contextmanager
def prepared(task: Task, dataset: str, storage: Storage, options: Options,
             job: str = "") -> Iterator[Callable[[Progress | None], Answer]]:
    """Fetches what the task needs (StorageError), and gives the call. ``options``: the administrator's. ``job``: see Storage.changing."""
    place, chosen = os.path.dirname(dataset), options.including(task.options)
    with ExitStack() as resources:
        if task.kind == "training":
            change = resources.enter_context(storage.changing(task.name, job))
            yield lambda progress: change.apply(
                lambda directory: without_places(calls.train(directory, dataset, chosen, progress), place, directory))
        elif task.is_evaluation:
            trained = resources.enter_context(storage.reading(task.trained)) if task.trained else ""
            logs = resources.enter_context(storage.evaluating(task.name))
            yield lambda progress: logs.apply(lambda directory: _evaluate(directory, dataset, trained, chosen, progress))
        else:
            directory = resources.enter_context(storage.reading(task.name))
            ask = calls.predict if task.kind == "prediction" else calls.explain
            yield lambda progress: without_places(ask(directory, dataset, chosen, progress), place, directory)


def _evaluate(directory: str, dataset: str, trained: str, options: Options, progress: Progress | None) -> Answer:
    answer = calls.evaluate(directory, dataset, trained, options, progress)
    add_roc_picture(answer)
    return without_places(answer, os.path.dirname(dataset), directory, trained)


def without_places(answer: Answer, *directories: str) -> Answer:
    """The answer with paths below these directories told from there: where a server keeps things is no client's business.

    But for an evaluation's field ``dir``, which Moodle reads.
    """
    pieces = DIR_FIELD.split(answer.json)  # every second is one
    for directory in filter(None, directories):
        for written in {directory, json.dumps(directory)[1:-1]}:
            pieces[::2] = [piece.replace(written + "/", "") for piece in pieces[::2]]
    return answer._replace(json="".join(pieces))
