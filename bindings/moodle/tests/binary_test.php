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
 * Tests of what stands against a library or a program.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use MoodleML\Platform;
use mlbackend_moodleml\local\binary;
use mlbackend_moodleml\local\brought;
use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\decision;
use mlbackend_moodleml\local\runner\cli;
use mlbackend_moodleml\local\runners;

/**
 * Libraries and programs that cannot be used, and why.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\binary
 */
final class binary_test extends \advanced_testcase {
    /** @var string A directory of the test. */
    private string $directory;

    protected function setUp(): void {
        parent::setUp();
        $this->directory = make_request_directory();
    }

    /**
     * A copy of the library that is in use, changed.
     *
     * @param callable|null $change takes and gives bytes
     * @return string its path
     */
    private function library(?callable $change = null): string {
        $bytes = file_get_contents(self::places()['librarypath']);
        $path = "$this->directory/libmoodleml.so.1";
        file_put_contents($path, $change ? $change($bytes) : $bytes);
        return $path;
    }

    /**
     * A copy of the program that is in use, changed.
     *
     * @param callable|null $change takes and gives bytes
     * @return string its path
     */
    private function program(?callable $change = null): string {
        $bytes = file_get_contents(self::places()['programpath']);
        $path = "$this->directory/moodleml";
        file_put_contents($path, $change ? $change($bytes) : $bytes);
        chmod($path, 0700);
        return $path;
    }

    /**
     * The library's and the program's place on this site.
     *
     * @return string[]
     */
    private static function places(): array {
        $configuration = configuration::of_site();
        return ['librarypath' => (string) $configuration->library(), 'programpath' => (string) $configuration->program()];
    }

    /**
     * The reason that a runner gives.
     *
     * @param array $settings
     * @return true|string
     */
    private static function ready(array $settings) {
        return runners::chosen(configuration::from_settings($settings))->is_ready();
    }

    /**
     * Asserts that both runners refuse files for one reason.
     *
     * @param string $expected part of the reason
     * @param callable $change takes and gives bytes
     */
    private function assert_both_refuse(string $expected, callable $change): void {
        $library = self::ready(['runner' => 'ffi', 'librarypath' => $this->library($change)]);
        $program = self::ready(['runner' => 'cli', 'programpath' => $this->program($change)]);
        foreach (["$this->directory/libmoodleml.so.1" => $library, "$this->directory/moodleml" => $program] as $path => $reason) {
            $this->assertIsString($reason);
            $this->assertStringContainsString($expected, $reason);
            $this->assertStringContainsString($path, $reason);
        }
    }

    public function test_whole_files_are_not_refused(): void {
        $this->assertNull(binary::obstacle_of_library($this->library()));
        $this->assertNull(binary::obstacle_of_program($this->program()));
        $this->assertNull(binary::obstacle_of_program(__FILE__));
        $this->assertNull(binary::obstacle_of_library("$this->directory/nothing"));
    }

    public function test_half_of_a_file(): void {
        foreach ([0, 3, 64, 100, 4096, 200000, -1] as $length) {
            $this->assert_both_refuse('incomplete', fn(string $bytes): string => substr($bytes, 0, $length));
        }
    }

    public function test_a_file_for_another_processor(): void {
        $other = php_uname('m') === 'aarch64' ? 62 : 183;
        $change = fn(string $bytes): string => substr_replace($bytes, pack('v', $other), 18, 2);
        $this->assert_both_refuse('another processor', $change);
    }

    public function test_a_program_for_another_c_library(): void {
        $path = $this->program(fn(string $bytes): string => str_replace('/lib64/ld-', '/lib64/no-', $bytes));
        $this->assertStringContainsString('another C library', self::ready(['runner' => 'cli', 'programpath' => $path]));
    }

    public function test_a_library_for_another_c_library(): void {
        $path = $this->library(fn(string $bytes): string => str_replace("\0libc.so.6", "\0libc.musl", $bytes));
        $this->assertStringContainsString('another C library', self::ready(['runner' => 'ffi', 'librarypath' => $path]));
        $path = $this->library(fn(string $bytes): string => str_replace("\0libc.so.6\0", "\0libc.so\0\0\0", $bytes));
        $this->assertStringContainsString('another C library', self::ready(['runner' => 'ffi', 'librarypath' => $path]));
    }

