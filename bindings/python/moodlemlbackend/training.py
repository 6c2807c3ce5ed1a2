# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.training MODELID DIRECTORY DATASET``: trains, going on from what the directory's model learned."""

from moodlemlbackend import calls, process

if __name__ == "__main__":
    process.run_with_json(process.IDS + "data set file", 3,
                          lambda arguments, options, progress: calls.train(arguments[1], arguments[2], options, progress))
