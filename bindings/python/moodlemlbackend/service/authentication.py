# SPDX-License-Identifier: Apache-2.0
"""Routes that ask for a user and password (HTTP Basic, RFC 7617), before anything of the request is read or kept."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Forbidden, Unauthorized

from moodlemlbackend.service.credentials import Credentials

NOT_INCLUDED = "No user and/or password included in the request."
OF_A_PAGE = "Requests that web pages make are refused."
INCORRECT = "Incorrect user and/or password provided by Moodle."
CHALLENGE = WWWAuthenticate("basic", {"realm": "moodlemlbackend"})


def refuse_pages() -> None:
    """Forbidden for what a page in a browser asks: the browser adds the password it remembers, whoever wrote the page. It tells so
    by these headers, which Moodle and other programs do not send."""
    if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site", "none") != "none":
        raise Forbidden(OF_A_PAGE)


def authenticate(credentials: Credentials) -> None:
    """Sets ``g.user``; Unauthorized."""
    given = request.authorization
    if given is None or given.type != "basic" or not given.username or not given.password:
        raise Unauthorized(NOT_INCLUDED, www_authenticate=CHALLENGE)
    if not credentials.verify(given.username, given.password):
        raise Unauthorized(INCORRECT, www_authenticate=CHALLENGE)
    g.user = given.username


def for_users(view: Callable[..., Any]) -> Callable[..., Any]:
    """Decorates a method of an object that has ``enter_request``, which authenticates."""

    @functools.wraps(view)
    def authenticated(self: Any, **arguments: str) -> Any:
        self.enter_request()
        return view(self, **arguments)

    return authenticated
