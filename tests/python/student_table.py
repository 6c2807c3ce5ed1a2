# SPDX-License-Identifier: Apache-2.0
"""Labelled files of any size that are like Moodle's: few cells differ from their column's usual value, and rows repeat.

On the 14,139 real samples 177 of 422 columns vary, by two to 90 values, 18 cells of a row differ from what is most frequent in their
columns, an eighth of the columns is mostly empty, and 58 % of the rows are different ones. Those are the shares here too.
"""

import itertools
import random

VARYING = 0.42  # of the columns
DIFFERING = 18  # cells of a row of 400 columns
EMPTY = 0.12  # of the columns, mostly
DIFFERENT = 0.6  # rows of a file

HEAD = 'nfeatures,targetcolumn,targettype,targetclasses\r\n{columns},TARGET,discrete,"[0,1]"\r\n{names},TARGET\r\n'


class Column:
    """A column that varies: how often, and between which values."""

    def __init__(self, stream, number, share):
        self.number = number
        self.share = share
        count = stream.choice((1, 1, 1, 1, 2, 4, 11, 40, 90))
        self.values = [format(stream.uniform(-1, 1), ".2f") for _ in range(count - 1)] + ["1"]
        self.effect = stream.gauss(0, 1.5) if stream.random() < 0.3 else 0


def varying_columns(stream, columns):
    """Columns whose shares rise fast: most hardly ever differ, a few do in half of the rows."""
    numbers = sorted(stream.sample(range(columns), int(columns * VARYING)))
    shares = [stream.random() ** 6 for _ in numbers]
    scale = DIFFERING * columns / 400 / sum(shares)
    return [Column(stream, number, min(0.7, share * scale)) for number, share in zip(numbers, shares)]


def row_text(stream, usual, columns, mark=None):
    """A row's cells with its label. With a mark, a number below 1 in the first column, it equals no other row."""
    cells = usual.copy()
    score = -1.0
    for column in columns:
        if stream.random() < column.share:
            cells[column.number] = stream.choice(column.values)
            score += column.effect
    if mark is not None:
        cells[0] = format(mark, ".7f")
    return ",".join(cells) + (",1\r\n" if score + stream.gauss(0, 1) > 0 else ",0\r\n")


def write_students(path, rows, columns=400, different=None, seed=1):
    """Writes `rows` samples of `columns` features, of which `different` differ; where all do, each has a cell more."""
    stream = random.Random(seed)
    usual = ["" if stream.random() < EMPTY else "0" for _ in range(columns)]
    varying = varying_columns(stream, columns)
    with open(path, "w", encoding="utf-8", newline="") as file:
        file.write(HEAD.format(columns=columns, names=",".join(f"input-{i}" for i in range(columns))))
        if different == rows:
            file.writelines(row_text(stream, usual, varying, mark=(row + 1) / (rows + 1)) for row in range(rows))
        else:
            pool = [row_text(stream, usual, varying) for _ in range(different or max(1, int(rows * DIFFERENT)))]
            file.writelines(itertools.islice(itertools.chain(pool, iter(lambda: stream.choice(pool), None)), rows))
