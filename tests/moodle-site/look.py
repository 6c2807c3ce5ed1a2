# SPDX-License-Identifier: Apache-2.0
"""look.py URL FOLDER: looks at a Moodle site as its administrator does, in Chromium, and writes what is seen to PNG files.

Fails where a page does not hold what it has to.
"""

import io
import sys
import time
from pathlib import Path

from PIL import Image

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
from browser import Browser  # noqa: E402

SETTINGS = "/admin/settings.php?section=mlbackendsettingsmoodleml"
CHECK = "/lib/mlbackend/moodleml/check.php"
LOG = "/admin/tool/analytics/model.php?action=log&id=1"
RUNNING_COURSE = "/course/view.php?name=course3"


class Site:
    def __init__(self, url, folder):
        self.url, self.folder, self.browser = url, folder, Browser()
        self.browser.command("Emulation.setDeviceMetricsOverride", width=1100, height=900, deviceScaleFactor=1, mobile=False)

    def open(self, path):
        self.browser.call("/url", {"url": self.url + path})

    def log_in(self, password):
        self.open("/login/index.php")
        self.browser.run("document.querySelector('#username').value = 'admin';"
                         "document.querySelector('#password').value = arguments[0];"
                         "document.querySelector('#loginbtn').click()", password)
        self.expect("Dashboard")

    def expect(self, text, link=None, seconds=60):
        """Waits until the page shows a text, clicking a link meanwhile, which is deaf until Moodle's scripts are there."""
        end = time.monotonic() + seconds
        while text not in self.browser.run("return document.readyState === 'complete' ? document.body.innerText : ''"):
            if time.monotonic() > end:
                raise SystemExit(f"{self.browser.run('return location.href')} does not show \"{text}\"")
            if link:
                self.click(link)
            time.sleep(0.5)

    def click(self, selector):
        self.browser.run("document.querySelector(arguments[0]).click()", selector)

    def picture(self, name, height=900):
        self.browser.command("Emulation.setDeviceMetricsOverride", width=1100, height=height, deviceScaleFactor=1, mobile=False)
        path = self.folder / name
        self.browser.screenshot(path)
        picture = Image.open(io.BytesIO(path.read_bytes())).convert("RGB").crop((0, 0, 1100, height))
        picture.quantize(64, dither=Image.Dither.NONE).save(path, optimize=True)


def main():
    url, folder = sys.argv[1], Path(sys.argv[2])
    site = Site(url, folder)
    try:
        site.log_in("Moodle-1-trial")
        site.open(SETTINGS)
        site.expect("Samples kept")
        site.picture("settings.png", 1400)
        site.open(CHECK)
        site.expect("Train on a small data set")
        site.click("form[action$='check.php'] button[type=submit]")
        site.expect("It works.")
        site.picture("check.png", 940)
        site.open(LOG)
        site.expect("ROC AUC", link="[data-model-log-id]")
        site.picture("evaluation.png", 500)
        site.open(RUNNING_COURSE)
        context = site.browser.run("return M.cfg.contextid")
        # The course's index would lie over the page.
        site.browser.run("return new Promise(done => require(['core_user/repository'], users =>"
                         " users.setUserPreference('drawer-open-index', false).then(() => done(true))))")
        site.open(f"/report/insights/insights.php?contextid={context}&modelid=1")
        site.expect("Incorrectly flagged")
        site.picture("insights.png", 750)
    finally:
        site.browser.close()


if __name__ == "__main__":
    main()
