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
 * Has PHP preload the one file that calls FFI.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * Has PHP preload the one file that calls FFI, so that web pages may use it. PHP starts also when the plugin is gone: the file
 * that it preloads is outside of the plugin, and looks whether the plugin is there.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class preload {
    /**
     * Writes the file to preload and PHP's settings for it.
     *
     * @param string $folder of a PHP, such as /etc/php/8.2/fpm
     * @param string $user that PHP runs as
     * @return string[] the files; the last has the settings
     * @throws failure where one cannot be written
     */
    public static function write(string $folder, string $user): array {
        $package = dirname(__DIR__, 2) . '/moodleml';
        $guard = "$folder/moodleml-preload.php";
        $settings = "$folder/conf.d/90-moodleml.ini";
        self::copy("$package/preload-guard.php", $guard, [
            "'/usr/share/php/moodleml/preload.php'" => var_export("$package/preload.php", true),
        ]);
        self::copy("$package/web.ini", $settings, ['/etc/php/moodleml-preload.php' => $guard, 'www-data' => $user]);
        return [$guard, $settings];
    }

    /**
     * Copies a file with some of its words changed.
     *
     * @param string $source
     * @param string $target
     * @param string[] $changes
     */
    private static function copy(string $source, string $target, array $changes): void {
        $text = strtr(file_get_contents($source), $changes);
        if (!is_dir(dirname($target)) || @file_put_contents($target, $text) === false) {
            throw new failure(get_string('preload:failed', 'mlbackend_moodleml', $target));
        }
    }
}
