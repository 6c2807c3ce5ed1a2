# SPDX-License-Identifier: Apache-2.0
"""What the tests of the program share: running it, small data sets, a folder for each test."""

import json
import os
import random
import shutil
import subprocess
import tempfile
import unittest

PROGRAM = os.path.abspath(os.environ["MOODLEML_PROGRAM"])
# Model directories of moodle-mlbackend-python.
ORIGINALS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "data", "original-models")
# Under a sanitizer everything takes several times as long.
SANITIZE = os.environ.get("MOODLEML_SANITIZE", "")
SLOWDOWN = 8 if SANITIZE else 1
TIMEOUT = 60 * SLOWDOWN
# A model that trains in no time, as options of a command and as an administrator's.
QUICK = ["--networks", "0", "--trees", "0", "--folds", "2"]
QUICK_ENVIRONMENT = {"MOODLEML_OPTIONS": "networks=0,trees=0,folds=2"}
# A training that would take very long.
ENDLESS = ["--networks", "4", "--epochs", "100000", "--patience", "100000"]
ENDLESS_ENVIRONMENT = {"MOODLEML_OPTIONS": "networks=4,epochs=100000,patience=100000"}


def environment(additions=None):
    base = {name: value for name, value in os.environ.items() if name not in ("MOODLEML_OPTIONS", "TERM")}
    return {**base, **(additions or {})}


def start(*arguments, env=None, **options):
    """Starts the program; its streams are text."""
    options.setdefault("stdin", subprocess.DEVNULL)
    options.setdefault("stdout", subprocess.PIPE)
    options.setdefault("stderr", subprocess.PIPE)
    return subprocess.Popen([PROGRAM, *map(str, arguments)], env=environment(env), text=True, errors="surrogateescape", **options)


def run(*arguments, **options):
    """Runs the program to its end: a subprocess.CompletedProcess with text."""
    with start(*arguments, **options) as process:
        try:
            stdout, stderr = process.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)


def moodle(module, *arguments, env=None, **options):
    """A call of the process interface."""
    return run("-m", "moodlemlbackend." + module, *arguments, env={**QUICK_ENVIRONMENT, **(env or {})}, **options)


def class_rows(count, columns=6, classes=2, seed=1, noise=0.3):
    """Rows whose first column tells the class, surely where the noise is below 0.5; the last cell is the class."""
    chance = random.Random(seed)
    rows = []
    for i in range(count):
        label = i % classes
        rows.append([round(label - (classes - 1) / 2 + chance.uniform(-noise, noise), 3)]
                    + [round(chance.uniform(-1, 1), 2) for _ in range(columns - 1)] + [label])
    return rows


def value_rows(count, columns=3, seed=1):
    """Rows whose target, the last cell, is twice the first column and one."""
    chance = random.Random(seed)
    rows = [[round(chance.uniform(-1, 1), 3) for _ in range(columns)] for _ in range(count)]
    return [row + [round(2 * row[0] + 1, 3)] for row in rows]


def lines(rows):
    return "".join(",".join("" if cell is None else str(cell) for cell in row) + "\n" for row in rows)


def moodle_text(rows, classes=2, labelled=True):
    """A file as Moodle writes it; without labels each row gets an id in its first cell and loses its last one."""
    features = len(rows[0]) - 1
    names = [f"feature{i}" for i in range(features)]
    if classes:
        metadata = f'nfeatures,targetcolumn,targettype,targetclasses\n{features},target,discrete,"{json.dumps(list(range(classes)), separators=(",", ":"))}"\n'
    else:
        metadata = f"nfeatures,targetcolumn,targettype,targetmin,targetmax\n{features},target,linear,-10,10\n"
    if labelled:
        return metadata + lines([names + ["target"]] + rows)
    return metadata + lines([["sampleid"] + names] + [[f"{i + 1}-0"] + row[:-1] for i, row in enumerate(rows)])


def plain_text(rows, names=None):
    return lines([names or [f"x{i}" for i in range(len(rows[0]) - 1)] + ["y"]] + rows)


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own."""

    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="moodleml-test-")
        self.addCleanup(shutil.rmtree, self.folder)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def file(self, name, content):
        mode = "wb" if isinstance(content, bytes) else "w"
        with open(self.path(name), mode, newline=None if mode == "wb" else "") as stream:
            stream.write(content)
        return self.path(name)

    def labelled(self, name="train.csv", count=60, **options):
        return self.file(name, moodle_text(class_rows(count, **options), options.get("classes", 2)))

    def unlabelled(self, name="predict.csv", count=5, **options):
        return self.file(name, moodle_text(class_rows(count, seed=2, **options), options.get("classes", 2), labelled=False))

    def model(self, name="model.mml"):
        """A trained model."""
        result = run("train", self.labelled(), "--model", self.path(name), "--quiet", *QUICK)
        self.assertEqual((result.returncode, result.stdout, result.stderr), (0, "", ""))
        return self.path(name)

    def assert_fails(self, result, *expected, code=1):
        """One line on standard error that begins with the program's name and holds the expected texts."""
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertRegex(result.stderr, r"\Amoodleml: [^\x00-\x1f\x7f]+\n\Z")
        for text in expected:
            self.assertIn(text, result.stderr)
