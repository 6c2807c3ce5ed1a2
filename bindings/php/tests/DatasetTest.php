<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\MoodleMLException;
use MoodleML\Task;

final class DatasetTest extends TestCase
{
    public function testFromRows(): void
    {
        $dataset = Dataset::fromRows([[1, 0.5], [null, -2]]);
        $this->assertSame([2, 2, null], [$dataset->rows(), $dataset->columns(), $dataset->task()]);
        $this->assertSame([[], null], [$dataset->classNames(), $dataset->rowIds()]);
        $this->assertSame(['x0', 'x1'], $dataset->columnNames());
        $this->assertSame([1.0, 0.5], $dataset->values()[0]);
        $this->assertNan($dataset->values()[1][0]);
        $this->assertSame(-2.0, $dataset->values()[1][1]);
        $this->assertFails(MoodleMLException::NOT_FOUND, 'target', fn () => $dataset->target());
    }

    public function testWithMakesACopy(): void
    {
        $plain = Dataset::fromRows([[1], [2], [3]]);
        $dataset = $plain->with(
            labels: ['b', 'a', 'b'],
            weights: [1, 0.5, 2],
            columnNames: ["Überstunden \u{1F600}"],
            rowIds: ['x', 7, 'x'],
        );
        $this->assertNull($plain->task());
        $this->assertSame(Task::Classification, $dataset->task());
        $this->assertSame([['b', 'a'], [0.0, 1.0, 0.0]], [$dataset->classNames(), $dataset->target()]);
        $this->assertSame([["Überstunden \u{1F600}"], ['x', '7', 'x']], [$dataset->columnNames(), $dataset->rowIds()]);
        $this->assertSame([['0', '1', '2'], [1.0, 0.0, 1.0]], [
            $dataset->with(labels: [1, 0, 1], classes: [0, 1, 2])->classNames(),
            $dataset->with(labels: [1, 0, 1], classes: [0, 1, 2])->target(),
        ]);
        $regression = $dataset->with(target: [0.1, 2, -3]);
        $this->assertSame([Task::Regression, []], [$regression->task(), $regression->classNames()]);
        $this->assertSame([0.1, 2.0, -3.0], $regression->target());
    }

    public function testSelect(): void
    {
        $rows = self::dataset()->with(rowIds: range(0, 119))->select([5, 5, 2]);
        $this->assertSame([['5', '5', '2'], 3], [$rows->rowIds(), $rows->rows()]);
        $this->assertSame(0, $rows->select([])->rows());
        $this->assertSame([], $rows->select([])->values());
        $this->assertSame(0, $rows->select([])->with(columnNames: ['a', 'b'])->rows());
    }

    public function testFromSparseRows(): void
    {
        $dataset = Dataset::fromSparseRows(3, [0, 1, 1, 3], [1, 0, 2], [1.5, 2, -1]);
        $this->assertSame([[0.0, 1.5, 0.0], [0.0, 0.0, 0.0], [2.0, 0.0, -1.0]], $dataset->values());
        $this->assertSame([[0.0, 0.0]], Dataset::fromSparseRows(2, [0, 0], [], [])->values());
        foreach ([[[0, 2], [1], [1]], [[], [], []], [[0, 1], [1], []], [[0, 3], [0, 1, 2], [1, 2]]] as $wrong) {
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'row start', fn () => Dataset::fromSparseRows(3, ...$wrong));
        }
    }

    public function testFromCsv(): void
    {
        $path = $this->moodleFile('students.csv', true);
        $dataset = Dataset::fromCsv($path);
        $this->assertSame([120, 2, ['0', '1'], ['hours', 'absent']], [
            $dataset->rows(), $dataset->columns(), $dataset->classNames(), $dataset->columnNames(),
        ]);
        $this->assertSame('discrete', $dataset->description()['metadata']['targettype']);
        $plain = new Config(['format' => 'plain', 'target' => 'b']);
        $this->assertSame([2.0, 4.0], Dataset::fromCsvText("a,b\n1,2\n3,4\n", $plain->with('task', 'regression'))->target());
        $this->assertFails(MoodleMLException::IO, 'absent.csv', fn () => Dataset::fromCsv("$this->folder/absent.csv"));
        $this->assertFails(MoodleMLException::BAD_DATA, 'row 2', fn () => Dataset::fromCsvText("a,b\n1,\"2\n", $plain));
    }

    public function testRefusesWhatIsNoTable(): void
    {
        foreach (
            [
                'no number but string' => [[1, '2']],
                'no number but bool' => [[true]],
                'row 1 is not an array of 2 numbers' => [[1, 2], [3]],
                'row 0 is not an array' => [1, 2],
                'columns is 0' => [],
            ] as $words => $rows
        ) {
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, $words, fn () => Dataset::fromRows($rows));
        }
        $this->assertFails(MoodleMLException::BAD_DATA, 'row 1, column 0', fn () => Dataset::fromRows([[1], [INF]]));
        $dataset = Dataset::fromRows([[1], [2]]);
        $this->assertFails(MoodleMLException::BAD_DATA, 'label 1, "c"', fn () => $dataset->with(labels: ['a', 'c'], classes: ['a', 'b']));
        $this->assertFails(MoodleMLException::BAD_DATA, 'row 0', fn () => $dataset->with(target: [null, 1]));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'rows', fn () => $dataset->with(weights: [1]));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'zero byte', fn () => $dataset->with(columnNames: ["a\0b"]));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'row 0 is no whole number', fn () => $dataset->select([0.5]));
    }

    /** Arguments go to C as one array, not as arguments of PHP's that its stack could not hold. */
    public function testManyRows(): void
    {
        $dataset = Dataset::fromRows(array_fill(0, 300000, [0.5]))->with(weights: array_fill(0, 300000, 1));
        $this->assertSame(300000, $dataset->rows());
        $this->assertSame([0.5], $dataset->values()[299999]);
    }
}
