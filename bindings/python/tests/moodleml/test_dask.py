# SPDX-License-Identifier: Apache-2.0
"""moodleml.dask on a cluster of worker processes on this machine."""

import asyncio
import os
import pickle
import signal
import threading
import time

import dask.array as da
import dask.dataframe as dd
import numpy as np
import pandas as pd
import pytest
from conftest import QUICK
from distributed import Client, LocalCluster
from rank_threads import table_to_share
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

import moodleml
from moodleml.dask import Classifier, Regressor, WorkerLost
from moodleml.dask_ranks import Meeting

#: Few steps, of which each takes milliseconds between processes; few ties between splits.
FEW = {"networks": 0, "linear": False, "trees": 4, "folds": 2, "tree_leaves": 4, "tree_samples": 40}
LONG = {**FEW, "trees": 2000, "patience": 2000}


@pytest.fixture(scope="module")
def client():
    with LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as one:
        yield one


def placed(client, collection, ends):
    """The collection with its blocks on the workers, block 0 to ends[0] - 1 on the first and so on."""
    workers = sorted(client.nthreads())[:len(ends)]
    blocks = collection.to_delayed().reshape(-1) if hasattr(collection, "numblocks") else collection.to_delayed()
    made = []
    for number, block in enumerate(blocks):
        worker = workers[next(place for place, end in enumerate(ends) if number < end)]
        made.append(client.compute(block, workers=[worker]))
    if hasattr(collection, "map_partitions"):
        return dd.from_delayed(made, meta=collection._meta)
    graph = {("placed-" + collection.name, number) + (0,) * (collection.ndim - 1): one for number, one in enumerate(made)}
    return da.Array(graph, "placed-" + collection.name, chunks=collection.chunks, dtype=collection.dtype)


@pytest.mark.parametrize("kind", [Classifier, Regressor])
@pytest.mark.parametrize(("chunks", "ends"), [((150, 150, 300), (1, 2, 3)), ((10, 0, 200, 390), (3, 4)), ((600,), (1,)), ((599, 1, 0), (1, 2, 3))])
def test_workers_predict_what_one_process_predicts(client, kind, chunks, ends):
    X, labels, values = table_to_share()
    y = labels if kind is Classifier else values
    blocks = placed(client, da.from_array(X, chunks=(chunks, 5)), ends)
    fitted = kind(**FEW).fit(blocks, da.from_array(y, chunks=(chunks,)))
    alone = getattr(moodleml, kind.__name__)(**FEW).fit(X, y)
    assert fitted.model_.description.get("ranks", 1) == len(ends)
    assert fitted.get_params() == alone.get_params()
    lazy = fitted.predict_proba(blocks) if kind is Classifier else fitted.predict(blocks)
    assert isinstance(lazy, da.Array) and lazy.chunks[0] == chunks
    expected = alone.predict_proba(X) if kind is Classifier else alone.predict(X)
    found = lazy.compute()
    np.testing.assert_allclose(found, expected, atol=1e-4)
    assert (found.dtype, found.shape) == (lazy.dtype, lazy.shape) == (expected.dtype, expected.shape)
    np.testing.assert_array_equal(fitted.predict(blocks).compute(), fitted.predict(X))


def test_frames_keep_their_index_and_categories(client):
    X, labels, _ = table_to_share(400)
    frame = pd.DataFrame(X[:, :2], columns=["a", "b"], index=np.arange(400) + 1000)
    frame["place"] = pd.Categorical(np.where(X[:, 4] > 0, "Ulm", "Bonn"))
    frame.loc[1000:1099, "place"] = "Ulm"  # the first partition knows one place only
    partitions = placed(client, dd.from_pandas(frame, npartitions=4), (1, 2, 4))
    y = dd.from_pandas(pd.Series(labels, index=frame.index), npartitions=4)
    weights = dd.from_pandas(pd.Series(np.where(labels == "yes", 2.0, 1.0), index=frame.index), npartitions=4)
    fitted = Classifier(**FEW).fit(partitions, y, weights)
    assert fitted.feature_names_in_.tolist() == ["a", "b", "place"]
    alone = moodleml.Classifier(**FEW).fit(frame, labels, np.where(labels == "yes", 2.0, 1.0))
    lazy = fitted.predict_proba(partitions)
    found = lazy.compute()
    assert found.columns.tolist() == ["no", "yes"] == lazy.columns.tolist()
    assert found.index.equals(frame.index) and (found.dtypes == lazy.dtypes).all()
    # Dask may move a frame's partitions, and then other rows are neighbours and share a fold. Arrays are compared exactly above.
    np.testing.assert_allclose(found.to_numpy(), alone.predict_proba(frame), atol=0.05)
    chosen = fitted.predict(partitions)
    assert chosen.compute().tolist() == fitted.predict(frame).tolist()
    assert chosen.dtype == chosen.compute().dtype


