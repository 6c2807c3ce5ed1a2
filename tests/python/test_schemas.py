# SPDX-License-Identifier: Apache-2.0
"""Each JSON document that the library hands out fits its schema in include/moodleml/schema, and holds nothing that is not named there."""

import copy
import ctypes
import json
import random
from pathlib import Path

import jsonschema
import pytest

from c_library import Library

FOLDER = Path(__file__).resolve().parents[2] / "include" / "moodleml" / "schema"
NAMES = sorted(path.stem for path in FOLDER.glob("*.json"))
QUICK = {"networks": 1, "epochs": 3, "trees": 3, "folds": 2, "iterations": 2}
# Samples of Moodle's with a missing cell, of two classes.
HEAD = 'nfeatures,targetclasses,targettype\n3,"[0,1]",discrete\n'


def closed(schema):
    """The same schema, where an object that does not say otherwise holds only what is named."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    inner = {key: closed(part) for key, part in schema.items()}
    return {"additionalProperties": False, **inner} if "properties" in schema and "type" in schema else inner


def schema(name):
    return json.loads((FOLDER / f"{name}.json").read_text())


def problems(name, document, strict=True):
    judge = jsonschema.Draft202012Validator(closed(schema(name)) if strict else schema(name))
    return [f"{error.json_path}: {error.message[:200]}" for error in judge.iter_errors(document)]


def rows(kind, count=80):
    chance = random.Random(3)
    lines = []
    for i in range(count):
        a, b, c = (round(chance.uniform(-1, 1), 2) for _ in range(3))
        target = {"two": int(a > 0), "three": ["low", "middle", "high"][(a > -0.3) + (a > 0.3)], "value": round(2 * a + b, 2)}[kind]
        lines.append(f"{a},{b},{'' if i == 7 else c},{target}\n")
    return "".join(lines)


def moodle_documents(library, folder):
    files = {"labelled": HEAD + "a,b,c,target\n" + rows("two"), "one-class": HEAD + "a,b,c,target\n1,2,3,0\n",
             "unlabelled": HEAD + "sampleid,a,b,c\n7-0,0.5,0.2,1\n"}
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    quick, model = library.config(**QUICK), folder / "model"
    calls = [("train", model, folder / "one-class.csv", quick, None, None), ("predict", model, folder / "unlabelled.csv", quick, None, None),
             ("train", model, folder / "labelled.csv", quick, None, None), ("predict", model, folder / "unlabelled.csv", quick, None, None),
             ("explain", model, folder / "unlabelled.csv", quick, None, None),
             ("evaluate", model, folder / "labelled.csv", None, quick, None, None), ("evaluate", model, folder / "labelled.csv", model, quick, None, None),
             ("predict", model, folder / "no-such-file.csv", quick, None, None), ("export", model, folder / "exported", None),
             ("import", folder / "other", folder / "exported", None)]
    return [library.text("answer_json", library.made("moodle_" + call, *arguments)) for call, *arguments in calls]


@pytest.fixture(scope="session")
def documents(library, tmp_path_factory):
    """Real documents of each schema."""
    c = Library(library)
    plain = {"format": "plain"}
    sets = {kind: c.dataset("a,b,c,target\n" + rows(kind), **plain) for kind in ("two", "three", "value")}
    sets["none"] = c.dataset("a,b\n1,2\n", labelled="false", **plain)
    quick = c.config(**QUICK)
    models = {kind: c.made("train", sets[kind], quick, None, None, None) for kind in ("two", "three", "value")}
    models["again"] = c.made("train", sets["two"], quick, models["two"], None, None)
    reports = [c.made("cross_validate", sets[kind], quick, None, None) for kind in ("two", "three", "value")]
    reports += [c.made("evaluate", models[kind], sets[kind], quick, None, None) for kind in ("two", "value")]
    options = [c.text("option_describe", ctypes.c_int32(index)) for index in range(c.c.mml_option_count())]
    texts = {"build-info": [c.text("build_info")], "option": options, "dataset": [c.text("dataset_json", handle) for handle in sets.values()],
             "model": [c.text("model_json", handle) for handle in models.values()], "report": [c.text("report_json", handle) for handle in reports],
             "answer": moodle_documents(c, tmp_path_factory.mktemp("moodle"))}
    return {name: [json.loads(text) for text in found] for name, found in texts.items()}


def test_every_document_has_a_schema(documents):
    assert NAMES == sorted(documents)
    for name in NAMES:
        jsonschema.Draft202012Validator.check_schema(schema(name))


@pytest.mark.parametrize("name", NAMES)
def test_documents_fit(name, documents):
    assert [problem for document in documents[name] for problem in problems(name, document)] == []


@pytest.mark.parametrize("name", NAMES)
def test_what_does_not_fit_is_found(name, documents):
    """The schemas refuse a document that lacks a field, or has one of another kind; readers of today take one with a new field."""
    original = documents[name][0]
    for field in schema(name)["required"]:
        lacking = {key: value for key, value in original.items() if key != field}
        assert problems(name, lacking, strict=False), field
        other_kind = 42 if isinstance(original[field], (dict, list)) else {}
        assert problems(name, {**original, field: other_kind}, strict=False), field
    added = {**copy.deepcopy(original), "new_field": 1}
    assert problems(name, added) and not problems(name, added, strict=False)


def test_every_answer_of_moodle_is_there(documents):
    assert [answer["status"] for answer in documents["answer"]][:4] == [8, 2, 0, 0]
    fields = {field for answer in documents["answer"] for field in answer}
    assert {"predictions", "errors", "runid", "directory", "auc"} <= fields
    assert any("prior" in model for model in documents["model"])
    assert any(dataset["task"] is None for dataset in documents["dataset"])
