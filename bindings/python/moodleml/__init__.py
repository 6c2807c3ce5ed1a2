# SPDX-License-Identifier: Apache-2.0
"""Prediction models for tables: train, evaluate, store and use them.

Classifier and Regressor follow scikit-learn; Model is what they train, and what model files hold; evaluate and cross_validate
rate models; read_moodle_csv reads the files that Moodle's analytics writes.
"""

try:
    import numpy as _numpy  # noqa: F401
    import sklearn as _sklearn  # noqa: F401
except ModuleNotFoundError as error:
    raise ImportError(f"moodleml needs {error.name}: pip install 'moodleml[estimators]'") from error

from moodleml import _native
from moodleml._native import Cancelled, Error, FileError, InputError, Progress
from moodleml.estimators import Classifier, Regressor
from moodleml.evaluation import cross_validate, evaluate
from moodleml.explanation import Explanation
from moodleml.model import Model
from moodleml.moodle_file import MoodleFile, read_moodle_csv
from moodleml.predictor import Predictor
from moodleml.ranks import Ranks
from moodleml.report import Report

__version__: str = _native.version()

__all__ = [
    "Cancelled",
    "Classifier",
    "Error",
    "Explanation",
    "FileError",
    "InputError",
    "Model",
    "MoodleFile",
    "Predictor",
    "Progress",
    "Ranks",
    "Regressor",
    "Report",
    "cross_validate",
    "evaluate",
    "read_moodle_csv",
]
