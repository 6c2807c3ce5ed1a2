# SPDX-License-Identifier: Apache-2.0
"""Answers the calls that Moodle's analytics makes on its Python backend."""