    public function test_a_c_library_that_is_too_old(): void {
        $path = "$this->directory/old";
        $says = "$path: /lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.36' not found (required by $path)";
        file_put_contents($path, "#!/bin/sh\ncat >&2 <<'END'\n$says\nEND\nexit 1\n");
        chmod($path, 0700);
        $reason = self::ready(['runner' => 'cli', 'programpath' => $path]);
        $this->assertStringContainsString('older than', $reason);
        $this->assertStringContainsString('GLIBC_2.36', $reason);
    }

    public function test_a_file_system_without_execution(): void {
        $mounts = "/dev/a / ext4 rw,relatime 0 0\n/dev/b /var/www\\040data ext4 rw,noexec 0 0\n"
            . "/dev/c /var/www\\040data/x ext4 rw 0 0\n";
        $this->assertFalse(binary::forbids_execution('/var/www', $mounts));
        $this->assertTrue(binary::forbids_execution('/var/www data/moodleml', $mounts));
        $this->assertFalse(binary::forbids_execution('/var/www data/x/moodleml', $mounts));
        $this->assertTrue(binary::forbids_execution('/a/b', "a /a x noexec 0 0\n"));
        $this->assertFalse(binary::forbids_execution('/a/b', "a /a x noexec 0 0\nb /a x rw 0 0\n"));
        $this->assertFalse(binary::forbids_execution('/a/b', ''));
    }

    public function test_a_program_that_hangs(): void {
        $path = "$this->directory/hangs";
        $hangs = ['sleep 60', 'exec 2>&-; exec sleep 60', 'printf x >&2; sleep 60', 'trap "" TERM; while :; do sleep 1; done'];
        foreach ($hangs as $code) {
            file_put_contents($path, "#!/bin/sh\n$code\n");
            chmod($path, 0700);
            $start = microtime(true);
            $reason = (new cli(new configuration(programpath: $path), 0.5))->is_ready();
            $this->assertLessThan(5, microtime(true) - $start);
            $this->assertStringContainsString('0.5 seconds', $reason);
        }
    }

    public function test_the_installer_took_the_permission_to_run(): void {
        global $CFG;
        $plugin = "$CFG->dirroot/lib/mlbackend/moodleml";
        if (file_exists("$plugin/bin")) {
            $this->markTestSkipped('The plugin has its own program already.');
        }
        try {
            mkdir("$plugin/bin");
            $path = "$plugin/bin/moodleml";
            file_put_contents($path, "#!/bin/sh\necho 3.1.0\n");
            foreach ([0644 => 0755, 0640 => 0750, 0400 => 0500] as $before => $after) {
                chmod($path, $before);
                clearstatcache();
                $this->assertSame(true, self::ready(['runner' => 'cli']));
                clearstatcache();
                $this->assertSame($after, fileperms($path) & 0777);
            }
            $version = (int) get_config('mlbackend_moodleml', 'version');
            foreach (['install' => [], 'upgrade' => [$version]] as $file => $arguments) {
                chmod($path, 0644);
                require_once("$plugin/db/$file.php");
                $this->assertTrue("xmldb_mlbackend_moodleml_$file"(...$arguments));
                clearstatcache();
                $this->assertTrue(is_executable($path));
            }
        } finally {
            remove_dir("$plugin/bin");
        }
    }

    /**
     * Writes files into the plugin, which has none of its own.
     *
     * @param string[] $paths
     * @param callable $check is called while they are there
     */
    private function with_brought_files(array $paths, callable $check): void {
        $plugin = brought::plugin();
        if (file_exists("$plugin/bin") || file_exists("$plugin/lib")) {
            $this->markTestSkipped('The plugin has its own files already.');
        }
        try {
            foreach ($paths as $path) {
                check_dir_exists(dirname("$plugin/$path"));
                file_put_contents("$plugin/$path", "#!/bin/sh\necho 3.1.0\n");
            }
            $check($plugin);
        } finally {
            remove_dir("$plugin/bin");
            remove_dir("$plugin/lib");
        }
    }

