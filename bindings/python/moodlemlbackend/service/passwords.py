# SPDX-License-Identifier: Apache-2.0
"""The forms in which a password may be stored, and whether a password is the stored one. All comparisons take constant time."""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import NamedTuple

class Verifier(NamedTuple):
    """``matches``: whether this password, as UTF-8, is the stored one. It takes as long as any other of the same ``cost``."""

    cost: str
    matches: Callable[[bytes], bool]


class PasswordFormError(ValueError):
    """A stored password cannot be understood; the message tells why and holds none of it."""


SCRYPT = re.compile(r"([0-9]{1,8}):([0-9]{1,3}):([0-9]{1,3})\$([^$]+)\$([0-9a-fA-F]{16,})")
SCRYPT_MEMORY = 256 << 20  # most bytes that one comparison may take
WITHOUT_DIGEST_SIZE = ("shake_128", "shake_256")


def verifier(form: str) -> Verifier:
    """``form`` is what follows ``user:`` in an entry.

    ``password``; ``ALGORITHM:salt:hexdigest`` of salt followed by password, any algorithm of hashlib;
    ``scrypt:N:r:p$salt$hexdigest`` (RFC 7914); ``argon2:$argon2id$…`` (RFC 9106, as the reference program encodes it).
    """
    kind, _, rest = form.partition(":")
    if kind == "scrypt":
        return _scrypt(rest)
    if kind == "argon2":
        return _argon2(rest)
    if ":" in form:
        return _salted_digest(kind, rest)
    if not form:
        raise PasswordFormError("the password is empty")
    return _plain(form)


def _same(password: bytes, stored: bytes) -> bool:
    # Digests, for compare_digest returns at once where lengths differ.
    return hmac.compare_digest(hashlib.sha256(password).digest(), hashlib.sha256(stored).digest())


def _plain(stored: str) -> Verifier:
    return Verifier("plain", lambda password: _same(password, stored.encode()))


def _salted_digest(algorithm: str, rest: str) -> Verifier:
    salt, colon, digest = rest.partition(":")
    if not colon or not re.fullmatch(r"(?:[0-9a-fA-F]{2})+", digest):
        raise PasswordFormError("write user:password, or user:algorithm:salt:hexdigest")
    if algorithm not in hashlib.algorithms_available:
        raise PasswordFormError(f'"{algorithm}" is not a hash of hashlib, scrypt or argon2')
    expected = bytes.fromhex(digest)

    def verify(password: bytes) -> bool:
        state = hashlib.new(algorithm, salt.encode() + password)
        found = state.digest(len(expected)) if algorithm in WITHOUT_DIGEST_SIZE else state.digest()  # type: ignore[call-arg]
        return hmac.compare_digest(found, expected)

    return Verifier(algorithm, verify)


def _scrypt(rest: str) -> Verifier:
    match = SCRYPT.fullmatch(rest)
    if not match:
        raise PasswordFormError("write user:scrypt:N:r:p$salt$hexdigest")
    n, r, p = (int(match[i]) for i in (1, 2, 3))
    if n < 2 or n & (n - 1) or r < 1 or p < 1 or 128 * n * r > SCRYPT_MEMORY:
        raise PasswordFormError(f"scrypt's N:r:p {n}:{r}:{p} are out of range: N is a power of two, 128 N r at most {SCRYPT_MEMORY}")
    salt, expected = match[4].encode(), bytes.fromhex(match[5])

    def verify(password: bytes) -> bool:
        found = hashlib.scrypt(password, salt=salt, n=n, r=r, p=p, maxmem=2 * SCRYPT_MEMORY, dklen=len(expected))
        return hmac.compare_digest(found, expected)

    return Verifier(f"scrypt:{n}:{r}:{p}:{len(expected)}", verify)


def scrypt_form(password: str, salt: str, n: int = 1 << 15, r: int = 8, p: int = 1) -> str:
    """What ``verifier`` takes for this password."""
    digest = hashlib.scrypt(password.encode(), salt=salt.encode(), n=n, r=r, p=p, maxmem=2 * SCRYPT_MEMORY, dklen=64)
    return f"scrypt:{n}:{r}:{p}${salt}${digest.hex()}"


def _argon2(encoded: str) -> Verifier:
    try:
        import argon2
    except ImportError:
        raise PasswordFormError("argon2 needs the Python package argon2-cffi: pip install argon2-cffi") from None
    try:
        argon2.extract_parameters(encoded)
    except argon2.exceptions.InvalidHash:
        raise PasswordFormError("write user:argon2:$argon2id$v=19$m=…,t=…,p=…$salt$digest") from None
    hasher = argon2.PasswordHasher()

    def verify(password: bytes) -> bool:
        try:
            return hasher.verify(encoded, password)
        except argon2.exceptions.VerifyMismatchError:
            return False

    return Verifier("argon2:" + encoded.rpartition("$")[0].rpartition("$")[0], verify)  # without salt and digest
