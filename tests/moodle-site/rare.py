# SPDX-License-Identifier: Apache-2.0
"""rare.py URL CHOICE FLAGS FOLDER: a picture of what the teacher of rare.sh is told, and whether it is what the choice should lead to.

CHOICE is one of the setting "Whom to flag", FLAGS what "seed_pages.php flags" printed.
"""

import json
import sys
from pathlib import Path

from pages import Site, fail


def main():
    url, choice, flags, folder = sys.argv[1:]
    flags = json.loads(Path(flags).read_text(encoding="utf-8"))
    print(f"{choice}: {flags['flagged']} of {flags['students']} students flagged")
    # A fifth is at risk.
    low, high = {"surest": (0, 0), "best": (0.15, 0.25)}[choice]
    if not low <= flags["flagged"] / flags["students"] <= high:
        fail(choice, f"flags {flags['flagged']} of {flags['students']}")
    site = Site(url, "", Path(folder))
    try:
        site.log_in("teacher3")
        insights = f"/report/insights/insights.php?contextid={flags['context']}&modelid={flags['model']}"
        site.open(insights)
        site.expect(insights, "No insights reported" if flags["flagged"] == 0 else "Student 1")
        site.picture(insights, f"rare-{choice}.png", height=600 if flags["flagged"] == 0 else 850)
    finally:
        site.browser.close()


if __name__ == "__main__":
    main()
