# SPDX-License-Identifier: Apache-2.0
"""Sphinx's settings for the reference of the Python package, which make.sh installs first."""

import re

import moodleml

project = "moodleml for Python"
author = "libmoodleml developers"
copyright = author
version = release = moodleml.__version__
extensions = ["sphinx.ext.autodoc", "numpydoc"]
exclude_patterns = ["README.md"]
autodoc_default_options = {"members": True, "undoc-members": True, "member-order": "bysource"}
# Names without the addresses of objects.
autodoc_preserve_defaults = True
numpydoc_show_class_members = False
html_theme = "alabaster"
html_copy_source = False
html_show_sphinx = False

# Names such as model_, which reStructuredText takes for links.
NAME_OF_A_RESULT = re.compile(r"(?<![\w`.])([a-z]\w*_)(?![\w`<])")


def quote_names(app, what, name, obj, options, lines):
    """In docstrings, as autodoc hands them over."""
    lines[:] = [NAME_OF_A_RESULT.sub(r"``\1``", line) for line in lines]


def skip_requests(app, what, name, obj, skip, options):
    """scikit-learn gives every estimator these methods, and describes them itself."""
    return True if re.fullmatch(r"set_\w+_request", name) else skip


def setup(app):
    """Before numpydoc's own work on docstrings."""
    app.connect("autodoc-process-docstring", quote_names, priority=1)
    app.connect("autodoc-skip-member", skip_requests)
