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
 * Some rows of a data set.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * Some rows of a data set, as files of their own.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class dataset_rows {
    /** @var int Rows of a file: names and values of the metadata, and names of the columns. */
    private const HEAD = 3;

    /**
     * Writes the wanted rows of an unlabelled file to files of a few rows each. A file goes when the next one is asked for.
     *
     * @param string $path
     * @param array $wanted has the ids of the samples as keys
     * @param int $most rows of a file
     * @return \Generator paths
     */
    public static function files(string $path, array $wanted, int $most): \Generator {
        $source = fopen($path, 'r');
        $read = fn() => fgetcsv($source, null, ',', '"', '\\');
        $head = array_map($read, range(1, self::HEAD));
        $rows = [];
        while (($row = $read()) !== false) {
            if (isset($wanted[(string) $row[0]])) {
                $rows[] = $row;
            }
            if (count($rows) === $most) {
                yield from self::written(array_merge($head, $rows));
                $rows = [];
            }
        }
        fclose($source);
        if ($rows) {
            yield from self::written(array_merge($head, $rows));
        }
    }

    /**
     * Writes a file, which goes once it was used.
     *
     * @param array[] $rows
     * @return \Generator its path
     */
    private static function written(array $rows): \Generator {
        $path = make_request_directory() . '/rows.csv';
        $file = fopen($path, 'w');
        foreach ($rows as $row) {
            fputcsv($file, $row, ',', '"', '\\');
        }
        fclose($file);
        yield $path;
        @unlink($path);
        @rmdir(dirname($path));
    }
}
