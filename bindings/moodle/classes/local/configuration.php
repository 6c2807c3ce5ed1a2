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
 * The plugin's settings.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * The plugin's settings, read once.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class configuration {
    /** @var int The most threads that the library takes. */
    public const MOST_THREADS = 256;

    /** @var int The most of what the other numbers count that the settings take. */
    public const MOST = 999999999;

    /** @var int How many reasons are kept for each flagged sample where nothing is set. */
    public const REASONS = 5;

    /** @var int The most of them. */
    public const MOST_REASONS = 20;

    /**
     * Takes the values as they are.
     *
     * @param string $runner automatic, ffi, cli or server
     * @param string $librarypath the library; '' to look for it
     * @param string $programpath the program; '' to look for it
     * @param string $serverurl address of the server, without a slash at the end; '' for none
     * @param string $serverusername
     * @param string $serverpassword
     * @param string[] $options the library's options, by name
     * @param int $reasons how many are kept for each flagged sample; 0 for none
     */
    public function __construct(
        /** @var string automatic, ffi, cli or server */
        public readonly string $runner = 'automatic',
        /** @var string the library; '' to look for it */
        public readonly string $librarypath = '',
        /** @var string the program; '' to look for it */
        public readonly string $programpath = '',
        /** @var string address of the server, without a slash at the end; '' for none */
        public readonly string $serverurl = '',
        /** @var string user that the server knows; '' for none */
        public readonly string $serverusername = '',
        /** @var string that user's password */
        public readonly string $serverpassword = '',
        /** @var string[] the library's options, by name */
        public readonly array $options = [],
        /** @var int how many reasons are kept for each flagged sample; 0 for none */
        public readonly int $reasons = self::REASONS,
    ) {
    }

    /**
     * The same with other options of the library.
     *
     * @param array $options by name
     * @return self
     */
    public function with(array $options): self {
        $fields = get_object_vars($this);
        $fields['options'] = $options + $this->options;
        return new self(...$fields);
    }

    /**
     * The settings of this site. A PHPUnit site has none of its own: there config.php may define TEST_MLBACKEND_MOODLEML,
     * an array of them by name.
     *
     * @return self
     */
    public static function of_site(): self {
        $settings = (array) get_config('mlbackend_moodleml');
        if (PHPUNIT_TEST && defined('TEST_MLBACKEND_MOODLEML')) {
            $settings = TEST_MLBACKEND_MOODLEML + $settings;
        }
        return self::from_settings($settings);
    }

    /**
     * Makes it of settings by name; those that are absent or empty have their defaults.
     *
     * @param array $settings
     * @return self
     */
    public static function from_settings(array $settings): self {
        $text = fn(string $name): string => trim((string) ($settings[$name] ?? ''));
        return new self(
            $text('runner') ?: 'automatic',
            $text('librarypath'),
            $text('programpath'),
            rtrim($text('serverurl'), '/'),
            $text('serverusername'),
            (string) ($settings['serverpassword'] ?? ''),
            self::library_options($text),
            self::reasons_kept($text('reasons')),
        );
    }

    /**
     * How many reasons are kept for each flagged sample.
     *
     * @param string $number as set; '' for the default
     * @return int
     */
    private static function reasons_kept(string $number): int {
        return ctype_digit($number) ? (int) self::at_most(self::MOST_REASONS, $number) : self::REASONS;
    }

    /**
     * The library's options that the settings are about, and the permissions of files: as of Moodle's own, but never for others
     * than owner and group, as there are samples among them.
     *
     * @param callable $text gives a setting by its name
     * @return string[]
     */
    private static function library_options(callable $text): array {
        global $CFG;
        $options = array_filter([
            'threads' => self::at_most(self::MOST_THREADS, $text('threads')),
            'keep_rows' => $text('keeprows'),
            'time_limit' => $text('timelimit'),
            'memory_limit' => $text('memorylimit'),
            'decision' => decision::option($text('flag'), $text('flagshare')),
        ], fn(string $value): bool => $value !== '');
        $options['file_mode'] = sprintf('%04o', ($CFG->filepermissions ?? 0600) & 0660);
        return $options;
    }

    /**
     * A number that an earlier version of the plugin may have stored, as the library takes it.
     *
     * @param int $maximum
     * @param string $number
     * @return string
     */
    private static function at_most(int $maximum, string $number): string {
        return ctype_digit($number) ? (string) min($maximum, (int) $number) : $number;
    }

    /**
     * Where the library is: as set, or what the plugin brings; null where the system's loader is to look for it.
     *
     * @return string|null
     */
    public function library(): ?string {
        return $this->librarypath ?: brought::library();
    }

    /**
     * Where the program is: as set, what the plugin brings, or one that is installed; null where there is none.
     *
     * @return string|null
     */
    public function program(): ?string {
        if ($this->programpath) {
            return $this->programpath;
        }
        $places = array_merge(explode(PATH_SEPARATOR, (string) getenv('PATH')), ['/usr/local/bin', '/usr/bin']);
        $programs = array_map(fn(string $place): string => "$place/moodleml", $places);
        // The system's places may be outside of open_basedir, of which PHP would warn.
        $installed = array_filter($programs, fn(string $program): bool => @is_executable($program));
        return brought::program() ?? reset($installed) ?: null;
    }
}
