# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.evaluation MODELID DIRECTORY DATASET MINSCORE DEVIATION ITERATIONS [TRAINED]``: how good a model is."""

from collections.abc import Sequence

from moodlemlbackend import calls, process
from moodlemlbackend.pictures import add_roc_picture

EXPECTED = (process.IDS + "data set file, minimum score, accepted deviation, number of iterations, and optionally the "
            "directory of a trained model")


def evaluate(arguments: Sequence[str], options: calls.Options, progress: calls.Progress) -> calls.Answer:
    options = options.including(calls.evaluation_options(*arguments[3:6]))
    trained_directory = arguments[6] if len(arguments) > 6 else ""
    answer = calls.evaluate(arguments[1], arguments[2], trained_directory, options, progress)
    add_roc_picture(answer)
    return answer


if __name__ == "__main__":
    process.run_with_json(EXPECTED, 6, evaluate, is_evaluation=True)
