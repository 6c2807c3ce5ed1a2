# SPDX-License-Identifier: Apache-2.0
"""Real workers: whose turn it is, what a killed one leaves, what memory a call may take, and messages that are none."""

import base64
import json
import os
import pickle
import re
import signal
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest

import datasets
import queues
import services
from services import wait_until

MODEL = {"uniqueid": "a", "dirhash": "b"}
ROWS = {"dataset": datasets.unlabelled()}
SLOW = "linear=0,trees=0,networks=4,folds=4,epochs=400,patience=400,hidden_units=64"
LANES = 64
FLOOD = 1000


@pytest.fixture
def place(environment, redis_server, tmp_path):
    """start(NAME=value) gives a service; its ``variables`` are also for workers."""
    redis_server.client(4).flushdb()
    with ExitStack() as stack:
        def start(**changes):
            variables = {**environment, "MOODLE_MLBACKEND_QUEUE": redis_server.url(4), "MOODLE_MLBACKEND_PYTHON_DIR": str(tmp_path),
                         "TMPDIR": str(tmp_path), **changes}
            running = stack.enter_context(services.start(variables, tmp_path, ["--workers", "1", "--threads", "32"]))
            running.variables, running.redis = variables, redis_server.client(4)
            return running

        yield start


def state(service, url):
    return service.get(url).json()["state"]


def test_a_site_with_a_thousand_jobs_starves_nobody(place, tmp_path, pytestconfig):
    """Twenty sites come after a flood of one; each waits for a handful of the flood's jobs, not for all of them."""
    service, dataset = place(), {"dataset": datasets.labelled(rows=20)}
    count = FLOOD if pytestconfig.getoption("--long") else FLOOD // 10

    def start(site, model):
        return service.post("/training", dataset, uniqueid=site, dirhash=model, **{"async": "1"}).json()

    flood = [start("flood", "first")]
    with ThreadPoolExecutor(8) as threads:
        flood += threads.map(lambda number: start("flood", str(number)), range(count - 1))
    sites = [start(f"site{number}", "a") for number in range(20)]
    with queues.worker(service.variables, tmp_path):
        wait_until(lambda: all(state(service, job["url"]) == "done" for job in sites), 60)
        done = sum(json.loads((tmp_path / ".jobs" / job["job"]).read_text())["state"] == "done" for job in flood)
        assert 0 < done < count // 2, f"{done} of the flood's jobs were done before the last of the others"
        print(f"\n{len(sites)} sites of one job each, after {count} jobs of another: {done} of those were done when the last of the sites was")
    waiting = {lane: service.redis.llen(f"moodleml:{lane}") for lane in (f"lane-{number:02}" for number in range(LANES))}
    assert max(waiting.values()) > count - done - 20, "the flood is in one lane"


def test_killed_process_of_the_pool_repeats_its_job(place, tmp_path):
    """In the middle of a training; another process ends it. Its samples count once."""
    service = place(MOODLEML_OPTIONS=SLOW, MOODLE_MLBACKEND_TIME_LIMIT="1")
    with queues.worker(service.variables, tmp_path) as worker, ThreadPoolExecutor(1) as thread:
        training = thread.submit(lambda: service.post("/training", {"dataset": datasets.labelled(rows=5000)}, **MODEL).json())
        wait_until(lambda: attempts(service) == 1)
        time.sleep(0.5)
        for child in worker.children():
            os.kill(child, signal.SIGKILL)
        assert training.result() == {"status": 0, "info": []}
    assert services.samples_learned(tmp_path / "a" / "b" / "classifier" / "model.mml") == 5000


def attempts(service):
    return max((int(service.redis.hget(key, "attempts") or 0) for key in service.redis.keys("moodleml:job:*")), default=0)


def test_call_beyond_the_memory_is_refused_and_the_worker_goes_on(place, tmp_path):
    service = place(MOODLE_MLBACKEND_QUEUE_MEGABYTES="100")
    with queues.worker(service.variables, tmp_path) as worker:
        answer = service.post("/training", {"dataset": datasets.labelled(rows=30000, columns=40)}, **MODEL).json()
        assert answer["status"] == 1 and "memory" in answer["info"][0]
        before = worker.children()
        assert service.post("/training", {"dataset": datasets.labelled()}, **MODEL).json()["status"] == 0
        assert worker.children() == before


def message(body, content_type="application/json", task="moodlemlbackend.run", **headers):
    """As kombu puts it into a list."""
    return json.dumps({"body": base64.b64encode(body).decode(), "content-encoding": "utf-8", "content-type": content_type,
                       "headers": {"task": task, "id": str(uuid.uuid4()), "lang": "py", **headers},
                       "properties": {"correlation_id": "1", "delivery_tag": str(uuid.uuid4()), "body_encoding": "base64",
                                      "delivery_info": {"exchange": "", "routing_key": "lane-00"}}})


class Bomb:
    def __reduce__(self):
        return os.system, ("touch exploded",)


def test_messages_that_are_none_are_dropped(place, tmp_path):
    """Nothing of them is run, and the worker serves the next call. Its log is JSON, without any data."""
    service = place()
    empty = {"callbacks": None, "errbacks": None, "chain": None, "chord": None}
    bodies = [message(b"no json"), message(pickle.dumps(((Bomb(),), {}, empty)), "application/x-python-serialize"), message(b"{}"), message(b"[1]"),
              message(b"[[], {}, {}]"), message(b"[[3], {}, {}]"), message(b'[["../x"], {"a": 1}, {}]'), message(b"[" * 10000),
              message(b"[[], {}, {}]", task="os.system"), message(b"[[], {}, {}]", task="celery.backend_cleanup"),
              message(json.dumps([["0" * 32], {}, empty]).encode()), message(b'[["' + b"a" * (8 << 20) + b'"], {}, {}]')]
    with queues.worker(service.variables, tmp_path) as worker:
        for body in bodies:
            service.redis.lpush("moodleml:lane-00", body)
        wait_until(lambda: service.redis.llen("moodleml:lane-00") == 0)
        assert service.post("/training", {"dataset": datasets.labelled()}, **MODEL).json()["status"] == 0
        wait_until(lambda: service.redis.hlen("moodleml:unacked") == 0)
        assert worker.process.poll() is None and not (tmp_path / "exploded").exists()
        assert service.post("/prediction", ROWS, **MODEL).json()["status"] == 0
        text = worker.log.read_text()
    assert all(len(line) < 20000 for line in text.splitlines())
    assert all(json.loads(line) for line in text.splitlines() if line.startswith("{")) and not re.search("0-0|x0,x1|signed", text)
