# SPDX-License-Identifier: Apache-2.0
"""Many predictions at once on gunicorn, two processes of four threads. With -s it prints what it measured; --long sends 5,000."""

import http.client
import json
import re
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from requests import Request
from requests.auth import HTTPBasicAuth

import datasets
import services

MODELS = 50
AT_ONCE = 200
WARM_UP = 400
MOST_GROWTH = 8  # megabytes of all processes


@pytest.fixture(scope="module")
def loaded(environment, tmp_path_factory):
    """A service with fifty models of twenty columns."""
    with services.start(environment, tmp_path_factory.mktemp("load")) as service:
        dataset = {"dataset": datasets.labelled(rows=60, columns=20)}
        with ThreadPoolExecutor(4) as threads:
            statuses = threads.map(lambda i: service.post("/training", dataset, uniqueid=f"site{i}", dirhash="a").json()["status"],
                                   range(MODELS))
            assert set(statuses) == {0}
        yield service


def prediction_request(service, number):
    """Headers and body, made once: the client is not what is measured."""
    rows = {"dataset": ("rows.csv", datasets.unlabelled(rows=100, columns=20))}
    prepared = Request("POST", service.url + "/prediction", data={"uniqueid": f"site{number}", "dirhash": "a"}, files=rows,
                       auth=HTTPBasicAuth(*services.DEFAULT)).prepare()
    return dict(prepared.headers), prepared.body


def send(service, request):
    """Seconds until the whole answer was there."""
    headers, body = request
    started = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=120)
    connection.request("POST", "/prediction", body, headers)
    response = connection.getresponse()
    answer = response.read()
    connection.close()
    seconds = time.monotonic() - started
    assert response.status == 200 and answer.startswith(b'{"status": 0') and len(json.loads(answer)["predictions"]) == 100, answer[:200]
    return seconds


def send_all(service, count):
    """Seconds of each, and of all."""
    requests = [prediction_request(service, number) for number in range(MODELS)]
    started = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        seconds = list(threads.map(lambda i: send(service, requests[i % MODELS]), range(count)))
    return seconds, time.monotonic() - started


def megabytes(service):
    """The workers' own memory; files that they share with other processes on this machine are not counted."""
    status = "".join(Path(f"/proc/{process}/status").read_text() for process in service.workers())
    return sum(int(kilobytes) for kilobytes in re.findall(r"^RssAnon:\s+(\d+) kB$", status, re.MULTILINE)) / 1024


def test_predictions_at_once(loaded, pytestconfig):
    send_all(loaded, WARM_UP)
    before = megabytes(loaded)
    seconds, whole = send_all(loaded, 5000 if pytestconfig.getoption("--long") else 600)
    growth = megabytes(loaded) - before
    marks = statistics.quantiles(seconds, n=100)
    print(f"\n{len(seconds)} predictions of 100 rows, {AT_ONCE} at once, {MODELS} models: {len(seconds) / whole:.0f} requests/s, "
          f"p50 {marks[49]:.3f} s, p95 {marks[94]:.3f} s, p99 {marks[98]:.3f} s; memory {before:.0f} MB, grown by {growth:.1f} MB")
    assert growth < MOST_GROWTH
