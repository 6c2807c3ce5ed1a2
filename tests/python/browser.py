# SPDX-License-Identifier: Apache-2.0
"""A headless Chromium by the WebDriver protocol: just what looking at a page needs."""

import base64
import json
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request


def missing():
    """What there is not, in words; empty where all is there."""
    return " and ".join(name for name in ("chromium", "chromedriver") if shutil.which(name) is None)


class Browser:
    """Scripts run in the page as the debugger does it, past the page's own Content-Security-Policy."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        self.driver = subprocess.Popen(["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = next(match[1] for line in self.driver.stdout if (match := re.search(r"started successfully on port (\d+)", line)))
        self.address = f"http://127.0.0.1:{port}/session"
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars",
                     f"--user-data-dir={self.folder.name}"]
        options = {"args": arguments, "binary": shutil.which("chromium")}
        wanted = {"goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
        session = self.call("", {"capabilities": {"alwaysMatch": wanted}})["sessionId"]
        self.address += "/" + session

    def call(self, path, parameters):
        body = json.dumps(parameters).encode()
        return self.send(urllib.request.Request(self.address + path, body, {"Content-Type": "application/json"}))

    def send(self, request):
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=120) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(error.read().decode(errors="replace")[:500]) from error

    def command(self, name, **parameters):
        """A command of Chromium's debugger."""
        return self.call("/goog/cdp/execute", {"cmd": name, "params": parameters})

    def show(self, path, width=1280, scheme="light", media="screen"):
        """Opens a file as a screen of this width and colour scheme would."""
        self.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.command("Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.call("/url", {"url": path.resolve().as_uri()})

    def run(self, script, *arguments):
        """What the body of a function returns in the page, awaited."""
        return self.call("/execute/sync", {"script": script, "args": list(arguments)})

    def messages(self):
        """What the console was told since the last question, such as violations of the page's policy."""
        return [entry["message"] for entry in self.call("/se/log", {"type": "browser"})]

    def screenshot(self, path):
        image = self.command("Page.captureScreenshot", captureBeyondViewport=True, format="png")
        path.write_bytes(base64.b64decode(image["data"]))

    def close(self):
        self.send(urllib.request.Request(self.address, method="DELETE"))  # ends Chromium, which would outlive its driver
        self.driver.terminate()
        self.driver.wait(timeout=30)
        self.driver.stdout.close()
        self.folder.cleanup()
