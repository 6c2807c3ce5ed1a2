#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How good are predictions from tables of words and numbers, next to other libraries that take words too?

Usage: tables.py [--sets NAME,...] [--learners NAME;...] [--seeds N] [--results FILE]

Trains on random splits (80/20, stratified for classes, by groups where a set names one) of the sets that sets.json describes in
MOODLEML_SHARED/data/tables, and prints for each set and learner the mean over the seeds of log loss or RMSE, ROC AUC or R squared,
and CPU-seconds of training; last the mean rank by the first. The program moodleml reads CSV files, in which categories are words; LightGBM and
HistGradientBoosting get pandas categories, CatBoost and YDF texts, logistic regression and ridge one-hot columns. One thread each.
The first run makes an environment of its own. --results keeps each result as a line of JSON; what FILE has is not trained again.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

import quality

ENVIRONMENT = quality.ROOT / "build" / "tables"
PACKAGES = ["numpy==2.4.6", "pandas==3.1.1", "scikit-learn==1.9.1", "lightgbm==4.7.0", "catboost==1.2.10", "ydf==0.16.1"]
TABLES = Path(os.environ.get("MOODLEML_SHARED", quality.ROOT.parent / "shared")) / "data" / "tables"
FIRST_SEED, TEST_SHARE = 100, 0.2
SMALL_FIRST = ["student_mat_pass", "attrition", "ames", "churn", "uci_dropout", "star_math3", "adult", "diamonds"]


def cpu_seconds():
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def load(name, about):
    import numpy
    import pandas

    frame = pandas.read_csv(TABLES / f"{name}.csv.xz", dtype={column: str for column in about["categorical"]})
    target = frame.pop(about["target"])
    groups = frame.pop(about["group"]).to_numpy() if about["group"] else None
    if about["task"] == "regression":
        return frame, target.to_numpy(float), groups
    return frame, numpy.unique(target.astype(str), return_inverse=True)[1], groups


def split(target, groups, about, seed):
    from sklearn.model_selection import GroupShuffleSplit, ShuffleSplit, StratifiedShuffleSplit

    kind = GroupShuffleSplit if groups is not None else StratifiedShuffleSplit if about["task"] == "classification" else ShuffleSplit
    return next(kind(1, test_size=TEST_SHARE, random_state=seed).split(target.reshape(-1, 1), target, groups))


def ours(effort):
    """The program, on CSV files."""
    def run(train, target, test, about):
        with tempfile.TemporaryDirectory() as folder:
            files = {name: os.path.join(folder, name) for name in ("train.csv", "test.csv", "model.mml")}
            train.assign(target_of_all=target).to_csv(files["train.csv"], index=False)
            test.to_csv(files["test.csv"], index=False)
            plain = ["--format", "plain"]
            types = json.dumps({column: "category" for column in about["categorical"]})
            start = cpu_seconds()
            subprocess.run([quality.program_path(), "train", files["train.csv"], *plain, "--task", about["task"], "--types", types, "--effort", effort,
                            "--threads", "1", "-q", "--model", files["model.mml"]], check=True)
            seconds = cpu_seconds() - start
            answer = subprocess.run([quality.program_path(), "predict", files["model.mml"], files["test.csv"], *plain, "--as", "json", "-q"],
                                    check=True, capture_output=True)
        rows = json.loads(answer.stdout)["predictions"]
        return [row["probabilities"] if about["task"] == "classification" else row["estimate"] for row in rows], seconds
    return run


def peer(make, encoded):
    def run(train, target, test, about):
        train, test = encoded(train, test, about["categorical"])
        start = cpu_seconds()
        model = make(about["task"] == "classification", about["categorical"]).fit(train, target)
        seconds = cpu_seconds() - start
        return model.predict_proba(test) if about["task"] == "classification" else model.predict(test), seconds
    return run


def as_categories(train, test, categorical):
    import pandas

    kinds = {column: pandas.CategoricalDtype(sorted(train[column].dropna().unique())) for column in categorical}
    return train.astype(kinds), test.astype(kinds)


def as_texts(train, test, categorical):
    return tuple(frame.assign(**{column: frame[column].fillna("missing").astype(object) for column in categorical}) for frame in (train, test))


def as_one_hot(train, test, categorical):
    from sklearn.compose import ColumnTransformer
    from sklearn.impute import SimpleImputer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    rest = make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler())
    encoder = ColumnTransformer([("words", OneHotEncoder(handle_unknown="ignore", sparse_output=False), categorical)], remainder=rest)
    return encoder.fit_transform(train), encoder.transform(test)


def linear(is_classification, _):
    from sklearn.linear_model import LogisticRegressionCV, RidgeCV

    if not is_classification:
        return RidgeCV(alphas=[10.0 ** power for power in range(-2, 6)])
    return LogisticRegressionCV(Cs=[0.003, 0.03, 0.3, 3], cv=4, scoring="neg_log_loss", max_iter=200)


def catboost(is_classification, categorical):
    from catboost import CatBoostClassifier, CatBoostRegressor

    kind = CatBoostClassifier if is_classification else CatBoostRegressor
    return kind(iterations=500, thread_count=1, verbose=False, allow_writing_files=False, cat_features=categorical)


