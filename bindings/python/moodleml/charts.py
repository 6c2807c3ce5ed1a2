# SPDX-License-Identifier: Apache-2.0
"""A report's charts by matplotlib, which is an extra."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

GUIDE = {"linestyle": "--", "linewidth": 1, "color": "0.6", "zorder": 0}


def axes(ax: Any) -> Any:
    """The axes given, or new ones."""
    if ax is not None:
        return ax
    try:
        from matplotlib import pyplot
    except ModuleNotFoundError as error:
        raise ImportError("plots need matplotlib: pip install 'moodleml[plots]'") from error
    return pyplot.subplots(figsize=(5, 5))[1]


def unit_square(ax: Any, title: str, x: str, y: str) -> Any:
    ax.plot([0, 1], [0, 1], **GUIDE)
    ax.set(title=title, xlabel=x, ylabel=y, xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    return ax


def draw_bars(bars: list[tuple[str, float]], label: str, ax: Any) -> Any:
    """Horizontal bars, the first on top; what is below 0 is hatched, so that it shows without colour."""
    ax = axes(ax)
    names = [name for name, _ in bars]
    drawn = ax.barh(range(len(bars)), [size for _, size in bars])
    for bar, (_, size) in zip(drawn, bars):
        if size < 0:
            bar.set(hatch="//", facecolor="0.75")
    ax.set(yticks=range(len(bars)), yticklabels=names, xlabel=label)
    ax.invert_yaxis()
    ax.axvline(0, linewidth=1, color="0.4")
    return ax


def draw_roc(report: Mapping[str, Any], ax: Any) -> Any:
    curves = [curve for curve in report["curves"].get("roc", []) if curve["points"]]
    if not curves:
        raise ValueError("the report has no ROC curve: that takes rows of at least two classes")
    ax = axes(ax)
    for curve in curves:
        ax.plot(*zip(*curve["points"]), label=curve["class"])
    areas = [report["metrics"].get(name, {}).get("value") for name in ("roc_auc", "roc_auc_one_vs_rest")]
    area = next(value for value in areas if value is not None)
    unit_square(ax, f"ROC, area {area:.3f}", "false positive rate", "true positive rate")
    if len(curves) > 1:
        ax.legend(title="class")
    return ax


def draw_calibration(report: Mapping[str, Any], ax: Any) -> Any:
    bins = report["curves"].get("reliability")
    if not bins:
        raise ValueError("the report has no calibration curve: that takes a classification")
    ax = axes(ax)
    probability, frequency, share = zip(*bins)
    ax.plot(probability, frequency)
    ax.scatter(probability, frequency, s=[10 + 200 * part for part in share])
    error = report["metrics"]["calibration_error"]["value"]
    return unit_square(ax, f"Calibration, error {error:.3f}", "predicted probability", "frequency")