    public function test_the_files_for_this_machine_are_picked(): void {
        $libraries = array_map(fn(string $platform): string => "lib/$platform/libmoodleml.so.1", Platform::ALL);
        $programs = ['bin/x86_64/moodleml', 'bin/aarch64/moodleml'];
        $configuration = configuration::from_settings([]);
        $this->with_brought_files(array_merge($libraries, $programs), function (string $plugin) use ($configuration): void {
            $c = str_contains(file_get_contents('/proc/self/exe'), '/ld-musl-') ? 'musl' : 'gnu';
            $machine = php_uname('m');
            $this->assertSame("$plugin/lib/$machine-linux-$c/libmoodleml.so.1", $configuration->library());
            $this->assertSame("$plugin/bin/$machine/moodleml", $configuration->program());
            chmod("$plugin/bin/$machine/moodleml", 0644);
            clearstatcache();
            $this->assertTrue(self::ready(['runner' => 'cli']));
            $this->assertNull(brought::library_is_for_others());
            $this->assertNull(brought::program_is_for_others());
        });
        // One zip file may have them for one platform only.
        $this->with_brought_files(['lib/libmoodleml.so.1', 'bin/moodleml'], function (string $plugin) use ($configuration): void {
            $this->assertSame("$plugin/lib/libmoodleml.so.1", $configuration->library());
            $this->assertSame("$plugin/bin/moodleml", $configuration->program());
        });
    }

    public function test_the_files_are_for_other_machines(): void {
        $files = ['lib/s390x-linux-gnu/libmoodleml.so.1', 'bin/s390x/moodleml'];
        $this->with_brought_files($files, function (): void {
            $this->assertNull(configuration::from_settings([])->library());
            $machine = php_uname('m');
            $expected = "for s390x-linux-gnu, and this PHP is for $machine";
            $this->assertStringContainsString($expected, brought::library_is_for_others());
            $this->assertStringContainsString("for s390x, and this machine is $machine", brought::program_is_for_others());
        });
        $this->assertNull(brought::library_is_for_others());
        $this->assertNull(brought::program_is_for_others());
    }

    public function test_half_of_a_library_beside_the_plugins_own(): void {
        global $CFG;
        $plugin = "$CFG->dirroot/lib/mlbackend/moodleml";
        if (file_exists("$plugin/lib")) {
            $this->markTestSkipped('The plugin has its own library already.');
        }
        try {
            mkdir("$plugin/lib");
            rename($this->library(), "$plugin/lib/libmoodleml.so.1");
            file_put_contents("$plugin/lib/libdnnl.so.2", substr(file_get_contents("$plugin/lib/libmoodleml.so.1"), 0, 5000));
            $this->assertStringContainsString("$plugin/lib/libdnnl.so.2 is incomplete", self::ready(['runner' => 'ffi']));
        } finally {
            remove_dir("$plugin/lib");
        }
    }

    public function test_the_path_is_named_where_a_library_that_was_set_is_gone(): void {
        $reason = self::ready(['runner' => 'ffi', 'librarypath' => "$this->directory/gone.so"]);
        $this->assertStringStartsWith("$this->directory/gone.so is not there", $reason);
    }

    public function test_the_settings_take_what_the_library_takes(): void {
        exec(escapeshellarg(self::places()['programpath']) . ' options --as json', $lines);
        $options = array_column(json_decode(implode("\n", $lines), true)['options'], null, 'name');
        $this->assertEquals(configuration::MOST_THREADS, $options['threads']['maximum']);
        foreach (['keep_rows', 'time_limit', 'memory_limit'] as $name) {
            $this->assertGreaterThanOrEqual(configuration::MOST, $options[$name]['maximum']);
        }
        $stored = configuration::from_settings(['threads' => '999999999']);
        $this->assertSame('256', $stored->options['threads']);
    }

    public function test_whom_to_flag_becomes_the_librarys_decision(): void {
        $decided = fn(array $settings): ?string => configuration::from_settings($settings)->options['decision'] ?? null;
        $this->assertNull($decided([]));
        $this->assertNull($decided(['flag' => 'best', 'flagshare' => '5']));
        $this->assertSame('balanced', $decided(['flag' => 'more']));
        $this->assertSame('probable', $decided(['flag' => 'surest']));
        $this->assertSame('share:5', $decided(['flag' => 'share', 'flagshare' => '5']));
        $this->assertSame('share:10', $decided(['flag' => 'share', 'flagshare' => '']));
        $this->assertSame(['best', 'more', 'surest', 'share'], array_keys(decision::choices()));
    }
}
