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
 * What an evaluation asks of a model.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local\runner;

/**
 * What an evaluation asks of a model.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class terms {
    /**
     * Takes the values as they are.
     *
     * @param float $minscore
     * @param float $maxdeviation
     * @param int $iterations
     * @param string|null $traineddirectory
     */
    public function __construct(
        /** @var float the least score, 0 to 1 */
        public readonly float $minscore,
        /** @var float the largest standard deviation of the score over the splits */
        public readonly float $maxdeviation,
        /** @var int number of splits, 1 or more */
        public readonly int $iterations,
        /** @var string|null directory of the model to rate; null to train on splits */
        public readonly ?string $traineddirectory = null,
    ) {
    }
}
