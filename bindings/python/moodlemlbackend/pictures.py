# SPDX-License-Identifier: Apache-2.0
"""The ROC curve as PNG beside the library's roc-curve.svg, where matplotlib is installed: what the original's users look for."""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from moodlemlbackend.calls import Answer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PATH = "{http://www.w3.org/2000/svg}path"


class Curve(NamedTuple):
    """``points`` are (false positive rate, true positive rate), 0 to 1; ``name`` is what the drawing's legend calls it."""

    name: str
    points: list[tuple[float, float]]


def add_roc_picture(answer: Answer) -> None:
    """Of an evaluation's answer: draws into the directory of its logs. Without matplotlib nothing; a failure is a warning."""
    directory = json.loads(answer.json).get("dir")
    drawing = os.path.join(directory, "roc-curve.svg") if directory else ""
    if not os.path.isfile(drawing):
        return
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return
    try:
        picture = os.path.join(directory, "roc-curve.png")
        _draw(Figure(figsize=(5, 4.5)), list(read_curves(drawing)), picture)
        shutil.copymode(drawing, picture)
    except Exception as error:  # whatever it is, the evaluation holds without its picture
        logging.getLogger("moodlemlbackend").warning("roc-curve.png cannot be drawn: %s", error)


def read_curves(drawing: str) -> Iterator[Curve]:
    """The curves of the library's drawing. Its diagonal tells where (0, 0) and (1, 1) lie; its legend is a stroke and a name each."""
    elements = list(ElementTree.parse(drawing).getroot())
    lines = [(element.get("class", ""), _points(element.get("d", "")), following.text or "")
             for element, following in zip(elements, elements[1:]) if element.tag == PATH]
    names = {style: text for style, points, text in lines if len(points) == 1}
    (left, bottom), (right, top) = next(points for style, points, _ in lines if "reference" in style)
    for style, points, _ in lines:
        if "series-" in style and len(points) > 1:
            yield Curve(names[style], [((x - left) / (right - left), (y - bottom) / (top - bottom)) for x, y in points])


def _points(data: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"[ML]([-\d.]+) ([-\d.]+)", data)]


def _draw(figure: Figure, curves: list[Curve], path: str) -> None:
    axes = figure.add_subplot()
    axes.plot([0, 1], [0, 1], linestyle=":", color="grey", label="guessing")
    for curve in curves:
        axes.plot(*zip(*curve.points), label=curve.name)
    axes.set(title="ROC curve", xlabel="false positive rate", ylabel="true positive rate", xlim=(0, 1), ylim=(0, 1.01))
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=100)
