#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes metrics.csv: small sets of labels and predictions with what scikit-learn says of them.

Run with scikit-learn >= 1.7 (pip install scikit-learn): python3 make_metrics.py > metrics.csv
Numbers within a cell are separated by blanks; an empty cell is an undefined value; columns class_... hold one number a class. Scores are multiples of 1/1024, so that
float32, in which the library takes them, holds them exactly; they are probabilities (rows x classes), or estimates where
classes is 0. Log loss is of probabilities clipped by 2^-23, as the library documents it.
"""
import csv
import sys
import warnings

import numpy as np
from sklearn import metrics
from sklearn.calibration import calibration_curve

METRICS = ["accuracy", "balanced_accuracy", "precision", "recall", "f1_score", "roc_auc", "roc_auc_one_vs_rest",
           "log_loss", "brier_score", "matthews_correlation", "cohen_kappa", "pr_auc", "pr_auc_one_vs_rest", "calibration_error", "rmse", "mae", "r2"]
LISTS = ["class_precision", "class_recall", "class_f1_score"]
BINS = 15
RESOLUTION = 2.0**-23


def area(positive, scores, weights):
    if positive[weights > 0].all() or not positive[weights > 0].any():
        return None
    return metrics.roc_auc_score(positive, scores, sample_weight=weights)


def one_vs_rest(labels, scores, weights):
    areas = [area(labels == k, scores[:, k], weights) for k in range(scores.shape[1])]
    areas = [value for value in areas if value is not None]
    return np.mean(areas) if areas else None


def average_precision(positive, scores, weights):
    if not positive[weights > 0].any():
        return None
    return metrics.average_precision_score(positive, scores, sample_weight=weights)


def mean_precision(labels, scores, weights):
    values = [average_precision(labels == k, scores[:, k], weights) for k in range(scores.shape[1])]
    values = [value for value in values if value is not None]
    return np.mean(values) if values else None


def matthews(labels, predicted, weights):
    # Rows without weight can make scikit-learn see a class that has none, and then divide 0 by 0.
    weighs = weights > 0
    return metrics.matthews_corrcoef(labels[weighs], predicted[weighs], sample_weight=weights[weighs])


def kappa(labels, predicted, weights):
    """scikit-learn divides 0 by 0 where all rows that weigh are of one class and predicted as it."""
    weighs = weights > 0
    value = metrics.cohen_kappa_score(labels[weighs], predicted[weighs], sample_weight=weights[weighs])
    return None if np.isnan(value) else value


def calibration_error(labels, predicted, scores, weights):
    """scikit-learn has the curve, without weights; the error is its bins' distances."""
    if scores.shape[1] == 2:
        happened, stated = labels == 1, scores[:, 1]
    else:
        happened, stated = labels == predicted, scores.max(axis=1)
    bins = np.minimum((stated * BINS).astype(int), BINS - 1)
    distances = [abs((weights * (stated - happened))[bins == k].sum()) for k in range(BINS)]
    if (weights == 1).all() and not any(stated * BINS == np.round(stated * BINS)):
        frequency, mean = calibration_curve(happened, stated, n_bins=BINS, strategy="uniform")
        counts = np.bincount(bins, minlength=BINS)
        assert np.isclose((abs(frequency - mean) * counts[counts > 0]).sum(), sum(distances))
    return sum(distances) / weights.sum()


def brier(labels, scores, weights):
    if scores.shape[1] == 2:
        return metrics.brier_score_loss(labels, scores[:, 1], sample_weight=weights, pos_label=1)
    if scores.shape[1] == 1:
        return 0.0
    return metrics.brier_score_loss(np.eye(scores.shape[1])[labels].astype(int), scores, sample_weight=weights,
                                    scale_by_half=False)


def rate_classes(labels, scores, weights):
    classes = range(scores.shape[1])
    predicted = scores.argmax(axis=1)
    precision, recall, f1_score, _ = metrics.precision_recall_fscore_support(
        labels, predicted, labels=list(classes), average="weighted", sample_weight=weights, zero_division=0)
    by_class = metrics.precision_recall_fscore_support(
        labels, predicted, labels=list(classes), average=None, sample_weight=weights, zero_division=0)
    loss = 0.0
    if len(classes) > 1:
        loss = metrics.log_loss(labels, np.clip(scores, RESOLUTION, 1 - RESOLUTION), labels=list(classes),
                                sample_weight=weights)
    return {
        "accuracy": metrics.accuracy_score(labels, predicted, sample_weight=weights),
        "balanced_accuracy": metrics.balanced_accuracy_score(labels, predicted, sample_weight=weights),
        "precision": precision, "recall": recall, "f1_score": f1_score,
        "roc_auc": area(labels == 1, scores[:, 1], weights) if len(classes) == 2 else None,
        "roc_auc_one_vs_rest": one_vs_rest(labels, scores, weights),
        "log_loss": loss, "brier_score": brier(labels, scores, weights),
        "matthews_correlation": matthews(labels, predicted, weights),
        "cohen_kappa": kappa(labels, predicted, weights),
        "pr_auc": average_precision(labels == 1, scores[:, 1], weights) if len(classes) == 2 else None,
        "pr_auc_one_vs_rest": mean_precision(labels, scores, weights),
        "calibration_error": calibration_error(labels, predicted, scores, weights),
        "class_precision": by_class[0], "class_recall": by_class[1], "class_f1_score": by_class[2],
    }


