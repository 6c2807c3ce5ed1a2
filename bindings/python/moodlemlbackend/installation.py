# SPDX-License-Identifier: Apache-2.0
"""Tells what is wrong around the package: the original in the same place, an interpreter that cannot run it."""

import os
import sys

PLACE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def original_distribution(place: str = PLACE) -> str:
    """The name and version of the original beside this package, or nothing. One look at a folder: importlib.metadata takes longer."""
    for name in os.listdir(place):
        if name.startswith("moodlemlbackend-") and name.endswith((".dist-info", ".egg-info")):
            return name.rpartition(".")[0]
    return ""


def warning_of_original(place: str = PLACE) -> str:
    """One line that says what to do, or nothing."""
    original = original_distribution(place)
    if not original:
        return ""
    return (f"{original} is installed together with moodleml in {place}, and both own the package moodlemlbackend: uninstall one "
            "(pip uninstall moodlemlbackend), then install the other again")


def warn_of_original() -> None:
    """On standard error, for standard output belongs to the answer."""
    warning = warning_of_original()
    if warning:
        print(f"moodlemlbackend: warning: {warning}", file=sys.stderr)


def refuse_subinterpreter() -> None:
    """RuntimeError in any but the main interpreter of mod_wsgi, where calls of an extension module would hang for ever."""
    try:
        from mod_wsgi import application_group  # type: ignore[import-not-found]
    except ImportError:
        return
    if application_group:
        raise RuntimeError("moodlemlbackend needs the main interpreter: set WSGIApplicationGroup %{GLOBAL} in Apache's configuration")
