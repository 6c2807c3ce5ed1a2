<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\Model;
use MoodleML\MoodleMLException;

/** What is done ten thousand times takes no more memory than what is done a thousand times. */
final class MemoryTest extends TestCase
{
    private function assertTakesNoMemory(int $times, callable $call): void
    {
        for ($i = 0; $i < $times / 10; ++$i) {
            $call($i);
        }
        $before = self::residentKilobytes();
        $php = memory_get_usage();
        for ($i = 0; $i < $times; ++$i) {
            $call($i);
        }
        $this->assertLessThan(1024, memory_get_usage() - $php, 'bytes of PHP');
        $this->assertLessThan(512, self::residentKilobytes() - $before, 'kilobytes of the process');
    }

    public function testPredictions(): void
    {
        $model = self::model();
        $this->assertTakesNoMemory(10000, fn (int $i) => $model->predict([[$i % 10, $i % 6]]));
    }

    public function testObjects(): void
    {
        $bytes = self::model()->bytes();
        $this->assertTakesNoMemory(2000, function (int $i) use ($bytes): void {
            $config = new Config(['seed' => $i]);
            $model = Model::fromBytes($bytes);
            $dataset = Dataset::fromRows([[1, 2], [3, 4]])->with(['a', 'b'], columnNames: ['x0', 'x1'], rowIds: [$i, $i]);
            $model->predict($dataset, $config);
        });
    }

    public function testFailures(): void
    {
        $wrong = fn () => new Config(['x' => 1]);
        $this->assertTakesNoMemory(2000, fn () => $this->assertFails(MoodleMLException::UNKNOWN_OPTION, 'x', $wrong));
    }

    public function testCallables(): void
    {
        $model = self::model();
        $this->assertTakesNoMemory(2000, fn (int $i) => $model->write(fn (string $piece) => $i));
        $this->assertTakesNoMemory(200, function () use ($model): void {
            try {
                $model->write(fn () => throw new \DomainException('a reason'));
            } catch (\DomainException) {
            }
        });
    }
}