class Ydf:
    """Gradient boosted trees of Yggdrasil Decision Forests as they come, under the names of scikit-learn."""

    def __init__(self, is_classification, _):
        self.is_classification = is_classification

    def fit(self, train, target):
        import ydf

        ydf.verbose(0)
        kind = ydf.Task.CLASSIFICATION if self.is_classification else ydf.Task.REGRESSION
        table = train.assign(target_of_all=target)
        self.model = ydf.GradientBoostedTreesLearner(label="target_of_all", task=kind, num_threads=1).train(table)
        return self

    def predict(self, table):
        return self.model.predict(table)

    def predict_proba(self, table):
        import numpy

        shares = numpy.asarray(self.model.predict(table))
        if shares.ndim == 1:
            return numpy.c_[1 - shares, shares]
        return shares[:, numpy.argsort([int(name) for name in self.model.label_classes()])]


def lightgbm(is_classification, _):
    from lightgbm import LGBMClassifier, LGBMRegressor

    return (LGBMClassifier if is_classification else LGBMRegressor)(n_jobs=1, verbose=-1)


def histogram_boosting(is_classification, _):
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    kind = HistGradientBoostingClassifier if is_classification else HistGradientBoostingRegressor
    return kind(early_stopping=True, random_state=0, categorical_features="from_dtype")


LEARNERS = {
    "moodleml": ours("balanced"),
    "moodleml, fast": ours("fast"),
    "moodleml, best": ours("best"),
    "CatBoost": peer(catboost, as_texts),
    "YDF": peer(Ydf, as_texts),
    "LightGBM": peer(lightgbm, as_categories),
    "HistGradientBoosting": peer(histogram_boosting, as_categories),
    "logistic regression, ridge": peer(linear, as_one_hot),
}


def rate(target, answers, about):
    import numpy
    from sklearn.metrics import log_loss, r2_score, roc_auc_score

    answers = numpy.asarray(answers, dtype=float)
    if about["task"] == "regression":
        return numpy.sqrt(((target - answers) ** 2).mean()), r2_score(target, answers)
    shares = numpy.clip(answers, 2.0**-23, 1)
    shares /= shares.sum(axis=1, keepdims=True)
    areas = [roc_auc_score(target == k, shares[:, k]) for k in numpy.unique(target)]
    return log_loss(target, shares, labels=list(range(about["classes"]))), numpy.mean(areas)


class Results:
    """What was measured, by set, learner and seed; with a path also a file of JSON lines."""

    def __init__(self, path):
        self.path = path
        lines = Path(path).read_text().splitlines() if path and Path(path).exists() else []
        self.found = {tuple(key): numbers for key, numbers in map(json.loads, lines)}

    def measure(self, name, learner, seed, run):
        key = (name, learner, seed)
        if key not in self.found:
            self.found[key] = [float(number) for number in run()]
            if self.path:
                with open(self.path, "a") as file:
                    file.write(json.dumps([key, self.found[key]]) + "\n")
        return self.found[key]


def measure_set(name, about, learners, seeds, results):
    """For each learner the loss, the score and the seconds of each seed."""
    frame, target, groups = load(name, about)
    found = {learner: [] for learner in learners}
    for seed in range(FIRST_SEED, FIRST_SEED + seeds):
        train, test = split(target, groups, about, seed)

        def run(learner):
            answers, seconds = LEARNERS[learner](frame.iloc[train], target[train], frame.iloc[test], about)
            return [*rate(target[test], answers, about), seconds]

        for learner in learners:
            found[learner].append(results.measure(name, learner, seed, lambda: run(learner)))
    print(f"\n**{name}**, {len(frame):,} rows, {len(about['categorical'])} of {frame.shape[1]} columns words\n")
    return found


def print_set(about, means):
    first, second = ("log loss", "ROC AUC") if about["task"] == "classification" else ("RMSE", "R squared")
    print(f"| | {first} | {second} | CPU-seconds |\n|---|---|---|---|")
    for learner, (loss, score, seconds) in means.items():
        print(f"| {learner} | {loss:.5g} | {score:.4f} | {seconds:.2f} |", flush=True)


def main():
    quality.enter_environment(__file__, ENVIRONMENT, PACKAGES)
    import numpy

    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", default=",".join(SMALL_FIRST), help="names in sets.json")
    parser.add_argument("--learners", default=";".join(LEARNERS), help="separated by semicolons")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--results", help="file that keeps what was measured")
    arguments = parser.parse_args()
    learners = arguments.learners.split(";")
    sets = json.loads((TABLES / "sets.json").read_text())
    results = Results(arguments.results)
    ranks = {name: [] for name in learners}
    for name in arguments.sets.split(","):
        found = measure_set(name, sets[name], learners, arguments.seeds, results)
        means = {learner: numpy.mean(rows, axis=0) for learner, rows in found.items()}
        print_set(sets[name], means)
        for learner, (loss, _, _) in means.items():
            ranks[learner].append(1 + sum(other[0] < loss for other in means.values()))
    print("\n| | mean rank |\n|---|---|")
    for learner, places in ranks.items():
        print(f"| {learner} | {numpy.mean(places):.2f} |")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    main()
