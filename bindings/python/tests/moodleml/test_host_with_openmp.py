# SPDX-License-Identifier: Apache-2.0
"""A host that computes with OpenMP itself, with more threads than there are processors."""

import json
import os
import subprocess
import sys

HOST = """
import json, threading, time
import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from moodleml import Classifier

X = np.random.default_rng(0).normal(size=(2000, 20))
y = (X[:, 0] + X[:, 1] > 0).astype(int)
ROUNDS = 6

def theirs():
    HistGradientBoostingClassifier(max_iter=10).fit(X, y).predict_proba(X)

def ours():
    Classifier(networks=1, epochs=5, trees=20, folds=2, threads=2).fit(X, y).predict_proba(X)

def cpu_seconds(*works):
    start = time.process_time()
    for work in works:
        work()
    return time.process_time() - start

def at_once():
    threads = [threading.Thread(target=cpu_seconds, args=[work] * ROUNDS) for work in (theirs, ours)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

cpu_seconds(theirs, ours)
alone = cpu_seconds(*[theirs] * ROUNDS), cpu_seconds(*[ours] * ROUNDS)
print(json.dumps({"theirs": alone[0], "ours": alone[1], "alternately": cpu_seconds(*[theirs, ours] * ROUNDS),
                  "at once": cpu_seconds(at_once)}))
"""


def test_neither_hangs_nor_slows_the_other_down():
    """CPU-seconds of both together stay below three times those of each alone: threads of OpenMP that wait for work spin."""
    environment = os.environ | {"OMP_NUM_THREADS": "8"}
    told = subprocess.run([sys.executable, "-c", HOST], capture_output=True, text=True, check=True, timeout=120, env=environment)
    seconds = json.loads(told.stdout)
    alone = seconds["theirs"] + seconds["ours"]
    print(seconds)
    assert seconds["alternately"] < 3 * alone
    assert seconds["at once"] < 3 * alone
