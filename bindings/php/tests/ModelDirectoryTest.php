<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Answer;
use MoodleML\Config;
use MoodleML\ModelDirectory;
use MoodleML\MoodleMLException;
use MoodleML\Progress;

final class ModelDirectoryTest extends TestCase
{
    public function testTrainsAndPredicts(): void
    {
        $directory = new ModelDirectory("$this->folder/model");
        $unlabelled = $this->moodleFile('new.csv', false, 10);
        $refused = $directory->predict($unlabelled);
        $this->assertSame(Answer::NOT_TRAINED, $refused->status);
        $this->assertSame('{"status": 2, "info": ["Provided model have not been trained yet"]}', $refused->json);

        $this->assertSame(Answer::OK, $directory->train($this->moodleFile('students.csv', true), self::quick())->status);
        $predictions = $directory->predict($unlabelled)->fields()['predictions'];
        $this->assertSame(array_map(fn (int $i): string => "$i-0", range(0, 9)), array_column($predictions, 0));
        $labels = array_map(fn (string $label): string => $label === 'passed' ? '1' : '0', self::students(10)[1]);
        $this->assertSame($labels, array_column($predictions, 1));
    }

    public function testExplains(): void
    {
        $directory = new ModelDirectory("$this->folder/model");
        $unlabelled = $this->moodleFile('new.csv', false, 10);
        $this->assertSame(Answer::NOT_TRAINED, $directory->explain($unlabelled)->status);
        $directory->train($this->moodleFile('students.csv', true), self::quick());
        $explanations = $directory->explain($unlabelled, new Config(['reasons' => 1]))->fields()['explanations'];
        $this->assertSame(array_map(fn (int $i): string => "$i-0", range(0, 9)), array_column($explanations, 'id'));
        $predicted = array_column($directory->predict($unlabelled)->fields()['predictions'], 1);
        $this->assertSame($predicted, array_column($explanations, 'class'));
        $this->assertCount(1, $explanations[0]['reasons']);
        $this->expectException(\MoodleML\CancelledException::class);
        $directory->explain($unlabelled, null, fn (): bool => false);
    }

    public function testEvaluates(): void
    {
        $directory = new ModelDirectory("$this->folder/model");
        $students = $this->moodleFile('students.csv', true);
        $directory->train($students, self::quick());
        $trained = $directory->evaluate($students, "$this->folder/model");
        $this->assertGreaterThan(0.95, $trained->fields()['score']);
        $config = self::quick(['iterations' => 2, 'min_score' => 0.25]);
        $split = (new ModelDirectory("$this->folder/other"))->evaluate($students, null, $config);
        $this->assertSame([Answer::OK, 0.25], [$split->status, $split->fields()['min_score']]);
        $this->assertFileDoesNotExist("$this->folder/other/classifier");
        $this->assertFileExists($split->fields()['dir'] . '/report.html');
    }

    public function testExportsAndImports(): void
    {
        $first = new ModelDirectory("$this->folder/first");
        $second = new ModelDirectory("$this->folder/second");
        $this->assertSame(Answer::ERROR, $first->export("$this->folder/export")->status);
        $first->train($this->moodleFile('students.csv', true), self::quick());
        $this->assertSame(Answer::OK, $first->export("$this->folder/export")->status);
        $this->assertSame(Answer::OK, $second->import("$this->folder/export")->status);
        $unlabelled = $this->moodleFile('new.csv', false);
        $this->assertSame($first->predict($unlabelled)->json, $second->predict($unlabelled)->json);
    }

    public function testConvertsAModelOfMoodlesPythonBackend(): void
    {
        $directory = new ModelDirectory("$this->folder/original");
        $this->assertSame(Answer::ERROR, $directory->convert()->status);
        $original = self::ROOT . '/tests/data/original-models/three/classifier';
        mkdir("$this->folder/original/classifier/model.ckpt/variables", 0700, true);
        $variables = 'model.ckpt/variables/variables';
        foreach (['classifier.pkl', "$variables.index", "$variables.data-00000-of-00001"] as $file) {
            copy("$original/$file", "$this->folder/original/classifier/$file");
        }
        $this->assertTrue($directory->convert()->fields()['converted']);
        $this->assertFileExists("$this->folder/original/classifier/model.mml");
        $this->assertFalse($directory->convert()->fields()['converted']);
    }

    public function testAnswersWhatIsWrongAndThrowsWhatHasNoStatus(): void
    {
        $directory = new ModelDirectory("$this->folder/model");
        $answer = $directory->train("$this->folder/absent.csv");
        $this->assertSame(Answer::ERROR, $answer->status);
        $this->assertStringContainsString('absent.csv', $answer->fields()['info'][0]);
        $students = $this->moodleFile('students.csv', true);
        $this->assertFails(MoodleMLException::BUSY, 'lock', fn () => $directory->train(
            $students,
            self::quick(),
            fn () => (new ModelDirectory($directory->path))->train($students, self::quick(['lock_timeout' => 0])),
        ));
        $this->assertSame(Answer::NOT_TRAINED, $directory->predict($students)->status);
    }

    public function testTellsProgress(): void
    {
        $told = [];
        (new ModelDirectory("$this->folder/model"))->train(
            $this->moodleFile('students.csv', true),
            null,
            function (Progress $progress) use (&$told): void {
                $told[] = $progress;
            },
        );
        $fractions = array_map(fn (Progress $progress): float => $progress->fraction, $told);
        $rising = $fractions;
        sort($rising);
        $this->assertSame($rising, $fractions);
        $this->assertSame(1.0, end($fractions));
        $this->assertContains(Progress::TRAINING, array_map(fn (Progress $progress): int => $progress->phase, $told));
    }
}
