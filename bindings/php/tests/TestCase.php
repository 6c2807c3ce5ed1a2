<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\Model;
use MoodleML\MoodleMLException;

/** What the tests share: a temporary folder, small data, other PHP processes. */
abstract class TestCase extends \PHPUnit\Framework\TestCase
{
    protected const ROOT = __DIR__ . '/../../..';
    protected const HEADER = self::ROOT . '/include/moodleml/moodleml.h';

    protected string $folder;

    protected function setUp(): void
    {
        $this->folder = Folder::make();
    }

    protected function tearDown(): void
    {
        Folder::remove($this->folder);
    }

    /** The built library. */
    protected static function library(): string
    {
        return (string) getenv('MOODLEML_LIBRARY');
    }

    /**
     * Rows of two columns; who works more hours than twice the weeks absent passes.
     *
     * @return array{list<list<int>>, list<string>} rows and labels
     */
    protected static function students(int $count = 120): array
    {
        $rows = $labels = [];
        for ($i = 0; $i < $count; ++$i) {
            $rows[] = [$hours = $i * 7 % 10, $absent = $i * 3 % 6];
            $labels[] = $hours > 2 + $absent ? 'passed' : 'failed';
        }
        return [$rows, $labels];
    }

    protected static function dataset(int $count = 120): Dataset
    {
        [$rows, $labels] = self::students($count);
        return Dataset::fromRows($rows)->with(labels: $labels);
    }

    /** @param array<string, string|int|float|bool> $more options */
    protected static function quick(array $more = []): Config
    {
        return new Config($more + ['networks' => 0, 'trees' => 20]);
    }

    protected static function model(): Model
    {
        return Model::train(self::dataset(), self::quick());
    }

    /** A file as Moodle writes it, with the target where it is labelled, else with an id. */
    protected function moodleFile(string $name, bool $labelled, int $count = 120): string
    {
        [$rows, $labels] = self::students($count);
        $lines = ['nfeatures,targetclasses,targettype', '2,"[0,1]",discrete', $labelled ? 'hours,absent,target' : 'id,hours,absent'];
        foreach ($rows as $index => $row) {
            $cells = $labelled ? [...$row, $labels[$index] === 'passed' ? 1 : 0] : ["$index-0", ...$row];
            $lines[] = implode(',', $cells);
        }
        $path = "$this->folder/$name";
        file_put_contents($path, implode("\n", $lines) . "\n");
        return $path;
    }

    /** Expects a failure of the library's with this status, and these words in its message. */
    protected function assertFails(int $status, string $words, callable $call): void
    {
        try {
            $call();
        } catch (MoodleMLException $failure) {
            $this->assertSame($status, $failure->getCode(), $failure->getMessage());
            $this->assertStringContainsString($words, $failure->getMessage());
            $this->assertStringNotContainsString("\n", $failure->getMessage());
            return;
        }
        $this->fail('nothing failed');
    }

    /**
     * Runs PHP code in a process of its own, with the classes at hand.
     *
     * @param list<string> $arguments of php
     * @param array<string, string> $environment
     * @return string what it printed, on both streams
     */
    protected function php(string $code, array $arguments = [], array $environment = []): string
    {
        $autoload = var_export(self::ROOT . '/bindings/php/autoload.php', true);
        $command = [PHP_BINARY, '-d', 'display_errors=stderr', '-d', 'log_errors=0', ...$arguments, '-r', "require $autoload; $code"];
        return Process::output($command, $environment + getenv(), $this->folder);
    }

    /** Kilobytes of memory that a process holds. */
    protected static function residentKilobytes(): int
    {
        preg_match('/^VmRSS:\s+(\d+)/m', (string) file_get_contents('/proc/self/status'), $match);
        return (int) $match[1];
    }
}
