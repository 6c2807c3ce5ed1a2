# SPDX-License-Identifier: Apache-2.0
"""What an administrator sets in the environment, read and checked once, when the service starts."""

import logging
import os
import re
import tempfile
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass

from moodlemlbackend.calls import Options, OptionsError, library_options
from moodlemlbackend.service.credentials import Credentials, CredentialsError, read_credentials
from moodlemlbackend.service.tenants import Tenants, TenantsError, read_tenants

MEGABYTE = 1 << 20
QUOTED_NAMES = ("MOODLE_", "MOODLEML_", "AWS_", "PROMETHEUS_")

log = logging.getLogger("moodlemlbackend")


class SettingsError(Exception):
    """The service cannot start; the message is one line that names the variable and what to do."""


@dataclass(frozen=True)
class Limits:
    """What one request may bring, and how long it may take."""

    body_bytes: int
    unpacked_bytes: int  # of an imported or fetched zip
    unpacked_files: int
    silent_seconds: float  # without a byte to the client while a call runs
    stalled_seconds: float  # that a client may take for its next byte


@dataclass(frozen=True)
class QueueSettings:
    """Where calls wait for workers, and what each may take there."""

    url: str
    seconds: int  # of a call
    megabytes: int  # of a worker's process; 0: as the system allows
    attempts: int  # until a job whose workers end is given up


@dataclass(frozen=True)
class Settings:
    """Everything that can be set; ``directory`` is empty where ``bucket`` is not."""

    credentials: Credentials
    tenants: Tenants
    directory: str
    bucket: str
    temporary_directory: str
    stash_directory: str  # empty: nothing is kept
    metrics_directory: str  # where processes share their numbers; empty: each tells its own
    library_options: Options
    limits: Limits
    queue: QueueSettings | None = None  # None: each process answers calls itself


def read_settings(environment: MutableMapping[str, str] = os.environ, *, needs_users: bool = True) -> Settings:
    """SettingsError where a variable is missing or wrong. Takes quotes off ``environment``, for boto3 reads of it too."""
    take_off_quotes(environment)
    credentials = _read_users(environment) if needs_users else Credentials({})
    bucket = environment.get("MOODLE_MLBACKEND_PYTHON_S3_BUCKET_NAME", "")
    return Settings(
        credentials=credentials,
        tenants=_read_tenants(environment, credentials) if needs_users else Tenants({}),
        directory="" if bucket else _storage_directory(environment),
        bucket=bucket,
        temporary_directory=_directory(environment, "MOODLE_MLBACKEND_TEMPDIR") or tempfile.gettempdir(),
        stash_directory=_directory(environment, "MOODLE_ML_STASH_DIR"),
        metrics_directory=environment.get("PROMETHEUS_MULTIPROC_DIR", ""),
        library_options=_read_options(environment),
        limits=_read_limits(environment),
        queue=_read_queue(environment),
    )


def take_off_quotes(environment: MutableMapping[str, str]) -> None:
    """docker's env files and others keep the quotes around a value, and the end of a line from Windows. SettingsError."""
    for name, value in list(environment.items()):
        if not name.startswith(QUOTED_NAMES):
            continue
        text = value.strip()
        quote = text[:1] if text[:1] in ('"', "'") else ""
        inner = text[1:-1] if quote and len(text) > 1 and text.endswith(quote) else text
        if quote and quote in inner:
            raise SettingsError(f"{name}: begins with a quote, and is not quoted as a whole: write the value without quotes")
        if inner != text:
            log.warning("%s: the quotes around the value are not part of it", name)
        if inner != value:
            environment[name] = inner


def _read_users(environment: Mapping[str, str]) -> Credentials:
    name = "MOODLE_MLBACKEND_PYTHON_USERS"
    text = environment.get(name, "")
    if not text:
        raise SettingsError(f"{name} is not set: give user:password, or what moodlemlbackend-gen-passwd prints")
    try:
        return read_credentials(text)
    except CredentialsError as error:
        raise SettingsError(f"{name}: {error}") from None


def _read_tenants(environment: Mapping[str, str], credentials: Credentials) -> Tenants:
    name = "MOODLE_MLBACKEND_PYTHON_TENANTS"
    try:
        return read_tenants(environment.get(name, ""), credentials.users)
    except TenantsError as error:
        raise SettingsError(f"{name}: {error}") from None


def _storage_directory(environment: Mapping[str, str]) -> str:
    name = "MOODLE_MLBACKEND_PYTHON_DIR"
    directory = _directory(environment, name)
    if not directory:
        raise SettingsError(f"{name} is not set: give the directory for models, or MOODLE_MLBACKEND_PYTHON_S3_BUCKET_NAME")
    return directory


def _directory(environment: Mapping[str, str], name: str) -> str:
    path = environment.get(name, "")
    if path and not os.path.isdir(path):
        raise SettingsError(f"{name}: {path} is not a directory: create it")
    if path and not os.access(path, os.R_OK | os.W_OK | os.X_OK):
        raise SettingsError(f"{name}: {path} cannot be written: give the user that runs the service the right to")
    return os.path.abspath(path) if path else ""


def _read_options(environment: Mapping[str, str]) -> Options:
    try:
        options = library_options(environment)
    except OptionsError as error:
        raise SettingsError(f"{error}") from None
    seconds = _number(environment, "MOODLE_MLBACKEND_TIME_LIMIT", 0)
    return options.including({"time_limit": str(seconds)}) if seconds else options


def _read_limits(environment: Mapping[str, str]) -> Limits:
    return Limits(
        body_bytes=int(_number(environment, "MOODLE_MLBACKEND_MAX_BODY_MEGABYTES", 512) * MEGABYTE),
        unpacked_bytes=int(_number(environment, "MOODLE_MLBACKEND_MAX_UNPACKED_MEGABYTES", 512) * MEGABYTE),
        unpacked_files=int(_number(environment, "MOODLE_MLBACKEND_MAX_UNPACKED_FILES", 1000)),
        silent_seconds=_number(environment, "MOODLE_MLBACKEND_SILENT_SECONDS", 20) or 20,
        stalled_seconds=_number(environment, "MOODLE_MLBACKEND_STALLED_SECONDS", 30) or 30,
    )


def _read_queue(environment: Mapping[str, str]) -> QueueSettings | None:
    name = "MOODLE_MLBACKEND_QUEUE"
    url = environment.get(name, "")
    if not url:
        return None
    if not re.match(r"rediss?://[^\s/]", url):
        raise SettingsError(f"{name}: not of the form redis://host:6379/0 or rediss://:password@host:6379/0")
    return QueueSettings(
        url=url,
        seconds=int(_number(environment, "MOODLE_MLBACKEND_QUEUE_SECONDS", 3600)) or 3600,
        megabytes=int(_number(environment, "MOODLE_MLBACKEND_QUEUE_MEGABYTES", 0)),
        attempts=int(_number(environment, "MOODLE_MLBACKEND_QUEUE_ATTEMPTS", 3)) or 3,
    )


def _number(environment: Mapping[str, str], name: str, default: float) -> float:
    text = environment.get(name, "")
    try:
        value = float(text) if text else default
    except ValueError:
        value = -1
    if not 0 <= value <= 1e9:
        raise SettingsError(f'{name}: "{text}" is not a number from 0 to 1000000000')
    return value
