# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.version``: prints the version that Moodle compares with the least one it accepts."""

from moodlemlbackend.compatibility import process_version

if __name__ == "__main__":
    print(process_version(), flush=True)
