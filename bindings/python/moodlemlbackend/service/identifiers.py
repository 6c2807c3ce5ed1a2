# SPDX-License-Identifier: Apache-2.0
"""What clients may call things: every character that has no place in a name is dropped, so that no name is a path."""

import re
from typing import NamedTuple


class IdentifierError(ValueError):
    """Nothing is left of a name; the message is for the client."""


class ModelName(NamedTuple):
    """A directory of one model of one site: ``<uniqueid>/<dirhash>``. Both hold letters, digits, ``_`` and ``-`` only."""

    uniqueid: str
    dirhash: str


LONGEST = 128  # a file name holds 255 bytes, and other names are made of these


def clean_identifier(name: str, text: str) -> str:
    """``text`` without what is not a letter of ASCII, a digit, ``_`` or ``-``; ``name`` is what the message calls it."""
    cleaned = re.sub(r"[^A-Za-z0-9_-]", "", text)
    if not cleaned:
        raise IdentifierError(f"The parameter {name} holds no letter, digit, _ or -.")
    if len(cleaned) > LONGEST:
        raise IdentifierError(f"The parameter {name} is longer than {LONGEST} characters.")
    return cleaned


def clean_digits(text: str) -> str:
    """The digits 0 to 9 of a text; may be empty."""
    return re.sub(r"[^0-9]", "", text)


def clean_number(text: str) -> str:
    """The digits and dots of a text; may be empty, and need not be a number."""
    return re.sub(r"[^0-9.]", "", text)
