# SPDX-License-Identifier: Apache-2.0
"""The command moodlemlbackend-gen-passwd (``python -m moodlemlbackend.gen_passwd``): entries for MOODLE_MLBACKEND_PYTHON_USERS."""

from __future__ import annotations

import argparse
import getpass
import hashlib
import secrets
import sys
from collections.abc import Sequence

from moodlemlbackend.service.passwords import scrypt_form

ALGORITHMS = ("sha256", "sha512", "scrypt", "argon2")


def read_arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="moodlemlbackend-gen-passwd", description="Prints entries for the environment variable "
                                     "MOODLE_MLBACKEND_PYTHON_USERS, on one line; without -g and -P it asks for passwords.")
    parser.add_argument("user", nargs="+")
    parser.add_argument("-g", "--generate", action="store_true", help="make up passwords, and print them first")
    parser.add_argument("-P", "--passwords", metavar="P1,P2", help="passwords, one a user; other users of this machine may see them")
    parser.add_argument("-a", "--algorithm", choices=ALGORITHMS, default="sha256",
                        help="how they are stored: passwords that people chose are safer in scrypt or argon2, which the original "
                             "cannot read (default: sha256)")
    options = parser.parse_intermixed_args(arguments)
    if any(not user or set(user) & set(":,") for user in options.user):
        parser.error("a user's name holds no : or ,")
    return options


def stored_form(algorithm: str, password: str) -> str:
    """What passwords.verifier takes."""
    if algorithm == "argon2":
        import argon2

        return "argon2:" + argon2.PasswordHasher().hash(password)
    salt = secrets.token_hex(16)
    if algorithm == "scrypt":
        return scrypt_form(password, salt)
    return f"{algorithm}:{salt}:{hashlib.new(algorithm, (salt + password).encode()).hexdigest()}"


def passwords_for(options: argparse.Namespace) -> list[str]:
    if options.generate:
        return [secrets.token_urlsafe(18) for _ in options.user]
    if options.passwords is None:
        return [getpass.getpass(f"password for {user}: ") for user in options.user]
    return str(options.passwords).split(",")


def main(arguments: Sequence[str] | None = None) -> None:
    options = read_arguments(arguments)
    passwords = passwords_for(options)
    if len(passwords) != len(options.user) or not all(passwords):
        sys.exit(f"moodlemlbackend-gen-passwd: {len(options.user)} users need as many passwords, none of them empty")
    if options.generate:
        for user, password in zip(options.user, passwords):
            print(f"password for {user}: {password}")
    print(",".join(f"{user}:{stored_form(options.algorithm, password)}" for user, password in zip(options.user, passwords)))


if __name__ == "__main__":
    main()
