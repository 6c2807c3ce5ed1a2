# SPDX-License-Identifier: Apache-2.0
"""Which parameter is meant by the name that another library has for it."""

from __future__ import annotations

import difflib
import functools
import inspect
from collections.abc import Callable
from typing import Any, TypeVar, cast

Init = TypeVar("Init", bound=Callable[..., None])

MEANT = {
    "alpha": "linear_strength",
    "class_weight": 'class_weights="balanced"; weights of your own go to fit(..., sample_weight=...)',
    "colsample_bytree": "tree_columns",
    "early_stopping_rounds": "patience",
    "eta": "tree_learning_rate",
    "feature_fraction": "tree_columns",
    "hidden_layer_sizes": "hidden_units and hidden_layers",
    "is_unbalance": 'class_weights="balanced"',
    "iterations": "trees",
    "l2_regularization": "tree_penalty",
    "max_features": "tree_columns",
    "max_iter": "trees, or epochs for networks",
    "max_leaf_nodes": "tree_leaves",
    "min_child_samples": "tree_samples",
    "min_samples_leaf": "tree_samples",
    "n_estimators": "trees",
    "n_iter_no_change": "patience",
    "n_jobs": "threads",
    "n_threads": "threads",
    "num_leaves": "tree_leaves",
    "random_seed": "seed",
    "random_state": "seed",
    "reg_lambda": "tree_penalty",
    "thread_count": "threads",
    "verbose": "progress, in fit(..., progress=True)",
    "warm_start": "partial_fit(), which continues",
}


def refuses_others(init: Init) -> Init:
    """The constructor, which refuses what is none of its parameters by a TypeError that tells which one is meant."""
    known = list(inspect.signature(init).parameters)[1:]

    @functools.wraps(init)
    def checked(self: Any, *arguments: Any, **parameters: Any) -> None:
        for name in parameters:
            if name not in known:
                raise TypeError(f"{type(self).__name__}() has no parameter {name}: use {meant(name, known)}")
        init(self, *arguments, **parameters)

    return cast(Init, checked)


def meant(name: str, known: list[str]) -> str:
    nearest = difflib.get_close_matches(name, known, 1)
    return MEANT.get(name) or (nearest[0] if nearest else f"one of {', '.join(known)}")
