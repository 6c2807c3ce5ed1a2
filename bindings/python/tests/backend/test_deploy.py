# SPDX-License-Identifier: Apache-2.0
"""examples/deploy: the systemd unit as systemd judges it, and what the Containerfile and the compose file rely on."""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import redis
import yaml
from celery.bin.celery import celery

import services
from moodlemlbackend.service import openapi, server

DEPLOY = Path(__file__).resolve().parents[4] / "examples" / "deploy"
MOST_EXPOSURE = 15  # tenths; 0 is best, 100 worst


@pytest.fixture
def unit(tmp_path):
    """The unit with a program that exists on this machine."""
    text = (DEPLOY / "moodlemlbackend.service").read_text()
    path = tmp_path / "moodlemlbackend.service"
    path.write_text(re.sub(r"^ExecStart=\S+", "ExecStart=/bin/true", text, flags=re.MULTILINE))
    return path


def test_systemd_understands_the_unit(unit):
    result = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


def test_systemd_finds_an_unknown_setting(unit):
    unit.write_text(unit.read_text().replace("ProtectHome=", "ProtectHomes="))
    assert "ProtectHomes" in subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True).stderr


def test_unit_is_hardened(unit):
    subprocess.run(["systemd-analyze", "security", "--offline=true", f"--threshold={MOST_EXPOSURE}", unit], check=True, capture_output=True)


def test_commands_have_the_options_of_the_server():
    unit = (DEPLOY / "moodlemlbackend.service").read_text()
    command = shlex.split(re.search("^ExecStart=(.*)", unit, re.MULTILINE)[1])
    options = server.read_arguments(command[1:])
    assert Path(command[0]).name == "moodlemlbackend-server" and (options.port, options.world_visible) == (5000, False)
    assert int(re.search("TimeoutStopSec=([0-9]+)", unit)[1]) > options.grace
    entry = re.search(r"^ENTRYPOINT \[(.*)\]", (DEPLOY / "Containerfile").read_text(), re.MULTILINE)[1].replace('"', "").split(", ")
    assert Path(entry[0]).name == "moodlemlbackend-server" and server.read_arguments(entry[1:]).world_visible


def test_container_has_no_rights_and_a_real_check():
    lines = (DEPLOY / "Containerfile").read_text().splitlines()
    assert [line for line in lines if line.startswith("USER")][-1] == "USER 10001"
    [check] = [line for line in lines if line.startswith("HEALTHCHECK")]
    assert any(f":5000{route.rule}'" in check for route in openapi.ROUTES)


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def test_compose_file_is_understood():
    """By Compose itself, where it is installed."""
    if not shutil.which("docker") or subprocess.run(["docker", "compose", "version"], capture_output=True).returncode != 0:
        pytest.skip("docker compose is not installed")
    variables = {**os.environ, "REDIS_PASSWORD": "a", "MOODLE_MLBACKEND_PYTHON_USERS": "u:p"}
    subprocess.run(["docker", "compose", "--file", DEPLOY / "compose.yaml", "config", "--quiet"], check=True, env=variables)


def test_compose_file_holds_together(compose):
    """What it names exists: volumes, networks, services, files and, in the commands, programs and options."""
    assert set(compose) <= {"name", "services", "networks", "volumes", "x-service"} and set(compose["services"]) == {"web", "worker", "redis", "nginx"}
    known = {"image", "build", "entrypoint", "command", "environment", "volumes", "tmpfs", "read_only", "cap_drop", "security_opt", "restart",
             "depends_on", "networks", "network_mode", "ports", "stop_grace_period", "healthcheck"}
    for name, service in compose["services"].items():
        assert set(service) <= known and service["image"] and service["restart"] == "always", name
        assert set(service.get("depends_on", ())) <= set(compose["services"])
        assert set(service.get("networks", ())) <= {"default", *compose["networks"]}
        assert "no-new-privileges:true" in service["security_opt"]
        for volume in service["volumes"]:
            source = volume.split(":")[0]
            assert source in compose["volumes"] or (DEPLOY / source).is_file() or source.startswith("./ml.example.org."), source
    build = compose["services"]["web"]["build"]
    assert (DEPLOY / build["context"] / build["dockerfile"]).samefile(DEPLOY / "Containerfile")
    assert f"ARG {[*build['args']][0]}=" in (DEPLOY / "Containerfile").read_text()
    site = (DEPLOY.parent / "nginx" / "moodlemlbackend.conf").read_text()
    assert all(volume.split(":")[1] in site for volume in compose["services"]["nginx"]["volumes"] if "ml.example.org" in volume)


def test_compose_commands_have_the_options_of_their_programs(compose):
    web, worker = compose["services"]["web"]["entrypoint"], compose["services"]["worker"]["entrypoint"]
    options = server.read_arguments(web[1:])
    assert Path(web[0]).name == "moodlemlbackend-server" and (options.port, options.world_visible) == (5000, False)
    assert worker[1:5] == ["--quiet", "-A", "moodlemlbackend.queue", "worker"]
    given = {option for option in worker[worker.index("worker") + 1:] if option.startswith("--")}
    assert Path(worker[0]).name == "celery" and given <= {name for option in celery.commands["worker"].params for name in option.opts}


def test_compose_names_settings_that_are_read(compose):
    """Each of our variables in it is one that the package reads."""
    package = DEPLOY.parents[1] / "bindings" / "python" / "moodlemlbackend"
    sources = "".join(path.read_text() for path in package.rglob("*.py"))
    names = {name for service in compose["services"].values() for name in service.get("environment", ()) if name.startswith("MOODLE")}
    assert len(names) > 5 and all(f'"{name}"' in sources for name in names)


def test_redis_of_the_compose_file_keeps_every_write(compose, tmp_path):
    """Debian's Redis with the same options."""
    port, command = services.free_port(), [part.replace("${REDIS_PASSWORD:?set it in .env}", "secret") for part in compose["services"]["redis"]["command"]]
    program = shutil.which(command[0])
    assert program, "install redis-server: cmake/install-dependencies.sh tests"
    process = subprocess.Popen([program, *command[1:], "--port", str(port), "--dir", tmp_path], stdout=subprocess.DEVNULL)
    try:
        client = redis.Redis(port=port, password="secret", decode_responses=True)
        services.wait_until(lambda: process.poll() is not None or answers(client))
        kept = client.config_get("append*") | client.config_get("maxmemory-policy") | client.config_get("save")
        assert (kept["appendonly"], kept["appendfsync"], kept["maxmemory-policy"], kept["save"]) == ("yes", "always", "noeviction", "")
        with pytest.raises(redis.RedisError):
            redis.Redis(port=port).ping()
    finally:
        process.terminate()
        process.wait(30)


def answers(client):
    try:
        return client.ping()
    except redis.ConnectionError:
        return False
