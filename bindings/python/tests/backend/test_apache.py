# SPDX-License-Identifier: Apache-2.0
"""webapp.wsgi, run by Debian's Apache with mod_wsgi."""

import os
import site
import sys
from pathlib import Path

import pytest
import requests

import datasets
import services
from services import PACKAGES
from test_routes import in_chunks

SCRIPT = Path(__file__).resolve().parents[2] / "webapp.wsgi"
MODEL = {"uniqueid": "a", "dirhash": "b"}
CONFIGURATION = """
ServerRoot {place}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {place}/pid
ErrorLog /dev/stderr
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule authz_core_module /usr/lib/apache2/modules/mod_authz_core.so
LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so
WSGISocketPrefix {place}/wsgi
WSGIScriptAlias / {script}
WSGIDaemonProcess moodlemlbackend processes=1 threads=4 home={place} python-path={python_path}
WSGIProcessGroup moodlemlbackend
WSGIPassAuthorization On
WSGIChunkedRequest On
{group}
<Directory />
    Require all granted
</Directory>
"""
# mod_wsgi runs nothing as root, and no other user may reach a clone in root's home, but for one whom root lets. (A user namespace
# would do, but there is none in a chroot and in most containers.)
AS_OTHER = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override",
            "--securebits=+no_setuid_fixup"] if os.geteuid() == 0 else []  # the bits, for access() to tell that it may
GLOBAL = "WSGIApplicationGroup %{GLOBAL}"


@pytest.fixture
def start_apache(environment, tmp_path):
    """start_apache(group) gives a function that services.start takes as command."""
    def command(group):
        def write_and_name(port):
            python_path = ":".join([str(PACKAGES), *site.getsitepackages()])
            text = CONFIGURATION.format(place=tmp_path, port=port, script=SCRIPT, python_path=python_path, group=group)
            (tmp_path / "apache.conf").write_text(text)
            return [*AS_OTHER, "/usr/sbin/apache2", "-f", tmp_path / "apache.conf", "-D", "FOREGROUND"]

        return write_and_name

    return lambda group: services.start(environment, tmp_path, command=command(group))


def test_script_serves_under_apache(start_apache):
    with start_apache(GLOBAL) as service:
        assert service.post("/training", {"dataset": datasets.labelled()}, **MODEL).json() == {"status": 0, "info": []}
        assert service.post("/prediction", {"dataset": datasets.unlabelled()}, **MODEL).json()["status"] == 0
        assert service.get("/export", auth=None, **MODEL).status_code == 401
        assert in_chunks(service.url + "/prediction", MODEL, {"dataset": datasets.unlabelled()}).json()["status"] == 0


def test_other_interpreters_are_refused_in_words(start_apache, monkeypatch):
    """Calls would hang there for ever."""
    monkeypatch.setattr(services.Service, "answers", lambda service: responds(service.url))
    with start_apache("") as service:
        assert requests.get(service.url + "/version", timeout=30).status_code == 500
        assert "set WSGIApplicationGroup %{GLOBAL}" in service.log.read_text()


def responds(url):
    try:
        return requests.get(url, timeout=5).status_code > 0
    except requests.RequestException:
        return False


def test_versions_of_python_agree():
    """Debian's mod_wsgi runs Debian's Python; what was installed for another minor version would not load there."""
    assert list(Path("/usr/lib/apache2/modules").glob(f"mod_wsgi.so-{sys.version_info[0]}.{sys.version_info[1]}"))
