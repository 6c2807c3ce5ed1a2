# SPDX-License-Identifier: Apache-2.0
"""What Moodle calls to predict: process modules (``python -m moodlemlbackend.training …``) and a REST service (``webapp``).

Importing the package loads nothing else, so that a process module starts quickly.
"""

__all__ = ["__version__"]

__version__: str
"""The version of the interface for Moodle, which compares it with the lowest that it accepts. The library has its own version."""


def __getattr__(name: str) -> str:
    if name == "__version__":
        from moodlemlbackend._native import interface_version

        return interface_version()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
