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
 * The reports of evaluations.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * The reports of evaluations: pages that the library writes to the logs of a model, or that a server sends.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class report {
    /** @var string What Moodle calls the place of the reports. */
    public const AREA = 'report';

    /** @var string The name of a report's file. */
    public const NAME = 'report.html';

    /**
     * @var string What a report may do. A server may have been taken over: whatever its page holds, no script runs, nothing is
     * loaded, and nothing of Moodle's is in reach.
     */
    private const POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; "
        . "form-action 'none'; frame-ancestors 'none'";

    /**
     * The address of a report, where it is there.
     *
     * @param int $modelid
     * @param int $runid
     * @return \moodle_url|null
     */
    public static function url(int $modelid, int $runid): ?\moodle_url {
        if (self::path($modelid, $runid) === null) {
            return null;
        }
        $context = \context_system::instance();
        return \moodle_url::make_pluginfile_url(
            $context->id,
            'mlbackend_moodleml',
            self::AREA,
            $modelid,
            "/$runid/",
            self::NAME
        );
    }

    /**
     * The file of a report.
     *
     * @param int $modelid
     * @param int $runid
     * @return string|null null where there is none
     */
    public static function path(int $modelid, int $runid): ?string {
        $folder = analytics_models::folder() . "/$modelid";
        $found = glob("$folder/[0-9]*/evaluation/*/logs/$runid/" . self::NAME) ?: [];
        return $found[0] ?? null;
    }

    /**
     * Sends a report, and ends.
     *
     * @param string $path
     * @param bool $forcedownload
     * @param array $options of send_file()
     */
    public static function send(string $path, bool $forcedownload, array $options): void {
        header('Content-Security-Policy: ' . self::POLICY);
        header('X-Content-Type-Options: nosniff');
        header('Referrer-Policy: no-referrer');
        send_file($path, self::NAME, 0, 0, false, $forcedownload, 'text/html', false, $options);
    }
}
