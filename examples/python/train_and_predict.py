# SPDX-License-Identifier: Apache-2.0
"""A table in memory becomes a model, a file, probabilities; how good it is by cross-validation, and in a grid search."""

import sys

import numpy as np
from sklearn.model_selection import GridSearchCV

import moodleml


def students(rows):
    """Hours of work a week and weeks of absence; who works more than absence costs passes."""
    row = np.arange(rows)
    hours, absent = row * 7 % 10, row * 3 % 6
    table = np.column_stack([hours, absent]).astype(np.float32)
    table[::10, 1] = np.nan  # of some the absence is unknown
    return table, np.where(hours > 2 + absent, "passed", "failed")


def main():
    X, y = students(200)
    report = moodleml.cross_validate(moodleml.Classifier(networks=0), X, y, iterations=3)
    print(f"accuracy {report.metric('accuracy'):.3f}, without a model {report.metric('baseline_accuracy'):.3f}")

    search = GridSearchCV(moodleml.Classifier(networks=0, trees=50), {"tree_leaves": [2, 8]}, cv=3).fit(X, y)
    print(f"best with {search.best_params_}")

    search.best_estimator_.model_.save("students-python.mml")
    model = moodleml.Model.load("students-python.mml")
    probabilities = model.predict_proba([[9, 1], [1, 4]])
    for row in probabilities:
        print(", ".join(f"{name} {probability:.3f}" for name, probability in zip(model.classes, row)))
    passed = probabilities[:, model.classes.index("passed")]
    return 0 if passed[0] > 0.9 and passed[1] < 0.1 else 1


if __name__ == "__main__":
    sys.exit(main())
