# SPDX-License-Identifier: Apache-2.0
"""Classifier and Regressor for the arrays and dataframes of Dask: each partition stays on its worker.

    from dask.distributed import Client
    from moodleml.dask import Classifier

    client = Client("scheduler:8786")
    classifier = Classifier().fit(X, y)  # of dask.array or dask.dataframe
    classifier.predict_proba(X).to_parquet("probabilities")  # lazily, block by block
    classifier.model_.save("students.mml")
"""

from __future__ import annotations

from typing import Any, Optional, cast

import numpy as np
from scipy import sparse

try:
    import dask
    import distributed
    from dask.base import is_dask_collection
except ImportError as error:
    raise ImportError(f"moodleml.dask needs Dask: pip install 'moodleml[dask]' ({error})") from error

from sklearn.utils.validation import check_is_fitted

from moodleml import estimators
from moodleml.arrays import Array, Table
from moodleml.dask_ranks import WorkerLost, WorkerRanks, train_on_workers
from moodleml.frames import is_pandas
from moodleml.refusals import refusal, shown

__all__ = ["Classifier", "Regressor", "WorkerLost"]

#: The X, y and weights of one partition.
Part = tuple[Any, Any, Any]


def is_frame(collection: Any) -> bool:
    return hasattr(collection, "map_partitions")


def with_whole_rows(array: Any) -> Any:
    """The same array, in blocks that have all columns."""
    return array.rechunk({1: -1}) if array.ndim == 2 and array.numblocks[1] > 1 else array


def blocks_of(collection: Any, name: str, like: Any = None) -> list[Any]:
    """Delayed partitions along the rows, cut as those of another collection."""
    if not is_dask_collection(collection):
        raise TypeError(f"{name} is a {type(collection).__name__}: give a Dask collection, or use moodleml's own estimators")
    if is_frame(collection):
        return list(collection.to_delayed())
    collection = with_whole_rows(collection)
    if like is not None and not is_frame(like) and not np.isnan(like.shape[0] + collection.shape[0]):
        if like.shape[0] != collection.shape[0]:
            raise refusal(f"{name} has {collection.shape[0]} rows, but X has {like.shape[0]}: give one for each row")
        collection = collection.rechunk({0: like.chunks[0]})
    return list(collection.to_delayed().reshape(-1))


def refuse_collection(table: Any, call: str) -> None:
    if is_dask_collection(table):
        raise TypeError(f"{call} takes tables in memory, not a {type(table).__name__} of Dask: give X.compute() of some rows")


def part_of(number: int, X: Any, y: Any, weights: Any) -> Part:
    """On a worker: one partition. InputError: it does not fit together."""
    for name, values in (("y", y), ("sample_weight", weights)):
        if values is not None and values.shape[0] != X.shape[0]:
            raise refusal(f"in partition {number}, {name} has {values.shape[0]} rows, but X has {X.shape[0]}: give one for each row")
    return X, y, weights


def joined(tables: list[Any]) -> Any:
    """One table of partitions. InputError: they have other columns."""
    first = tables[0]
    for table in tables[1:]:
        refuse_other_columns(first, table)
    if len(tables) == 1:
        return first
    if hasattr(first, "iloc"):
        import pandas

        return pandas.concat([table for table in tables if len(table)] or tables[:1], ignore_index=True)
    if sparse.issparse(first):
        return sparse.vstack(tables, format="csr")
    return np.concatenate(tables)


def refuse_other_columns(first: Any, table: Any) -> None:
    if np.shape(first)[1:] != np.shape(table)[1:]:
        raise refusal(f"a partition has {np.shape(table)[1]} columns, but another has {np.shape(first)[1]}: give all the same columns")
    if is_pandas(first):
        for place, (wanted, own) in enumerate(zip(first.columns, table.columns)):
            if wanted != own:
                raise refusal(f"column {place} is {shown(own)} in a partition, but {shown(wanted)} in another: "
                              "give all partitions the same columns in the same order")


class Training:
    """What each worker does: it joins its partitions, and fits a rank."""

    def __init__(self, kind: type, parameters: dict[str, Any]) -> None:
        self._kind, self.parameters = kind, parameters

    def __call__(self, parts: list[Part], ranks: Optional[WorkerRanks], threads: int) -> Any:
        X, y, weights = zip(*parts)
        parameters = {**self.parameters, "threads": self.parameters["threads"] or threads}
        sample_weight = None if weights[0] is None else joined(list(weights))
        return self._kind(**parameters).fit(joined(list(X)), joined(list(y)), sample_weight, ranks=ranks)


def predicted(block: Any, estimator: Any, method: str, empty: Any) -> Any:
    """On a worker: what a method of the estimator says of a block, in the form of `empty`."""
    if len(block) == 0:
        return empty
    scores = getattr(estimator, method)(block)
    if not hasattr(empty, "iloc"):
        return scores
    columns = {"name": empty.name} if empty.ndim == 1 else {"columns": empty.columns}
    return type(empty)(scores, index=block.index, **columns)


