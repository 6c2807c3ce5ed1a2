# SPDX-License-Identifier: Apache-2.0
# For Apache's mod_wsgi:
#   WSGIScriptAlias / <this file>
#   WSGIDaemonProcess moodlemlbackend processes=2 threads=4 python-home=/opt/moodlemlbackend
#   WSGIProcessGroup moodlemlbackend
#   WSGIApplicationGroup %{GLOBAL}
#   WSGIPassAuthorization On
#   WSGIChunkedRequest On          for uploads of which the length is not told in advance
# Variables are those of the Apache process (on Debian /etc/apache2/envvars), not of SetEnv: the application reads them when it starts.
from moodlemlbackend.webapp import application  # noqa: F401
