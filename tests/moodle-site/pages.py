# SPDX-License-Identifier: Apache-2.0
"""pages.py URL SEED AXE FOLDER: looks at the plugin's pages in Chromium, as a teacher and as the administrator.

Fails where axe-core finds a violation (light, dark, 400 pixels), where a page is wider than the screen or lacks what it has to
show, where somebody sees what is not theirs, and where a report runs a script. SEED is what seed_pages.php printed, AXE the script
of axe-core that Moodle brings. Writes pictures to FOLDER.
"""

import base64
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "python"))
from browser import Browser  # noqa: E402

PASSWORD = "Moodle-1-trial"
LOOKS = [(1100, "light"), (1100, "dark"), (400, "light"), (400, "dark")]
# Moodle's own themes are light; others are not.
DARK_THEME = "<style>#region-main { background: #14171a; color: #f0f0f0 } #region-main a { color: #9ecbff }</style>"
SCRIPT = "<!DOCTYPE html><html><head><title>harmless</title></head><body><script>document.title = 'hijacked'</script></body></html>"


def fail(page, problem):
    raise SystemExit(f"{page}: {problem}")


class Site:
    def __init__(self, url, axe, folder):
        self.url, self.axe, self.folder, self.browser = url, axe, folder, Browser()

    def open(self, path, width=1100, scheme="light", height=900):
        self.browser.command("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.browser.call("/url", {"url": path if path.startswith("http") else self.url + path})

    def log_in(self, user):
        self.browser.command("Network.clearBrowserCookies")
        self.open("/login/index.php")
        self.browser.run("document.querySelector('#username').value = arguments[0];"
                         "document.querySelector('#password').value = arguments[1];"
                         "document.querySelector('#loginbtn').click()", user, PASSWORD)
        self.open("/user/preferences.php")
        if "/login/" in self.browser.run("return location.href"):
            fail("login", f"{user} could not log in")

    def text(self):
        return self.browser.run("return document.body.innerText")

    def expect(self, page, *texts):
        shown = self.text()
        for text in texts:
            if text not in shown:
                fail(page, f'does not show "{text}": {shown[:1500]}')

    def judge(self, page, *texts):
        """Opens a page in each look, and has axe-core judge all of it."""
        for width, scheme in LOOKS:
            self.open(page, width, scheme)
            if scheme == "dark":
                self.browser.run("document.head.insertAdjacentHTML('beforeend', arguments[0])", DARK_THEME)
            self.expect(page, *texts)
            self.browser.run(self.axe + "; window.axe = axe;")
            found = self.browser.run("return axe.run('#region-main').then(found => ({passes: found.passes.map(rule => rule.id), violations:"
                                     "found.violations.map(rule => [rule.id, ...rule.nodes.map(node => node.html)])}))")
            if found["violations"]:
                fail(page, f"axe-core finds at {width} pixels, {scheme}: {found['violations']}")
            if not {"color-contrast", "heading-order"} <= set(found["passes"]):
                fail(page, f"axe-core has looked at nothing: {found['passes']}")
            wide = self.browser.run("return [...document.querySelectorAll('.mlbackend-moodleml *')].filter(element =>"
                                    " element.getBoundingClientRect().right > innerWidth + 1).map(element => element.outerHTML)")
            if wide:
                fail(page, f"wider than {width} pixels: {wide[:3]}")

    def picture(self, page, name, width=1100, height=900):
        self.open(page, width, height=height)
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        image = self.browser.command("Page.captureScreenshot", format="png", clip=clip)
        (self.folder / name).write_bytes(base64.b64decode(image["data"]))


def follow(site, page, text):
    """The address that a link with this text leads to."""
    site.open(page)
    link = site.browser.run("return [...document.querySelectorAll('a')].find(link => link.textContent.trim() === arguments[0])?.href", text)
    if not link:
        fail(page, f'has no link "{text}"')
    return link


def refused(site, page):
    site.open(page)
    site.expect(page, "There is no such insight, or you are not allowed to see it.")


def look_as_teacher(site, seed):
    site.log_in("teacher3")
    insight = f"/report/insights/prediction.php?id={seed['insight']}"
    insights = f"/report/insights/insights.php?contextid={seed['context']}&modelid={seed['model']}"
    why, reasons = follow(site, insight, "Why?"), follow(site, insights, "Reasons for insights")
    site.judge(why, "How sure is the model?", "The strongest reasons", "A reason is not a cause.", "weight")
    site.judge(reasons, "Strongest reason:")
    for page, name, height in ((why, "why.png", 1150), (reasons, "reasons.png", 800), (insight, "insight.png", 700)):
        site.picture(page, name, height=height)
    site.picture(why, "why-narrow.png", 400, 1500)
    refused(site, "/lib/mlbackend/moodleml/why.php?id=999999999")
    refused(site, "/lib/mlbackend/moodleml/reasons.php?contextid=1")
    site.log_in("teacher1")
    refused(site, why)
    refused(site, reasons)


def look_as_administrator(site, seed):
    site.log_in("admin")
    models = "/lib/mlbackend/moodleml/models.php"
    site.judge(models, "Students at risk of dropping out", "samples in all", "Last error")
    site.picture(models, "models.png", height=800)
    report = follow(site, models, "Report of the evaluation: Students at risk of dropping out")
    site.open(report)
    site.expect(report, "Balanced accuracy")
    check_policy(site, report, seed)
    site.log_in("teacher3")
    site.open(report)
    if "Balanced accuracy" in site.text():
        fail(report, "is shown to a teacher")


def check_policy(site, report, seed):
    """A report that was replaced, as by a server that was taken over, runs no script."""
    path = Path(seed["log"]) / "report.html"
    kept = path.read_bytes()
    path.write_text(SCRIPT, encoding="utf-8")
    site.browser.messages()
    site.open(report)
    messages = site.browser.messages()
    title = next(page["title"] for page in site.browser.command("Target.getTargets")["targetInfos"] if page["url"] == report)
    path.write_bytes(kept)
    if title != "harmless" or not any("Blocked script execution" in message or "Content Security Policy" in message for message in messages):
        fail(report, f"ran a script: {title}, {messages}")


def main():
    url, seed, axe, folder = sys.argv[1:]
    site = Site(url, Path(axe).read_text(encoding="utf-8"), Path(folder))
    try:
        seed = json.loads(Path(seed).read_text(encoding="utf-8"))
        look_as_teacher(site, seed)
        look_as_administrator(site, seed)
    finally:
        site.browser.close()


if __name__ == "__main__":
    main()
