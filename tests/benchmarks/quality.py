#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How good are the predictions, compared with other libraries on the same rows?

Usage: quality.py [--sets NAME,...] [--seeds N] [--first-seed N] [--sizes N,...] [--only NAME,...] [--variants NAME=OPTIONS ...]

Trains everything on the same random and grouped splits (80/20; grouped: no equal row on both sides) of the labelled sets in
MOODLEML_SHARED/data (default: ../shared next to this checkout) and prints a Markdown table for each: mean and deviation over the seeds
of log loss, ROC AUC, calibration error and CPU-seconds, and how the library differs from the best peer, with a 95 % interval
of the paired difference; last the mean log loss over all tables. With --sizes the training sets are as many rows drawn from the
set, rated on up to 4,000 of the others. One thread each. The peers get empty cells as 0, as Moodle's own backends read them.

It makes a virtual environment of its own in build/quality (numpy, pandas, scikit-learn, LightGBM, XGBoost, CatBoost).
"""

import argparse
import csv
import gzip
import itertools
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import process_time

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = ROOT / "build" / "quality"
PACKAGES = ["numpy==1.26.4", "scikit-learn==1.5.2", "lightgbm==4.5.0", "xgboost-cpu==2.1.3", "catboost==1.2.7", "pandas==2.2.3"]
SETS = ["students-422-train.csv.gz", "students-366-train.csv.gz"]
TEST_SHARE = 0.2
MOST_TEST_ROWS = 4000
BINS = 15

# What is judged: the library as it comes, at each effort, then by its parts, which must each earn their place.
VARIANTS = {
    "moodleml": [],
    "moodleml, fast": ["--effort", "fast"],
    "moodleml, best": ["--effort", "best"],
    "moodleml, linear alone": ["--networks", "0", "--trees", "0"],
    "moodleml, networks alone": ["--linear", "false", "--trees", "0"],
    "moodleml, trees alone": ["--linear", "false", "--networks", "0"],
    "moodleml, linear + networks": ["--trees", "0"],
    "moodleml, linear + trees": ["--networks", "0"],
    "moodleml, networks + trees": ["--linear", "false"],
}


def enter_environment(script, environment=ENVIRONMENT, packages=tuple(PACKAGES)):
    """Runs a script again inside an environment with these packages, which the first run makes."""
    python = environment / "bin" / "python"
    if Path(sys.prefix).resolve() == environment.resolve():
        return
    done = environment / "installed"
    if not done.exists() or done.read_text() != " ".join(packages):
        subprocess.run([sys.executable, "-m", "venv", "--clear", environment], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages], check=True)
        done.write_text(" ".join(packages))
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    os.execv(python, [python, "-B", script, *sys.argv[1:]])


def program_path():
    return Path(os.environ.get("MOODLEML_BUILD", ROOT / "build")) / "bin" / "moodleml"


class Table:
    """A labelled Moodle file: its text by lines, and its cells as numbers."""

    def __init__(self, path):
        import numpy

        lines = gzip.decompress(path.read_bytes()).decode().splitlines()
        self.head, self.lines = lines[:3], lines[3:]
        cells = [[float(cell) if cell else 0.0 for cell in row] for row in csv.reader(self.lines)]
        table = numpy.array(cells, dtype=numpy.float32)
        self.features, self.labels = table[:, :-1], table[:, -1].astype(int)
        self.groups = numpy.unique(self.features, axis=0, return_inverse=True)[1].ravel()

    def write(self, path, rows):
        path.write_text("\n".join(self.head + [self.lines[row] for row in rows]) + "\n")


def splits(table, kind, seeds, size):
    for seed in seeds:
        yield whole_split(table, kind, seed) if size == 0 else drawn_split(table, kind, seed, size)


def whole_split(table, kind, seed):
    from sklearn.model_selection import GroupShuffleSplit, StratifiedShuffleSplit

    if kind == "random":
        chooser = StratifiedShuffleSplit(1, test_size=TEST_SHARE, random_state=seed).split(table.features, table.labels)
    else:
        chooser = GroupShuffleSplit(1, test_size=TEST_SHARE, random_state=seed).split(table.features, table.labels, table.groups)
    return next(chooser)


def drawn_split(table, kind, seed, size):
    """As many rows to train on, and up to 4,000 others, which for grouped splits equal none of them."""
    import numpy

    order = numpy.random.RandomState(1000 + seed + size).permutation(len(table.labels))
    train, test = order[:size], order[size:]
    if kind == "grouped":
        test = test[~numpy.isin(table.groups[test], table.groups[train])]
    return train, test[:MOST_TEST_ROWS]


def calibration_error(labels, probabilities):
    """Mean distance of the share of the second class from its mean probability, over bins of equal width."""
    import numpy

    bins = numpy.minimum((probabilities * BINS).astype(int), BINS - 1)
    distance = 0.0
    for number in numpy.unique(bins):
        inside = bins == number
        distance += inside.mean() * abs(labels[inside].mean() - probabilities[inside].mean())
    return distance


def rate(labels, probabilities, seconds):
    import numpy
    from sklearn.metrics import log_loss, roc_auc_score

    clipped = numpy.clip(probabilities.astype(float), 2.0**-23, 1 - 2.0**-23)
    return {"log loss": log_loss(labels, clipped), "ROC AUC": roc_auc_score(labels, probabilities),
            "calibration": calibration_error(labels, probabilities), "CPU s": seconds}


def peers():
    """Name and maker of each peer, with the settings that its makers suggest for tables of this size."""
    from catboost import CatBoostClassifier
    from lightgbm import LGBMClassifier
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.linear_model import LogisticRegressionCV
    from sklearn.neural_network import MLPClassifier
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from xgboost import XGBClassifier

    return {
        "logistic regression": lambda: make_pipeline(StandardScaler(), LogisticRegressionCV(
            Cs=[0.0001, 0.001, 0.01, 0.1, 1], cv=4, scoring="neg_log_loss", max_iter=300)),
        "MLP": lambda: make_pipeline(StandardScaler(), MLPClassifier((48, 48), early_stopping=True, random_state=0)),
        "LightGBM": lambda: LGBMClassifier(n_jobs=1, verbose=-1),
        "LightGBM, 300 trees x 30 %": lambda: LGBMClassifier(
            n_estimators=300, learning_rate=0.05, colsample_bytree=0.3, n_jobs=1, verbose=-1),
        "XGBoost": lambda: XGBClassifier(n_estimators=300, learning_rate=0.05, colsample_bytree=0.3, n_jobs=1),
        "HGB": lambda: HistGradientBoostingClassifier(early_stopping=True, random_state=0),
        "CatBoost": lambda: CatBoostClassifier(thread_count=1, verbose=False, allow_writing_files=False),
    }


def run_peer(make, table, train, test):
    start = process_time()
    model = make().fit(table.features[train], table.labels[train])
    seconds = process_time() - start
    return rate(table.labels[test], model.predict_proba(table.features[test])[:, 1], seconds)


def run_process(*command):
    """CPU-seconds of a command."""
    process = subprocess.Popen(list(map(str, command)))
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"this failed: {process.args}")
    return usage.ru_utime + usage.ru_stime


def run_moodleml(program, options, table, train, test):
    import numpy

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        table.write(folder / "train.csv", train)
        table.write(folder / "test.csv", test)
        seconds = run_process(program, "train", folder / "train.csv", "--model", folder / "model.mml", "--quiet",
                              "--threads", 1, *options)
        run_process(program, "predict", folder / "model.mml", folder / "test.csv", "--labelled", "true", "--quiet",
                    "--output", folder / "predictions.csv")
        with open(folder / "predictions.csv", newline="", encoding="utf-8") as stream:
            rows = list(csv.reader(stream))
    probabilities = numpy.array([float(row[-1]) for row in rows[1:]])
    return rate(table.labels[test], probabilities, seconds)


def contestants(program, arguments):
    """Name and function of all that takes part, the library first."""
    variants = dict(VARIANTS)
    for text in arguments.variants:
        name, _, options = text.partition("=")
        variants[f"moodleml, {name}"] = options.split()
    everyone = {name: lambda *rows, o=options: run_moodleml(program, o, *rows) for name, options in variants.items()}
    everyone.update({name: lambda *rows, m=make: run_peer(m, *rows) for name, make in peers().items()})
    only = arguments.only.split(",") if arguments.only else []
    return {name: run for name, run in everyone.items() if not only or any(part in name for part in only)}


def interval(differences):
    """Mean and half-width of the 95 % interval by Student's t."""
    import numpy
    from scipy.stats import t

    count = len(differences)
    half = t.ppf(0.975, count - 1) * numpy.std(differences, ddof=1) / count**0.5 if count > 1 else float("nan")
    return numpy.mean(differences), half


