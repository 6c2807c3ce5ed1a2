<?php
// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * A way to reach the library.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local\runner;

/**
 * A way to reach the library. All logic is behind it: a runner carries a call there and the answer back.
 *
 * Answers are objects as answer::from_json() gives them. Every call may throw \mlbackend_moodleml\local\failure.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
interface runner {
    /**
     * Whether it can be used, here and now; takes some milliseconds at most.
     *
     * @return true|string true, or a sentence that says what to mend
     */
    public function is_ready();

    /**
     * Trains the directory's model. It continues from what the model learned before.
     *
     * @param string $uniqueid what Moodle calls the model
     * @param string $directory where Moodle wants the model
     * @param string $dataset path of a CSV file
     * @return \stdClass
     */
    public function train(string $uniqueid, string $directory, string $dataset): \stdClass;

    /**
     * Predicts the rows of an unlabelled file.
     *
     * @param string $uniqueid what Moodle calls the model
     * @param string $directory where the model is
     * @param string $dataset path of a CSV file
     * @return \stdClass with predictions, a list of [sample id, class or estimate, probability]
     */
    public function predict(string $uniqueid, string $directory, string $dataset): \stdClass;

    /**
     * Whether it gives reasons for predictions, which older programs and servers do not. Asked only where it is ready.
     *
     * @return true|string true, or a sentence that says what to mend
     */
    public function explains();

    /**
     * Explains the predictions for the rows of an unlabelled file.
     *
     * @param string $uniqueid what Moodle calls the model
     * @param string $directory where the model is
     * @param string $dataset path of a CSV file
     * @param int $reasons the largest number of reasons for each row, 1 or more
     * @return \stdClass with explanations, a list that the library's schema answer.json describes
     */
    public function explain(string $uniqueid, string $directory, string $dataset, int $reasons): \stdClass;

    /**
     * Rates a trained model, or trains and rates on random splits.
     *
     * @param string $uniqueid what Moodle calls the model
     * @param string $directory where the logs go
     * @param string $dataset path of a CSV file
     * @param terms $terms what is asked of the model
     * @return \stdClass with score and dir
     */
    public function evaluate(string $uniqueid, string $directory, string $dataset, terms $terms): \stdClass;

    /**
     * Writes the model, without samples, to a directory that is there.
     *
     * @param string $uniqueid what Moodle calls the model
     * @param string $directory where the model is
     * @param string $exportdirectory
     */
    public function export(string $uniqueid, string $directory, string $exportdirectory): void;

    /**
     * Makes an exported model the directory's.
     *
     * @param string $uniqueid what Moodle calls the model
     * @param string $directory where Moodle wants the model
     * @param string $importdirectory
     */
    public function import(string $uniqueid, string $directory, string $importdirectory): void;

    /**
     * Removes what it keeps of a model outside of Moodle's directories.
     *
     * @param string $uniqueid what Moodle calls the model
     */
    public function forget(string $uniqueid): void;
}
