# SPDX-License-Identifier: Apache-2.0
# For Apache's mod_wsgi: WSGIScriptAlias / <this file>, python-home the virtual environment that holds the package,
# WSGIPassAuthorization On. Variables are those of the Apache process, not of SetEnv: the application reads them when it starts.
from moodlemlbackend.webapp import application  # noqa: F401
