# SPDX-License-Identifier: Apache-2.0
"""For service files written for the original, which name a file webapp.py: the REST service of the installed package.

``python3 webapp.py -p 5000`` runs it; as a module it holds the WSGI application, ``app`` and ``application``.
"""

import sys
from pathlib import Path

here = Path(__file__).resolve().parent
if not any((here / "moodlemlbackend").glob("_native*.so")):
    # In a clone the package beside this file is not built, and would hide the installed one.
    sys.path[:] = [place for place in sys.path if Path(place or ".").resolve() != here]

if __name__ == "__main__":
    from moodlemlbackend.service.server import main

    main()
else:
    from moodlemlbackend.webapp import app, application

    __all__ = ["app", "application"]
