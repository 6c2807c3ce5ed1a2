# SPDX-License-Identifier: Apache-2.0
"""What Moodle calls to predict: process modules (``python -m moodlemlbackend.training …``) and a REST service (``webapp``).

Importing the package loads nothing else, so that a process module starts quickly.
"""

__all__ = ["__version__"]

__version__ = "3.2.0"
"""The version of the interface that Moodle is told; it compares this with the least one it accepts. The library has its own."""
