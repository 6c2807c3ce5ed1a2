# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.explanation MODELID DIRECTORY DATASET``: the reasons for the prediction of each row."""

from moodlemlbackend import calls, process

if __name__ == "__main__":
    process.run_with_json(process.IDS + "data set file", 3,
                          lambda arguments, options, progress: calls.explain(arguments[1], arguments[2], options, progress))
