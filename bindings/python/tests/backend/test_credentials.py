# SPDX-License-Identifier: Apache-2.0
"""Users, passwords, tenants and names: what MOODLE_MLBACKEND_PYTHON_USERS and _TENANTS may hold."""

import hashlib
import re
import subprocess
import sys
import time

import argon2
import pytest

from moodlemlbackend import gen_passwd
from moodlemlbackend.service import passwords
from moodlemlbackend.service.credentials import CredentialsError, read_credentials
from moodlemlbackend.service.identifiers import IdentifierError, clean_digits, clean_identifier, clean_number
from moodlemlbackend.service.tenants import ForeignIdentifier, TenantsError, read_tenants

SHA = "user:{}:salt:{}"
ARGON2 = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def digest(algorithm, text):
    state = hashlib.new(algorithm, text.encode())
    return state.hexdigest(20) if algorithm.startswith("shake") else state.hexdigest()


@pytest.mark.parametrize("entry", [
    "user:pässword",
    *(SHA.format(name, digest(name, "saltpässword")) for name in ("md5", "sha1", "sha256", "sha3_512", "blake2b", "shake_128")),
    "user:sha256::" + digest("sha256", "pässword"),
    "user:" + passwords.scrypt_form("pässword", "salt", n=2),
    "user:argon2:" + ARGON2.hash("pässword"),
])
def test_every_form_knows_its_password_only(entry):
    credentials = read_credentials(f"first:other,{entry},last:third")
    for _ in range(2):  # the second time it is remembered
        assert credentials.verify("user", "pässword")
        assert not credentials.verify("user", "password")
        assert not credentials.verify("user", "")
        assert not credentials.verify("first", "pässword")
        assert not credentials.verify("nobody", "other")
    assert credentials.verify("first", "other") and credentials.verify("last", "third")


def test_user_listed_twice_has_two_passwords():
    credentials = read_credentials("user:old,user:new")
    assert credentials.verify("user", "old") and credentials.verify("user", "new") and not credentials.verify("user", "")


def test_known_answer_of_scrypt():
    """RFC 7914, section 12, the third vector."""
    known = ("7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9"
             "e61e85dc0d651e40dfcf017b45575887")
    assert passwords.scrypt_form("pleaseletmein", "SodiumChloride", 16384) == f"scrypt:16384:8:1$SodiumChloride${known}"


@pytest.mark.parametrize("text", [
    "", "user", "user:", ":password", "user:pw,", "user:pw,other", "user:sha256:salt", "user:sha256:salt:xyz", "user:sha256:salt:abc",
    "user:rot13:salt:abcd", "user:a:b:c:d", "user:scrypt:3:8:1$salt$0011223344556677", "user:scrypt:16384:8:1$salt$00",
    "user:scrypt:99999999:999:1$salt$0011223344556677", "user:argon2:$argon2id$v=19$m=8", "user:argon2:plain"])
def test_malformed_users_are_refused_without_telling_passwords(text):
    with pytest.raises(CredentialsError) as raised:
        read_credentials("admin:hunter2," + text if text else text)
    assert "hunter2" not in str(raised.value) and "0011223344556677" not in str(raised.value)


def test_unknown_users_take_as_long_as_wrong_passwords():
    """So that nobody learns who has an account: both compute one scrypt. CPU time of the best of three."""
    credentials = read_credentials("user:" + passwords.scrypt_form("password", "salt", n=1 << 13))

    def seconds(user):
        started = time.thread_time()
        assert not credentials.verify(user, "wrong")
        return time.thread_time() - started

    known, unknown = (min(seconds(user) for _ in range(3)) for user in ("user", "nobody"))
    assert 0.5 < known / unknown < 2


def test_users_of_all_forms_take_as_long():
    """Who has which form is nobody's business either: each wrong password costs one comparison of each form."""
    forms = {"plain": "password", "digest": "sha256:salt:" + digest("sha256", "saltpassword"),
             "scrypt": passwords.scrypt_form("password", "salt", n=1 << 13), "more": passwords.scrypt_form("password", "salt", n=1 << 14),
             "argon": "argon2:" + argon2.PasswordHasher(time_cost=2, memory_cost=8192, parallelism=1).hash("password")}
    twice = "twice:one,twice:" + forms["scrypt"] + ",twice:" + passwords.scrypt_form("password", "other", n=1 << 13)
    credentials = read_credentials(",".join(f"{user}:{form}" for user, form in forms.items()) + "," + twice)
    assert all(credentials.verify(user, "password") for user in (*forms, "twice"))

    def seconds(user):
        started = time.thread_time()
        assert not credentials.verify(user, "wrong")
        return time.thread_time() - started

    times = {user: min(seconds(user) for _ in range(5)) for user in (*forms, "twice", "nobody")}
    assert max(times.values()) < 1.5 * min(times.values()), times


def test_right_password_is_remembered():
    credentials = read_credentials("user:" + passwords.scrypt_form("password", "salt", n=1 << 13))
    assert credentials.verify("user", "password")
    started = time.thread_time()
    assert credentials.verify("user", "password")
    again = time.thread_time() - started
    started = time.thread_time()
    credentials.verify("user", "wrong")
    assert again < (time.thread_time() - started) / 10


@pytest.mark.parametrize("algorithm", gen_passwd.ALGORITHMS)
def test_generated_entries_are_read(capsys, algorithm):
    gen_passwd.main(["a", "-P", "p1,p2", "b", "-a", algorithm])
    printed = capsys.readouterr().out
    credentials = read_credentials(printed.strip())
    assert printed.count("\n") == 1
    assert credentials.verify("a", "p1") and credentials.verify("b", "p2") and not credentials.verify("a", "p2")


def test_generated_passwords_are_printed_first(environment):
    command = [sys.executable, "-m", "moodlemlbackend.gen_passwd", "a", "b", "-g"]
    first, second, entries = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
    credentials = read_credentials(entries)
    for line, user in ((first, "a"), (second, "b")):
        assert credentials.verify(user, re.fullmatch(f"password for {user}: (.+)", line)[1])


@pytest.mark.parametrize("arguments", [["a", "b", "-P", "one"], ["a", "-P", ""], ["a:b", "-g"]])
def test_wrong_use_of_gen_passwd_is_told(arguments, capsys):
    with pytest.raises(SystemExit) as raised:
        gen_passwd.main(arguments)
    assert raised.value.code not in (0, None)


def test_tenants_are_confined():
    tenants = read_tenants("a:one-, b:two+", {"a", "b", "c"})
    assert tenants.own_uniqueid("a", "one-x") == "one-x"
    assert tenants.own_uniqueid("b", "x") == "twox"
    assert tenants.own_uniqueid("c", "anything") == "anything"
    with pytest.raises(ForeignIdentifier):
        tenants.own_uniqueid("a", "two-x")


@pytest.mark.parametrize("text", ["a", "a:", ":one", "a:one:two", "a:../x", "nobody:one", "a:one,a:two", "a:one,b:onetwo"])
def test_malformed_tenants_are_refused(text):
    with pytest.raises(TenantsError):
        read_tenants(text, {"a", "b"})


def test_identifiers_lose_what_could_lead_elsewhere():
    assert clean_identifier("uniqueid", "../../etc/pass_wd-1$\0\nä") == "etcpass_wd-1"
    assert (clean_digits("../1a2\u0663"), clean_number("-1e.5")) == ("12", "1.5")
    for nothing in ("", "..", "/", "$", "\u0661"):
        with pytest.raises(IdentifierError):
            clean_identifier("uniqueid", nothing)
    with pytest.raises(IdentifierError):
        clean_identifier("uniqueid", "a" * 129)
