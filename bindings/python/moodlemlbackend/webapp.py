# SPDX-License-Identifier: Apache-2.0
"""The REST service as a WSGI application: ``app``, and ``application`` for mod_wsgi. The environment is read when this is imported.

``python -m moodlemlbackend.webapp`` runs it on a production server, as the command moodlemlbackend-server does.
"""

from moodlemlbackend.installation import refuse_subinterpreter, warn_of_original

if __name__ == "__main__":
    from moodlemlbackend.service.server import main

    main()
else:
    refuse_subinterpreter()  # before anything is imported that hangs there

    from moodlemlbackend.service.application import create_app
    from moodlemlbackend.service.logs import configure_logging
    from moodlemlbackend.service.settings import read_settings
    from moodlemlbackend.service.storage import open_storage

    warn_of_original()
    configure_logging()
    settings = read_settings()
    app = create_app(settings, open_storage(settings))
    application = app