def test_a_class_may_be_in_one_partition_alone(client):
    X, _, _ = table_to_share(300)
    y = np.repeat([0, 1, 2], 100)
    blocks = placed(client, da.from_array(X, chunks=(100, 5)), (1, 2, 3))
    fitted = Classifier(**FEW).fit(blocks, da.from_array(y, chunks=100))
    assert fitted.classes_.tolist() == [0, 1, 2]
    assert fitted.predict_proba(X).shape == (300, 3)


def test_fitted_estimators_are_plain_objects(client, tmp_path):
    X, labels, _ = table_to_share(200)
    estimator = Classifier(**FEW)
    with pytest.raises(NotFittedError):
        estimator.predict(da.from_array(X, chunks=100))
    estimator.client = client
    estimator.fit(da.from_array(X, chunks=(100, 2)), da.from_array(labels, chunks=50))
    same = pickle.loads(pickle.dumps(estimator))
    assert same.client is None
    np.testing.assert_array_equal(same.predict_proba(X), estimator.predict_proba(X))
    assert not hasattr(clone(estimator), "model_")
    estimator.model_.save(tmp_path / "model.mml")
    assert moodleml.Model.load(tmp_path / "model.mml").classes == ["no", "yes"]


def frames(*columns):
    return [pd.DataFrame({name: np.arange(50.0) for name in names} | {"y": np.arange(50) % 2}) for names in columns]


@pytest.mark.parametrize(("ends", "tables", "message"), [
    ((1, 2), frames("ab", "ac"), 'column 1 is "c" on rank 1, but "b" on rank 0'),
    ((2,), frames("ab", "ac"), 'column 1 is "c" in a partition, but "b" in another'),
    ((1, 2), frames("ab", "abc"), "rank 1 has 3 columns, but rank 0 has 2"),
    ((2,), frames("ab", "abc"), "a partition has 3 columns, but another has 2"),
    ((1, 2), [frames("ab")[0], frames("ab")[0].assign(b="text")], 'column "b" holds numbers on rank 0, but texts on rank 1'),
    ((1, 2), [frames("ab")[0], frames("ab")[0].assign(y="yes")], "labels are texts on some ranks and whole numbers on others"),
    ((1, 2), [frames("ab")[0], frames("ab")[0].assign(b=np.inf)], "infinity"),
])
def test_partitions_that_disagree_are_refused_in_one_line(client, ends, tables, message):
    workers = sorted(client.nthreads())
    X = [client.submit(lambda t=t: t.drop(columns="y"), workers=[workers[min(n, len(ends) - 1)]], pure=False) for n, t in enumerate(tables)]
    y = [client.submit(lambda t=t: t["y"], pure=False) for t in tables]
    first = tables[0].iloc[:0]
    collections = dd.from_delayed(X, meta=first.drop(columns="y"), verify_meta=False), dd.from_delayed(y, meta=first["y"], verify_meta=False)
    start = time.monotonic()
    with pytest.raises(moodleml.InputError) as caught:
        Classifier(**FEW).fit(*collections)
    assert message in str(caught.value)
    assert time.monotonic() - start < 100
    assert Classifier(**FEW).fit(da.ones((4, 1), chunks=2), da.from_array([0, 1, 0, 1], chunks=2)).classes_.tolist() == [0, 1]


@pytest.mark.parametrize(("X", "y", "message"), [
    (da.ones((4, 2), chunks=2), np.ones(4), "y is a ndarray"),
    (np.ones((4, 2)), da.ones(4), "X is a ndarray"),
    (da.ones((4, 2), chunks=2), da.ones(5), "y has 5 rows, but X has 4"),
    (dd.from_pandas(pd.DataFrame({"a": range(4)}), npartitions=2), dd.from_pandas(pd.Series(range(4)), npartitions=1), "y has 1 partitions, but X has 2"),
    (dd.from_pandas(pd.DataFrame({"a": range(4)}), npartitions=1), dd.from_pandas(pd.Series(range(5)), npartitions=1), "in partition 0, y has 5 rows, but X has 4"),
])
def test_collections_that_do_not_fit_are_refused(client, X, y, message):
    with pytest.raises((moodleml.InputError, TypeError), match=message):
        Regressor(**QUICK).fit(X, y)


