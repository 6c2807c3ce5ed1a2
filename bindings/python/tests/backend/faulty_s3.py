# SPDX-License-Identifier: Apache-2.0
"""A proxy before moto's S3 that has the faults of other stores and of networks."""

import http.client
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REFUSAL = b"<?xml version='1.0'?><Error><Code>NotImplemented</Code><Message>A header is not implemented.</Message></Error>"
CONDITIONS = {"if-match", "if-none-match"}
DROPPED = {"transfer-encoding", "connection", "content-length", "date", "server"}


class Faults:
    """What the proxy does; tests change it while it runs. Requests are logged as (method, path, names of headers)."""

    refused_with = 0  # answers this code to conditional uploads
    ignores_conditions = False
    changed_etag = staticmethod(lambda etag: etag)
    lost_answers = 0  # to the next uploads of models: the connection ends instead
    after_a_loss = staticmethod(lambda: None)  # called when an answer has been lost

    def __init__(self, upstream):
        self.upstream, self.requests, self.lock = upstream, [], threading.Lock()

    def loses(self, method, path):
        with self.lock:
            if method != "PUT" or "/.jobs/" in path or self.lost_answers == 0:
                return False
            self.lost_answers -= 1
            return True


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def forward(self):
        faults = self.server.faults
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        headers = dict(self.headers.items())
        conditional = {name for name in headers if name.lower() in CONDITIONS}
        faults.requests.append((self.command, self.path, {name.lower() for name in headers}))
        if self.command == "PUT" and conditional and faults.refused_with:
            return self.reply(faults.refused_with, [], REFUSAL)
        for name in conditional if faults.ignores_conditions else ():
            del headers[name]
        connection = http.client.HTTPConnection("127.0.0.1", faults.upstream)
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        content = answer.read()
        if faults.loses(self.command, self.path):
            faults.after_a_loss()
            self.close_connection = True
            return None
        length = answer.getheader("Content-Length") if self.command == "HEAD" else None
        return self.reply(answer.status, answer.getheaders(), content, length)

    def reply(self, status, headers, content, length=None):
        self.send_response(status)
        for name, value in headers:
            if name.lower() not in DROPPED:
                self.send_header(name, self.server.faults.changed_etag(value) if name.lower() == "etag" else value)
        self.send_header("Content-Length", length or str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = forward


@contextmanager
def proxy(upstream, port=0):
    """Yields (url, Faults)."""
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.faults = Faults(upstream)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", server.faults
    finally:
        server.shutdown()
        server.server_close()
