# SPDX-License-Identifier: Apache-2.0
"""The results of an evaluation."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from typing import Any, Optional

from moodleml import _native
from moodleml.arrays import options_of


class Report(Mapping[str, Any]):
    """The results of evaluate() or cross_validate(): a mapping with the fields that src/evaluation/README.md lists.

    report["metrics"]["roc_auc"]["interval"], report.metric("roc_auc"). A notebook shows the whole page. Pickles and copies
    contain its JSON, which from_json() reads. Another version of the library may refuse it. Threads may share a report.
    """

    def __init__(self, native: _native.Report) -> None:
        self._native = native
        self._fields: dict[str, Any] = json.loads(native.json)

    @classmethod
    def from_json(cls, text: str) -> Report:
        """The report that to_json() stored. InputError: not a report, or one without a field that this version needs."""
        return cls(_native.Report.from_json(text))

    def to_json(self) -> str:
        """All of it as one line, for a file or another process."""
        return self._native.json

    def __reduce__(self) -> tuple[Any, ...]:
        return Report.from_json, (self.to_json(),)

    def __getitem__(self, name: str) -> Any:
        return self._fields[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)

    def metric(self, name: str) -> float:
        """A metric by name, its <name>_deviation, <name>_low, <name>_high, baseline_<name> or probable_<name>; NaN where undefined.

        Error with name MML_NOT_FOUND: there is none; the message lists all.
        """
        return self._native.metric(str(name))

    def to_html(self, *, min_score: Optional[float] = None, max_deviation: Optional[float] = None) -> str:
        """The report as one HTML file without scripts: verdict, metrics, charts, what is odd about the data.

        min_score, max_deviation: by which Moodle would judge; None: its own.
        """
        return self._native.render("html", options_of(min_score=min_score, max_deviation=max_deviation))

    def to_markdown(self, *, min_score: Optional[float] = None, max_deviation: Optional[float] = None) -> str:
        """The same as Markdown, without charts."""
        return self._native.render("markdown", options_of(min_score=min_score, max_deviation=max_deviation))

    def to_text(self, *, min_score: Optional[float] = None, max_deviation: Optional[float] = None) -> str:
        """Verdict, what flagging the most likely rows finds, and metrics, as text for a terminal."""
        return self._native.render("text", options_of(min_score=min_score, max_deviation=max_deviation))

    def plot_roc(self, ax: Any = None) -> Any:
        """Draws the ROC curve, one a class where there are more than two; gives the matplotlib axes.

        ax: axes to draw on, else new ones. ValueError: there is none (regression, one class only). ImportError: no matplotlib.
        """
        from moodleml.charts import draw_roc

        return draw_roc(self, ax)

    def plot_calibration(self, ax: Any = None) -> Any:
        """Draws how often what was predicted with a probability came true; gives the matplotlib axes. As plot_roc()."""
        from moodleml.charts import draw_calibration

        return draw_calibration(self, ax)

    def _repr_html_(self) -> str:
        page = html.escape(self.to_html(), quote=True)
        return f'<iframe srcdoc="{page}" sandbox="" title="Report" style="width:100%;height:40em;border:0"></iframe>'

    def __repr__(self) -> str:
        values = {name: metric["value"] for name, metric in self["metrics"].items() if metric["value"] is not None}
        lines = "".join(f"\n  {name:<22}{value:.4f}" for name, value in values.items())
        return f"<moodleml.Report: {self['kind']} of {self['rows']} rows>{lines}"
