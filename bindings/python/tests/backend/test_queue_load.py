# SPDX-License-Identifier: Apache-2.0
"""Many sites at once on real workers, Redis and moto's S3, while workers are killed and Redis is restarted: nothing is lost or repeated.

With -s it prints what it measured; --long does so for 500 sites and 1, 2 and 4 workers.
"""

import collections
import io
import os
import random
import signal
import statistics
import threading
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress

import pytest
import requests

import datasets
import queues
import services
from services import BUCKET

AT_ONCE = 32
ROWS_OF_A_TRAINING = 40
TRAINING = {"dataset": datasets.labelled(rows=ROWS_OF_A_TRAINING, columns=10)}
PREDICTION = {"dataset": datasets.unlabelled(rows=100, columns=10)}
REFUSALS = {500, 502, 503}  # nothing was changed: Moodle asks again at its next cron run


class Hoster:
    """Redis, a web process and workers, of which each may be killed and starts again."""

    def __init__(self, stack, variables, place, workers):
        (place / "redis").mkdir()
        self._stack, self._place = stack, place
        self.redis = queues.Redis(place / "redis")
        stack.callback(lambda: self.redis.stop())
        self._variables = {**variables, "MOODLE_MLBACKEND_QUEUE": self.redis.url(), "TMPDIR": str(place)}
        self.service = stack.enter_context(services.start(self._variables, place, ["--workers", "1", "--threads", "64"]))
        self._started = 0
        self.workers = [self._start_worker() for _ in range(workers)]

    def _start_worker(self):
        self._started += 1
        return self._stack.enter_context(queues.worker(self._variables, self._place, f"worker{self._started}"))

    def kill_worker(self):
        """Its whole process group, and another begins."""
        number = random.randrange(len(self.workers))
        self.workers[number].kill()
        self.workers[number] = self._start_worker()

    def kill_process_of_a_pool(self):
        for child in random.choice(self.workers).children():
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def restart_redis(self):
        self.redis.stop(signal.SIGKILL)
        time.sleep(0.5)
        self.redis.start()


class Client:
    """A site that asks until it is answered."""

    def __init__(self, service):
        self._service, self.seconds, self.repetitions, self.troubles = service, {"training": [], "prediction": []}, 0, []

    def call(self, kind, site):
        files = TRAINING if kind == "training" else PREDICTION
        started = time.monotonic()
        for _ in range(100):
            response = requests.post(f"{self._service.url}/{kind}", data={"uniqueid": site, "dirhash": "a"}, files=files,
                                     auth=services.DEFAULT, timeout=300)
            if response.status_code not in REFUSALS:
                assert response.json()["status"] == 0, response.text[:300]
                self.seconds[kind].append(time.monotonic() - started)
                return
            self.repetitions += 1
            time.sleep(0.5)
        raise AssertionError(f"{kind} of {site}: {response.text}")

    def use(self, site):
        self.call("training", site)
        self.call("prediction", site)


def samples_of(bucket, site, place):
    content = bucket.get_object(Bucket=BUCKET, Key=f"{site}/a")["Body"].read()
    (place / "model.mml").write_bytes(zipfile.ZipFile(io.BytesIO(content)).read("model.mml"))
    return services.samples_learned(place / "model.mml")


def disturb(acts, pause, has_ended, done):
    for act in acts:
        if has_ended.wait(pause):
            return
        act()
        done.append(act.__name__)


def measure(hoster, sites, acts=(), pause=1.0):
    """Client and seconds, when every site has trained and predicted once."""
    client, has_ended = Client(hoster.service), threading.Event()
    troubles = threading.Thread(target=disturb, args=(acts, pause, has_ended, client.troubles))
    started = time.monotonic()
    troubles.start()
    try:
        with ThreadPoolExecutor(AT_ONCE) as threads:
            list(threads.map(client.use, sites))
    finally:
        has_ended.set()
        troubles.join(60)
    return client, time.monotonic() - started


def line(client, seconds, workers, name):
    calls = sum(map(len, client.seconds.values()))
    text = f"{name}, {workers} workers: {calls} calls, {calls / seconds:.1f} calls/s"
    for kind, values in client.seconds.items():
        marks = statistics.quantiles(values, n=100)
        text += f"; {kind} p50 {marks[49]:.2f} s, p95 {marks[94]:.2f} s, p99 {marks[98]:.2f} s"
    return f"{text}; repeated by clients {client.repetitions}; {dict(collections.Counter(client.troubles))}"


def check(hoster, bucket, sites, place):
    """Every site's samples count once, nothing is dead, and nothing waits after the sweep.

    What a client withdrew while Redis was away, or a killed worker had answered but not noted, stays in the ledger until then.
    """
    learned = {site: samples_of(bucket, site, place) for site in sites}
    assert set(learned.values()) == {ROWS_OF_A_TRAINING}, {site: count for site, count in learned.items() if count != ROWS_OF_A_TRAINING}
    services.wait_until(lambda: hoster.redis.client().zcard("moodleml:pending") == 0, seconds=120)
    assert not [key for key in services.keys(bucket) if key.startswith(".dead/") or key.endswith((".input", ".answer"))]


def test_killed_workers_and_restarted_redis_lose_and_repeat_nothing(s3_environment, bucket, tmp_path, pytestconfig):
    is_long = pytestconfig.getoption("--long")
    sites = [f"site{number}" for number in range(500 if is_long else 16)]
    with ExitStack() as stack:
        hoster = Hoster(stack, s3_environment, tmp_path, 2)
        acts = [hoster.kill_process_of_a_pool, hoster.restart_redis]
        if is_long:
            acts = [hoster.kill_worker, hoster.kill_process_of_a_pool, hoster.restart_redis, hoster.kill_process_of_a_pool, hoster.kill_worker] * 3
        client, seconds = measure(hoster, sites, acts, 4.0 if is_long else 0.4)
        print("\n" + line(client, seconds, 2, "with kills"))
        check(hoster, bucket, sites, tmp_path)


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_throughput(s3_environment, bucket, tmp_path, pytestconfig, workers):
    if not pytestconfig.getoption("--long"):
        pytest.skip("--long measures")
    sites = [f"site{number}" for number in range(500)]
    with ExitStack() as stack:
        hoster = Hoster(stack, s3_environment, tmp_path, workers)
        measure(hoster, ["warm-up"])
        client, seconds = measure(hoster, sites)
        print("\n" + line(client, seconds, workers, "undisturbed"))
        check(hoster, bucket, sites, tmp_path)
