<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\Library;
use MoodleML\Model;
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

    public function testFromColumns(): void
    {
        $dataset = Dataset::fromColumns([
            'logins' => ['3', null, 5],
            'degree' => ['BA', '', 'MSc'],
            'joined' => [new \DateTimeImmutable('1970-01-02T00:00:00Z'), null, new \DateTimeImmutable('1970-01-12T00:00:00Z')],
        ]);
        $this->assertSame(3, $dataset->rows());
        $this->assertSame(['logins', 'degree'], array_slice($dataset->columnNames(), 0, 2));
        $this->assertSame([3.0, 0.0, 1.0], array_slice($dataset->values()[0], 0, 3));
        $this->assertNan($dataset->values()[1][0]);
        $this->assertSame(11.0, $dataset->values()[2][2]);
        $this->assertSame(['MSc', null, null], [$dataset->levelName(1, 1), $dataset->levelName(1, 2), $dataset->levelName(0, 0)]);
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, '"a"', fn () => Dataset::fromColumns(['a' => ['x', []]]));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, '', fn () => Dataset::fromColumns(['a' => [1, 2], 'b' => [1]]));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, '', fn () => Dataset::fromColumns([]));
        $this->assertFails(MoodleMLException::BAD_DATA, '', fn () => Dataset::fromColumns(['a' => [INF]]));
    }

    public function testAModelOfColumnsReadsCategories(): void
    {
        $degrees = [];
        $labels = [];
        for ($i = 0; $i < 90; $i++) {
            $degrees[] = ['BA', 'MSc', 'PhD'][$i % 3];
            $labels[] = $i % 3 === 1 ? 'leaves' : 'stays';
        }
        $model = Model::train(Dataset::fromColumns(['degree' => $degrees])->with(labels: $labels), new Config(['effort' => 'fast']));
        $leaves = array_search('leaves', $model->classNames(), true);
        [$bachelor, $master, $other] = $model->predict(Dataset::fromColumns(['degree' => ['BA', 'MSc', 'none known']]));
        $this->assertGreaterThan(0.8, $master[$leaves]);
        $this->assertLessThan(0.2, $bachelor[$leaves]);
        $this->assertLessThan(0.9, $other[$leaves]);
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
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'row_starts', fn () => Dataset::fromSparseRows(3, ...$wrong));
        }
    }

    public function testSparseIndicesAreNotCut(): void
    {
        $this->assertSame([[0.0, 2.5]], Dataset::fromSparseRows(2, ['0', '1'], ['1'], ['2.5'])->values());
        foreach ([2 ** 32 + 1, -2 ** 32 + 1, 2 ** 31, 2 ** 53, -1, 3] as $index) {
            $call = fn () => Dataset::fromSparseRows(3, [0, 1], [$index], [1.0]);
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, "column $index: give", $call);
        }
        foreach (['columns' => [2 ** 32 + 3, [0, 1]], 'row_starts' => [3, [0, 2 ** 32 + 1]]] as $words => [$columns, $starts]) {
            $call = fn () => Dataset::fromSparseRows($columns, $starts, [1], [1]);
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, $words, $call);
        }
        $this->assertSame('unknown status', Library::load()->statusName(2 ** 32));
    }

    /** What PDO, fgetcsv() and Moodle's get_records() give. */
    public function testCellsAsDatabasesAndFilesGiveThem(): void
    {
        $values = Dataset::fromRows([['0.5', '', ' 7 ', true], ['-1e3', '2', '.5', false]])->values();
        $this->assertNan($values[0][1]);
        $this->assertSame([0.5, 7.0, 1.0], [$values[0][0], $values[0][2], $values[0][3]]);
        $this->assertSame([-1000.0, 2.0, 0.5, 0.0], $values[1]);
        $records = Dataset::fromRows([
            17 => (object) ['logins' => '3', '2026' => 1],
            4 => ['2026' => null, 'logins' => 5],
        ]);
        $this->assertSame(['logins', '2026'], $records->columnNames());
        $this->assertSame([3.0, 1.0, 5.0], [...$records->values()[0], $records->values()[1][0]]);
        $target = Dataset::fromRows([[1], [2]])->with(target: ['1.5', '-2'], weights: ['1', '0.5'], columnNames: [2026]);
        $this->assertSame([[1.5, -2.0], ['2026']], [$target->target(), $target->columnNames()]);
        $this->assertSame([[2.0], [1.0]], $target->select(['1', 0.0])->values());
    }

    public function testRowsWithNames(): void
    {
        $dataset = Dataset::fromRows([['b' => 1, 'a' => 2], ['a' => 4, 'b' => 3]]);
        $this->assertSame([['b', 'a'], [[1.0, 2.0], [3.0, 4.0]]], [$dataset->columnNames(), $dataset->values()]);
        $this->assertSame(['x0', 'x1'], Dataset::fromRows([[1 => 20, 0 => 10]])->columnNames());
        $this->assertSame([[10.0, 20.0]], Dataset::fromRows([[1 => 20, 0 => 10]])->values());
        foreach (
            [
                'row 1 has 1 columns, the first row has 2' => [['a' => 1, 'b' => 2], ['a' => 1]],
                'row 1 lacks the column "b"' => [['a' => 1, 'b' => 2], ['a' => 1, 'c' => 2]],
                'row 7 lacks the column "a"' => [3 => ['a' => 1], 7 => [1]],
                'row 0, column "a" is "many"' => [['a' => 'many']],
                'PDO::FETCH_ASSOC' => [['a' => '1', 0 => '1', 'b' => '2', 1 => '2']],
                '"a" occurs twice' => [],
            ] as $words => $rows
        ) {
            $call = fn () => $rows === [] ? $dataset->with(columnNames: ['a', 'a']) : Dataset::fromRows($rows);
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, $words, $call);
        }
    }

    public function testLabelsOfAnyKind(): void
    {
        $dataset = Dataset::fromRows([[1], [2]]);
        foreach (
            [
                [[true, false], ['1', '0']],
                [[1.0, 0.0], ['1', '0']],
                [['1', 0], ['1', '0']],
                [[0.5, -0.0], ['0.5', '0']],
                [[1e22, 9007199254740993], ['10000000000000000000000', '9007199254740993']],
                [['01', '1'], ['01', '1']],
                [['1e1', '10'], ['1e1', '10']],
            ] as [$labels, $names]
        ) {
            $labelled = $dataset->with(labels: $labels);
            $this->assertSame([$names, [0.0, 1.0]], [$labelled->classNames(), $labelled->target()]);
        }
        $this->assertSame([1.0, 0.0], $dataset->with(labels: [true, '0'], classes: [0, 1.0])->target());
        foreach ([null, NAN, INF, [], new \stdClass()] as $wrong) {
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'label 1 is ', fn () => $dataset->with(labels: ['a', $wrong]));
        }
        $this->assertFails(MoodleMLException::BAD_DATA, 'label 1 is empty', fn () => $dataset->with(labels: ['a', '']));
        $both = fn () => $dataset->with(labels: ['a', 'b'], target: [1, 2]);
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'not both', $both);
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'labels', fn () => $dataset->with(classes: ['a', 'b']));
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

    public function testFromCsvForAModel(): void
    {
        [$rows, $labels] = self::students();
        $path = "$this->folder/table.csv";
        $lines = array_map(fn (array $row, string $label): string => "$row[0],$row[1],$label", $rows, $labels);
        file_put_contents($path, "hours,absent,result\n" . implode("\n", $lines) . "\n");
        $plain = new Config(['format' => 'plain', 'target' => 'result']);
        $model = Model::train(Dataset::fromCsv($path, $plain), self::quick());
        $other = "$this->folder/other.csv";
        file_put_contents($other, "note,absent,hours\nill,1,9\nwell,4,1\n");
        $dataset = Dataset::fromCsvFor($model, $other, new Config(['format' => 'plain', 'labelled' => false]));
        $this->assertSame($model->predict([[9, 1], [1, 4]]), $model->predict($dataset));
        file_put_contents($other, "note,absent\nill,1\n");
        $lacks = fn () => $model->predict(Dataset::fromCsvFor($model, $other, new Config(['format' => 'plain', 'labelled' => false])));
        $this->assertFails(MoodleMLException::MISMATCH, '"hours"', $lacks);
    }

    public function testRefusesWhatIsNoTable(): void
    {
        foreach (
            [
                'column 1 is "2,5": give a number' => [[1, '2,5']],
                'column 0 is "0x1A"' => [['0x1A']],
                'column 0 is "two\nlines\u0000"' => [["two\nlines\0"]],
                'column 0 is array' => [[[]]],
                'column 0 is stdClass' => [[new \stdClass()]],
                'column 0 is Closure' => [[fn () => 1]],
                'column 0 is "' . str_repeat('ä', 60) . '…"' => [[str_repeat('ä', 61)]],
                'column 0 is "' . str_repeat('ä', 59) . '"' => [[str_repeat('ä', 59)]],
                'row 1 has 1 columns, the first row has 2' => [[1, 2], [3]],
                'row 1 is not an array but null' => [[1], null],
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
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'row 0 is 0.5: give a whole number', fn () => $dataset->select([0.5]));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'row 0 is bool', fn () => $dataset->select([true, false]));
    }

    /** Arguments go to C as one array, not as arguments of PHP's that its stack could not hold. */
    public function testManyRows(): void
    {
        $dataset = Dataset::fromRows(array_fill(0, 300000, [0.5]))->with(weights: array_fill(0, 300000, 1));
        $this->assertSame(300000, $dataset->rows());
        $this->assertSame([0.5], $dataset->values()[299999]);
    }
}
