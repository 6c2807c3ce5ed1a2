# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.export MODELID DIRECTORY EXPORTDIRECTORY``: copies the model, without samples, and prints where."""

from moodlemlbackend import calls, process

if __name__ == "__main__":
    process.run_with_words(process.IDS + "export directory", 3,
                           lambda arguments, options: calls.export_model(arguments[1], arguments[2], options),
                           lambda arguments: arguments[2])
