# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.version``: prints the version that Moodle compares with the least one it accepts."""

from moodlemlbackend import __version__

if __name__ == "__main__":
    print(__version__, flush=True)
