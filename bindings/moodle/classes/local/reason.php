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
 * A reason for a prediction.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

use core_analytics\local\indicator\linear;
use core_analytics\manager;

/**
 * A reason for a prediction: an indicator, its value for the sample, and what it adds.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class reason {
    /** @var string What core calls the columns that tell the time range. */
    private const RANGE = 'range';

    /**
     * Takes the values as they are.
     *
     * @param string $name what people call it
     * @param string $value in words; '' where there is nothing to say
     * @param float $adds
     * @param float $share
     */
    public function __construct(
        /** @var string what people call it */
        public readonly string $name,
        /** @var string its value in words; '' where there is nothing to say */
        public readonly string $value,
        /** @var float what it adds: a positive number speaks for the predicted class or raises the estimate */
        public readonly float $adds,
        /** @var float its share in all that speaks for and against, 0 to 1 */
        public readonly float $share,
    ) {
    }

    /**
     * A reason as the table keeps it.
     *
     * @param array $stored name, adds, share, and columns as a list of [name, value]
     * @return self
     */
    public static function of_stored(array $stored): self {
        $indicator = $stored['name'];
        $known = manager::is_valid($indicator, '\core_analytics\local\indicator\base');
        $name = match (true) {
            $known => (string) manager::get_indicator($indicator)->get_name(),
            $indicator === self::RANGE => get_string('why:range', 'mlbackend_moodleml'),
            default => answer::plain($indicator),
        };
        try {
            $value = match (true) {
                $known => self::value(manager::get_indicator($indicator), $stored['columns']),
                $indicator === self::RANGE => self::part($stored['columns']),
                default => '',
            };
        } catch (\moodle_exception $impossible) {
            // A value that the indicator never has: an indicator was changed, or a server answers nonsense.
            $value = get_string('why:notcalculated', 'mlbackend_moodleml');
        }
        return new self($name, $value, (float) $stored['adds'], max(0, min(1, (float) $stored['share'])));
    }

    /**
     * Which part of the course core's columns of the time range name: the one whose cell is 1.
     *
     * @param array[] $columns a list of [name, value]
     * @return string
     */
    private static function part(array $columns): string {
        foreach ($columns as [$name, $number]) {
            if ((float) $number > 0) {
                return get_string('why:part', 'mlbackend_moodleml', 1 + (int) substr($name, strlen(self::RANGE . '/')));
            }
        }
        return '';
    }

    /**
     * The value of an indicator as core shows it, and beside it the mean where core has one.
     *
     * @param \core_analytics\local\indicator\base $indicator
     * @param array[] $columns a list of [name, value]
     * @return string
     */
    private static function value(\core_analytics\local\indicator\base $indicator, array $columns): string {
        $value = get_string('why:notcalculated', 'mlbackend_moodleml');
        $mean = null;
        foreach ($columns as [$name, $number]) {
            $subtype = strpos($name, '/') === false ? false : substr($name, strpos($name, '/') + 1);
            if (!is_numeric($number)) {
                continue;
            }
            if ($indicator instanceof linear && $subtype === 'mean') {
                $mean = $indicator->get_display_value((float) $number);
                continue;
            }
            if ($indicator->should_be_displayed((float) $number, $subtype)) {
                $value = $indicator->get_display_value((float) $number, $subtype);
            }
        }
        $texts = ['value' => $value, 'mean' => $mean];
        return $mean === null ? (string) $value : get_string('why:valueandmean', 'mlbackend_moodleml', $texts);
    }
}
