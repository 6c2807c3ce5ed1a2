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
 * An evaluation's numbers in words.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * An evaluation's numbers in words.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class evaluation_summary {
    /** @var string[] What the answer may hold beside the score, with the string that tells it. */
    private const MEASURES = [
        'balanced accuracy' => 'summary:balancedaccuracy',
        'auc' => 'summary:auc',
        'root mean squared error' => 'summary:rmse',
        'mean absolute error' => 'summary:mae',
    ];

    /**
     * Tells the measures, and where the report is.
     *
     * @param \stdClass $answer of an evaluation
     * @return string[] none where nothing was rated
     */
    public static function sentences(\stdClass $answer): array {
        $sentences = self::measures($answer);
        $report = ($answer->dir ?? '') . '/report.html';
        if ($sentences && is_file($report)) {
            $sentences[] = get_string('summary:report', 'mlbackend_moodleml', $report);
        }
        return $sentences;
    }

    /**
     * Tells the score beside what guessing would score, and the other measures that are there.
     *
     * @param \stdClass $answer of an evaluation
     * @return string[] none where nothing was rated
     */
    public static function measures(\stdClass $answer): array {
        if (!isset($answer->score)) {
            return [];
        }
        $sentences = [self::score($answer)];
        foreach (self::MEASURES as $name => $string) {
            if (isset($answer->$name)) {
                $sentences[] = get_string($string, 'mlbackend_moodleml', self::number($answer->$name));
            }
        }
        return $sentences;
    }

    /**
     * The score, and the baseline's where there is one.
     *
     * @param \stdClass $answer
     * @return string
     */
    private static function score(\stdClass $answer): string {
        $kind = isset($answer->accuracy) ? 'classes' : 'numbers';
        $string = 'summary:score' . $kind . (isset($answer->baseline) ? 'baseline' : '');
        return get_string($string, 'mlbackend_moodleml', [
            'score' => self::number($answer->score),
            'baseline' => self::number($answer->baseline ?? 0),
        ]);
    }

    /**
     * A number as the administrator's language writes it.
     *
     * @param float $value
     * @return string
     */
    private static function number(float $value): string {
        return format_float($value, 3);
    }
}
