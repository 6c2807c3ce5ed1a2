# SPDX-License-Identifier: Apache-2.0
"""What this package refuses itself, in the library's form: one line with the place, the value and what to do."""

from __future__ import annotations

import json
from datetime import date, time, timedelta
from typing import Any

import numpy as np

from moodleml._native import InputError

ENCODE = "give numbers, as pandas.get_dummies or scikit-learn's OneHotEncoder and OrdinalEncoder make them, or leave it out"
NO_DATES = "give numbers, such as the days since a first day, or leave it out"
SHOWN = 60


def refusal(message: str) -> InputError:
    """An InputError as the library raises it for bad data."""
    error = InputError(message)
    error.status, error.name = -4, "MML_BAD_DATA"
    return error


def shown(value: object) -> str:
    """A value on one line, cut where it is long."""
    if isinstance(value, str):
        return json.dumps(value if len(value) <= SHOWN else value[:SHOWN] + "…", ensure_ascii=False)
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def is_missing(value: Any) -> bool:
    """None, NaN, or the marks of pandas and numpy for missing values and times."""
    if value is None or type(value).__name__ in ("NAType", "NaTType"):
        return True
    if isinstance(value, (np.datetime64, np.timedelta64)):
        return bool(np.isnat(value))
    return isinstance(value, (float, np.floating)) and bool(np.isnan(value))


def is_date(value: object) -> bool:
    """Dates, times and spans of time, also those of numpy and pandas."""
    return isinstance(value, (date, time, timedelta, np.datetime64, np.timedelta64)) or type(value).__name__ == "Period"


def number(value: Any, place: str, instead: str = ENCODE) -> float:
    """The value as a number, NaN where it is missing.

    place: what the message calls its cell; instead: of a text. InputError: a text, a date, or too large; TypeError: no value of a cell at all.
    """
    if is_missing(value):
        return float("nan")
    if is_date(value):
        raise refusal(f"{place} is a date or time, {shown(value)}: {NO_DATES}")
    try:
        return float(value)
    except ValueError:
        raise refusal(f"{place} is the text {shown(value)}: {instead}") from None
    except OverflowError:
        raise refusal(f"{place} is {shown(value)}: give a smaller number") from None
    except TypeError as error:
        raise TypeError(f"{place}: {error}") from None
