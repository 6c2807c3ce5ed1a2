# SPDX-License-Identifier: Apache-2.0
"""Starting and stopping: gunicorn by default, other WSGI servers, service files of the original, wrong settings."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

import datasets
import services
from moodlemlbackend.service.settings import QueueSettings, read_settings
from services import BUILD, wait_until
from test_routes import in_chunks

BESIDE_THE_PACKAGES = Path(__file__).resolve().parents[2]
MODEL = {"uniqueid": "a", "dirhash": "b"}
BIN = Path(sys.executable).parent

SERVERS = {
    "gunicorn": lambda port: [BIN / "gunicorn", "--workers", "2", "--threads", "4", "--bind", f"127.0.0.1:{port}", "moodlemlbackend.webapp:app"],
    "waitress": lambda port: [BIN / "waitress-serve", "--threads", "4", "--listen", f"127.0.0.1:{port}", "moodlemlbackend.webapp:app"],
    "webapp.py": lambda port: [sys.executable, BESIDE_THE_PACKAGES / "webapp.py", "--port", str(port), "--workers", "1"],
    "flask run": lambda port: [sys.executable, "-m", "flask", "--app", BESIDE_THE_PACKAGES / "webapp.py", "run", "-p", str(port)],
}


@pytest.mark.parametrize("server", SERVERS)
def test_any_server_runs_the_application(environment, tmp_path, server):
    with services.start(environment, tmp_path, command=SERVERS[server]) as service:
        assert service.post("/training", {"dataset": datasets.labelled()}, **MODEL).json() == {"status": 0, "info": []}
        assert service.post("/prediction", {"dataset": datasets.unlabelled()}, **MODEL).json()["status"] == 0
        assert service.get("/export", **MODEL).status_code == 200
        assert in_chunks(service.url + "/prediction", MODEL, {"dataset": datasets.unlabelled()}).json()["status"] == 0


def test_server_runs_several_processes_on_the_loopback_address_only(service):
    wait_until(lambda: len(service.workers()) == 2)
    assert listening_addresses(service.port) == {"127.0.0.1"}


def test_world_visible_is_a_choice(start):
    service = start(["--workers", "1", "--world-visible"])
    assert listening_addresses(service.port) == {"0.0.0.0"}


def listening_addresses(port):
    """Of this port, as the kernel lists them."""
    found = set()
    for table, family in (("tcp", socket.AF_INET), ("tcp6", socket.AF_INET6)):
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            address, _, hex_port = line.split()[1].partition(":")
            if line.split()[3] == "0A" and int(hex_port, 16) == port:
                found.add(socket.inet_ntop(family, bytes.fromhex(address)[::-1]))
    return found


QUOTED_OF_THE_QUEUE = {"MOODLE_MLBACKEND_QUEUE": "redis://host:6379/0", "MOODLE_MLBACKEND_QUEUE_SECONDS": "60",
                       "MOODLE_MLBACKEND_QUEUE_MEGABYTES": "512", "MOODLE_MLBACKEND_QUEUE_ATTEMPTS": "2"}
QUOTED = {"MOODLE_MLBACKEND_PYTHON_USERS": "default:pw,other:pw2", "MOODLE_MLBACKEND_PYTHON_TENANTS": "default:a",
          "MOODLE_MLBACKEND_PYTHON_DIR": "{place}/storage", "MOODLE_MLBACKEND_TEMPDIR": "{place}/temporary",
          "MOODLE_ML_STASH_DIR": "{place}/stash", "MOODLE_MLBACKEND_TIME_LIMIT": "60", "MOODLE_MLBACKEND_SILENT_SECONDS": "5",
          "MOODLE_MLBACKEND_STALLED_SECONDS": "5", "MOODLE_MLBACKEND_MAX_BODY_MEGABYTES": "1",
          "MOODLE_MLBACKEND_MAX_UNPACKED_MEGABYTES": "1", "MOODLE_MLBACKEND_MAX_UNPACKED_FILES": "3",
          "MOODLEML_OPTIONS": datasets.FAST, "PROMETHEUS_MULTIPROC_DIR": "{place}/numbers",
          "MOODLE_MLBACKEND_PYTHON_S3_BUCKET_NAME": "", "AWS_DEFAULT_REGION": "us-east-1"}


@pytest.mark.parametrize("quote, end", [('"', ""), ("'", ""), ('"', "\r"), ("", " \r")])
def test_quotes_of_env_files_are_no_part_of_a_value(environment, tmp_path, quote, end):
    """docker run --env-file keeps them, and a file from Windows its line ends. Every variable is read as if written without."""
    for name in ("temporary", "stash"):
        (tmp_path / name).mkdir()
    variables = {name: quote + value.format(place=tmp_path) + quote + end for name, value in QUOTED.items()}
    with services.start({**environment, **variables}, tmp_path, ["--workers", "1"]) as service:
        assert service.get("/health/ready").text == "Ok"
        assert service.post("/training", {"dataset": datasets.labelled()}, **MODEL).json() == {"status": 0, "info": []}
        assert service.post("/training", {"dataset": datasets.labelled()}, **{**MODEL, "uniqueid": "b"}).status_code == 403
        assert service.post("/training", {"dataset": bytes(2 << 20)}, **MODEL).status_code == 413
        assert list((tmp_path / "stash").iterdir()) and list((tmp_path / "numbers").iterdir())
        assert (tmp_path / "storage" / "a" / "b" / "classifier" / "model.mml").is_file()
        assert ("MOODLE_MLBACKEND_PYTHON_USERS: the quotes around" in service.log.read_text()) == bool(quote)


def test_every_variable_is_tried_with_quotes():
    """Those that the table of bindings/python/README.md names."""
    table = (BESIDE_THE_PACKAGES / "README.md").read_text().split("| variable |", 1)[1]
    named = set(re.findall(r"`((?:MOODLE|PROMETHEUS)\w+)`", "\n".join(line for line in table.splitlines() if line.startswith("| `"))))
    assert named and named <= {*QUOTED, *QUOTED_OF_THE_QUEUE}


@pytest.mark.parametrize("quote", ['"', "'", ""])
def test_quotes_around_settings_of_the_queue(tmp_path, quote):
    variables = {"MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": str(tmp_path), **QUOTED_OF_THE_QUEUE}
    settings = read_settings({name: quote + value + quote for name, value in variables.items()})
    assert settings.queue == QueueSettings("redis://host:6379/0", 60, 512, 2)
    assert read_settings({name: variables[name] for name in (*variables,)[:2]}).queue is None


def test_processes_take_quoted_options(environment, tmp_path):
    rows = datasets.write(tmp_path / "rows.csv", datasets.labelled())
    for options, status in (('"trees=0"', 0), ("'trees=0'", 0), ('"trees=0', 1)):
        command = [sys.executable, "-m", "moodlemlbackend.training", "id", tmp_path / "model", rows]
        assert subprocess.run(command, env={**environment, "MOODLEML_OPTIONS": options}, capture_output=True).returncode == status


@pytest.mark.parametrize("variables, message", [
    ({"MOODLE_MLBACKEND_PYTHON_USERS": '"u:p'}, "MOODLE_MLBACKEND_PYTHON_USERS: begins with a quote"),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": '"u":"p"'}, "MOODLE_MLBACKEND_PYTHON_USERS: begins with a quote"),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": '"/'}, "MOODLE_MLBACKEND_PYTHON_DIR: begins with a quote"),
    ({}, "MOODLE_MLBACKEND_PYTHON_USERS is not set"),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "user"}, "MOODLE_MLBACKEND_PYTHON_USERS: entry 1"),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "user:rot13:salt:00"}, '"rot13" is not a hash'),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "u:p"}, "MOODLE_MLBACKEND_PYTHON_DIR is not set"),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": "none"}, "none is not a directory"),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": ".", "MOODLE_MLBACKEND_PYTHON_TENANTS": "v:x"}, "TENANTS: \"v\""),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": ".", "MOODLE_MLBACKEND_TIME_LIMIT": "long"}, "TIME_LIMIT"),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": ".", "MOODLEML_OPTIONS": "x"}, "MOODLEML_OPTIONS"),
    ({"MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": ".", "MOODLEML_OPTIONS": "tree=1"}, "MOODLEML_OPTIONS"),
])
def test_wrong_setting_is_one_line_and_no_server(environment, tmp_path, variables, message):
    variables = {**{name: value for name, value in environment.items() if name != "MOODLEML_OPTIONS"}, **variables}
    result = subprocess.run([sys.executable, "-m", "moodlemlbackend.webapp", "-p", "1"], env=variables, cwd=tmp_path, text=True,
                            capture_output=True, timeout=30)
    assert result.returncode == 1 and result.stdout == ""
    assert message in result.stderr and result.stderr.count("\n") == 1


def test_wrong_setting_stops_other_servers_too(environment, tmp_path):
    result = subprocess.run([BIN / "gunicorn", "--bind", "127.0.0.1:0", "moodlemlbackend.webapp:app"], cwd=tmp_path,
                            env={**environment, "HOME": str(tmp_path)}, text=True, capture_output=True, timeout=30)
    assert result.returncode != 0 and "MOODLE_MLBACKEND_PYTHON_USERS is not set" in result.stderr


def test_unwritable_directory_is_told(environment, tmp_path):
    """Root may write anywhere but where the kernel itself refuses."""
    place = tmp_path / "models"
    place.mkdir(mode=0o500)
    place = place if os.geteuid() else Path("/proc/self")
    variables = {**environment, "MOODLE_MLBACKEND_PYTHON_USERS": "u:p", "MOODLE_MLBACKEND_PYTHON_DIR": str(place)}
    result = subprocess.run([sys.executable, "-m", "moodlemlbackend.webapp"], env=variables, capture_output=True, text=True, timeout=30)
    assert result.returncode == 1 and "cannot be written" in result.stderr


def test_original_beside_ours_is_told_at_start(environment, tmp_path):
    place = tmp_path / "site-packages"
    place.mkdir()
    (place / "moodlemlbackend").symlink_to(BUILD / "python-packages" / "moodlemlbackend")
    (place / "moodlemlbackend-3.0.5.dist-info").mkdir()
    with services.start({**environment, "PYTHONPATH": str(place)}, tmp_path, ["--workers", "1"]) as service:
        assert "both own the package moodlemlbackend" in service.log.read_text()
