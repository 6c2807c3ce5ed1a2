# SPDX-License-Identifier: Apache-2.0
"""Frames with texts, categories, booleans, dates and times, from pandas, polars and pyarrow."""

import datetime
import pickle
import sys

import numpy as np
import pandas
import polars
import pyarrow
import pytest

import moodleml
from moodleml import Classifier, Regressor

QUICK = {"networks": 0, "trees": 30, "threads": 1}
ROWS = 240
COLOURS = ["red", "green", "blue"]


@pytest.fixture(scope="module")
def frame():
    chance = np.random.default_rng(5)
    return pandas.DataFrame({
        "colour": [COLOURS[i % 3] for i in range(ROWS)],
        "size": pandas.Categorical([["S", "M", "L", "XL"][i % 4] for i in range(ROWS)]),
        "paid": [bool(i % 2) for i in range(ROWS)],
        "day": pandas.date_range("2026-01-01", periods=ROWS),
        "x": chance.random(ROWS),
    })


@pytest.fixture(scope="module")
def target(frame):
    return np.array([10.0 * (i % 3) for i in range(ROWS)]) + frame["x"].to_numpy()


@pytest.fixture(scope="module")
def model(frame, target):
    return Regressor(**QUICK).fit(frame, target)


def test_a_frame_is_learned_as_it_is(frame, target, model):
    assert np.abs(model.predict(frame) - target).mean() < 1
    names = model.model_.feature_names
    assert names == ["colour", "size", "paid", "day", "day (weekday)", "day (month)", "day (hour)", "x"]
    classes = Classifier(**QUICK).fit(frame, frame["colour"])
    assert (classes.predict(frame) == frame["colour"]).mean() > 0.95
    again = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))


OTHER_KINDS = pytest.mark.parametrize("other", [
    lambda frame: polars.from_pandas(frame), lambda frame: pyarrow.Table.from_pandas(frame),
    lambda frame: polars.from_pandas(frame).with_columns(polars.col("colour").cast(polars.Categorical)),
    lambda frame: frame.astype({"colour": "string"}), lambda frame: frame.astype({"colour": "category"}),
    lambda frame: frame.assign(colour=frame["colour"].astype(object), day=[stamp.date() for stamp in frame["day"]]),
    lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"), lambda frame: frame.assign(day=frame["day"].dt.tz_localize("UTC")),
], ids=["polars", "pyarrow", "polars categories", "strings", "categories", "objects", "arrow types", "time zones"])


@OTHER_KINDS
def test_the_same_table_of_other_kinds(frame, model, other):
    np.testing.assert_allclose(model.model_.scores(other(frame))[:, 0], model.predict(frame), rtol=1e-6)


def test_whatever_offers_an_arrow_stream(frame, target, model):
    reader = pyarrow.Table.from_pandas(frame).to_reader(max_chunksize=50)
    np.testing.assert_allclose(model.model_.scores(reader)[:, 0], model.predict(frame), rtol=1e-6)
    again = Regressor(**QUICK).fit(pyarrow.Table.from_pandas(frame).to_reader(max_chunksize=50), target)
    np.testing.assert_array_equal(again.model_.scores(frame), model.model_.scores(frame))


def test_columns_are_matched_by_name(frame, model):
    shuffled = frame[["x", "day", "paid", "size", "colour"]].assign(note="text")
    np.testing.assert_array_equal(model.model_.scores(shuffled)[:, 0], model.predict(frame))


def test_missing_and_unknown_texts(frame, model):
    odd = frame.assign(colour=[None if i % 2 else "mauve" for i in range(ROWS)], day=pandas.NaT)
    scores = model.predict(odd)
    assert np.isfinite(scores).all()
    arrow = pyarrow.Table.from_pandas(odd)
    np.testing.assert_allclose(model.model_.scores(arrow)[:, 0], scores, rtol=1e-6)


def test_texts_where_the_model_has_numbers_are_refused(frame, model):
    with pytest.raises(moodleml.Error, match='"x" holds "many"'):
        model.predict(frame.assign(x="many"))


