#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Do explanations say what a model rests on?

Usage: explanations.py [--rows N] [--seeds N]

Faithfulness: trains on 80 % of each labelled set of MOODLEML_SHARED/data. In each of N test rows it sets the ten columns of the largest
contributions to their training means, then ten other columns drawn at random, and compares how far the log-odds move. Prints the share
of rows in which the ten named columns move them more, and the mean moves.

Agreement: where the package shap is installed (pip install shap), its exact explainer asks our predict function about every set of
eight columns, with the mean of the training rows for an unknown column. A linear model must agree; trees and networks have another
game for unknown columns (src/ensemble/README.md), so their correlation is printed.

Cost: the CPU time of explaining 10,000 rows (the set's rows again and again) on one thread, and of one row in units of its prediction,
which includes what Python takes for either.

Needs the built Python package (MOODLEML_BUILD, default build/), numpy and scikit-learn.
"""

import argparse
import gzip
import os
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("MOODLEML_SHARED", ROOT.parent / "shared"))
sys.path.insert(0, str(Path(os.environ.get("MOODLEML_BUILD", ROOT / "build")) / "python-packages"))

import numpy  # noqa: E402
from moodleml import Classifier, read_moodle_csv  # noqa: E402

SETS = ["students-366-train", "students-422-train"]
CHANGED = 10


def log_odds(model, rows):
    p = numpy.clip(model.predict_proba(rows)[:, 1].astype(float), 1e-9, 1 - 1e-9)
    return numpy.log(p) - numpy.log1p(-p)


def read(name, folder):
    path = folder / f"{name}.csv"
    path.write_bytes(gzip.decompress((SHARED / "data" / f"{name}.csv.gz").read_bytes()))
    file = read_moodle_csv(path)
    X = numpy.asarray(file.X, dtype=numpy.float64)
    return numpy.nan_to_num(X), file.y


def faithfulness(X, y, seed, count):
    chance = numpy.random.default_rng(seed)
    order = chance.permutation(len(X))
    train, test = order[: len(X) * 4 // 5], order[len(X) * 4 // 5 :][:count]
    model, means = Classifier(seed=seed, threads=1).fit(X[train], y[train]), X[train].mean(axis=0)
    sizes = numpy.argsort(-numpy.abs(model.explain(X[test]).values), axis=1)
    base = log_odds(model, X[test])
    moves = []
    for choose in (lambda row: sizes[row, :CHANGED], lambda row: chance.choice(sizes[row, CHANGED:], CHANGED, replace=False)):
        changed = X[test].copy()
        for row in range(len(test)):
            columns = choose(row)
            changed[row, columns] = means[columns]
        moves.append(numpy.abs(log_odds(model, changed) - base))
    return (moves[0] > moves[1]).mean(), moves[0].mean(), moves[1].mean()


def cpu_seconds(call, times):
    """The median of some runs."""
    taken = []
    for _ in range(times):
        start = time.process_time()
        call()
        taken.append(time.process_time() - start)
    return sorted(taken)[len(taken) // 2]


def cost(name, X, y):
    model = Classifier(seed=1, threads=1).fit(X, y).model_
    many, one = numpy.resize(X, (10000, X.shape[1])).astype(numpy.float32), X[:1].astype(numpy.float32)
    explained = cpu_seconds(lambda: model.explain(many, threads=1), 3)
    ratio = cpu_seconds(lambda: model.explain(one, threads=1), 201) / cpu_seconds(lambda: model.scores(one, threads=1), 201)
    print(f"| {name} | {explained:.2f} s | {ratio:.0f} |")


def agreement(kind, options, seed=1):
    import shap

    chance = numpy.random.default_rng(seed)
    X = chance.normal(size=(600, 8))
    y = (X[:, 0] + X[:, 1] * X[:, 2] + 0.5 * X[:, 3] + 0.5 * chance.normal(size=600) > 0).astype(int)
    model = Classifier(seed=seed, threads=1, **options).fit(X, y)
    masker = shap.maskers.Independent(X.mean(axis=0, keepdims=True), max_samples=1)
    exact = shap.explainers.Exact(lambda rows: log_odds(model, rows), masker)(X[:50]).values
    ours = model.explain(X[:50]).values
    difference, correlation = numpy.abs(exact - ours).max(), numpy.corrcoef(exact.ravel(), ours.ravel())[0, 1]
    print(f"| {kind} | {difference:.4f} | {correlation:.4f} |")


def main():
    import tempfile

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    print(f"| set | rows in which the {CHANGED} named columns move the answer more | mean move (log-odds) | of {CHANGED} random ones |")
    print("|---|---|---|---|")
    sets = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in SETS:
            X, y = sets[name] = read(name, Path(folder))
            found = numpy.mean([faithfulness(X, y, seed, arguments.rows) for seed in range(1, arguments.seeds + 1)], axis=0)
            print(f"| {name} | {100 * found[0]:.1f} % | {found[1]:.3f} | {found[2]:.3f} |")
    print("\n| set | 10,000 rows | one row, in units of its prediction |\n|---|---|---|")
    for name, (X, y) in sets.items():
        cost(name, X, y)
    try:
        import shap  # noqa: F401
    except ImportError:
        print("shap is not installed: no comparison with its exact explainer")
        return
    print("\n| model | largest difference from shap's exact explainer (log-odds) | correlation |\n|---|---|---|")
    agreement("linear", {"trees": 0, "networks": 0, "one_hot_maximum": 0, "calibration": "none"})
    agreement("linear, calibrated", {"trees": 0, "networks": 0, "one_hot_maximum": 0, "calibration": "temperature"})
    agreement("trees", {"linear": False, "networks": 0})
    agreement("networks", {"linear": False, "trees": 0})
    agreement("whole ensemble", {})


if __name__ == "__main__":
    main()
