#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long do answers take, one row and in batches, next to other libraries?

Usage: predictors.py [--runs N]

Trains the library (through its program) and LightGBM and XGBoost on four tables of MOODLEML_SHARED/data: a model of trees on
14,139 rows, a blend of networks and a linear model on the same rows, ten classes, and a regression. The program
prediction_peers then times them on one thread, through C interfaces only, in turn. Prints for each table the median
microseconds a row over the runs, and log loss or RMSE on a fifth of the rows that nobody was trained on. LightGBM and XGBoost have as many
trees of as many leaves as the library. Build the benchmarks first (README.md next to this file); it uses the environment of
quality.py.
"""

import argparse
import csv
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import quality
import tables

BLEND = ["--trees", "0", "--pilot_margin", "0"]
CASES = {
    "trees, 14,139 rows": ("students-422", []),
    "networks and linear, 14,139 rows": ("students-422", BLEND),
    "ten classes (digits)": ("digits", []),
    "regression (diamonds)": ("diamonds", []),
}


def load(name):
    """Numbers only: float32 features, and classes from 0 on or values."""
    import numpy

    if name.startswith("students"):
        table = quality.Table(tables.TABLES.parent / f"{name}-train.csv.gz")
        return table.features, table.labels, True
    about = json.loads((tables.TABLES / "sets.json").read_text())[name]
    frame, target, _ = tables.load(name, about)
    for column in about["categorical"]:
        frame[column] = numpy.unique(frame[column].astype(str), return_inverse=True)[1]
    return frame.to_numpy(numpy.float32), target, about["task"] == "classification"


def write(path, features, target):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([f"c{i}" for i in range(features.shape[1])] + ["y"])
        writer.writerows([*(f"{cell:.9g}" for cell in row), label] for row, label in zip(features, target))


def peers(features, target, classifies, folder):
    import lightgbm
    import xgboost

    shape = {"n_estimators": 300, "n_jobs": 1}
    light = (lightgbm.LGBMClassifier if classifies else lightgbm.LGBMRegressor)(num_leaves=20, verbose=-1, **shape).fit(features, target)
    extreme = (xgboost.XGBClassifier if classifies else xgboost.XGBRegressor)(
        grow_policy="lossguide", max_leaves=20, max_depth=0, learning_rate=.1, tree_method="hist", **shape).fit(features, target)
    light.booster_.save_model(folder / "light.txt")
    extreme.get_booster().save_model(folder / "extreme.json")
    libraries = {"lightgbm": (Path(lightgbm.__file__).parent / "lib" / "lib_lightgbm.so", folder / "light.txt"),
                 "xgboost": (Path(xgboost.__file__).parent / "lib" / "libxgboost.so", folder / "extreme.json")}
    return {"LightGBM": light, "XGBoost": extreme}, libraries


def loss(target, answers, classifies):
    from sklearn.metrics import log_loss, root_mean_squared_error

    return log_loss(target, answers) if classifies else root_mean_squared_error(target, answers)


def our_answers(model, file, classifies):
    answer = subprocess.run([quality.program_path(), "predict", model, file, "--format", "plain", "--as", "json", "-q"], check=True, capture_output=True)
    rows = json.loads(answer.stdout)["predictions"]
    return [row["probabilities"] if classifies else row["estimate"] for row in rows]


def measure(name, options, runs, folder):
    import numpy

    features, target, classifies = load(name)
    order = numpy.random.RandomState(7).permutation(len(target))
    train, test = numpy.split(order, [len(order) * 4 // 5])
    files = {part: folder / f"{part}.csv" for part in ("train", "test")}
    write(files["train"], features[train], target[train])
    write(files["test"], features[test], target[test])
    model = folder / "model.mml"
    task = "classification" if classifies else "regression"
    subprocess.run([quality.program_path(), "train", files["train"], "--format", "plain", "--task", task, "--threads", "1", "-q", *options,
                    "--model", model], check=True)
    fitted, libraries = peers(features[train], target[train], classifies, folder)
    losses = {"predictor": loss(target[test], our_answers(model, files["test"], classifies), classifies)}
    for peer, learner in fitted.items():
        losses[peer] = loss(target[test], learner.predict_proba(features[test]) if classifies else learner.predict(features[test]), classifies)
    arguments = [argument for peer, paths in libraries.items() for argument in (peer, *map(str, paths))]
    times = {}
    for _ in range(runs):
        printed = subprocess.run([quality.program_path().with_name("prediction_peers"), files["test"], model, *arguments], check=True, capture_output=True, text=True)
        for line in printed.stdout.splitlines():
            way, rows, median, tail = line.split(",")
            times.setdefault((way, int(rows)), []).append((float(median), float(tail)))
    return losses, times


def show(title, losses, times):
    print(f"**{title}**\n\n| | 1 row | 99th percentile | 10 | 1,000 | 100,000 | loss |\n|---|---|---|---|---|---|---|")
    for way in dict.fromkeys(way for way, _ in times):
        cells = [f"{statistics.median(time[0] for time in times[way, rows]):.2f}" if (way, rows) in times else "" for rows in (1, 10, 1000, 100000)]
        tail = f"{statistics.median(time[1] for time in times[way, 1]):.2f}"
        print(f"| {way} | {cells[0]} | {tail} | {' | '.join(cells[1:])} | {f'{losses[way]:.4g}' if way in losses else ''} |")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    wanted = parser.parse_args()
    quality.enter_environment(__file__)
    for title, (name, options) in CASES.items():
        with tempfile.TemporaryDirectory() as folder:
            show(title, *measure(name, options, wanted.runs, Path(folder)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