def print_table(title, results):
    import numpy

    print(f"\n### {title}\n\n| | log loss | ROC AUC | calibration error | CPU-seconds |\n|---|---|---|---|---|")
    for name, ratings in results.items():
        cells = []
        for metric, digits in (("log loss", 4), ("ROC AUC", 4), ("calibration", 4), ("CPU s", 2)):
            values = [rating[metric] for rating in ratings]
            cells.append(f"{numpy.mean(values):.{digits}f} ± {numpy.std(values):.{digits}f}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    print()
    for name in [name for name in results if name.startswith("moodleml")]:
        for metric, sign in (("log loss", 1), ("ROC AUC", -1)):
            print_difference(results, name, metric, sign)


def print_difference(results, name, metric, sign):
    import numpy

    others = [peer for peer in results if not peer.startswith("moodleml")]
    if not others:
        return
    best = min(others, key=lambda peer: sign * numpy.mean([rating[metric] for rating in results[peer]]))
    mean, half = interval([a[metric] - b[metric] for a, b in zip(results[name], results[best])])
    print(f"- {name}: {metric} {mean:+.4f} ± {half:.4f} against {best}")


def print_means(tables):
    import numpy

    print("\n### Mean over all tables\n\n| | log loss | ROC AUC |\n|---|---|---|")
    for name in tables[0]:
        means = [numpy.mean([rating[metric] for table in tables for rating in table[name]]) for metric in ("log loss", "ROC AUC")]
        print(f"| {name} | {means[0]:.4f} | {means[1]:.4f} |")


def main():
    enter_environment(__file__)
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", default=",".join(SETS), help="files of MOODLEML_SHARED/data")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=0, help="another one makes other splits")
    parser.add_argument("--sizes", default="0", help="rows to train on; 0: all but the test set's")
    parser.add_argument("--only", default="", help="parts of the names of those to run")
    parser.add_argument("--kinds", default="random,grouped")
    parser.add_argument("--variants", nargs="*", default=[], help='more variants of the library: "quick=--networks 0"')
    arguments = parser.parse_args()
    data = Path(os.environ.get("MOODLEML_SHARED", ROOT.parent / "shared")) / "data"
    seeds = range(arguments.first_seed, arguments.first_seed + arguments.seeds)
    running = contestants(program_path(), arguments)
    tables = []
    for name in arguments.sets.split(","):
        table = Table(data / name)
        for size, kind in itertools.product(map(int, arguments.sizes.split(",")), arguments.kinds.split(",")):
            results = {who: [] for who in running}
            for rows in splits(table, kind, seeds, size):
                for who, run in running.items():
                    results[who].append(run(table, *rows))
            drawn = f", {size} rows" if size else ""
            print_table(f"{name}{drawn}, {kind} splits, {arguments.seeds} seeds", results)
            tables.append(results)
    print_means(tables)


if __name__ == "__main__":
    main()
