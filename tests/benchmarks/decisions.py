#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Whom would each decision flag, and how many of them rightly?

Usage: decisions.py [--sets NAME,...] [--seeds N] [--first-seed N] [--size N] [--kind random|grouped] [--rules RULE,...]

Trains on 80 % of each labelled set of MOODLEML_SHARED/data through Moodle's process interface, once for each rule of option
decision, and predicts the other 20 %. Beside it scikit-learn's TunedThresholdClassifierCV tunes the threshold of LightGBM and of
logistic regression on the same splits, by the same score (weighted F1). Prints a Markdown table for each set, means over the
splits: flagged (share of the test rows that get the second class), found (of those that are of it), rightly (of those flagged),
weighted F1 and balanced accuracy; and how rule `score` differs from the best peer, with a 95 % interval of the paired difference.
"Shown" counts as flagged only what Moodle's fixed filter lets through: a number of .6 or more next to the class.

It shares the virtual environment of quality.py.
"""

import argparse
import json
import os
import subprocess
import tempfile
from pathlib import Path

from quality import ROOT, SETS, Table, enter_environment, interval, program_path, splits

RULES = ["probable", "score", "balanced", "cost:3", "share:20"]
LEAST_SHOWN = 0.6


def rate(labels, flagged):
    import numpy
    from sklearn.metrics import balanced_accuracy_score, f1_score

    flagged = numpy.asarray(flagged).astype(int)
    right = (flagged & (labels == 1)).sum()
    return {"flagged": flagged.mean(), "found": right / (labels == 1).sum(),
            "rightly": right / flagged.sum() if flagged.any() else float("nan"),
            "weighted F1": f1_score(labels, flagged, average="weighted"),
            "balanced accuracy": balanced_accuracy_score(labels, flagged)}


def process(module, options, *arguments):
    """The answer of the program that Moodle calls in the place of Python."""
    environment = dict(os.environ, MOODLEML_OPTIONS=f"threads=1,{options}")
    command = [program_path(), "-m", f"moodlemlbackend.{module}", "1", *map(str, arguments)]
    result = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    answer = json.loads(result.stdout)
    if answer["status"]:
        raise SystemExit(f"this failed: {answer}")
    return answer


def write_unlabelled(table, path, rows):
    names = "sampleid," + table.head[2].rsplit(",", 1)[0]
    lines = [f"{row}," + table.lines[row].rsplit(",", 1)[0] for row in rows]
    path.write_text("\n".join([*table.head[:2], names, *lines]) + "\n")


def run_moodleml(rule, table, train, test):
    """Ratings of what a rule decides, and of what Moodle shows of that."""
    import numpy

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table.write(folder / "train.csv", train)
        write_unlabelled(table, folder / "test.csv", test)
        process("training", f"decision={rule}", folder / "model", folder / "train.csv")
        predictions = process("prediction", "keep_rows=0", folder / "model", folder / "test.csv")["predictions"]
    flagged = numpy.array([label == "1" for _, label, _ in predictions])
    shown = flagged & numpy.array([float(number) >= LEAST_SHOWN for _, _, number in predictions])
    labels = table.labels[test]
    return {f"moodleml, {rule}": rate(labels, flagged), f"moodleml, {rule}, shown": rate(labels, shown)}


def peers():
    from lightgbm import LGBMClassifier
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return {"LightGBM": LGBMClassifier(n_jobs=1, verbose=-1),
            "logistic regression": make_pipeline(StandardScaler(), LogisticRegressionCV(
                Cs=[0.0001, 0.001, 0.01, 0.1, 1], cv=4, scoring="neg_log_loss", max_iter=300))}


def run_peers(table, train, test):
    from sklearn.model_selection import TunedThresholdClassifierCV

    ratings = {}
    for name, peer in peers().items():
        tuned = TunedThresholdClassifierCV(peer, scoring="f1_weighted", cv=5, random_state=0, store_cv_results=False)
        tuned.fit(table.features[train], table.labels[train])
        probable = tuned.estimator_.predict(table.features[test])
        ratings[f"{name}, probable"] = rate(table.labels[test], probable)
        ratings[f"{name}, tuned"] = rate(table.labels[test], tuned.predict(table.features[test]))
    return ratings


def print_table(title, results):
    import numpy

    print(f"\n**{title}**\n\n| | flagged | found | rightly | weighted F1 | balanced accuracy |\n|---|---|---|---|---|---|")
    for name, ratings in results.items():
        mean = {metric: numpy.mean([rating[metric] for rating in ratings]) for metric in ratings[0]}
        rightly = "–" if numpy.isnan(mean["rightly"]) else f"{mean['rightly']:.0%}"
        deviation = numpy.std([rating["weighted F1"] for rating in ratings])
        print(f"| {name} | {mean['flagged']:.1%} | {mean['found']:.0%} | {rightly} | "
              f"{mean['weighted F1']:.4f} ± {deviation:.4f} | {mean['balanced accuracy']:.3f} |")
    ours = [rating["weighted F1"] for rating in results["moodleml, score"]]
    tuned = [name for name in results if name.endswith("tuned")]
    best = max(tuned, key=lambda name: numpy.mean([rating["weighted F1"] for rating in results[name]]))
    mean, half = interval([a - b["weighted F1"] for a, b in zip(ours, results[best])])
    print(f"\n- moodleml, score: weighted F1 {mean:+.4f} ± {half:.4f} against {best}", flush=True)


def main():
    enter_environment(__file__)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=",".join(SETS), help="files of MOODLEML_SHARED/data")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=500, help="another one makes other splits")
    parser.add_argument("--size", type=int, default=0, help="rows to train on; 0: all but the test set's")
    parser.add_argument("--kind", default="random", choices=["random", "grouped"])
    parser.add_argument("--rules", default=",".join(RULES))
    arguments = parser.parse_args()
    data = Path(os.environ.get("MOODLEML_SHARED", ROOT.parent / "shared")) / "data"
    for name in arguments.sets.split(","):
        table = Table(data / name)
        results = {}
        seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
        for train, test in splits(table, arguments.kind, seeds, arguments.size):
            ratings = {}
            for rule in dict.fromkeys(["score", *arguments.rules.split(",")]):
                ratings.update(run_moodleml(rule, table, train, test))
            ratings.update(run_peers(table, train, test))
            for who, rating in ratings.items():
                results.setdefault(who, []).append(rating)
        drawn = f", {arguments.size} rows" if arguments.size else ""
        print_table(f"{name}{drawn}, {arguments.kind} splits, {arguments.seeds} seeds", results)


if __name__ == "__main__":
    main()
