<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\CancelledException;
use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\Library;
use MoodleML\Model;
use MoodleML\MoodleMLException;
use MoodleML\Progress;
use MoodleML\Report;
use MoodleML\Task;

final class ModelTest extends TestCase
{
    public function testClassification(): void
    {
        $model = self::model();
        $this->assertSame([Task::Classification, 2, 2, ['x0', 'x1']], [
            $model->task(), $model->inputs(), $model->outputs(), $model->inputNames(),
        ]);
        $this->assertEqualsCanonicalizing(['passed', 'failed'], $model->classNames());
        $passed = array_search('passed', $model->classNames(), true);
        [$diligent, $other] = $model->predict([[9, 1], [1, 4]]);
        $this->assertGreaterThan(0.9, $diligent[$passed]);
        $this->assertLessThan(0.1, $other[$passed]);
        $this->assertEqualsWithDelta(1, array_sum($diligent), 1e-6);
        $this->assertSame('classification', $model->description()['task']);
    }

    public function testDecision(): void
    {
        $model = self::model();
        $this->assertSame('probable', $model->decision());
        $this->assertSame([0.0, 0.0], $model->offsets());
        $this->assertSame([0, 1, 0], $model->decide([[0.9, 0.1], [0.4, 0.6], [0.5, 0.5]]));
        $this->assertSame([], $model->decide([]));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'row 1', fn () => $model->decide([[0.9, 0.1], [1]]));
        $costly = Model::train(self::dataset(), new Config(['decision' => 'cost:9', 'trees' => 5, 'networks' => 0]));
        $this->assertSame('cost:9', $costly->decision());
        $this->assertSame([1, 0], $costly->decide([[0.85, 0.15], [0.95, 0.05]]));
    }

    public function testRowsAndDataSetsGiveTheSame(): void
    {
        $model = self::model();
        [$rows] = self::students(10);
        $this->assertSame($model->predict($rows), $model->predict(Dataset::fromRows($rows), new Config(['threads' => 2])));
        $this->assertSame([], $model->predict([]));
        $this->assertCount(2, $model->predict([[null, 1]])[0]);
        $this->assertFails(MoodleMLException::MISMATCH, 'columns', fn () => $model->predict([[1]]));
        $this->assertFails(MoodleMLException::BAD_DATA, 'inf', fn () => $model->predict([[1, INF]]));
    }

    public function testPredictorsAnswerAsTheirModel(): void
    {
        $model = self::model();
        [$rows] = self::students(30);
        $predictor = $model->predictor();
        $expected = $model->predict($rows);
        $this->assertSame($expected, $predictor->predict($rows));
        $this->assertSame($expected[3], $predictor->predictRow($rows[3]));
        $this->assertSame($model->decide($expected), $predictor->decide($rows));
        $this->assertSame([], $predictor->predict([]));
        $this->assertSame($predictor->predict([[0, 4], [0, 0]]), $predictor->predictSparse([0, 1, 1], [1], [4]));
        [$first, $second] = $model->inputNames();
        $named = $model->predictor([$second, 'other', $first]);
        [$a, $b] = $rows[3];
        $this->assertSame($expected[3], $named->predictRow([$b, 7, $a]));
        $this->assertSame($expected[3], $named->predictRow([$first => $a, 'more' => 'text', $second => $b, 'other' => null]));
        $this->assertFails(MoodleMLException::MISMATCH, "\"$first\"", fn () => $named->predictRow(['other' => 1, $second => 2]));
        $this->assertFails(MoodleMLException::MISMATCH, 'columns', fn () => $model->predictor([$first]));
        $this->assertFails(MoodleMLException::MISMATCH, 'columns', fn () => $predictor->predictRow([1]));
        $this->assertFails(MoodleMLException::BAD_DATA, 'inf', fn () => $predictor->predictRow([1, INF]));
    }

    public function testColumnsByName(): void
    {
        [$rows, $labels] = self::students();
        $named = array_map(fn (array $row): array => array_combine(['hours', 'absent'], $row), $rows);
        $model = Model::train(Dataset::fromRows($named)->with(labels: $labels), self::quick());
        $this->assertSame(['hours', 'absent'], $model->inputNames());
        $expected = $model->predict([[9, 1], [1, 4]]);
        foreach (
            [
                [['absent' => 1, 'hours' => 9], ['hours' => 1, 'absent' => 4]],
                [(object) ['absent' => '1', 'hours' => '9.0'], (object) ['absent' => '4', 'hours' => '1']],
                [['id' => 'a7', 'absent' => 1, 'hours' => 9], ['id' => null, 'absent' => 4, 'hours' => 1, 'note' => 'ill']],
            ] as $samples
        ) {
            $this->assertSame($expected, $model->predict($samples));
        }
        $foreign = ['absent' => ['hours' => 9], 'hours' => ['absent' => 1, 'Hours' => 9], 'hours", "absent' => ['a' => 1, 'b' => 9]];
        foreach ($foreign as $words => $row) {
            $this->assertFails(MoodleMLException::MISMATCH, "\"$words\"", fn () => $model->predict([$row]));
        }
        $lacks = fn () => $model->predict([['absent' => 1, 'hours' => 9], ['absent' => 1]]);
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'row 1 lacks the column "hours"', $lacks);
        $this->assertSame($expected, self::model()->predict([['x0' => 9, 'x1' => 1], ['x0' => 1, 'x1' => 4]]));
        $this->assertSame($expected, self::model()->predict([['x1' => 1, 'x0' => 9, 'id' => ''], ['x0' => 1, 'x1' => 4]]));
    }

    public function testExplanation(): void
    {
        $rows = [];
        $labels = [];
        for ($i = 0; $i < 80; $i++) {
            $rows[] = ['logins' => $i % 8, 'posts' => $i % 3];
            $labels[] = $i % 8 < 4 ? 'leaves' : 'stays';
        }
        $config = new Config(['effort' => 'fast']);
        $model = Model::train(Dataset::fromRows($rows)->with(labels: $labels), $config);
        $some = array_slice($rows, 0, 9);
        $parts = $model->explain($some);
        foreach ($model->predict($some) as $row => $scores) {
            foreach ($scores as $output => $score) {
                self::assertCount(3, $parts[$row][$output]);
                self::assertEqualsWithDelta($score, 1 / (1 + exp(-array_sum($parts[$row][$output]))), 1e-4);
            }
            self::assertGreaterThan(abs($parts[$row][1][1]), abs($parts[$row][1][0]), 'the logins tell the class, not the posts');
        }
        $reversed = array_map(fn (array $row): array => array_reverse($row, true), $some);
        self::assertSame($parts, $model->explain($reversed));
        self::assertSame([], $model->explain([]));
        $this->expectException(CancelledException::class);
        $model->explain($some, null, fn (): bool => false);
    }

    public function testSerialization(): void
    {
        $model = self::model();
        $same = unserialize(serialize([$model, new Config(['seed' => 7])]));
        $this->assertSame([$model->bytes(), ['seed' => '7']], [$same[0]->bytes(), $same[1]->options]);
        $this->assertSame('7', $same[1]->get('seed'));
        $this->assertFails(MoodleMLException::BAD_MODEL, '', fn () => unserialize('O:14:"MoodleML\Model":1:{s:5:"bytes";s:1:"x";}'));
        $this->assertFails(MoodleMLException::BAD_MODEL, '', fn () => unserialize('O:14:"MoodleML\Model":0:{}'));
        $report = Report::evaluate($model, self::dataset());
        $copy = unserialize(serialize($report));
        $this->assertSame([$report->json(), $report->render('html')], [$copy->json(), $copy->render('html')]);
        $this->assertSame($report->metric('accuracy'), $copy->metric('accuracy'));
        $this->assertFails(MoodleMLException::BAD_DATA, 'not a report', fn () => Report::fromJson('{"schema": 1}'));
        $this->assertFails(MoodleMLException::BAD_DATA, 'not a report', fn () => unserialize('O:15:"MoodleML\Report":0:{}'));
        foreach ([self::dataset(), Library::load()] as $object) {
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'cannot be serialized', fn () => serialize($object));
        }
        foreach (['Handle', 'Dataset', 'Library'] as $class) {
            $name = "MoodleML\\$class";
            $text = 'O:' . strlen($name) . ":\"$name\":0:{}";
            $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'cannot be serialized', fn () => unserialize($text));
        }
        foreach (['Handle', 'Dataset', 'Report', 'Model', 'Library'] as $class) {
            $name = "MoodleML\\$class";
            (new \ReflectionClass($name))->newInstanceWithoutConstructor();
        }
    }

    public function testRegressionGoesOnFromAModel(): void
    {
        [$rows] = self::students();
        $dataset = Dataset::fromRows($rows)->with(target: array_map(fn (array $row): float => 2.0 * $row[0] - $row[1], $rows));
        $first = Model::train($dataset, self::quick());
        $model = Model::train($dataset, self::quick(), null, $first);
        $this->assertSame([Task::Regression, 1, []], [$model->task(), $model->outputs(), $model->classNames()]);
        $this->assertEqualsWithDelta(10, $model->predict([[6, 2]])[0][0], 1);
        $this->assertFails(MoodleMLException::MISMATCH, '', fn () => Model::train(self::dataset(), null, null, $first));
    }

    public function testGroupsDriftAndCard(): void
    {
        [$rows, $labels] = self::students();
        $groups = array_map(fn (int $row): string => ['north', 'south'][$row % 2], array_keys($rows));
        $samples = Dataset::fromRows($rows)->with(labels: $labels, groups: $groups, times: array_keys($rows));
        $config = self::quick(['iterations' => 2, 'resampling' => 'group_folds']);
        $rated = Report::crossValidate($samples, $config)->results()['groups']['rated'];
        $this->assertSame(['north', 'south'], array_column($rated, 'name'));
        $model = Model::train($samples, self::quick());
        $this->assertSame([], $model->drift($samples)['warnings']);
        $this->assertSame(count($rows), json_decode($model->card('json'), true)['samples']['count']);
        $this->assertStringStartsWith('# Model card', $model->card());
        $this->assertFails(MoodleMLException::NOT_FOUND, '"pdf"', fn () => $model->card('pdf'));
        $this->assertNull(json_decode($model->card('json'), true)['evaluation']);
        $report = Report::evaluate($model, $samples);
        $kept = json_decode(Model::fromBytes($model->withReport($report)->bytes())->card('json'), true)['evaluation'];
        $this->assertSame($report->results()['metrics']['log_loss']['value'], $kept['metrics']['log_loss']['value']);
    }

    public function testFiles(): void
    {
        $model = self::model();
        $path = "$this->folder/students.mml";
        $model->save($path);
        $bytes = $model->bytes();
        $this->assertStringContainsString("\0", $bytes);
        $this->assertStringEqualsFile($path, $bytes);
        [$rows] = self::students();
        foreach ([Model::load($path), Model::fromBytes($bytes)] as $same) {
            $this->assertSame($model->predict($rows), $same->predict($rows));
        }
        $this->assertFails(MoodleMLException::BAD_MODEL, '', fn () => Model::fromBytes(substr($bytes, 0, -9)));
        $this->assertFails(MoodleMLException::BAD_MODEL, '', fn () => Model::fromBytes(''));
        $calls = 0;
        $counts = function (Progress $progress) use (&$calls): void {
            ++$calls;
        };
        $this->assertSame($bytes, Model::load($path, new Config(['memory_limit' => 100]), $counts)->bytes());
        $this->assertSame($bytes, Model::fromBytes($bytes, null, $counts)->bytes());
        $this->assertGreaterThan(1, $calls);
        $this->assertFails(MoodleMLException::CANCELLED, '', fn () => Model::load($path, null, fn () => false));
        $this->assertFails(MoodleMLException::CANCELLED, '', fn () => Model::fromBytes($bytes, null, fn () => false));
        $this->assertFails(MoodleMLException::IO, 'absent', fn () => $model->save("$this->folder/absent/students.mml"));
        $this->assertFails(MoodleMLException::INVALID_ARGUMENT, 'zero byte', fn () => Model::load("$path\0.txt"));
    }

    public function testReport(): void
    {
        $report = Report::evaluate(self::model(), self::dataset());
        $this->assertGreaterThan(0.95, $report->metric('accuracy'));
        $this->assertSame('evaluation', $report->results()['kind']);
        $this->assertFails(MoodleMLException::NOT_FOUND, '"accuracy"', fn () => $report->metric('acuracy'));
        $this->assertStringContainsString('</html>', $report->render('html'));
        $this->assertStringStartsWith('# ', $report->render('markdown', new Config(['min_score' => 0.9])));
        $this->assertFails(MoodleMLException::NOT_FOUND, 'pdf', fn () => $report->render('pdf'));
        $folds = Report::crossValidate(self::dataset(), self::quick(['iterations' => 2]));
        $this->assertGreaterThan(0.8, $folds->metric('accuracy'));
        $this->assertSame('cross_validation', $folds->results()['kind']);
        $one = Report::evaluate(self::model(), self::dataset()->select([0, 10]));
        $this->assertNan($one->metric('roc_auc'));
    }
}
