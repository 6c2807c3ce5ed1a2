# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.queue.dead [--remove JOB …]``: lists the jobs that were given up, one line each, or removes some.

It needs the service's environment. A job's data set is next to its entry in the store, in ``.dead/<job>.input``. Jobs are not sent
again from here: their clients were told that nothing was changed, and send their samples again themselves.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import datetime, timezone

from moodlemlbackend.queue.job import JOB_ID
from moodlemlbackend.queue.records import Records
from moodlemlbackend.service.settings import SettingsError, read_settings
from moodlemlbackend.service.storage import StorageError, open_storage


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m moodlemlbackend.queue.dead", description=__doc__.partition("\n\n")[2])
    parser.add_argument("--remove", nargs="+", metavar="JOB", default=[], help="remove these jobs and their data sets")
    chosen = parser.parse_args(arguments)
    try:
        records = Records(open_storage(read_settings(needs_users=False)).files)
        if chosen.remove:
            return _remove(records, chosen.remove)
        for dead in records.dead():
            given_up = datetime.fromtimestamp(dead["given_up"], timezone.utc).isoformat(timespec="seconds")
            print(f"{dead['job']} {given_up} {dead['kind']} of {dead['model']}, user {dead['user']}, {dead['attempts']} attempts: "
                  f"{dead['reason']}")
    except (SettingsError, StorageError) as error:
        sys.exit(f"moodlemlbackend.queue.dead: {error}")
    return 0


def _remove(records: Records, jobs: Sequence[str]) -> int:
    unknown = [job for job in jobs if not (JOB_ID.fullmatch(job) and records.remove_dead(job))]
    for job in unknown:
        print(f"moodlemlbackend.queue.dead: there is no dead job {job}", file=sys.stderr)
    return 1 if unknown else 0


if __name__ == "__main__":
    sys.exit(main())
