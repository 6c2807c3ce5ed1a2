# SPDX-License-Identifier: Apache-2.0
"""``python -m moodlemlbackend.import MODELID DIRECTORY IMPORTDIRECTORY``: makes an exported model the directory's."""

from moodlemlbackend import calls, process

if __name__ == "__main__":
    process.run_with_words(process.IDS + "import directory", 3,
                           lambda arguments, options: calls.import_model(arguments[1], arguments[2], options),
                           lambda arguments: "Ok\nOk")
