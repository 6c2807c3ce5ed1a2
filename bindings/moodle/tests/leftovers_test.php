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
 * Tests of what is deleted, and when.
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
use mlbackend_moodleml\local\leftovers;
use mlbackend_moodleml\local\runner\runner;
use mlbackend_moodleml\local\runner\server;
use mlbackend_moodleml\local\runners;

/**
 * Clearing models, also where that cannot be done at once.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\leftovers
 */
final class leftovers_test extends \advanced_testcase {
    /** @var string What a server calls a model. */
    private const UNIQUEID = '0123456789abcdef0123456789abcdef01234567';

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        set_config('predictionsprocessor', '\mlbackend_moodleml\processor', 'analytics');
        set_config('modeloutputdir', make_request_directory(), 'analytics');
    }

    /**
     * A model of Moodle's.
     *
     * @param array $fields
     * @return string the directory of its version
     */
    private function model(array $fields = []): string {
        global $DB;
        $id = $DB->insert_record('analytics_models', (object) ($fields + [
            'trained' => 1, 'enabled' => 1, 'target' => 'none', 'indicators' => '[]', 'version' => 1234, 'timecreated' => 1,
            'timemodified' => 1, 'usermodified' => 2,
        ]));
        return self::directory($id, 1234);
    }

    /**
     * The directory of a version of a model.
     *
     * @param int $id
     * @param int $version
     * @return string
     */
    private static function directory(int $id, int $version): string {
        return get_config('analytics', 'modeloutputdir') . "/$id/$version";
    }

    /**
     * Stores a model as the library does.
     *
     * @param string $directory
     * @param int $age seconds
     */
    private function store(string $directory, int $age = 2 * DAYSECS): void {
        $files = ['execution/classifier/model.mml', 'execution/classifier/samples-1.mml', 'execution/.moodleml.lock'];
        $texts = array_fill_keys($files, '') + ['execution/logs/1/info.log' => 'training started at 2026-11-30'];
        foreach ($texts as $name => $text) {
            self::write("$directory/$name", $text, $age);
        }
    }

    /**
     * Writes a file and the directories that lead to it.
     *
     * @param string $path
     * @param string $text
     * @param int $age seconds
     */
    private static function write(string $path, string $text = '', int $age = 2 * DAYSECS): void {
        check_dir_exists(dirname($path));
        file_put_contents($path, $text);
        touch($path, time() - $age);
    }

    /**
     * Stores a model beside ours as Moodle's Python backend does.
     *
     * @param string $directory
     * @return string[] the files
     */
    private static function store_original(string $directory): array {
        $names = ['classifier/classifier.pkl', 'classifier/model.ckpt.index', 'logs/2/info.log', 'logs/2/tensor/events.1'];
        $paths = array_map(fn(string $name): string => "$directory/execution/$name", $names);
        array_map([self::class, 'write'], $paths);
        return $paths;
    }

    /**
     * A server that is there or not, and what it was asked to forget.
     *
     * @param bool $isthere
     * @param array $forgotten gets the ids
     * @return runner
     */
    private function server(bool $isthere = true, array &$forgotten = []): runner {
        $server = $this->createStub(runner::class);
        $server->method('forget')->willReturnCallback(function (string $uniqueid) use ($isthere, &$forgotten): void {
            if (!$isthere) {
                throw new failure('The server is down.');
            }
            $forgotten[] = $uniqueid;
        });
        return $server;
    }

    public function test_a_trained_model_stays(): void {
        $directories = [$this->model(), $this->model(['predictionsprocessor' => '\mlbackend_moodleml\processor'])];
        array_map([$this, 'store'], $directories);
        $this->assertSame([], leftovers::clean($this->server()));
        foreach ($directories as $directory) {
            $this->assertFileExists("$directory/execution/classifier/model.mml");
        }
    }

    public function test_what_moodle_does_not_count_as_trained_by_us_goes(): void {
        $directories = [
            'cleared' => $this->model(['trained' => 0]),
            'of another backend' => $this->model(['predictionsprocessor' => '\mlbackend_python\processor']),
            'deleted' => self::directory(99999, 1),
            'of an earlier version' => self::directory((int) basename(dirname($this->model())), 1),
        ];
        array_map([$this, 'store'], $directories);
        $cleaned = leftovers::clean($this->server());
        sort($cleaned);
        sort($directories);
        $this->assertSame($directories, $cleaned);
        array_map([$this, 'assertDirectoryDoesNotExist'], $directories);
        $this->assertSame([], leftovers::clean($this->server()));
    }

    public function test_what_was_just_written_stays(): void {
        $directory = $this->model(['trained' => 0]);
        $this->store($directory, 60);
        $this->assertSame([], leftovers::clean($this->server()));
        $this->assertFileExists("$directory/execution/classifier/samples-1.mml");
    }

    public function test_files_of_others_stay(): void {
        $directory = $this->model(['trained' => 0]);
        check_dir_exists("$directory/execution/classifier");
        touch("$directory/execution/classifier/checkpoint", time() - 2 * DAYSECS);
        $this->assertSame([], leftovers::clean($this->server()));
        $this->assertFileExists("$directory/execution/classifier/checkpoint");
    }

    public function test_a_model_of_the_python_backend_beside_ours_stays(): void {
        $directory = $this->model(['predictionsprocessor' => '\mlbackend_python\processor']);
        $this->store($directory);
        $originals = self::store_original($directory);
        $this->assertSame([$directory], leftovers::clean($this->server()));
        array_map([$this, 'assertFileExists'], $originals);
        $this->assertFileDoesNotExist("$directory/execution/classifier/model.mml");
        $this->assertDirectoryDoesNotExist("$directory/execution/logs/1");
        $this->assertSame([], leftovers::clean($this->server()));
    }

    public function test_a_backend_that_is_not_ready_when_a_model_is_cleared(): void {
        $this->setAdminUser();
        $directory = $this->model();
        $this->store($directory);
        $away = new processor(runners::chosen(new configuration(runner: 'cli', programpath: '/nowhere/moodleml')));
        $this->assertIsString($away->is_ready());
        // What core does then.
        global $DB;
        $DB->set_field('analytics_models', 'trained', 0, []);
        $this->expectOutputRegex('/' . preg_quote($directory, '/') . '/');
        (new task\clean_up())->execute();
        $this->assertDirectoryDoesNotExist($directory);
    }

    public function test_a_server_deletes_what_it_keeps_once_it_is_there(): void {
        $directory = $this->model(['trained' => 0]);
        leftovers::mark("$directory/execution", self::UNIQUEID);
        touch("$directory/execution/moodleml-server.txt", time() - 2 * DAYSECS);
        $this->assertSame([$directory], leftovers::clean($this->server(false)));
        $this->assertDebuggingCalled('The server is down.');
        $forgotten = [];
        $this->assertSame([], leftovers::clean($this->server(true, $forgotten)));
        $this->assertSame([self::UNIQUEID], $forgotten);
        leftovers::clean($this->server(true, $forgotten));
        $this->assertCount(1, $forgotten);
    }

    public function test_training_on_a_server_is_noted(): void {
        $directory = self::directory(7, 1) . '/execution';
        $dataset = make_request_directory() . '/dataset.csv';
        touch($dataset);
        \curl::mock_response('{"status": 0, "info": []}');
        (new server(new configuration(serverurl: 'http://127.0.0.1:9')))->train(self::UNIQUEID, $directory, $dataset);
        $this->assertSame(self::UNIQUEID, file_get_contents("$directory/moodleml-server.txt"));
    }

    public function test_automatic_clears_local_models_while_the_server_is_down(): void {
        $directory = self::directory(7, 1);
        $this->store($directory);
        $configuration = new configuration(serverurl: 'http://127.0.0.1:9');
        (new processor(runners::chosen($configuration)))->clear_model(self::UNIQUEID, $directory);
        $this->assertDirectoryDoesNotExist($directory);
        $forgotten = [];
        leftovers::clean($this->server(true, $forgotten));
        $this->assertSame([self::UNIQUEID], $forgotten);
    }

    public function test_a_server_that_was_chosen_says_that_it_is_down(): void {
        $directory = self::directory(7, 1);
        $this->store($directory);
        $configuration = new configuration(runner: 'server', serverurl: 'http://127.0.0.1:9');
        try {
            (new processor(runners::chosen($configuration)))->clear_model(self::UNIQUEID, $directory);
            $this->fail('The model counts as cleared.');
        } catch (failure $failure) {
            $this->assertStringContainsString('cannot be reached', $failure->getMessage());
        }
        $this->assertDirectoryDoesNotExist($directory);
    }

    public function test_uninstalling_deletes_every_model(): void {
        global $CFG;
        $directory = $this->model();
        $this->store($directory, 0);
        self::write("$directory/evaluation/quarters/logs/1/info.log", 'evaluation started at 2026-11-30');
        $other = $this->model();
        $this->store($other);
        $originals = self::store_original($other);
        require_once("$CFG->dirroot/lib/mlbackend/moodleml/db/uninstall.php");
        $this->assertTrue(xmldb_mlbackend_moodleml_uninstall());
        $this->assertDirectoryDoesNotExist($directory);
        array_map([$this, 'assertFileExists'], $originals);
        $this->assertFileDoesNotExist("$other/execution/classifier/model.mml");
    }
}
