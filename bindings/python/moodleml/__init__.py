# SPDX-License-Identifier: Apache-2.0
"""Prediction models for tables: train, evaluate, store and use them."""

from moodleml import _native

__version__: str = _native.version()