class _OnDask:
    """What both estimators have in common."""

    #: The client that fit() uses; None: the one made last, distributed.default_client().
    client: Optional[distributed.Client] = None
    #: How often fit() starts again if a worker is lost.
    restarts = 3
    #: How long a worker waits for another, which may be busy with other tasks.
    wait_seconds: float = 600
    _plain: Any  # for tables in memory

    def _fit_on_workers(self, X: Any, y: Any, sample_weight: Any) -> None:
        estimator = cast(estimators.Classifier, self)
        columns = [blocks_of(X, "X"), blocks_of(y, "y", X)]
        columns.append([None] * len(columns[0]) if sample_weight is None else blocks_of(sample_weight, "sample_weight", X))
        for name, blocks in zip(("y", "sample_weight"), columns[1:]):
            if len(blocks) != len(columns[0]):
                raise refusal(f"{name} has {len(blocks)} partitions, but X has {len(columns[0])}: give all the same partitions")
        client = self.client or distributed.default_client()
        X, y, sample_weight = [client.compute(column) if column[0] is not None else column for column in columns]

        def make_part(number: int, worker: str) -> distributed.Future:
            return client.submit(part_of, number, X[number], y[number], sample_weight[number], workers=[worker], pure=False)

        work = Training(self._plain, estimator.get_params(deep=False))
        fitted = train_on_workers(client, X, make_part, work, self.restarts, self.wait_seconds)
        made = {name: value for name, value in fitted.__dict__.items() if name not in work.parameters}
        self.__dict__.update(made)

    def _here(self) -> Any:
        """The same as an estimator for tables in memory. Blocks are predicted at once, each on one thread."""
        here = self._plain.__new__(self._plain)
        here.__dict__.update({name: value for name, value in self.__dict__.items() if name not in ("client", "restarts", "wait_seconds")})
        here.threads = 1
        return here

    def _by_block(self, X: Any, method: str, empty: Array, columns: Optional[list[Any]] = None) -> Any:
        """A lazy collection of the same blocks."""
        check_is_fitted(self)
        estimator = dask.delayed(self._here())
        if is_frame(X):
            import pandas

            meta = pandas.Series(empty, name="prediction") if columns is None else pandas.DataFrame(empty, columns=columns)
            return X.map_partitions(predicted, estimator, method, meta, meta=meta)
        X = with_whole_rows(X)
        shape = {"drop_axis": 1} if columns is None else {"chunks": (X.chunks[0], (len(columns),))}
        return X.map_blocks(predicted, estimator=estimator, method=method, empty=empty, dtype=empty.dtype, meta=empty, **shape)

    def partial_fit(self, X: Table, *arguments: Any, **more: Any) -> Any:
        """Continues with tables in memory, as moodleml's own estimators do."""
        refuse_collection(X, "partial_fit()")
        return super().partial_fit(X, *arguments, **more)  # type: ignore[misc]

    def explain(self, X: Table, **more: Any) -> Any:
        """Of tables in memory, as moodleml's own estimators do."""
        refuse_collection(X, "explain()")
        return super().explain(X, **more)  # type: ignore[misc]

    def __getstate__(self) -> dict[str, Any]:
        state = cast(dict[str, Any], super().__getstate__())
        return {name: value for name, value in state.items() if name != "client"}


WHAT_DASK_DOES = """
fit() takes Dask arrays or dataframes of the same partitions. Each partition stays on its worker. Each worker with partitions is a
rank of one training, and they combine sums over Dask's own connections. So the cluster needs no further ports. Partitions may be
empty, of different sizes, or lack a class. If a worker is lost, Dask makes its partitions again elsewhere, and the training starts
again. predict() and predict_proba() of a Dask collection are lazy. A dataframe gives a Series or DataFrame with its index.
Tables in memory are taken as by moodleml.{name}, whose parameters and attributes this estimator has. In addition:

client : distributed.Client or None
    The cluster of fit(); None: the client made last. A pickle does not contain it.
restarts : int, default=3
    How often fit() starts again if a worker is lost.
wait_seconds : float, default=600
    How long a worker waits for another that is busy.
"""


class Classifier(_OnDask, estimators.Classifier):
    __doc__ = "Predicts classes and their calibrated probabilities, on a Dask cluster.\n" + WHAT_DASK_DOES.format(name="Classifier")
    _plain = estimators.Classifier

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Classifier:  # type: ignore[override]
        """Trains from the beginning on Dask collections. InputError (a ValueError): data or parameters that do not fit;
        moodleml.dask.WorkerLost: workers were lost more often than `restarts`."""
        self._fit_on_workers(X, y, sample_weight)
        return self

    def predict(self, X: Table) -> Any:
        """The label of each row; lazy for a Dask collection."""
        if not is_dask_collection(X):
            return super().predict(X)
        return self._by_block(X, "predict", np.empty(0, dtype=getattr(self, "classes_", np.empty(0)).dtype))

    def predict_proba(self, X: Table) -> Any:
        """The probabilities of classes_; lazy for a Dask collection."""
        if not is_dask_collection(X):
            return super().predict_proba(X)
        labels = list(getattr(self, "classes_", ()))
        return self._by_block(X, "predict_proba", np.empty((0, len(labels)), dtype=np.float32), labels)


class Regressor(_OnDask, estimators.Regressor):
    __doc__ = "Estimates a number, on a Dask cluster.\n" + WHAT_DASK_DOES.format(name="Regressor")
    _plain = estimators.Regressor

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Regressor:  # type: ignore[override]
        """Trains from the beginning on Dask collections. Errors are as in Classifier.fit()."""
        self._fit_on_workers(X, y, sample_weight)
        return self

    def predict(self, X: Table) -> Any:
        """The estimate of each row; lazy for a Dask collection."""
        return self._by_block(X, "predict", np.empty(0)) if is_dask_collection(X) else super().predict(X)
