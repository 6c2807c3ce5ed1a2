# SPDX-License-Identifier: Apache-2.0
"""Decisions from a fuzzer's bytes, as draw.hpp takes them."""


class Draw:
    """Where the bytes have run out every number is 0 and every text empty, so that each input is a whole sequence of decisions."""

    def __init__(self, data: bytes):
        self._data = data

    def _take(self, count):
        taken, self._data = self._data[:count], self._data[count:]
        return taken

    def below(self, count):
        """0 … count - 1; count is at most 256."""
        byte = self._take(1)
        return byte[0] % count if byte else 0

    def any_of(self, choices):
        return choices[self.below(len(choices))]

    def text(self, most):
        """At most so many bytes, below 256; the first byte tells how many."""
        return self._take(self.below(most + 1))

    def rest(self):
        return self._take(len(self._data))
