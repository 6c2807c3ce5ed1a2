# SPDX-License-Identifier: Apache-2.0
"""What Moodle calls to predict: process modules (``python -m moodlemlbackend.training …``) and a REST service (``webapp``).

Importing the package loads nothing else, so that a process module starts quickly.
"""

__all__ = ["__version__"]

__version__ = "3.2.0"
"""The version of the interface for Moodle, which compares it with the lowest that it accepts. The library has its own version."""
