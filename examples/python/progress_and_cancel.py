# SPDX-License-Identifier: Apache-2.0
"""Shows how far a training is, stops one, goes on with new rows, and lets one fail by an exception of its own."""

import sys

import numpy as np

import moodleml


def samples(rows, seed):
    X = np.random.default_rng(seed).normal(size=(rows, 5))
    return X, X[:, 0] + X[:, 1] ** 2


def show(state):
    print(f"{100 * state.fraction:3.0f} %, step {state.step} of {state.steps}", file=sys.stderr)


def fail(state):
    raise RuntimeError("enough")


def main():
    X, y = samples(500, seed=1)
    regressor = moodleml.Regressor(networks=1, trees=50, epochs=20).fit(X, y, progress=show)

    try:
        regressor.fit(X, y, progress=lambda state: state.fraction < 0.3)  # False stops it
        return 1
    except moodleml.Cancelled as cancelled:
        print(f"stopped: {cancelled}; the earlier model still predicts {regressor.predict(X[:1])[0]:.2f}")

    for seed in (2, 3):  # none of the earlier rows is needed again
        regressor.partial_fit(*samples(100, seed))
    print(f"R squared on other rows: {regressor.score(*samples(200, seed=4)):.3f}")

    try:
        regressor.fit(X, y, progress=fail)
        return 1
    except RuntimeError as error:
        print(f"failed: {error}")
    return 0 if regressor.score(*samples(200, seed=4)) > 0.8 else 1


if __name__ == "__main__":
    sys.exit(main())
