# SPDX-License-Identifier: Apache-2.0
"""Long calls beside threads, forks and signals."""

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from conftest import QUICK

from moodleml import Classifier, Regressor, cross_validate

# A training that would take very long.
ENDLESS = {"networks": 2, "trees": 0, "epochs": 100000, "patience": 100000}

INTERRUPTED = """
import os, signal, threading, time
import numpy as np
from moodleml import Classifier, cross_validate
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job inherits that it is ignored
X = np.random.default_rng(0).normal(size=(3000, 30))
estimator = Classifier({parameters})
def interrupt():
    time.sleep(0.5)
    global sent
    sent = time.monotonic()
    os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=interrupt).start()
try:
    {call}
except KeyboardInterrupt:
    print(time.monotonic() - sent, hasattr(estimator, "model_"))
"""


@pytest.mark.parametrize("call", ["estimator.fit(X, X[:, 0] > 0)", "cross_validate(estimator, X, X[:, 0] > 0)"])
def test_interruption_stops_within_a_second(call):
    program = INTERRUPTED.format(call=call, parameters=", ".join(f"{name}={value}" for name, value in ENDLESS.items()))
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60).stdout.split()
    assert float(printed[0]) < 1
    assert printed[1] == "False"


def test_other_threads_run_during_a_training():
    X = np.random.default_rng(0).normal(size=(3000, 30))
    ends, ticks = threading.Event(), []

    def count():
        while not ends.is_set():
            ticks.append(time.monotonic())
            time.sleep(0.005)

    counter = threading.Thread(target=count)
    start = time.monotonic()
    counter.start()
    with pytest.raises(TimeoutError):
        Classifier(**ENDLESS, threads=1).fit(X, X[:, 0] > 0, progress=lambda state: stop_after(start, 1))
    ends.set()
    counter.join()
    assert len(ticks) > 20
    assert max(np.diff(ticks)) < 0.5


def stop_after(start, seconds):
    if time.monotonic() - start > seconds:
        raise TimeoutError


def test_threads_share_an_estimator_and_train_at_once(table):
    X, y = table
    estimator = Classifier(**QUICK).fit(X, y)
    expected = estimator.predict_proba(X)
    with ThreadPoolExecutor(4) as pool:
        for probabilities in pool.map(lambda _: estimator.predict_proba(X), range(100)):
            np.testing.assert_array_equal(probabilities, expected)
        for other in pool.map(lambda _: Classifier(**QUICK).fit(X, y).predict_proba(X), range(8)):
            np.testing.assert_array_equal(other, expected)


def trained_again(estimator, X, y):
    return estimator.predict_proba(X), type(estimator)(**estimator.get_params()).fit(X, y).predict_proba(X)


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_processes(table, way):
    """Networks too: a child that was forked after its parent had used oneDNN trains and predicts."""
    X, y = table
    estimator = Classifier(networks=1, trees=5, epochs=3, folds=2).fit(X, y)
    expected = estimator.predict_proba(X)
    with multiprocessing.get_context(way).Pool(2) as pool:
        for task in [pool.apply_async(trained_again, (estimator, X, y)) for _ in range(4)]:
            for probabilities in task.get(timeout=60):
                np.testing.assert_array_equal(probabilities, expected)


def test_forked_child_ends_well(table):
    """os.fork() in the middle of things, without multiprocessing's care."""
    X, y = table
    estimator = Classifier(networks=1, trees=5, epochs=3, folds=2).fit(X, y)
    child = os.fork()
    if child == 0:
        os._exit(0 if (estimator.fit(X, y).predict(X) == y).mean() > 0.9 else 1)
    deadline = time.monotonic() + 60
    while (ended := os.waitpid(child, os.WNOHANG))[0] == 0 and time.monotonic() < deadline:
        time.sleep(0.02)
    if ended[0] == 0:
        os.kill(child, signal.SIGKILL)
    assert ended == (child, 0)


def test_progress_is_told(table):
    X, y = table
    states = []
    Classifier(networks=1, trees=20, epochs=5).fit(
        X, y, progress=lambda state: states.append((state.fraction, state.phase, state.step, state.steps)))
    fractions = [state[0] for state in states]
    assert fractions == sorted(fractions) and fractions[-1] == 1 and {state[1] for state in states} > {3}


def test_a_bar_by_tqdm(table, capsys):
    X, y = table
    Classifier(**QUICK).fit(X, y, progress=True)
    cross_validate(Regressor(**QUICK), X, X[:, 0], iterations=2, progress=True)
    shown = capsys.readouterr().err
    assert "training: 100%" in shown and "cross-validating: 100%" in shown


def test_what_a_callback_raises_is_raised(table):
    def fail(state):
        raise LookupError(f"at {state.fraction}")

    with pytest.raises(LookupError, match="at 0"):
        Classifier(**QUICK).fit(*table, progress=fail)
