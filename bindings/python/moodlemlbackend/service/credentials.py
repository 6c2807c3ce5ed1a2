# SPDX-License-Identifier: Apache-2.0
"""Who may call: the users of MOODLE_MLBACKEND_PYTHON_USERS, and whether a user's password is right."""

import functools
import hmac
import operator
import re
import secrets
from collections import Counter
from collections.abc import Mapping

from moodlemlbackend.service.passwords import PasswordFormError, Verifier, verifier


class CredentialsError(ValueError):
    """The list of users cannot be understood; the message names the entry, never a password."""


# The commas of argon2's encoded form: m=65536,t=3,p=4
ARGON2_PART = re.compile(r"[^:]*:argon2:\$argon2.*")


class Credentials:
    """Users and their stored passwords; threads may share one. A user listed twice has two passwords, as while one is changed."""

    def __init__(self, users: Mapping[str, list[Verifier]]):
        self._users = users
        self._costs = {user: Counter(verifier.cost for verifier in verifiers) for user, verifiers in users.items()}
        self._dearest: Counter[str] = functools.reduce(operator.or_, self._costs.values(), Counter())
        self._stand_ins = {verifier.cost: verifier for verifiers in users.values() for verifier in verifiers}
        self._key = secrets.token_bytes(32)
        self._verified: dict[str, bytes] = {}  # by user, of the password that was right last

    @property
    def users(self) -> frozenset[str]:
        return frozenset(self._users)

    def verify(self, user: str, password: str) -> bool:
        """Takes as long for an unknown user as for any other's wrong password: each costs what the dearest would, form by form.

        scrypt and argon2 are slow on purpose, and Moodle sends the password with each request: the one that was right last
        is remembered as a keyed digest, whose key lives in this process only.
        """
        secret = password.encode("utf-8", "surrogatepass")
        digest = hmac.digest(self._key, user.encode("utf-8", "surrogatepass") + b"\0" + secret, "sha256")
        if hmac.compare_digest(self._verified.get(user, bytes(len(digest))), digest):
            return True
        matched = any([verifier.matches(secret) for verifier in self._users.get(user, ())])
        for cost in (self._dearest - self._costs.get(user, Counter())).elements():
            self._stand_ins[cost].matches(secret)
        if matched:
            self._verified[user] = digest
        return matched


def entries(text: str) -> list[str]:
    """The comma separated entries of a list; argon2's encoded form, which holds commas itself, stays in one piece."""
    found: list[str] = []
    for piece in text.split(","):
        if found and ":" not in piece and ARGON2_PART.fullmatch(found[-1]):
            found[-1] += "," + piece
        else:
            found.append(piece)
    return [entry.strip() for entry in found]


def read_credentials(text: str) -> Credentials:
    """``user:password,user2:sha256:salt:hexdigest``; passwords.verifier tells the forms. CredentialsError."""
    users: dict[str, list[Verifier]] = {}
    for number, entry in enumerate(entries(text), 1):
        user, colon, form = entry.partition(":")
        if not user or not colon:
            raise CredentialsError(f"entry {number} is not of the form user:password or user:algorithm:salt:hexdigest")
        try:
            users.setdefault(user, []).append(verifier(form))
        except PasswordFormError as error:
            raise CredentialsError(f'entry {number}, of user "{user}": {error}') from None
    return Credentials(users)
