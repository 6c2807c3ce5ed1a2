# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.prediction MODELID DIRECTORY DATASET``: a class and its probability for each row."""

from moodlemlbackend import calls, process

if __name__ == "__main__":
    process.run_with_json(process.IDS + "data set file", 3,
                          lambda arguments, options, progress: calls.predict(arguments[1], arguments[2], options, progress))
