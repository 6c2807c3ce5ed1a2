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
 * Whom models flag.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * Whom models flag: the setting's choices, and what the library's option decision calls them.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class decision {
    /** @var string What the library does in Moodle's calls unless it is told otherwise. */
    public const BEST = 'best';

    /** @var string[] The library's names of the other choices; a percentage follows the last one. */
    private const OPTIONS = ['more' => 'balanced', 'surest' => 'probable', 'share' => 'share:'];

    /**
     * The choices, in plain words.
     *
     * @return \lang_string[]
     */
    public static function choices(): array {
        $choices = [];
        foreach ([self::BEST, ...array_keys(self::OPTIONS)] as $name) {
            $choices[$name] = new \lang_string("flag:$name", 'mlbackend_moodleml');
        }
        return $choices;
    }

    /**
     * A value of the library's option decision in plain words.
     *
     * @param string $option '' for what Moodle's calls do unless they are told otherwise
     * @return string
     */
    public static function in_words(string $option): string {
        [$rule, $percent] = explode(':', $option . ':');
        $name = array_search($percent === '' ? $rule : "$rule:", self::OPTIONS, true) ?: self::BEST;
        $words = get_string("flag:$name", 'mlbackend_moodleml');
        return $percent === '' ? $words : get_string('models:share', 'mlbackend_moodleml', $percent);
    }

    /**
     * The value of the library's option decision; '' to leave it as it is.
     *
     * @param string $choice one of the choices
     * @param string $percent of the samples to flag, for the choice share
     * @return string
     */
    public static function option(string $choice, string $percent): string {
        $option = self::OPTIONS[$choice] ?? '';
        return str_ends_with($option, ':') ? $option . ($percent === '' ? '10' : $percent) : $option;
    }
}
