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
    /**
     * Names the measures, and the place of the report.
     *
     * @param \stdClass $answer of an evaluation
     * @param string $uniqueid of the model
     * @return string[] none where nothing was rated
     */
    public static function sentences(\stdClass $answer, string $uniqueid): array {
        $sentences = array_map([answer::class, 'plain'], self::measures($answer));
        $report = ($answer->dir ?? '') . '/' . report::NAME;
        if ($sentences && is_file($report)) {
            $place = self::link($uniqueid, (int) ($answer->runid ?? 0)) ?? answer::plain($report);
            $sentences[] = get_string('summary:report', 'mlbackend_moodleml', $place);
        }
        return $sentences;
    }

    /**
     * A link to the report. Core's log shows the sentence as HTML, and the command line as it is: so the link's text is the
     * address.
     *
     * @param string $uniqueid
     * @param int $runid
     * @return string|null null where the model is none of core's
     */
    private static function link(string $uniqueid, int $runid): ?string {
        $model = analytics_models::of_uniqueid($uniqueid);
        $url = $model ? report::url($model->get_id(), $runid) : null;
        return $url ? \html_writer::link($url, $url->out()) : null;
    }

    /**
     * Names the few metrics that the library picks for a summary, with the baseline's value and the meaning.
     *
     * @param \stdClass $answer of an evaluation
     * @return string[] none where nothing was rated
     */
    public static function measures(\stdClass $answer): array {
        return array_map([self::class, 'measure'], $answer->measures ?? []);
    }

    /**
     * One metric in words.
     *
     * @param \stdClass $measure as the library's schema answer.json describes it
     * @return string
     */
    private static function measure(\stdClass $measure): string {
        $string = 'summary:measure' . (isset($measure->baseline) ? 'baseline' : '');
        return get_string($string, 'mlbackend_moodleml', [
            'label' => $measure->label,
            'value' => self::number($measure->value),
            'baseline' => self::number($measure->baseline ?? 0),
            'meaning' => $measure->meaning,
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
