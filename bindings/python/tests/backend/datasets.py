# SPDX-License-Identifier: Apache-2.0
"""Small data sets as Moodle writes them; the first column tells the class."""

import random
from pathlib import Path

HEAD = 'nfeatures,targetclasses,targettype\n{columns},"[0,1]",discrete\n'
FAST = "networks=0,trees=0,folds=2"
"""Library options that make a training take milliseconds."""


def _names(columns):
    return [f"x{number}" for number in range(columns)]


def labelled(rows=40, columns=2, seed=1, classes=(0, 1)):
    """The text of a file for training and evaluation; the classes take turns."""
    chance = random.Random(seed)
    lines = [",".join([*_names(columns), "target"])]
    for row in range(rows):
        label = classes[row % len(classes)]
        cells = [label - 0.5 + chance.gauss(0, 0.05), *(chance.random() for _ in range(columns - 1))]
        lines.append(",".join([*(f"{cell:.3f}" for cell in cells), str(label)]))
    return HEAD.format(columns=columns) + "\n".join(lines) + "\n"


def unlabelled(rows=4, columns=2, seed=2):
    """The text of a file for prediction: samples 0-0, 1-0, …, whose class is that of their number, odd or even."""
    chance = random.Random(seed)
    lines = [",".join(["sampleid", *_names(columns)])]
    for row in range(rows):
        cells = [row % 2 - 0.5, *(chance.random() for _ in range(columns - 1))]
        lines.append(",".join([f"{row}-0", *(f"{cell:.3f}" for cell in cells)]))
    return HEAD.format(columns=columns) + "\n".join(lines) + "\n"


def write(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
