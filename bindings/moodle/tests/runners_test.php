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
 * Tests of the runners where they cannot be used.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\runner\automatic;
use mlbackend_moodleml\local\runner\cli;
use mlbackend_moodleml\local\runner\runner;
use mlbackend_moodleml\local\runner\server;
use mlbackend_moodleml\local\runner\terms;
use mlbackend_moodleml\local\runners;
use mlbackend_moodleml\local\self_check;

/**
 * What runners say where they cannot be used, and what they leave behind.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\runners
 */
final class runners_test extends \advanced_testcase {
    /**
     * Is a runner ready, in a PHP process of its own?
     *
     * @param array $settings
     * @param string[] $phpoptions
     * @return true|string
     */
    private function ready_outside(array $settings, array $phpoptions = []) {
        return $this->outside(array_merge([PHP_BINARY], $phpoptions), $settings, []);
    }

    /**
     * Uses a runner in a PHP process of its own.
     *
     * @param string[] $php the command
     * @param array $settings
     * @param string[] $arguments
     * @return mixed
     */
    private function outside(array $php, array $settings, array $arguments) {
        global $CFG;
        $autoload = ($CFG->root ?? $CFG->dirroot) . '/vendor/autoload.php';
        $bootstrap = $CFG->dirroot . '/lib/phpunit/bootstrap.php';
        $fixed = [__DIR__ . '/fixtures/outside.php', $autoload, $bootstrap, json_encode($settings)];
        $command = implode(' ', array_map('escapeshellarg', array_merge($php, $fixed, $arguments)));
        exec($command . ' 2>&1', $output);
        $answer = json_decode(end($output));
        $this->assertNotNull($answer, implode("\n", $output));
        return $answer;
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
     * Asserts that a runner is not ready, and says why in one sentence.
     *
     * @param string $expected part of it
     * @param true|string $ready
     */
    private function assert_mend(string $expected, $ready): void {
        $this->assertIsString($ready);
        $this->assertStringContainsString($expected, $ready);
        $this->assertStringNotContainsString("\n", $ready);
    }

    public function test_the_library_is_absent(): void {
        $path = '/nowhere/libmoodleml.so.1';
        $this->assert_mend("$path is not there", $this->ready_outside(['runner' => 'ffi', 'librarypath' => $path]));
    }

    public function test_the_plugins_own_library_is_absent(): void {
        global $CFG;
        $ready = $this->outside(['env', '--unset=MOODLEML_LIBRARY', PHP_BINARY], ['runner' => 'ffi'], []);
        // One that is installed on the system would be as good.
        if ($ready !== true) {
            $this->assert_mend("$CFG->dirroot/lib/mlbackend/moodleml/lib/libmoodleml.so.1 is not there", $ready);
        }
    }

    public function test_ffi_is_refused(): void {
        $settings = ['runner' => 'ffi'] + self::places();
        $this->assert_mend('PHP refuses FFI', $this->ready_outside($settings, ['-d', 'ffi.enable=false']));
        $this->assertSame(true, $this->ready_outside(['runner' => 'automatic'] + $settings, ['-d', 'ffi.enable=false']));
    }

    public function test_php_may_not_start_programs(): void {
        $settings = ['runner' => 'cli'] + self::places();
        $disabled = ['-d', 'disable_functions=proc_open'];
        $this->assert_mend('proc_open is in disable_functions', $this->ready_outside($settings, $disabled));
        $this->assertSame(true, $this->ready_outside(['runner' => 'automatic'] + $settings, $disabled));
    }

    public function test_a_library_of_another_abi(): void {
        $library = make_request_directory() . '/libmoodleml.so.1';
        $source = __DIR__ . '/fixtures/other_abi.c';
        exec('cc -shared -fPIC -o ' . escapeshellarg($library) . ' ' . escapeshellarg($source), $output, $status);
        if ($status !== 0) {
            $this->markTestSkipped('There is no C compiler to make a library of another ABI with.');
        }
        $this->assert_mend('ABI 2.0', $this->ready_outside(['runner' => 'ffi', 'librarypath' => $library]));
        $ready = $this->outside(
            ['env', 'LD_LIBRARY_PATH=' . dirname($library), PHP_BINARY],
            ['runner' => 'cli'] + self::places(),
            []
        );
        $this->assertIsString($ready);
    }

    public function test_a_file_system_without_execution(): void {
        $private = ['unshare', '--user', '--map-root-user', '--mount'];
        exec(implode(' ', $private) . ' true 2>&1', $output, $status);
        if ($status !== 0) {
            $this->assertNotSame(0, $status, 'No file system can be mounted here; binary_test tries what is read of them.');
            return;
        }
        foreach (['ffi' => 'librarypath', 'cli' => 'programpath'] as $runner => $setting) {
            $folder = make_request_directory();
            $mount = 'mount -t tmpfs -o noexec none "$0" && cp "$1" "$0/file" && chmod 755 "$0/file" && shift && exec "$@"';
            $php = array_merge($private, ['sh', '-c', $mount, $folder, self::places()[$setting], PHP_BINARY]);
            $this->assert_mend('noexec', $this->outside($php, ['runner' => $runner, $setting => "$folder/file"], []));
        }
    }

    public function test_open_basedir(): void {
        global $CFG;
        $allowed = [$CFG->root ?? $CFG->dirroot, $CFG->dataroot, $CFG->localrequestdir];
        $places = ['open_basedir' => implode(PATH_SEPARATOR, $allowed)];
        foreach (['ffi' => 'librarypath', 'cli' => 'programpath'] as $runner => $setting) {
            $ready = $this->ready_outside(['runner' => $runner, $setting => self::places()[$setting]] + $places);
            $this->assert_mend('open_basedir', $ready);
            $inside = make_request_directory() . '/' . basename(self::places()[$setting]);
            copy(self::places()[$setting], $inside);
            chmod($inside, 0700);
            // The program finds the library from where it lies.
            $php = ['env', 'LD_LIBRARY_PATH=' . dirname(self::places()['librarypath']), PHP_BINARY];
            $this->assertSame(true, $this->outside($php, ['runner' => $runner, $setting => $inside] + $places, []));
        }
    }

    public function test_the_program_is_absent(): void {
        $runner = new cli(new configuration(programpath: '/nowhere/moodleml'));
        $this->assert_mend('/nowhere/moodleml', $runner->is_ready());
        $this->assert_mend('chmod +x', (new cli(new configuration(programpath: __FILE__)))->is_ready());
    }

    public function test_the_program_is_another(): void {
        $this->assert_mend('exit code 1', (new cli(new configuration(programpath: '/bin/false')))->is_ready());
        $this->assert_mend('version', (new cli(new configuration(programpath: '/bin/echo')))->is_ready());
    }

    public function test_the_server_is_away(): void {
        $this->assert_mend('No server is set', (new server(new configuration()))->is_ready());
        $away = new server(new configuration(serverurl: 'http://127.0.0.1:9'));
        $this->assert_mend('http://127.0.0.1:9/version', $away->is_ready());
    }

    public function test_the_server_is_another(): void {
        \curl::mock_response('<h1>Welcome</h1>');
        $this->assert_mend('Welcome', (new server(new configuration(serverurl: 'http://127.0.0.1:9')))->is_ready());
    }

    /**
     * Starts a server that answers every call in one way.
     *
     * @param string $answer as fixtures/answering.php takes it
     * @return array its process, its address and what it prints
     */
    private static function answering(string $answer): array {
        $process = proc_open([PHP_BINARY, __DIR__ . '/fixtures/answering.php', $answer], [1 => ['pipe', 'w']], $pipes);
        return [$process, 'http://' . trim(fgets($pipes[1])), $pipes[1]];
    }

    public function test_the_server_leads_elsewhere(): void {
        [$process, $url, $calls] = self::answering('redirect');
        try {
            $runner = new server(new configuration(serverurl: $url, serverusername: 'user', serverpassword: 'secret'));
            $ready = $runner->is_ready();
            $this->assert_mend('302, which leads to "/elsewhere". Redirects are not followed', $ready);
            $this->assertStringNotContainsString('secret', $ready);
            $this->assertSame('GET /version', trim(fgets($calls)));
            try {
                $runner->forget('id');
                $this->fail('The redirection was taken for an answer.');
            } catch (failure $failure) {
                $this->assert_mend('302', $failure->getMessage());
            }
            $this->assertSame('POST /deletemodel', trim(fgets($calls)));
        } finally {
            proc_terminate($process);
        }
        $this->assertSame('', stream_get_contents($calls));
    }

    /**
     * Ways in which a server dies during a call, with what the sentence says.
     *
     * @return array[]
     */
    public static function deaths(): array {
        return ['before it answers' => ['silent', 'cannot be reached'], 'while it answers' => ['interrupted', 'began to answer']];
    }

    /**
     * A server that died is not waited for.
     *
     * @dataProvider deaths
     * @param string $answer as fixtures/answering.php takes it
     * @param string $expected
     */
    public function test_the_server_dies(string $answer, string $expected): void {
        [$process, $url] = self::answering($answer);
        $dataset = make_request_directory() . '/dataset.csv';
        touch($dataset);
        $start = microtime(true);
        try {
            (new server(new configuration(serverurl: $url), 1))->train('id', 'directory', $dataset);
            $this->fail('A dead server answered.');
        } catch (failure $failure) {
            $this->assert_mend($expected, $failure->getMessage());
        } finally {
            proc_terminate($process);
        }
        // Curl judges by the last five seconds, so seven pass on a quiet machine; the fixture itself would wait for sixty.
        $this->assertLessThan(30, microtime(true) - $start);
    }

    public function test_fixtures_do_nothing_in_a_web_request(): void {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        $address = stream_socket_get_name($socket, false);
        fclose($socket);
        $command = [PHP_BINARY, '-d', 'register_argc_argv=1', '-S', $address, '-t', __DIR__ . '/fixtures'];
        $process = proc_open($command, [2 => ['pipe', 'w']], $pipes);
        fgets($pipes[2]);
        try {
            foreach (glob(__DIR__ . '/fixtures/*.php') as $path) {
                $url = "http://$address/" . basename($path) . '?silent';
                $context = stream_context_create(['http' => ['timeout' => 5, 'ignore_errors' => true]]);
                $this->assertSame('', file_get_contents($url, false, $context), $path);
            }
        } finally {
            proc_terminate($process);
        }
    }

    public function test_an_evaluation_stands_without_its_log(): void {
        $runner = new server(new configuration(serverurl: 'http://127.0.0.1:9'));
        $directory = make_request_directory();
        touch("$directory/dataset.csv");
        $empty = "PK\x05\x06" . str_repeat("\0", 18);
        foreach ([$empty => 0, 'no zip' => 1] as $log => $sentences) {
            // The last is answered first.
            \curl::mock_response($log);
            \curl::mock_response('{"status": 0, "info": [], "runid": 7, "score": 0.9, "dir": "/on/the/server"}');
            $answer = $runner->evaluate('id', $directory, "$directory/dataset.csv", new terms(0.7, 0.05, 10));
            if ($sentences) {
                // Core's, on what is no zip file.
                $this->assertDebuggingCalled();
            }
            $this->assertSame([0.9, $sentences], [$answer->score, count($answer->info)]);
            $this->assertNotSame('/on/the/server', $answer->dir ?? null);
        }
    }

    public function test_the_check_says_what_to_do_next(): void {
        $works = ['ffi' => 'Mend it.', 'cli' => true, 'server' => 'Set one.'];
        $automatic = new configuration();
        $this->assertStringStartsWith('You need not do anything', runners::advice($automatic, $works));
        $this->assertStringContainsString('"Program (moodleml)" works', runners::advice($automatic, $works));
        $this->assertStringContainsString('One runner that works is enough', runners::advice($automatic, $works));
        $other = runners::advice(new configuration(runner: 'server'), $works);
        $this->assertMatchesRegularExpression('/"Server \(REST\)", does not work here, but "Program .*" does/', $other);
        $none = runners::advice($automatic, ['cli' => 'Mend it.'] + $works);
        $this->assertStringStartsWith('No runner works here', $none);
    }

    public function test_the_trial_says_what_to_do_next(): void {
        $this->resetAfterTest();
        set_config('predictionsprocessor', '\mlbackend_python\processor', 'analytics');
        $this->assertStringContainsString('Analytics settings', self_check::next_step());
        set_config('predictionsprocessor', '\mlbackend_moodleml\processor', 'analytics');
        set_config('enableanalytics', 0);
        $this->assertStringContainsString('Advanced features', self_check::next_step());
        set_config('enableanalytics', 1);
        $this->assertStringContainsString('Analytics models', self_check::next_step());
    }

    public function test_automatic_takes_the_first_that_works(): void {
        $away = new cli(new configuration(programpath: '/nowhere/moodleml'));
        $other = new cli(new configuration(programpath: '/bin/false'));
        $this->assert_mend('exit code 1', (new automatic([$away, $other]))->is_ready());
        $ready = $this->createStub(runner::class);
        $ready->method('is_ready')->willReturn(true);
        $ready->method('train')->willReturn((object) ['status' => 0, 'info' => ['trained']]);
        $automatic = new automatic([$away, $ready]);
        $this->assertSame(true, $automatic->is_ready());
        $this->assertSame(['trained'], $automatic->train('id', 'directory', 'dataset')->info);
        $this->expectException(failure::class);
        (new automatic([$away]))->train('id', 'directory', 'dataset');
    }

    public function test_the_processor_is_constructed_without_anything(): void {
        $processor = new processor(runners::chosen(new configuration(runner: 'cli', programpath: '/nowhere/moodleml')));
        $this->assert_mend('/nowhere/moodleml', $processor->is_ready());
        $this->resetAfterTest();
        $dataset = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml')->create_classes([0, 1]);
        $answer = $processor->train_classification('id', $dataset, make_request_directory());
        $this->assertSame(1, $answer->status);
        $this->assertCount(1, $answer->info);
    }

    /**
     * The runners that write to this machine's disk.
     *
     * @return array[]
     */
    public static function writers(): array {
        return ['ffi' => ['ffi'], 'cli' => ['cli']];
    }

    /**
     * A limit on the size of files fails the same writes as a full disk, and needs neither root nor a disk: not even the samples
     * fit.
     *
     * @dataProvider writers
     * @param string $name
     */
    public function test_the_disk_is_full(string $name): void {
        $this->resetAfterTest();
        $directory = make_request_directory() . '/model';
        $dataset = make_request_directory() . '/dataset.csv';
        $labels = array_map(fn(int $sample): int => $sample % 2, range(0, 99));
        $generator = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml');
        $generator->create_classes($labels)->copy_content_to($dataset);
        $withoutsignal = ['bash', '-c', 'trap "" XFSZ; exec "$@"', 'bash', PHP_BINARY];
        $settings = ['runner' => $name] + self::places();

        $answer = $this->outside($withoutsignal, $settings, [$directory, $dataset, 1024]);
        $this->assertSame([1, 1], [$answer->status, count($answer->info)]);
        $this->assertSame([], self::contents("$directory/classifier"));

        $this->assertSame(0, $this->outside([PHP_BINARY], $settings, [$directory, $dataset])->status);
        $before = self::contents("$directory/classifier");
        $answer = $this->outside($withoutsignal, $settings, [$directory, $dataset, 1024]);
        $this->assertSame([1, 1], [$answer->status, count($answer->info)]);
        $this->assertSame($before, self::contents("$directory/classifier"));
    }

    /**
     * What a directory holds.
     *
     * @param string $directory
     * @return string[] hashes of files by name
     */
    private static function contents(string $directory): array {
        $contents = [];
        foreach (is_dir($directory) ? get_directory_list($directory) : [] as $name) {
            $contents[$name] = sha1_file("$directory/$name");
        }
        return $contents;
    }
}
