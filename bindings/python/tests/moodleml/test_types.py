# SPDX-License-Identifier: Apache-2.0
"""Both packages, and a program that uses all of the public surface of moodleml, pass mypy --strict."""

import os
import subprocess
import sys

import moodleml

USER = """
import numpy as np
import numpy.typing as npt
from scipy import sparse
from moodleml import (Cancelled, Classifier, Error, Explanation, FileError, InputError, Model, MoodleFile, Predictor, Progress, Ranks, Regressor, Report,
                      __version__, cross_validate, evaluate, read_moodle_csv)

file: MoodleFile = read_moodle_csv("students.csv", labelled=True)
assert file.y is not None
classifier: Classifier = Classifier(seed=1, trees=10, calibration="none").fit(file.X, file.y, [1.0, 2.0], progress=True)
classifier = classifier.partial_fit(sparse.csr_array(file.X), ["a", "b"], classes=["a", "b"])
probabilities: npt.NDArray[np.float32] = classifier.predict_proba([[1.0, 2.0]])
regressor: Regressor = Regressor(threads=2).fit([[1.0], [2.0]], [1.0, 2.0]).partial_fit([[3.0]], [3.0])
model: Model = Model.load("model.mml")
names: list[str] = model.classes + model.feature_names
content: bytes = model.to_bytes()
iterations: int = regressor.n_iter_
reasons: Explanation = classifier.explain([[1.0, 2.0]], progress=True)
predictor: Predictor = model.predictor(["a", "b"], memory_limit=100)
scores: npt.NDArray[np.float32] = predictor.predict_proba([1.0, 2.0])
first: tuple[str, float] = reasons.top(0)[0]

class Two:
    rank = 1
    size = 2

    def all_reduce(self, values: npt.NDArray[np.float64], operation: str) -> None:
        values *= 2

ranks: Ranks = Two()
classifier = Classifier().fit(file.X, file.y, ranks=ranks)

def show(state: Progress) -> bool:
    return state.fraction < 0.5

report: Report = cross_validate(classifier, file.X, file.y, resampling="folds", progress=show)
value: float = evaluate(model, file.X, file.y).metric("roc_auc")
page: str = report.to_html(min_score=0.5) + __version__

try:
    model.save("model.mml")
except (InputError, FileError, Cancelled) as error:
    status: int = error.status
except Error as error:
    name: str = error.name
"""
WRONG = {
    "Classifier(tree=3)": "call-arg",
    "Classifier(trees='many')": "arg-type",
    "Model.load(3)": "arg-type",
    "cross_validate(Classifier(), [[1.0]], [1]).nothing": "attr-defined",
}


def mypy(build, *arguments):
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "bindings/python/mypy.ini", *map(str, arguments)]
    environment = {**os.environ, "MYPYPATH": str(build / "python-packages")}
    environment.pop("PYTHONPATH")
    return subprocess.run([*command, "--cache-dir", str(build / "mypy")], capture_output=True, text=True, env=environment, timeout=300)


def test_backend_is_typed(build, root, monkeypatch):
    monkeypatch.chdir(root)
    result = mypy(build, "-p", "moodlemlbackend")
    assert result.returncode == 0, result.stdout + result.stderr


def test_package_and_its_use_are_typed(build, root, tmp_path, monkeypatch):
    monkeypatch.chdir(root)
    assert set(moodleml.__all__) <= set(USER.replace(",", " ").replace("(", " ").replace(")", " ").split())
    (tmp_path / "user.py").write_text(USER)
    result = mypy(build, "-p", "moodleml")
    assert result.returncode == 0, result.stdout + result.stderr
    result = mypy(build, tmp_path / "user.py")
    assert result.returncode == 0, result.stdout + result.stderr
    (tmp_path / "wrong.py").write_text("from moodleml import Classifier, Model, cross_validate\n" + "\n".join(WRONG) + "\n")
    result = mypy(build, tmp_path / "wrong.py")
    assert [line.rsplit("[", 1)[1].rstrip("]") for line in result.stdout.splitlines() if ": error:" in line] == list(WRONG.values()), result.stdout
