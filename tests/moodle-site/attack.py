# SPDX-License-Identifier: Apache-2.0
"""attack.py URL page|log|removed: looks in Chromium at the pages that show what hostile.py answered, as the administrator does.

Fails where a script of it ran, or where its text is not shown, or is escaped twice. "removed": the plugin is gone, and core's
settings have to be there.
"""

import sys
import time

from look import CHECK, LOG, Site

ANALYTICS_SETTINGS = "/admin/settings.php?section=analyticssettings"
TEXT = "taken over"


def expect_no_script(site):
    time.sleep(2)  # an image that cannot be loaded says so later
    hijacked = site.browser.run("return window.hijacked")
    text = site.browser.run("return document.body.innerText")
    if hijacked:
        raise SystemExit(f"{site.browser.run('return location.href')} ran a script of the server's: {hijacked}")
    if "&lt;" in text or "&amp;" in text or "&quot;" in text:
        raise SystemExit(f"{site.browser.run('return location.href')} shows a text that was escaped twice")


def main():
    url, what = sys.argv[1:]
    site = Site(url, None)
    try:
        site.log_in("Moodle-1-trial")
        if what == "page":
            for page in (ANALYTICS_SETTINGS, CHECK):
                site.open(page)
                site.expect(TEXT)
                expect_no_script(site)
        elif what == "removed":
            site.open(ANALYTICS_SETTINGS)
            site.expect("Default predictions processor")
        else:
            site.open(LOG)
            site.expect(TEXT, link="[data-model-log-id]")
            expect_no_script(site)
    finally:
        site.browser.close()


if __name__ == "__main__":
    main()
