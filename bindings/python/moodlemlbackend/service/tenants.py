# SPDX-License-Identifier: Apache-2.0
"""Which uniqueids a user may use: MOODLE_MLBACKEND_PYTHON_TENANTS=user:prefix,user2:prefix2+

``user:prefix`` refuses other uniqueids than those that begin with the prefix. ``user:prefix+`` puts the prefix before each
uniqueid instead: the ids of a stock Moodle are hashes, so that no prefix can be chosen there. Users without an entry may use all.
"""

import re
from collections.abc import Collection, Mapping
from itertools import permutations
from typing import NamedTuple


class TenantsError(ValueError):
    """The list of tenants cannot be understood; the message tells why."""


class ForeignIdentifier(Exception):
    """A user asks for a uniqueid of somebody else; the message is for the client."""


class Tenant(NamedTuple):
    prefix: str
    is_put_before: bool


class Tenants:
    def __init__(self, tenants: Mapping[str, Tenant]):
        self._tenants = tenants

    def site(self, user: str, uniqueid: str) -> str:
        """Whose turn a call of this user takes: the user's where each site has its own, else the model's."""
        return f"user {user}" if user in self._tenants else f"model {uniqueid}"

    def own_uniqueid(self, user: str, uniqueid: str) -> str:
        """The uniqueid under which things of this user lie. ForeignIdentifier."""
        tenant = self._tenants.get(user)
        if tenant is None:
            return uniqueid
        if tenant.is_put_before:
            return tenant.prefix + uniqueid
        if not uniqueid.startswith(tenant.prefix):
            raise ForeignIdentifier(f"The parameter uniqueid must begin with {tenant.prefix} for this user.")
        return uniqueid


def read_tenants(text: str, users: Collection[str]) -> Tenants:
    """``users`` are those that there are. TenantsError."""
    tenants: dict[str, Tenant] = {}
    for entry in filter(None, text.split(",")):
        match = re.fullmatch(r"([^:]+):([A-Za-z0-9_-]+)(\+?)", entry.strip())
        if not match:
            raise TenantsError(f'"{entry}" is not of the form user:prefix or user:prefix+')
        user, prefix, plus = match.groups()
        if user not in users:
            raise TenantsError(f'"{user}" is not a user of MOODLE_MLBACKEND_PYTHON_USERS')
        if user in tenants:
            raise TenantsError(f'"{user}" has two entries')
        tenants[user] = Tenant(prefix, plus == "+")
    _refuse_overlaps({tenant.prefix for tenant in tenants.values()})
    return Tenants(tenants)


def _refuse_overlaps(prefixes: Collection[str]) -> None:
    # Users may share a prefix. With a and ab, who has a would reach what is of ab.
    for shorter, longer in permutations(sorted(prefixes), 2):
        if longer.startswith(shorter):
            raise TenantsError(f'the prefix "{longer}" begins with another user\'s, "{shorter}": choose prefixes that do not')
