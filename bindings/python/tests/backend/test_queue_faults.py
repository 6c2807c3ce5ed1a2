# SPDX-License-Identifier: Apache-2.0
"""What Redis, the store, clocks, killed workers and whoever may write to Redis can do to a job: it is done once, or refused in one line.

Most tests run a worker's code in this process, so that it can be stopped at any point.
"""

import base64
import io
import json
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
import redis

import datasets
import services
from moodlemlbackend.calls import Answer
from moodlemlbackend.queue import dead, execution, queued_call
from moodlemlbackend.queue.execution import Execution, Later
from moodlemlbackend.queue.job import MalformedJob, Outcome, job_from
from moodlemlbackend.queue.ledger import connect
from moodlemlbackend.queue.names import PREFIX
from moodlemlbackend.queue.queued_call import QueuedCall
from moodlemlbackend.queue.records import Records
from moodlemlbackend.queue.turns import Turns
from moodlemlbackend.queue.worker import sweep
from moodlemlbackend.service.application import create_app
from moodlemlbackend.service import jobs
from moodlemlbackend.service.identifiers import ModelName
from moodlemlbackend.service.local_files import Journal
from moodlemlbackend.service.metrics import Metrics
from moodlemlbackend.service.storage import QueueError, StorageError
from moodlemlbackend.service.tasks import Task
from queue_bench import PREDICTION, TRAINING, Bench, Killed, bench, kill, log  # noqa: F401
from test_disks import fill, small_disk  # noqa: F401

AUTH = {"auth": services.DEFAULT}


both = pytest.mark.parametrize("bench", ["disk", "s3"], indirect=True)


# --- killed between any two steps ---


@both
@pytest.mark.parametrize("step", ["prepared", "write", "store_result", "remove"])
def test_worker_killed_at_any_step_counts_the_samples_once(bench, monkeypatch, step):  # noqa: F811
    bench.train_once()
    job, worker = bench.send(), bench.worker()
    with monkeypatch.context() as patch:
        place = {"prepared": execution, "write": Records, "store_result": type(bench.queue.app.backend), "remove": type(bench.queue.ledger)}
        patch.setattr(place[step], step, kill)
        with pytest.raises(Killed):
            worker.run(job.id)
    bench.worker().run(job.id)
    assert bench.outcome(job).answer == Answer(0, '{"status": 0, "info": []}')
    assert bench.learned() == 40 and not bench.queue.ledger.is_wanted(job.id)


def test_worker_killed_between_model_and_journal(bench, monkeypatch):  # noqa: F811
    bench.train_once()
    job = bench.send()
    with monkeypatch.context() as patch:
        patch.setattr(Journal, "end", kill)
        with pytest.raises(Killed):
            bench.worker().run(job.id)
    bench.train_once()  # another job comes first
    bench.worker().run(job.id)
    assert bench.learned() == 60


def test_message_that_comes_twice_or_late_changes_nothing(bench, log):  # noqa: F811
    job = bench.train_once()
    for _ in range(3):
        bench.worker().run(job.id)
    assert bench.learned() == 20 and log.text.count("comes again after its end") == 3


@both
def test_replayed_job_is_recognised(bench):  # noqa: F811
    """Somebody who can write to Redis has kept a signed job, and sends it when the model has forgotten its id."""
    job = bench.send()
    signed = bench.queue.ledger.entry(job.id).signed
    bench.worker().run(job.id)
    for _ in range(2):
        bench.queue.send(job.id, signed, job.site)
        bench.worker().run(job.id)
    assert bench.learned() == 20
    old = bench.send(submitted=time.time() - 7 * 86400)
    bench.worker().run(old.id)
    assert bench.learned() == 20 and bench.outcome(old) is None


def test_two_workers_and_one_model_take_turns(bench):  # noqa: F811
    first, second = bench.send(), bench.send()
    lock = bench.queue.ledger.lock_model("site1/abc", second.id)
    with pytest.raises(Later):
        bench.worker().run(first.id)
    assert bench.queue.ledger.overdue(10) == [] and bench.redis.hget(f"{PREFIX}job:{first.id}", "attempts") is None
    lock.release()
    for job in (first, second):
        bench.worker().run(job.id)
    assert bench.learned() == 40