def rate_values(targets, estimates, weights):
    constant = (targets[weights > 0] == targets[weights > 0][0]).all()
    return {
        "rmse": metrics.root_mean_squared_error(targets, estimates, sample_weight=weights),
        "mae": metrics.mean_absolute_error(targets, estimates, sample_weight=weights),
        "r2": None if constant else metrics.r2_score(targets, estimates, sample_weight=weights),
    }


def coarse_probabilities(random, rows, classes, steps):
    """Probabilities in multiples of 1/steps, so that many are equal."""
    return random.multinomial(steps, random.dirichlet(np.ones(classes), rows)) / steps


def some_weights(random, rows, number):
    """For every second case; some are 0, but not all."""
    if number % 2 == 0:
        return None
    weights = random.integers(0, 9, rows) / 4
    weights[0] = max(weights[0], 0.25)
    return weights.tolist()


def class_cases(random):
    half = [[0.5, 0.5]]
    yield "one row right", [1], [[0.25, 0.75]], None
    yield "one row wrong", [0], [[0.25, 0.75]], None
    yield "one class only", [1, 1, 1], [[0.25, 0.75], [0.75, 0.25], [0.0, 1.0]], None
    yield "all probabilities equal", [0, 1, 1, 0], half * 4, None
    yield "certain and right", [0, 1], [[1.0, 0.0], [0.0, 1.0]], None
    yield "certain and wrong", [0, 1], [[0.0, 1.0], [1.0, 0.0]], None
    yield "ranked backwards", [0, 0, 1, 1], [[0.125, 0.875], [0.25, 0.75], [0.75, 0.25], [0.875, 0.125]], None
    yield "ties across classes", [0, 1, 0, 1, 1], [[0.75, 0.25], [0.75, 0.25], [0.5, 0.5], [0.5, 0.5], [0.25, 0.75]], None
    yield "a row of weight 0", [0, 1, 0], [[0.75, 0.25], [0.25, 0.75], [0.0, 1.0]], [1, 2, 0]
    yield "a class of weight 0", [0, 1, 1], [[0.75, 0.25], [0.25, 0.75], [1.0, 0.0]], [1, 0, 0]
    yield "a class never predicted", [0, 1, 2], [[0.75, 0.25, 0.0], [0.5, 0.25, 0.25], [0.25, 0.5, 0.25]], None
    yield "a class without rows", [0, 2, 2, 0], [[0.5, 0.25, 0.25], [0.25, 0.5, 0.25], [0.0, 0.25, 0.75],
                                                 [0.25, 0.25, 0.5]], None
    yield "three equal probabilities", [0, 1, 2], [[0.25, 0.25, 0.25]] * 3, None
    for number in range(400):
        classes = 2 if number < 200 else int(random.integers(3, 6))
        rows = int(random.integers(1, 24))
        # Every tenth lacks the last class.
        labels = random.integers(0, classes - (number % 10 == 9), rows).tolist()
        probabilities = coarse_probabilities(random, rows, classes, int(random.choice([4, 16, 1024]))).tolist()
        yield f"random {number}", labels, probabilities, some_weights(random, rows, number)


def value_cases(random):
    yield "one value", [2.0], [2.5], None
    yield "constant target", [0.1, 0.1, 0.1], [0.0, 0.125, 0.25], None
    yield "exact", [1.0, 2.0], [1.0, 2.0], None
    yield "the mean", [1.0, 2.0, 6.0], [3.0, 3.0, 3.0], None
    yield "worse than the mean", [1.0, 2.0], [2.0, 1.0], None
    yield "constant where it weighs", [1.0, 1.0, 5.0], [1.0, 2.0, 5.0], [1, 1, 0]
    yield "large offset", [1e9, 1e9 + 64, 1e9 + 128], [1e9, 1e9 + 64, 1e9], None
    for number in range(80):
        rows = int(random.integers(2, 20))
        targets = np.round(random.normal(size=rows), 3)
        estimates = np.round((targets + random.normal(size=rows)) * 1024) / 1024
        yield f"random value {number}", targets.tolist(), estimates.tolist(), some_weights(random, rows, number)


def joined(numbers):
    return " ".join(repr(float(number)) if isinstance(number, float) else str(number) for number in numbers)


def main():
    random = np.random.default_rng(1)
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(["case", "classes", "targets", "scores", "weights", *METRICS, *LISTS])

    def write(case, classes, targets, scores, weights, values):
        cells = ["" if values.get(name) is None else repr(float(values[name])) for name in METRICS]
        table.writerow([case, classes, joined(targets), joined(scores), joined(weights or []), *cells,
                        *(joined(float(f"{value:.15g}") for value in values.get(name, [])) for name in LISTS)])

    for case, labels, scores, weights in class_cases(random):
        scores = np.float32(scores).astype(float)
        values = rate_classes(np.array(labels), scores, np.array(weights or np.ones(len(labels)), dtype=float))
        write(case, scores.shape[1], labels, scores.ravel().tolist(), weights, values)
    for case, targets, scores, weights in value_cases(random):
        values = rate_values(np.array(targets), np.array(scores), np.array(weights or np.ones(len(targets)), dtype=float))
        write(case, 0, targets, scores, weights, values)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
