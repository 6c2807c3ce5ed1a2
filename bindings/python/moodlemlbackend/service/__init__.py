# SPDX-License-Identifier: Apache-2.0
"""The REST service; README.md of this folder draws the path of a request."""