@both
def test_one_job_on_two_workers_at_once_counts_once(bench, monkeypatch):  # noqa: F811
    """Each believes to be alone: the lock has expired, as after a pause of its holder."""
    @contextmanager
    def no_lock(self, job):
        yield None

    monkeypatch.setattr(Execution, "_model_lock", no_lock)
    bench.train_once()
    job = bench.send()
    threads = [threading.Thread(target=bench.worker().run, args=(job.id,)) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert bench.outcome(job).answer.status == 0 and bench.learned() == 40


@pytest.mark.parametrize("ahead", [-3600, 3600])
def test_clock_that_jumps_loses_and_repeats_nothing(bench, monkeypatch, ahead):  # noqa: F811
    clock, job = time.time, bench.send()
    monkeypatch.setattr(time, "time", lambda: clock() + ahead)
    now = bench.queue.ledger._now
    monkeypatch.setattr(bench.queue.ledger, "_now", lambda: now() + ahead)
    sweep(bench.queue.app, bench.queue.ledger)
    bench.worker().run(job.id)
    bench.worker().run(job.id)
    assert bench.outcome(job).answer.status == 0 and bench.learned() == 20


# --- Redis ---


@pytest.mark.parametrize("text", ["", "no signature", '{"id": 1}', "[" * 100000, "a" * (10 << 20), '{"task": {}}.c2lnbmF0dXJl'])
def test_what_is_not_signed_is_refused(bench, log, text):  # noqa: F811
    """Also if it is huge."""
    job = bench.send()
    signed = bench.queue.ledger.entry(job.id).signed
    bench.redis.hset(f"{PREFIX}job:{job.id}", "signed", text or signed[:-2])
    bench.worker().run(job.id)
    assert bench.learned() == 0 and not bench.queue.ledger.is_wanted(job.id)
    refusals = [message for message in log.messages if "is refused" in message]
    assert len(refusals) == 1 and len(refusals[0]) < 200 and "\n" not in refusals[0]


def test_job_under_another_id_is_refused(bench, log):  # noqa: F811
    job = bench.send()
    bench.redis.hset(f"{PREFIX}job:{'0' * 32}", mapping={"signed": bench.queue.ledger.entry(job.id).signed, "lane": "lane-00"})
    bench.worker().run("0" * 32)
    assert bench.learned() == 0 and "it has another id" in log.text


@pytest.mark.parametrize("change", [{"id": "../../etc"}, {"id": "A" * 32}, {"user": 3}, {"submitted": "now"}, {"is_async": 1}, {"input": None},
                                    {"task": {"kind": "export"}}, {"task": {"name": ["..", "a"]}}, {"task": {"name": ["a" * 129, "a"]}},
                                    {"task": {"trained": "ab"}}, {"task": {"trained": ["a", "../b"]}}, {"task": {"options": {"a": 1}}},
                                    {"task": {"options": {"a": "1" * 65}}}, {"task": {"options": {f"a{'b' * i}": "" for i in range(9)}}},
                                    {"task": {"more": 1}}, {"more": 1}, {"task": None}])
def test_fields_of_other_versions_or_kinds_are_refused(change):
    """Though they are signed."""
    right = {"id": "0" * 32, "user": "u", "site": "s", "task": {"kind": "training", "name": ["a", "b"], "options": {"reasons": "3"}, "trained": None},
             "is_async": False, "submitted": 1.0, "sha256": "", "input": ""}
    assert job_from(json.loads(json.dumps(right))).task == Task("training", ModelName("a", "b"), {"reasons": "3"})
    task = change.get("task", {})
    wrong = {**right, **change, "task": {**right["task"], **task} if task is not None else None}
    with pytest.raises(MalformedJob):
        job_from(json.loads(json.dumps(wrong)))


def test_forged_answer_is_refused(bench):  # noqa: F811
    """Neither an unsigned one nor another job's."""
    other = bench.train_once()
    for forged in (bench.queue.app.backend.get_task_meta(other.id, cache=False)["result"], '{"status": 0}', {"status": 0}, None):
        job = bench.send()
        call = QueuedCall(bench.queue, job, "", Metrics())
        bench.queue.app.backend.store_result(job.id, forged, "SUCCESS")
        assert call.wait(5)
        with pytest.raises(RuntimeError):
            call.answer()
        call.cancel()


def test_redis_that_has_lost_everything_gets_the_job_again(bench, monkeypatch):  # noqa: F811
    monkeypatch.setattr(queued_call, "LOOK_SECONDS", 0.0)
    job = bench.send()
    call = QueuedCall(bench.queue, job, bench.queue.ledger.entry(job.id).signed, Metrics())
    asynchronous = bench.runner.start_job(TRAINING, str(bench.place / "dataset"), ExitStack(), "default")
    bench.redis.flushdb()
    assert not call.wait(0.1) and bench.queue.ledger.is_wanted(job.id)
    assert bench.runner.report(asynchronous, "default")["state"] == "running" and bench.queue.ledger.is_wanted(asynchronous)
    for one in (job.id, asynchronous):
        bench.worker().run(one)
    assert call.wait(5) and call.answer().status == 0
    assert bench.runner.report(asynchronous, "default")["state"] == "done" and bench.learned() == 40


def test_redis_that_loses_a_job_again_and_again_is_told(bench, monkeypatch):  # noqa: F811
    monkeypatch.setattr(queued_call, "LOOK_SECONDS", 0.0)
    job = bench.send()
    call = QueuedCall(bench.queue, job, bench.queue.ledger.entry(job.id).signed, Metrics())
    for _ in range(queued_call.MOST_SENDINGS):
        bench.redis.flushdb()
        call.wait(0.05)
    with pytest.raises(QueueError, match="several times"):
        call.answer()


def test_withdrawn_while_redis_is_away(bench, monkeypatch, log):  # noqa: F811
    """The client was told that nothing was changed, and sends its samples again; the ledger still has the job."""
    job = bench.send()
    with monkeypatch.context() as patch:
        patch.setattr(bench.queue.ledger, "remove", lambda job: (_ for _ in ()).throw(redis.ConnectionError()))
        bench.queue.withdraw(job)
    assert bench.queue.ledger.is_wanted(job.id)
    bench.worker().run(job.id)
    assert bench.learned() == 0 and not bench.queue.ledger.is_wanted(job.id) and "not wanted" in log.text


def test_withdrawn_in_the_instant_before_its_attempt(bench):  # noqa: F811
    job = bench.send()
    bench.queue.withdraw(job)
    bench.queue.ledger.count_attempt(job.id)
    assert not bench.queue.ledger.is_wanted(job.id) and not bench.queue.ledger.beat(job.id)
    assert bench.redis.ttl(f"moodleml:job:{job.id}") > 0, "what the attempt left goes by itself"


def test_async_job_whose_sending_fails_is_withdrawn(bench, monkeypatch):  # noqa: F811
    """Redis goes away between the ledger and the message."""
    datasets.write(bench.place / "dataset", datasets.labelled())
    seen = []
    with monkeypatch.context() as patch:
        patch.setattr("moodlemlbackend.queue.runner.publish", lambda app, job, lane: seen.append(job) or kill_connection())
        patch.setattr(bench.queue.ledger, "remove", lambda job: kill_connection())
        with pytest.raises(QueueError):
            bench.runner.start_job(TRAINING, str(bench.place / "dataset"), ExitStack(), "default")
    bench.worker().run(seen[0])
    assert bench.learned() == 0


def kill_connection():
    raise redis.ConnectionError("away")


def test_lost_message_is_sent_again_once(bench, monkeypatch):  # noqa: F811
    """A worker was killed after it had taken the message, and before it had noted that; then many sweeps come."""
    job = bench.send()
    lane = bench.queue.ledger.entry(job.id).lane
    waiting = bench.send()
    now = bench.queue.ledger._now
    monkeypatch.setattr(bench.queue.ledger, "_now", lambda: now() + 3600)
    bench.redis.ltrim(PREFIX + lane, 1, 0)
    if bench.queue.ledger.entry(waiting.id).lane == lane:
        bench.redis.zrem(PREFIX + "pending", waiting.id)
    for _ in range(3):
        bench.redis.delete(PREFIX + "sweep")
        sweep(bench.queue.app, bench.queue.ledger)
    assert bench.redis.llen(PREFIX + lane) == 1
    bench.worker().run(job.id)
    assert bench.outcome(job).answer.status == 0


# --- the store ---


def test_data_set_that_was_exchanged_in_the_store_is_refused(bench):  # noqa: F811
    job = bench.send(text=datasets.labelled(rows=6000))
    assert not job.input
    bench.storage.files.write(f".jobs/{job.id}.input", datasets.labelled(rows=20).encode())
    bench.worker().run(job.id)
    outcome = bench.outcome(job)
    assert (outcome.error, bench.learned()) == ("storage", 0) and "another data set" in outcome.answer.json


def test_store_without_space(bench, small_disk, monkeypatch, log):  # noqa: F811
    """The web process refuses what it cannot store; a worker answers that it could not. Then there is space again."""
    monkeypatch.setattr(tempfile, "tempdir", None)  # the application sets it for its process
    for name, place in (("PYTHON_DIR", small_disk), ("TEMPDIR", bench.place / "storage")):
        monkeypatch.setenv(f"MOODLE_MLBACKEND_{name}", str(place))
    full = Bench(bench.place)
    client = create_app(full.settings, full.storage).test_client()
    full.train_once()
    small, filler = full.send(), fill(small_disk)
    form = {"uniqueid": "site1", "dirhash": "abc", "dataset": (io.BytesIO(datasets.labelled(rows=9000).encode()), "dataset")}
    response = client.post("/training", data=form, **AUTH)
    assert (response.status_code, response.text) == (502, "The job cannot be stored: No space left on device.")
    full.worker().run(small.id)
    assert full.outcome(small) and (full.outcome(small).error == "storage" or full.outcome(small).answer.status == 1)
    assert "No space left" in full.outcome(small).answer.json
    filler.unlink()
    assert full.learned() == 20
    full.train_once()
    assert full.learned() == 40 and not any("Traceback" in message for message in log.messages)


@both
def test_job_tries_again_before_it_is_dead(bench, monkeypatch, log, capsys):  # noqa: F811
    """While the store refuses; a client that waits learns it at once instead."""
    job, waiting = bench.send(is_async=True), bench.send()
    with monkeypatch.context() as patch:
        patch.setattr(execution, "prepared", lambda *_: (_ for _ in ()).throw(StorageError("The storage (S3) refuses: Sloth.")))
        bench.worker().run(waiting.id)
        assert bench.outcome(waiting) == Outcome(waiting.id, Answer(1, "The storage (S3) refuses: Sloth."), "storage")
        for _ in range(2):
            with pytest.raises(Later):
                bench.worker().run(job.id)
        bench.worker().run(job.id)
    report = bench.runner.report(job.id, "default")
    assert report["state"] == "lost" and "refuses: Sloth" in report["answer"]["info"][0] and job.id in report["answer"]["info"][0]
    assert dead.main([]) == 0
    line = capsys.readouterr().out
    assert line.count("\n") == 1 and line.startswith(f"{job.id} ") and "training of site1/abc, user default, 3 attempts: The storage" in line
    [told] = [message for message in log.messages if "is dead" in message]
    assert job.id in told and "\n" not in told
    assert base64.b64decode(job.input) == bench.storage.files.read(f".dead/{job.id}.input")
    assert dead.main(["--remove", "0" * 32, "../x"]) == 1 and dead.main(["--remove", job.id]) == 0
    capsys.readouterr()
    assert dead.main([]) == 0 and capsys.readouterr().out == ""
    assert list(bench.storage.files.names(".dead/")) == []


def test_job_that_kills_its_workers_is_given_up(bench, monkeypatch, capsys):  # noqa: F811
    job = bench.send(PREDICTION, datasets.unlabelled())
    with monkeypatch.context() as patch:
        patch.setattr(execution, "prepared", kill)
        for _ in range(3):
            with pytest.raises(Killed):
                bench.worker().run(job.id)
    bench.worker().run(job.id)
    outcome = bench.outcome(job)
    assert (outcome.error, outcome.answer.status) == ("dead", 1) and "3 workers ended" in outcome.answer.json
    assert dead.main([]) == 0 and "prediction of site1/abc" in capsys.readouterr().out


def test_call_that_takes_too_long_is_given_up(bench):  # noqa: F811
    job = bench.send()
    bench.worker(seconds=0).run(job.id)
    outcome = bench.outcome(job)
    assert outcome.error == "dead" and "longer than 0 seconds" in outcome.answer.json and bench.learned() == 0


def test_defect_is_told_in_the_log_only(bench, monkeypatch, log):  # noqa: F811
    job = bench.send()
    monkeypatch.setattr(execution, "prepared", lambda *_: 1 / 0)
    bench.worker().run(job.id)
    call = QueuedCall(bench.queue, job, "", Metrics())
    assert call.wait(5) and "Internal error" in call.answer_or_refusal().json and "ZeroDivisionError" in log.text
    with pytest.raises(RuntimeError):
        call.answer()


def test_job_from_before_the_queue_is_reported(bench):
    """Whoever ran it has ended."""
    record = {"job": "1" * 32, "user": "default", "state": "running", "progress": 3, "renewed": 0, "owner": ["another machine", "1-1"], "answer": None}
    bench.storage.write_job("1" * 32, json.dumps(record).encode())
    assert bench.runner.report("1" * 32, "default")["state"] == "running"
    bench.storage.write_job("1" * 32, json.dumps({**record, "owner": [jobs.machine(), "1-1"]}).encode())
    assert bench.runner.report("1" * 32, "default")["state"] == "lost" and bench.runner.report("1" * 32, "other") is None


def test_workers_share_one_order_of_lanes(bench, monkeypatch):
    """What one has served comes last for the other; without Redis each has its own order."""
    monkeypatch.setattr(Turns, "client", bench.redis)
    lanes = ["lane-00", "lane-01", "lane-02"]
    one, other = Turns([*lanes]), Turns([*lanes])
    assert one.consume(3) == lanes
    one.rotate("lane-00")
    assert one.consume(3) == other.consume(3) == ["lane-01", "lane-02", "lane-00"]
    other.rotate("lane-02")
    assert one.consume(3) == other.consume(3) == ["lane-01", "lane-00", "lane-02"]
    monkeypatch.setattr(Turns, "client", connect(f"redis://127.0.0.1:{services.free_port()}"))
    other.rotate("lane-01")
    assert one.consume(3) == ["lane-01", "lane-02", "lane-00"] and other.consume(3) == ["lane-00", "lane-02", "lane-01"]
