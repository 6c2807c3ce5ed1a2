# SPDX-License-Identifier: Apache-2.0
"""The C interface through ctypes, as far as tests of what it hands out need it."""

import ctypes

OK = 0


class Library:
    def __init__(self, path):
        self.c = ctypes.CDLL(str(path))
        for name in ("build_info", "option_describe", "last_error", "dataset_json", "model_json", "report_json", "answer_json"):
            getattr(self.c, "mml_" + name).restype = ctypes.c_char_p

    def made(self, function, *arguments):
        """The handle that a function writes through its first argument; texts and handles after it. Never freed: a test ends soon."""
        handle = ctypes.c_void_p()
        status = getattr(self.c, "mml_" + function)(ctypes.byref(handle), *map(as_argument, arguments))
        assert status == OK, f"mml_{function}: {self.c.mml_last_error().decode()}"
        return handle

    def text(self, function, *arguments):
        return getattr(self.c, "mml_" + function)(*map(as_argument, arguments)).decode()

    def config(self, **options):
        handle = self.made("config_create")
        for name, value in options.items():
            assert self.c.mml_config_set(handle, name.encode(), str(value).encode()) == OK, self.c.mml_last_error()
        return handle

    def dataset(self, text, **options):
        return self.made("dataset_from_csv_text", text, ctypes.c_size_t(len(text.encode())), self.config(**options))


def as_argument(value):
    return str(value).encode() if isinstance(value, str) or hasattr(value, "__fspath__") else value
