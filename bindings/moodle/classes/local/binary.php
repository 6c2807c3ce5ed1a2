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
 * Why a library or a program cannot be used on this machine.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * Why a library or a program cannot be used on this machine, found before it is loaded or run: a library that is half there kills
 * the PHP process that loads it, and what the system says of the rest leads administrators astray.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class binary {
    /** @var string[] Processors by their number in an ELF header. */
    private const PROCESSORS = [3 => 'x86', 22 => 's390x', 40 => 'ARM', 62 => 'x86-64', 183 => 'ARM64', 243 => 'RISC-V'];

    /** @var string[] The same by the name that the system has for them. */
    private const SYSTEM_NAMES = ['x86_64' => 'x86-64', 'amd64' => 'x86-64', 'aarch64' => 'ARM64', 'arm64' => 'ARM64'];

    /** @var int Bytes in which a file names the C library that it needs. */
    private const NAMES = 1 << 18;

    /**
     * What stands against loading a library into this process.
     *
     * @param string $path
     * @return string|null a sentence that says what to do; null where nothing is known
     */
    public static function obstacle_of_library(string $path): ?string {
        return self::obstacle($path, self::processor(self::header('/proc/self/exe')), self::other_c_library(...));
    }

    /**
     * What stands against running a program.
     *
     * @param string $path
     * @return string|null a sentence that says what to do; null where nothing is known
     */
    public static function obstacle_of_program(string $path): ?string {
        return self::obstacle($path, self::SYSTEM_NAMES[php_uname('m')] ?? null, self::lacks_loader(...));
    }

    /**
     * Gives the plugin's own program the permission to run, which Moodle's installer of plugins takes from it.
     *
     * @return bool whether it may run
     */
    public static function make_program_executable(): bool {
        $path = brought::program();
        if ($path === null) {
            return false;
        }
        if (!is_executable($path)) {
            // Who may read it may run it.
            $permissions = fileperms($path) & 07777;
            @chmod($path, $permissions | (($permissions & 0444) >> 2));
            clearstatcache(true, $path);
        }
        return is_executable($path);
    }

    /**
     * Whether a file lies on a file system where nothing may be run, nor loaded.
     *
     * @param string $path without links
     * @param string $mounts as /proc/mounts tells them
     * @return bool
     */
    public static function forbids_execution(string $path, string $mounts): bool {
        $longest = -1;
        $forbids = false;
        foreach (explode("\n", $mounts) as $line) {
            $fields = explode(' ', $line);
            $point = rtrim(stripcslashes($fields[1] ?? ''), '/');
            // A later line hides an earlier one of the same place.
            if (count($fields) > 3 && strlen($point) >= $longest && str_starts_with($path, "$point/")) {
                $longest = strlen($point);
                $forbids = in_array('noexec', explode(',', $fields[3]), true);
            }
        }
        return $forbids;
    }

    /**
     * What stands against a file.
     *
     * @param string $path
     * @param string|null $processor of the machine, or of this process
     * @param callable $suitsnot whether a file with this path and header is for another C library
     * @return string|null
     */
    private static function obstacle(string $path, ?string $processor, callable $suitsnot): ?string {
        if (self::is_outside_of_open_basedir($path)) {
            return get_string('binary:openbasedir', 'mlbackend_moodleml', $path);
        }
        if (!is_file($path)) {
            return null;
        }
        if (self::forbids_execution((string) realpath($path), (string) @file_get_contents('/proc/self/mounts'))) {
            return get_string('binary:noexec', 'mlbackend_moodleml', $path);
        }
        $header = self::header($path);
        $theirs = self::processor($header);
        if ($theirs !== null && $processor !== null && $theirs !== $processor) {
            $details = ['path' => $path, 'theirs' => $theirs, 'ours' => $processor];
            return get_string('binary:processor', 'mlbackend_moodleml', $details);
        }
        foreach (array_merge([$path], self::companions($path)) as $file) {
            if (self::is_incomplete($file)) {
                return get_string('binary:incomplete', 'mlbackend_moodleml', $file);
            }
        }
        return $header && $suitsnot($path, $header) ? get_string('binary:clibrary', 'mlbackend_moodleml', $path) : null;
    }

    /**
     * The libraries in the plugin that are loaded with a file of the plugin.
     *
     * @param string $path
     * @return string[] paths
     */
    private static function companions(string $path): array {
        // A program that is for several systems needs no library.
        $folder = preg_replace('~/bin$~', '/lib', dirname($path));
        return str_starts_with($path, brought::plugin() . '/') ? (glob("$folder/*.so*") ?: []) : [];
    }

    /**
     * Whether PHP hides a file from its own functions.
     *
     * @param string $path
     * @return bool
     */
    private static function is_outside_of_open_basedir(string $path): bool {
        $allowed = array_filter(explode(PATH_SEPARATOR, (string) ini_get('open_basedir')));
        foreach ($allowed as $directory) {
            if (str_starts_with($path, rtrim($directory, '/') . '/')) {
                return false;
            }
        }
        // A link may lead inside.
        return $allowed && str_starts_with($path, '/') && !@is_file($path);
    }

    /**
     * Whether the end of a file is not there: it ends before what its headers tell of.
     *
     * @param string $path
     * @return bool
     */
    private static function is_incomplete(string $path): bool {
        $size = filesize($path);
        $header = self::header($path);
        if (!$header) {
            return $size < 64 && (string) file_get_contents($path) === substr("\x7fELF", 0, $size);
        }
        $end = $header['sections'] + $header['sectionsize'] * $header['sectioncount'];
        foreach (self::segments($path, $header) as $segment) {
            $end = max($end, $segment['offset'] + $segment['size']);
        }
        return $size < $end;
    }

    /**
     * The header of an ELF file of 64 bits.
     *
     * @param string $path
     * @return array empty where it is another file
     */
    private static function header(string $path): array {
        $bytes = is_readable($path) ? (string) @file_get_contents($path, false, null, 0, 64) : '';
        if (strlen($bytes) < 64 || !str_starts_with($bytes, "\x7fELF\x02\x01")) {
            return [];
        }
        return unpack('x18/vmachine/x12/Psegments/Psections/x6/vsegmentsize/vsegmentcount/vsectionsize/vsectioncount', $bytes);
    }

    /**
     * The parts of a file that are loaded.
     *
     * @param string $path
     * @param array $header
     * @return array[] each with type, offset and size
     */
    private static function segments(string $path, array $header): array {
        $length = $header['segmentsize'] * $header['segmentcount'];
        $bytes = $length ? (string) file_get_contents($path, false, null, $header['segments'], $length) : '';
        $entries = array_filter(str_split($bytes, $header['segmentsize'] ?: 1), fn(string $entry): bool => strlen($entry) >= 40);
        return array_map(fn(string $entry): array => unpack('Vtype/x4/Poffset/x16/Psize', $entry), $entries);
    }

    /**
     * The processor that a file is for.
     *
     * @param array $header
     * @return string|null
     */
    private static function processor(array $header): ?string {
        return $header ? self::PROCESSORS[$header['machine']] ?? (string) $header['machine'] : null;
    }

    /**
     * What loads a program, as the program names it: it belongs to the C library.
     *
     * @param string $path
     * @param array $header
     * @return string empty where none is named
     */
    private static function loader(string $path, array $header): string {
        foreach ($header ? self::segments($path, $header) : [] as $segment) {
            if ($segment['type'] === 3) {
                return rtrim((string) file_get_contents($path, false, null, $segment['offset'], min($segment['size'], 4096)), "\0");
            }
        }
        return '';
    }

    /**
     * Whether a program is for a C library that is not there.
     *
     * @param string $path
     * @param array $header
     * @return bool
     */
    private static function lacks_loader(string $path, array $header): bool {
        $loader = self::loader($path, $header);
        return $loader !== '' && ini_get('open_basedir') == '' && !file_exists($loader);
    }

    /**
     * Whether a library is for another C library than that of this process: for glibc in a process of musl's, or the reverse.
     *
     * @param string $path
     * @return bool
     */
    private static function other_c_library(string $path): bool {
        $loader = self::loader('/proc/self/exe', self::header('/proc/self/exe'));
        $other = str_contains($loader, 'musl') ? '/\0GLIBC_2\./' : '/\0libc(\.musl|\.so\0)/';
        return $loader !== '' && preg_match($other, (string) file_get_contents($path, false, null, 0, self::NAMES)) === 1;
    }
}
