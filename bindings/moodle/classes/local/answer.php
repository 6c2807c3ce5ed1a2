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
 * An answer as Moodle reads it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * Reads and makes answers: objects with status, an int, and info, a list of sentences.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class answer {
    /**
     * The library's JSON as an object.
     *
     * @param string $json
     * @return \stdClass
     * @throws failure where it is none
     */
    public static function from_json(string $json): \stdClass {
        $answer = json_decode($json);
        if (!$answer instanceof \stdClass || !is_int($answer->status ?? null) || !is_array($answer->info ?? null)) {
            throw new failure(get_string('errornoanswer', 'mlbackend_moodleml', self::excerpt($json)));
        }
        return $answer;
    }

    /**
     * What Moodle is told where there is no answer.
     *
     * @param string $sentence
     * @return \stdClass
     */
    public static function of_failure(string $sentence): \stdClass {
        return (object) ['status' => \core_analytics\model::GENERAL_ERROR, 'info' => [$sentence]];
    }

    /**
     * The beginning of a text, in one line.
     *
     * @param string $text
     * @return string
     */
    public static function excerpt(string $text): string {
        $line = trim(preg_replace('/\s+/', ' ', fix_utf8($text)));
        return \core_text::substr($line, 0, 300);
    }
}
