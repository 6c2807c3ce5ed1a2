# SPDX-License-Identifier: Apache-2.0
"""examples/nginx/moodlemlbackend.conf, run by Debian's nginx before a real service."""

import json
import re
import shutil
import socket
import ssl
import subprocess
import time
import warnings
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter

import datasets
import services
from services import DEFAULT, wait_until

SITE = Path(__file__).resolve().parents[4] / "examples" / "nginx" / "moodlemlbackend.conf"
MODEL = {"uniqueid": "a", "dirhash": "b"}
SLOW = "linear=0,trees=0,networks=4,folds=4,epochs=400,patience=400,hidden_units=64"
MAIN = """
user root; daemon off; worker_processes 1; pid {place}/pid; error_log {place}/error.log;
events {{}}
http {{
    access_log {place}/access.log; client_body_temp_path {place}/body; proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/fastcgi; uwsgi_temp_path {place}/uwsgi; scgi_temp_path {place}/scgi;
    include {place}/site.conf;
}}
"""


class FromAddress(HTTPAdapter):
    """Connects from another address of the loopback interface."""

    def __init__(self, address):
        self._address = address
        super().__init__()

    def init_poolmanager(self, *arguments, **options):
        super().init_poolmanager(*arguments, **options, source_address=(self._address, 0))


def make_certificate(place):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                    "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", place / "key.pem",
                    "-out", place / "certificate.pem"], check=True, capture_output=True)


def site(place, port, backend):
    """The example with this test's ports and files, and a time-out that training would exceed without signs of life."""
    text = SITE.read_text()
    for example, ours in [("listen 443", f"listen 127.0.0.1:{port}"), ("127.0.0.1:5000", f"127.0.0.1:{backend}"),
                          ("ml.example.org;", "localhost;"), ("/etc/ssl/certs/ml.example.org.pem", f"{place}/certificate.pem"),
                          ("/etc/ssl/private/ml.example.org.key", f"{place}/key.pem"), ("proxy_read_timeout 60s", "proxy_read_timeout 1s"),
                          ("client_max_body_size 512m", "client_max_body_size 8m"), ("rate=50r/s", "rate=5r/s"), ("burst=200", "burst=40")]:
        assert example in text, example
        text = text.replace(example, ours)
    return text


class Proxy:
    def __init__(self, place, port, service):
        self.url, self.port, self.certificate, self.service = f"https://localhost:{port}", port, str(place / "certificate.pem"), service

    def post(self, path, files, auth=DEFAULT, **options):
        return requests.post(self.url + path, data=MODEL, files=files, auth=auth, verify=self.certificate, timeout=60, **options)

    def get(self, path, **options):
        return requests.get(self.url + path, verify=self.certificate, timeout=60, **options)

    def answers(self):
        try:
            return self.get("/version").ok
        except requests.RequestException:
            return False


@pytest.fixture(scope="module")
def proxy(environment, tmp_path_factory):
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin")
    assert nginx, "install nginx-light: cmake/install-dependencies.sh tests"
    place, port = tmp_path_factory.mktemp("nginx"), services.free_port()
    variables = {**environment, "MOODLEML_OPTIONS": SLOW, "MOODLE_MLBACKEND_SILENT_SECONDS": "0.3", "MOODLE_MLBACKEND_TIME_LIMIT": "2.5"}
    make_certificate(place)
    with services.start(variables, place, ["--workers", "1"]) as service:
        (place / "site.conf").write_text(site(place, port, service.port))
        (place / "nginx.conf").write_text(MAIN.format(place=place))
        process = subprocess.Popen([nginx, "-p", place, "-c", place / "nginx.conf"], stderr=subprocess.DEVNULL)
        proxy = Proxy(place, port, service)
        try:
            wait_until(lambda: process.poll() is not None or proxy.answers())
            assert process.poll() is None, (place / "error.log").read_text()
            yield proxy
        finally:
            process.terminate()
            process.wait(30)


def test_authorization_is_passed_on_over_tls(proxy):
    assert proxy.post("/training", {"dataset": datasets.labelled()}).json() == {"status": 0, "info": []}
    assert proxy.post("/training", {"dataset": datasets.labelled()}, auth=("default", "no")).status_code == 401
    assert re.fullmatch(r"3\.[0-9.]+", proxy.get("/version").text)


def test_training_outlasts_the_proxys_time_out(proxy):
    """It takes two and a half seconds, of which nginx waits one for a byte."""
    with proxy.post("/training", {"dataset": datasets.labelled(rows=20000)}, stream=True) as response:
        pieces = list(response.iter_content(None))
    assert pieces[0] == b" " and json.loads(b"".join(pieces))["status"] == 0
    assert response.elapsed.total_seconds() < 1.5, "the first byte has been handed on at once"


def test_guessing_is_slowed_down(proxy):
    session = requests.Session()
    session.mount("https://", FromAddress("127.0.0.3"))
    codes = [session.get(proxy.url + "/export", params=MODEL, auth=("default", f"{i}"), verify=proxy.certificate, timeout=30).status_code
             for i in range(200)]
    assert set(codes) == {401, 429} and codes[0] == 401
    assert proxy.get("/version").ok, "another client is not slowed down"


def test_slow_clients_wait_at_the_proxy(proxy):
    """Twenty of them, five times as many as the service has threads, send half a request each."""
    context = ssl.create_default_context(cafile=proxy.certificate)
    half = b"POST /training HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ZGVmYXVsdDpwdw==\r\nContent-Length: 1000\r\n\r\nx"
    with ExitStack() as connections:
        for _ in range(20):
            plain = socket.create_connection(("localhost", proxy.port), timeout=30, source_address=("127.0.0.4", 0))
            connections.enter_context(context.wrap_socket(plain, server_hostname="localhost")).sendall(half)
        started = time.monotonic()
        assert proxy.get("/version").ok
        assert time.monotonic() - started < 10


def test_old_tls_is_refused(proxy):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    for version, is_spoken in ((ssl.TLSVersion.TLSv1_2, True), (ssl.TLSVersion.TLSv1_1, False)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            context.minimum_version = context.maximum_version = version
        with socket.create_connection(("localhost", proxy.port), timeout=30) as plain:
            try:
                assert context.wrap_socket(plain).version() == "TLSv1.2" and is_spoken
            except ssl.SSLError:
                assert not is_spoken


def test_limits_fit(proxy):
    assert proxy.post("/training", {"dataset": bytes(9 << 20)}).status_code == 413
    text = SITE.read_text()
    assert "client_max_body_size 512m" in text, "as the default of MOODLE_MLBACKEND_MAX_BODY_MEGABYTES"


def test_request_id_is_one_for_both(proxy):
    request_id = proxy.get("/version").headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    wait_until(lambda: request_id in proxy.service.log.read_text())


def test_watching_is_for_this_machine(proxy):
    session = requests.Session()
    session.mount("https://", FromAddress("127.0.0.2"))
    for path in ("/metrics", "/health/live", "/health/ready"):
        assert proxy.get(path).status_code == 200
        assert session.get(proxy.url + path, verify=proxy.certificate, timeout=30).status_code == 403
    assert session.get(proxy.url + "/version", verify=proxy.certificate, timeout=30).status_code == 200
