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
 * Shows how far a long call is.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * Shows in cron and scripts how far a long call is; in web requests and tests nothing.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class progress {
    /** @var int Seconds between two lines. */
    private const INTERVAL = 2;

    /** @var float When the next line may be shown; a short call shows none. */
    private float $next;

    /**
     * Begins to follow a call.
     */
    public function __construct() {
        $this->next = microtime(true) + self::INTERVAL;
    }

    /**
     * Shows a line, unless the call has just begun or there was one just now.
     *
     * @param float $fraction 0 to 1
     * @param string $phase what is being done, as the library calls it
     */
    public function show(float $fraction, string $phase): void {
        if (microtime(true) < $this->next) {
            return;
        }
        $this->next = microtime(true) + self::INTERVAL;
        $this->line(sprintf('%-12s%3d %%', $phase, 100 * $fraction));
    }

    /**
     * Shows a line as it is.
     *
     * @param string $line
     */
    public function line(string $line): void {
        if (CLI_SCRIPT && !PHPUNIT_TEST) {
            mtrace('  moodleml: ' . rtrim($line));
        }
    }
}
