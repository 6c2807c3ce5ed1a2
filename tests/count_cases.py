# SPDX-License-Identifier: Apache-2.0
"""Usage: count_cases.py REPORT.xml. Prints how many test cases passed, failed and were skipped, on one line.

Reads the JUnit reports of ctest and pytest. A ctest test that is a doctest program or a unittest module counts as the cases it
reports; when it failed without a failed case (a crash, a leak found at the end), that is one failure more.
"""

import re
import sys
import xml.etree.ElementTree as ElementTree

DOCTEST = re.compile(r"\[doctest\] test cases:\s*\d+ \|\s*(\d+) passed \|\s*(\d+) failed \|\s*\d+ skipped")
UNITTEST = re.compile(r"^Ran (\d+) tests? in [\d.]+s\s+(?:OK|FAILED)(?: \((.*)\))?", re.MULTILINE)


def cases_of(output):
    """Passed, failed and skipped cases that the output of one program tells of; None where it tells nothing."""
    doctest = DOCTEST.search(output)
    if doctest:
        return int(doctest[1]), int(doctest[2]), 0
    unittest = UNITTEST.search(output)
    if unittest:
        details = {name: int(number) for name, number in re.findall(r"(\w+)=(\d+)", unittest[2] or "")}
        failed = details.get("failures", 0) + details.get("errors", 0)
        skipped = details.get("skipped", 0)
        return max(0, int(unittest[1]) - failed - skipped), failed, skipped
    return None


def is_skipped(case):
    """Whether the test itself asked for it; ctest also calls a test "skipped" whose program was not built."""
    skipped = case.find("skipped")
    if case.get("status") == "notrun":
        return skipped is not None and skipped.get("message", "").startswith("SKIP_")
    return skipped is not None or case.get("status") == "disabled"


def count(case):
    if is_skipped(case):
        return 0, 0, 1
    failed = case.get("status") in ("fail", "notrun") or any(case.find(name) is not None for name in ("failure", "error"))
    passed_cases, failed_cases, skipped_cases = cases_of(case.findtext("system-out") or "") or (int(not failed), 0, 0)
    return passed_cases, max(failed_cases, int(failed)), skipped_cases


def main():
    counts = [count(case) for case in ElementTree.parse(sys.argv[1]).getroot().iter("testcase")]
    print(*(sum(column) for column in zip(*counts)) if counts else (0, 0, 0))


if __name__ == "__main__":
    main()
