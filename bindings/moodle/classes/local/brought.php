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
 * The library and the program that the plugin brings for this machine.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */


namespace mlbackend_moodleml\local;

use MoodleML\Platform;

/**
 * The library and the program that the plugin brings for this machine: one zip file has them for several processors and C
 * libraries, in folders named after these, or for one, in lib/ and bin/ themselves. The choice is kept in this process only, as
 * cron and web pages may run on different systems with the same files and settings.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class brought {
    /** @var string */
    private const LIBRARY = 'libmoodleml.so.1';

    /** @var string */
    private const PROGRAM = 'moodleml';

    /**
     * The library for this PHP.
     *
     * @return string|null its path
     */
    public static function library(): ?string {
        return self::first('lib', self::platform(), self::LIBRARY);
    }

    /**
     * The program for this machine. It is linked statically where the zip file is for several, so that any C library will do.
     *
     * @return string|null its path
     */
    public static function program(): ?string {
        return self::first('bin', self::processor(), self::PROGRAM);
    }

    /**
     * Why there is no library for this PHP though there are some for others.
     *
     * @return string|null a sentence; null where the plugin brings no library, or one that is for this PHP
     */
    public static function library_is_for_others(): ?string {
        return self::for_others('ffi:noplatform', 'lib', self::LIBRARY, self::library(), self::platform());
    }

    /**
     * Why there is no program for this machine though there are some for others.
     *
     * @return string|null a sentence; null where the plugin brings no program, or one that is for this machine
     */
    public static function program_is_for_others(): ?string {
        return self::for_others('cli:noplatform', 'bin', self::PROGRAM, self::program(), self::processor());
    }

    /**
     * The plugin's directory.
     *
     * @return string
     */
    public static function plugin(): string {
        return dirname(__DIR__, 2);
    }

    /**
     * Processor and C library of this PHP.
     *
     * @return string|null
     */
    private static function platform(): ?string {
        require_once(self::plugin() . '/moodleml/autoload.php');
        return Platform::own();
    }

    /**
     * The processor of this machine.
     *
     * @return string|null
     */
    private static function processor(): ?string {
        require_once(self::plugin() . '/moodleml/autoload.php');
        return Platform::processor();
    }

    /**
     * The file for a platform, or the one that there is.
     *
     * @param string $folder
     * @param string|null $platform
     * @param string $name
     * @return string|null its path
     */
    private static function first(string $folder, ?string $platform, string $name): ?string {
        $folder = self::plugin() . "/$folder";
        $paths = array_filter([$platform === null ? null : "$folder/$platform/$name", "$folder/$name"]);
        $there = array_filter($paths, 'is_file');
        return reset($there) ?: null;
    }

    /**
     * Tells of files that are for others.
     *
     * @param string $string what to tell
     * @param string $folder
     * @param string $name
     * @param string|null $own the file for this machine
     * @param string|null $platform of this machine
     * @return string|null
     */
    private static function for_others(string $string, string $folder, string $name, ?string $own, ?string $platform): ?string {
        $others = $own === null ? glob(self::plugin() . "/$folder/*/$name") : [];
        if (!$others) {
            return null;
        }
        $theirs = implode(', ', array_map(fn(string $path): string => basename(dirname($path)), $others));
        $ours = $platform ?? php_uname('m') . ', ' . PHP_OS;
        return get_string($string, 'mlbackend_moodleml', ['theirs' => $theirs, 'ours' => $ours]);
    }
}
