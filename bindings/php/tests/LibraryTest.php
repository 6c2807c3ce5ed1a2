<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Answer;
use MoodleML\Bridge;
use MoodleML\Config;
use MoodleML\Library;
use MoodleML\MoodleMLException;
use MoodleML\Progress;
use MoodleML\Task;

final class LibraryTest extends TestCase
{
    public function testVersions(): void
    {
        $library = Library::load();
        $this->assertSame(self::library(), $library->path);
        $this->assertFileEquals(self::HEADER, $library->header);
        preg_match('/project\(moodleml VERSION (\S+)/', (string) file_get_contents(self::ROOT . '/CMakeLists.txt'), $match);
        $this->assertSame($match[1], $library->version());
        $this->assertSame(Bridge::ABI_MAJOR, intdiv($library->abiVersion(), 1000));
        $this->assertSame($library->version(), $library->buildInfo()['version']);
        $this->assertSame('MML_BAD_DATA', $library->statusName(MoodleMLException::BAD_DATA));
        $this->assertNull(Library::unavailable());
    }

    public function testLoadsOneLibraryOnly(): void
    {
        $this->assertSame(Library::load(), Library::load(self::library()));
        $this->expectException(\LogicException::class);
        Library::load('libother.so');
    }

    public function testOptions(): void
    {
        $options = array_column(Library::load()->options(), null, 'name');
        $this->assertGreaterThan(20, count($options));
        $this->assertSame('integer', $options['seed']['type']);
        $this->assertSame($options['seed']['default'], (new Config())->get('seed'));
    }

    public function testConfigNeverChanges(): void
    {
        $config = new Config(['seed' => 7, 'learning_rate' => 0.1, 'linear' => false]);
        $other = $config->with('seed', 8.0)->with('threads', 2);
        $this->assertSame(['7', '8', '2'], [$config->get('seed'), $other->get('seed'), $other->get('threads')]);
        $this->assertSame(['0.1', 'false'], [$other->get('learning_rate'), $other->get('linear')]);
        $this->assertSame(['seed' => '7', 'learning_rate' => '0.1', 'linear' => 'false'], $config->options);
    }

    public function testRefusesOptionsInTheLibrarysWords(): void
    {
        $this->assertFails(MoodleMLException::UNKNOWN_OPTION, 'did you mean "threads"?', fn () => new Config(['treads' => 2]));
        $this->assertFails(MoodleMLException::UNKNOWN_OPTION, 'seed', fn () => (new Config())->with('seed', 'many'));
        $this->assertFails(MoodleMLException::UNKNOWN_OPTION, 'nothing', fn () => (new Config())->get('nothing'));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'zero byte', fn () => new Config(["seed\0" => 2]));
    }

    /** What PHP code compares with has the header's numbers. */
    public function testConstantsAreTheHeaders(): void
    {
        preg_match_all('/\bMML_(\w+) = (-?\d+)/', (string) file_get_contents(self::HEADER), $matches);
        $header = array_map(intval(...), array_combine($matches[1], $matches[2]));
        foreach ([MoodleMLException::class, Progress::class] as $class) {
            $constants = (new \ReflectionClass($class))->getConstants();
            $this->assertNotEmpty($constants);
            $this->assertSame($constants, array_intersect_key($header, $constants) + $constants);
            $this->assertSame([], array_diff_key($constants, $header));
        }
        $statuses = array_filter($header, fn (int $number): bool => $number < 0);
        $this->assertEquals($statuses, (new \ReflectionClass(MoodleMLException::class))->getConstants());
        $this->assertSame($header['CLASSIFICATION'], Task::Classification->value);
        $this->assertSame($header['REGRESSION'], Task::Regression->value);
        $this->assertSame(1000 * $header['ABI_MAJOR'] + $header['ABI_MINOR'], Library::load()->abiVersion());
        $this->assertSame(12, Answer::LOW_SCORE | Answer::NOT_ENOUGH_DATA);
    }

    /**
     * 32-bit column indices would cut PHP's integers, PHP has no library that gives Arrow streams, and mml_model_load_with() and
     * mml_model_load_bytes_with() load as well. PHP's processes do not train one model together. PHP gives options as arrays, not as
     * a list. Refusals and the version of the interface are for hosts that Moodle calls as processes or by REST.
     */
    private const OF_NO_USE = [
        'mml_dataset_from_csr', 'mml_dataset_from_arrow', 'mml_model_load', 'mml_model_load_bytes', 'mml_config_set_ranks',
        'mml_config_set_list', 'mml_moodle_refuse', 'mml_moodle_interface_version',
    ];

    public function testEveryFunctionIsCalled(): void
    {
        $code = implode('', array_map(file_get_contents(...), (array) glob(self::ROOT . '/bindings/php/src/*.php')));
        $header = preg_replace('!/\*.*?\*/!s', '', (string) file_get_contents(self::HEADER));
        preg_match_all('/^[\w ]+[ *]+(mml_\w+)\(/m', (string) $header, $matches);
        $this->assertGreaterThan(50, count($matches[1]));
        foreach (array_diff($matches[1], self::OF_NO_USE) as $function) {
            // A Handle is made with the kind of what it owns, of which the name of this function is made.
            $pattern = preg_match('/^mml_(\w+)_free$/', $function, $kind) ? "/make\w*\(\s*'$kind[1]'/" : "/\b$function\b/";
            $this->assertMatchesRegularExpression($pattern, $code, "no class calls $function");
        }
    }
}
