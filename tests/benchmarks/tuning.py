#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Is one program, or one set of options, better than another? Tried inside the training rows of the benchmarks, for whoever tunes.

Usage: tuning.py --variants "NAME: [PROGRAM] [OPTION VALUE]...; ..." [--sets NAME,...] [--splits N] [--results FILE]

Takes the training rows of tables.py's first split, splits them again at random (80/20, by groups where a set names one), trains every
variant with the same seed, and prints for each set the mean log loss or RMSE, the paired difference to the first variant with its
95 % interval, and CPU-seconds. Test rows of the benchmarks are never read. PROGRAM is the path of another build's moodleml. Needs the
environment that tables.py makes. --results keeps each result as a line of JSON; what FILE has is not trained again. Example:

    tuning.py --sets digits --splits 8 --variants "default:; many: --one-hot-maximum 128"
"""

import argparse
import json
import math
import os
import resource
import statistics
import subprocess
import tempfile
from pathlib import Path

import quality
import tables

TWO_SIDED = {1: 12.7, 2: 4.3, 3: 3.18, 4: 2.78, 5: 2.57, 6: 2.45, 7: 2.36, 8: 2.31, 9: 2.26}  # Student's t, 95 %, by degrees of freedom


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def parse(text):
    """[(name, program, options)]"""
    variants = []
    for part in text.split(";"):
        name, _, words = part.strip().partition(":")
        words = words.split()
        program = words.pop(0) if words and not words[0].startswith("-") else quality.program_path()
        variants.append((name, program, words))
    return variants


def train_and_predict(program, options, train, target, test, about):
    """Probabilities or estimates, and CPU-seconds of training."""
    with tempfile.TemporaryDirectory() as folder:
        files = {name: os.path.join(folder, name) for name in ("train.csv", "test.csv", "model.mml")}
        train.assign(target_of_all=target).to_csv(files["train.csv"], index=False)
        test.to_csv(files["test.csv"], index=False)
        types = json.dumps({column: "category" for column in about["categorical"]})
        start = cpu_seconds()
        subprocess.run([program, "train", files["train.csv"], "--format", "plain", "--task", about["task"], "--types", types, "--threads", "1", "-q",
                        "--model", files["model.mml"], *options], check=True)
        seconds = cpu_seconds() - start
        answer = subprocess.run([program, "predict", files["model.mml"], files["test.csv"], "--format", "plain", "--as", "json", "-q"],
                                check=True, capture_output=True)
    rows = json.loads(answer.stdout)["predictions"]
    return [row["probabilities"] if about["task"] == "classification" else row["estimate"] for row in rows], seconds


def loss(predicted, target, about):
    if about["task"] == "regression":
        return math.sqrt(statistics.fmean((one - other) ** 2 for one, other in zip(predicted, target)))
    return statistics.fmean(-math.log(max(row[label], 1e-15)) for row, label in zip(predicted, target))


def inner_splits(name, about, count):
    """(train, target, test, target of test), inside the training rows of the first split."""
    frame, target, groups = tables.load(name, about)
    rows, _ = tables.split(target, groups, about, tables.FIRST_SEED)
    frame, target, groups = frame.iloc[rows], target[rows], None if groups is None else groups[rows]
    for number in range(count):
        train, test = tables.split(target, groups, about, 7000 + number)
        yield number, frame.iloc[train], target[train], frame.iloc[test], target[test]


def interval(differences):
    if len(differences) < 2:
        return math.nan
    t = TWO_SIDED.get(len(differences) - 1, 2.1)
    return t * statistics.stdev(differences) / math.sqrt(len(differences))


def show(name, variants, results):
    first = variants[0][0]
    for variant, _, _ in variants:
        own = {key[2]: value for key, value in results.items() if key[:2] == (name, variant)}
        base = {key[2]: value for key, value in results.items() if key[:2] == (name, first)}
        differences = [own[number][0] - base[number][0] for number in own if number in base]
        mean = statistics.fmean(value[0] for value in own.values())
        scale = 100 / statistics.fmean(base[number][0] for number in own if number in base)
        print(f"| {name} | {variant} | {len(own)} | {mean:.4f} | {statistics.fmean(differences) * scale:+.2f} % ± {interval(differences) * scale:.2f} | "
              f"{statistics.fmean(value[1] for value in own.values()):.2f} |", flush=True)


def main():
    quality.enter_environment(__file__, tables.ENVIRONMENT, tables.PACKAGES)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", required=True)
    parser.add_argument("--sets", default=",".join(tables.SMALL_FIRST))
    parser.add_argument("--splits", type=int, default=6)
    parser.add_argument("--results", type=Path)
    arguments = parser.parse_args()
    variants, known = parse(arguments.variants), {}
    if arguments.results and arguments.results.exists():
        known = {tuple(key): value for key, value in map(json.loads, arguments.results.read_text().splitlines())}
    print("| set | variant | splits | loss | difference | CPU-s |\n|---|---|---|---|---|---|")
    for name in arguments.sets.split(","):
        about, results = json.loads((tables.TABLES / "sets.json").read_text())[name], {}
        for number, train, target, test, wanted in inner_splits(name, about, arguments.splits):
            for variant, program, options in variants:
                key = (name, variant, number)
                if key not in known:
                    predicted, seconds = train_and_predict(program, options, train, target, test, about)
                    known[key] = (loss(predicted, wanted, about), seconds)
                    if arguments.results:
                        with arguments.results.open("a") as file:
                            file.write(json.dumps([key, known[key]]) + "\n")
                results[key] = known[key]
        show(name, variants, results)


if __name__ == "__main__":
    main()
