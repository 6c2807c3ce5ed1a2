<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\Model;
use MoodleML\MoodleMLException;
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