def test_other_calls_take_tables_in_memory(client):
    X, labels, _ = table_to_share(200)
    fitted = Classifier(**FEW).fit(da.from_array(X, chunks=100), da.from_array(labels, chunks=100))
    assert fitted.explain(X).values.shape[0] == 200
    assert fitted.partial_fit(X, labels).predict(X).shape == (200,)
    for call in (fitted.explain, fitted.partial_fit):
        with pytest.raises(TypeError, match="takes tables in memory"):
            call(da.from_array(X, chunks=100), labels) if call == fitted.partial_fit else call(da.from_array(X, chunks=100))


def test_a_partition_that_cannot_be_made_raises_its_own_exception(client):
    def fails(block):
        raise LookupError("no such file")

    X = da.ones((40, 2), chunks=(20, 2)).map_blocks(fails, dtype=float, meta=np.empty((0, 0)))
    with pytest.raises(LookupError, match="no such file"):
        Regressor(**FEW).fit(X, da.ones(40, chunks=20))


def test_two_trainings_at_once_both_end(client):
    X, labels, values = table_to_share(300)
    blocks = placed(client, da.from_array(X, chunks=(100, 5)), (1, 2, 3))
    fitted = [Classifier(**FEW), Regressor(**FEW)]
    threads = [threading.Thread(target=one.fit, args=(blocks, da.from_array(y, chunks=100))) for one, y in zip(fitted, (labels, values))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert all(hasattr(one, "model_") for one in fitted)


def kill_one_in_training(client, killed):
    """Waits until all workers train, then kills the process of one."""
    process = client.run(os.getpid)
    end = time.monotonic() + 60
    while time.monotonic() < end and sum(any("fit_rank" in str(key) for key in keys) for keys in client.processing().values()) < 3:
        time.sleep(0.05)
    time.sleep(1)
    worker = sorted(process)[killed]
    os.kill(process[worker], signal.SIGKILL)


@pytest.mark.parametrize("killed", [0, 2])
def test_a_killed_worker_starts_the_training_again(client, killed):
    client.wait_for_workers(3)
    X, labels, _ = table_to_share(600)
    blocks = da.from_array(X, chunks=(100, 5))
    expected = moodleml.Classifier(**{**LONG, "trees": 60}).fit(X, labels).score(X, labels)
    killer = threading.Thread(target=kill_one_in_training, args=(client, killed), daemon=True)
    killer.start()
    fitted = Classifier(**{**LONG, "trees": 60}).fit(blocks, da.from_array(labels, chunks=100))
    killer.join(60)
    assert not killer.is_alive()
    assert fitted.predict(X).tolist() == fitted.predict(blocks).compute().tolist()
    assert abs(fitted.score(X, labels) - expected) < 0.05


def test_a_worker_that_is_lost_too_often_ends_the_training(client):
    client.wait_for_workers(3)
    X, labels, _ = table_to_share(600)
    estimator = Classifier(**LONG)
    estimator.restarts = 0
    killer = threading.Thread(target=kill_one_in_training, args=(client, 1), daemon=True)
    killer.start()
    with pytest.raises(WorkerLost, match="was lost during the training"):
        estimator.fit(da.from_array(X, chunks=(100, 5)), da.from_array(labels, chunks=100))
    killer.join(60)
    assert not hasattr(estimator, "model_")


def test_a_rank_waits_for_another_for_a_while_only():
    meeting = Meeting("training", 0, 3, 0.2)

    async def two_of_three():
        return await asyncio.gather(*(meeting.combine(1, rank, np.ones(2), "sum") for rank in (0, 2)), return_exceptions=True)

    for error in asyncio.run(two_of_three()):
        assert isinstance(error, TimeoutError) and "of 3 has waited 0.2 seconds for rank 1" in str(error)


def test_a_meeting_adds_in_the_order_of_ranks():
    meeting = Meeting("training", 0, 3, 60)
    given = [np.array([1e16, 1.0]), np.array([1.0, 5.0]), np.array([-1e16, 3.0])]

    async def step(number, order, operation):
        return await asyncio.gather(*(meeting.combine(number, rank, given[rank], operation) for rank in order))

    for number, order in enumerate([(0, 1, 2), (2, 1, 0), (1, 2, 0)]):
        for found in asyncio.run(step(number, order, "sum")):
            assert found.tolist() == [0.0, 9.0]
        for found in asyncio.run(step(10 + number, order, "maximum")):
            assert found.tolist() == [1e16, 5.0]
