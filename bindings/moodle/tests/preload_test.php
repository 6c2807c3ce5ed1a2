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
 * Tests of what lets web pages use FFI.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\preload;

/**
 * A PHP that preloads, while the plugin is there and when it is gone.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\preload
 */
final class preload_test extends \advanced_testcase {
    /**
     * What a PHP that starts with these settings says.
     *
     * @param string $folder of its settings
     * @return string
     */
    private static function start(string $folder): string {
        $code = 'echo class_exists("MoodleML\\Bridge", false) ? "preloaded" : "started";';
        $command = [PHP_BINARY, '-d', 'opcache.enable_cli=1', '-r', $code];
        $environment = 'PHP_INI_SCAN_DIR=' . escapeshellarg(":$folder/conf.d");
        exec("$environment " . implode(' ', array_map('escapeshellarg', $command)) . ' 2>&1', $output);
        return implode("\n", $output);
    }

    public function test_php_starts_with_the_plugin_and_without_it(): void {
        $folder = make_request_directory();
        mkdir("$folder/conf.d");
        [$guard, $settings] = preload::write($folder, posix_getpwuid(posix_geteuid())['name']);
        $this->assertSame("$folder/conf.d/90-moodleml.ini", $settings);
        $this->assertSame('preloaded', self::start($folder));
        $text = file_get_contents($guard);
        $place = dirname(__DIR__) . '/moodleml/preload.php';
        $this->assertStringContainsString("'$place'", $text);
        file_put_contents($guard, str_replace($place, '/gone/preload.php', $text));
        $this->assertSame('started', self::start($folder));
        // One that cannot be read.
        file_put_contents("$folder/damaged.php", '<?php damaged damaged');
        file_put_contents($guard, str_replace($place, "$folder/damaged.php", $text));
        $this->assertStringEndsWith('started', self::start($folder));
    }

    public function test_a_folder_that_is_not_one_of_php(): void {
        $this->expectException(failure::class);
        $this->expectExceptionMessage('/nowhere/moodleml-preload.php');
        preload::write('/nowhere', 'www-data');
    }
}
