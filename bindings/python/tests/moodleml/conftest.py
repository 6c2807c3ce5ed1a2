# SPDX-License-Identifier: Apache-2.0
"""Fixtures of the tests of moodleml: the package as it was built, real data, small tables whose answer is known."""

import gzip
import os
import sys
from pathlib import Path

import pytest

# Before anything imports scipy: without it scikit-learn skips a check.
os.environ["SCIPY_ARRAY_API"] = "1"
os.environ["MPLBACKEND"] = "agg"

ROOT = Path(__file__).resolve().parents[4]
BUILD = Path(os.environ.get("MOODLEML_BUILD", ROOT / "build")).resolve()
PACKAGES = BUILD / "python-packages"
sys.path.insert(0, str(PACKAGES))
# Also for the processes that tests start.
os.environ["PYTHONPATH"] = str(PACKAGES)

import numpy as np  # noqa: E402

#: Parameters with which a training takes some milliseconds.
QUICK = {"networks": 0, "trees": 10, "folds": 2}


@pytest.fixture(scope="session")
def root():
    """The repository."""
    return ROOT


@pytest.fixture(scope="session")
def build():
    """The build folder: MOODLEML_BUILD, or build/ of this clone."""
    return BUILD


@pytest.fixture(scope="session")
def students(tmp_path_factory):
    """Paths of real files as Moodle writes them: for training, and without labels."""
    folder = tmp_path_factory.mktemp("students")
    for part in ("train", "predict"):
        packed = ROOT / "examples" / "data" / f"students-366-{part}.csv.gz"
        (folder / f"{part}.csv").write_bytes(gzip.decompress(packed.read_bytes()))
    return folder / "train.csv", folder / "predict.csv"


@pytest.fixture
def table():
    """X (float64, 120 x 4) and the labels 0 and 1, which the first column tells."""
    chance = np.random.default_rng(1)
    X = np.round(chance.normal(size=(120, 4)), 3)
    y = np.arange(120) % 2
    X[:, 0] = y + np.round(chance.uniform(-0.4, 0.4, 120), 3)
    return X, y