def test_partial_fit_learns_what_fit_learns(frame, target):
    half, rest = slice(0, ROWS // 2), slice(ROWS // 2, ROWS)
    first = frame[half].assign(colour=[None if colour == "red" else colour for colour in frame["colour"][half]])
    whole = pandas.concat([first, frame[rest]])
    model = Regressor(**QUICK).partial_fit(first, target[half]).partial_fit(frame[rest], target[rest])
    np.testing.assert_allclose(model.predict(whole), Regressor(**QUICK).fit(whole, target).predict(whole), rtol=1e-5)
    few = Regressor(**QUICK, keep_rows=50).partial_fit(first, target[half]).partial_fit(frame[rest], target[rest])
    assert np.isfinite(few.predict(whole)).all()
    empty = frame[rest].assign(colour=[None] * (ROWS - ROWS // 2), day=pandas.NaT)
    assert np.isfinite(Regressor(**QUICK).partial_fit(first, target[half]).partial_fit(empty, target[rest]).predict(empty)).all()


@OTHER_KINDS
def test_partial_fit_takes_frames_of_any_kind(frame, target, other):
    half, rest = slice(0, ROWS // 2), slice(ROWS // 2, ROWS)
    expected = Regressor(**QUICK).partial_fit(frame[half], target[half]).partial_fit(frame[rest], target[rest])
    for kinds in ((other, other), (lambda frame: frame, other)):
        first, second = kinds[0](frame[half]), kinds[1](frame[rest])
        model = Regressor(**QUICK, keep_rows=1000).partial_fit(first, target[half]).partial_fit(second, target[rest])
        np.testing.assert_allclose(model.predict(frame), expected.predict(frame), rtol=1e-6)


class Interchange:
    """A frame of which only the interchange protocol is known."""

    def __init__(self, table):
        self._table = table

    def __len__(self):
        return self._table.num_rows

    def __dataframe__(self, **options):
        return self._table.__dataframe__(**options)


def test_a_frame_of_the_interchange_protocol(frame, target, model, monkeypatch):
    offered = Interchange(pyarrow.Table.from_pandas(frame))
    np.testing.assert_allclose(model.predict(offered), model.predict(frame), rtol=1e-6)
    learned = Regressor(**QUICK).fit(offered, target)
    np.testing.assert_allclose(learned.predict(frame), model.predict(frame), rtol=1e-6)
    assert list(learned.feature_names_in_) == list(frame)
    mixed = Interchange(pyarrow.Table.from_pandas(frame[frame.columns[::-1]]))
    np.testing.assert_allclose(learned.model_.predict(mixed), model.predict(frame), rtol=1e-6)
    monkeypatch.setitem(sys.modules, "pyarrow.interchange", None)
    with pytest.raises(moodleml.InputError, match="install pyarrow"):
        model.predict(offered)


def test_partial_fit_of_missing_cells(frame, target):
    gone = frame.assign(colour=[None if i % 5 == 0 else colour for i, colour in enumerate(frame["colour"])],
                        day=[pandas.NaT if i % 7 == 0 else day for i, day in enumerate(frame["day"])],
                        x=[None if i % 11 == 0 else x for i, x in enumerate(frame["x"])])
    expected = Regressor(**QUICK).partial_fit(gone, target).predict(gone)
    for other in (polars.from_pandas(gone), pyarrow.Table.from_pandas(gone)):
        np.testing.assert_allclose(Regressor(**QUICK).partial_fit(other, target).predict(gone), expected, rtol=1e-6)


def test_partial_fit_refuses_other_types(frame, target):
    model = Regressor(**QUICK).partial_fit(frame, target)
    with pytest.raises(moodleml.InputError, match='column "colour" holds numbers, but held texts'):
        model.partial_fit(frame.assign(colour=1.5), target)
    table = pyarrow.Table.from_pandas(frame)
    with pytest.raises(moodleml.InputError, match="an Arrow stream is read once"):
        Regressor(**QUICK).partial_fit(pyarrow.RecordBatchReader.from_batches(table.schema, table.to_batches()), target)


def test_dates_of_python(target):
    days = [datetime.date(2026, 1, 1) + datetime.timedelta(days=i) for i in range(ROWS)]
    slope = np.arange(ROWS, dtype=float)
    model = Regressor(**QUICK).fit(pandas.DataFrame({"day": days, "x": target}), slope)
    assert np.abs(model.predict(pandas.DataFrame({"day": days, "x": target})) - slope).mean() < 20
