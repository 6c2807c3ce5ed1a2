# SPDX-License-Identifier: Apache-2.0
"""hostile.py PORT: a server that was taken over: what it answers is a script, for whoever shows it.

Under /page every call is answered by a web page. Under /answers calls succeed, and each sentence of an answer is a script.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SCRIPT = "<img src=x onerror=\"window.hijacked='image'\"><script>window.hijacked='script'</script>taken over"
EVALUATION = {"status": 4, "info": [SCRIPT, "&lt;img src=x onerror=window.hijacked=1&gt;"], "score": 0.5, "runid": 1, "dir": SCRIPT,
              "measures": [{"name": "a", "label": SCRIPT, "meaning": SCRIPT, "direction": "higher_is_better", "value": 1, "baseline": 0}]}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path.startswith("/answers/version"):
            self.answer("3.1.0")
        elif self.path.startswith("/answers/evaluation") and self.command == "POST":
            self.answer(json.dumps(EVALUATION))
        else:
            self.answer(f"<h1>{SCRIPT}</h1>", "text/html")

    def do_POST(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def answer(self, text, media_type="application/json"):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
