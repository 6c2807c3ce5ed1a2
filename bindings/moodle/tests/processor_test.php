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
 * Tests of the processor on the runner of the test site.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use core_analytics\model;

/**
 * The processor on the runner that config.php chooses by TEST_MLBACKEND_MOODLEML.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\processor
 */
final class processor_test extends \advanced_testcase {
    /** @var string What Moodle calls the model. */
    private const UNIQUEID = '0123456789abcdef0123456789abcdef01234567';

    /** @var processor */
    private processor $processor;

    /** @var \mlbackend_moodleml_generator */
    private \mlbackend_moodleml_generator $generator;

    /** @var string The model's directory. */
    private string $directory;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->processor = new processor();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml');
        $this->directory = make_request_directory();
    }

    protected function tearDown(): void {
        $this->processor->delete_output_dir($this->directory, self::UNIQUEID);
        parent::tearDown();
    }

    /**
     * Trains on classes that the features tell.
     *
     * @return \stdClass
     */
    private function train(): \stdClass {
        $dataset = $this->generator->create_classes(array_map(fn(int $sample): int => $sample % 2, range(0, 59)));
        return $this->processor->train_classification(self::UNIQUEID, $dataset, $this->directory);
    }

    /**
     * Predicts ten samples.
     *
     * @return \stdClass
     */
    private function classify(): \stdClass {
        return $this->processor->classify(self::UNIQUEID, $this->generator->create_unlabelled(10), $this->directory);
    }

    /**
     * Asserts that an answer tells of an error in one sentence, as Moodle shows it.
     *
     * @param int $status
     * @param string $expected part of the sentence
     * @param \stdClass $answer
     */
    private function assert_refused(int $status, string $expected, \stdClass $answer): void {
        $this->assertSame($status, $answer->status);
        $this->assertCount(1, $answer->info);
        $this->assertStringContainsString($expected, $answer->info[0]);
        $this->assertStringNotContainsString("\n", $answer->info[0]);
    }

    public function test_is_ready_is_exactly_true_and_quick(): void {
        $this->assertSame(true, $this->processor->is_ready());
        $start = microtime(true);
        $this->assertSame(true, $this->processor->is_ready());
        $this->assertLessThan(0.5, microtime(true) - $start);
    }

    public function test_classes(): void {
        $this->assertEquals((object) ['status' => 0, 'info' => []], $this->train());
        $answer = $this->classify();
        $this->assertSame([0, []], [$answer->status, $answer->info]);
        $this->assertCount(10, $answer->predictions);
        foreach ($answer->predictions as $sample => [$id, $class, $probability]) {
            $this->assertSame(["$sample-7", (string) ($sample % 2)], [$id, $class]);
            $this->assertGreaterThan(0.5, $probability);
        }
    }

    public function test_numbers(): void {
        $dataset = $this->generator->create_numbers(200);
        $answer = $this->processor->train_regression(self::UNIQUEID, $dataset, $this->directory);
        $this->assertEquals((object) ['status' => 0, 'info' => []], $answer);
        $answer = $this->processor->estimate(self::UNIQUEID, $this->generator->create_unlabelled(10), $this->directory);
        $this->assertSame(0, $answer->status);
        foreach ($answer->predictions as $sample => [$id, $estimate]) {
            $features = $this->generator->features($sample);
            $this->assertEqualsWithDelta(5 * $features[0] + $features[1], (float) $estimate, 0.5);
        }
    }

    public function test_evaluation_of_numbers_in_words(): void {
        $dataset = $this->generator->create_numbers(200);
        $answer = $this->processor->evaluate_regression(self::UNIQUEID, 0.05, 2, $dataset, $this->directory, false);
        $this->assertSame(0, $answer->status);
        $this->assertGreaterThan(0.9, $answer->score);
        $this->assertStringContainsString('R squared', $answer->info[0]);
        $this->assertStringContainsString('Score (R squared)', $answer->info[1]);
        $this->assertStringContainsString('Root mean squared error', $answer->info[2]);
        $this->assert_report($answer);
    }

    public function test_evaluation_of_classes_in_words(): void {
        // Every fifth label is wrong, so that the score is neither 0 nor 1.
        $labels = array_map(fn(int $sample): int => $sample % 5 ? $sample % 2 : 1 - $sample % 2, range(0, 149));
        $dataset = $this->generator->create_classes($labels);
        $answer = $this->processor->evaluate_classification(self::UNIQUEID, 0.9, 2, $dataset, $this->directory, false);
        $this->assertSame(0, $answer->status);
        $this->assertStringContainsString('than guessing', $answer->info[0]);
        $this->assertStringContainsString('Of 100 rows of class "1" it finds', $answer->info[1]);
        $this->assertStringContainsString(format_float($answer->score, 3), $answer->info[3]);
        $this->assertStringContainsString(format_float($answer->baseline, 3), $answer->info[3]);
        $accuracy = format_float($answer->{'balanced accuracy'}, 3);
        $this->assertStringContainsString("Balanced accuracy: $accuracy", $answer->info[4]);
        $this->assertStringContainsString('ROC AUC: ' . format_float($answer->auc, 3), $answer->info[5]);
        $this->assertStringContainsString('Guessing: ' . format_float(0.5, 3), $answer->info[5]);
        $this->assert_report($answer);
    }

    /**
     * Asserts that an evaluation's last sentence names the report, which is there.
     *
     * @param \stdClass $answer
     */
    private function assert_report(\stdClass $answer): void {
        $report = $this->directory . "/logs/$answer->runid/report.html";
        $this->assertSame(get_string('summary:report', 'mlbackend_moodleml', $report), end($answer->info));
        $this->assertStringStartsWith('<!DOCTYPE html>', file_get_contents($report));
    }

    public function test_evaluation_of_a_trained_model(): void {
        $this->train();
        $dataset = $this->generator->create_classes([0, 1, 0, 1, 0, 1]);
        $other = make_request_directory();
        $answer = $this->processor->evaluate_classification(self::UNIQUEID, 0.05, 10, $dataset, $other, $this->directory);
        $this->assertSame([0, 1], [$answer->status, (int) $answer->score]);
    }

    /**
     * Sets of samples that teach little or nothing.
     *
     * @return array[]
     */
    public static function degenerate_sets(): array {
        return [
            'no sample' => [[], model::NOT_ENOUGH_DATA],
            'one sample' => [[1], model::NOT_ENOUGH_DATA],
            'one class' => [[1, 1, 1, 1], model::NOT_ENOUGH_DATA],
            'one sample of each class' => [[0, 1], model::OK],
        ];
    }

    /**
     * Degenerate sets are answered, and leave no model where they are refused.
     *
     * @dataProvider degenerate_sets
     * @param int[] $labels
     * @param int $status
     */
    public function test_degenerate_sets(array $labels, int $status): void {
        $dataset = $this->generator->create_classes($labels);
        $answer = $this->processor->train_classification(self::UNIQUEID, $dataset, $this->directory);
        $this->assertSame($status, $answer->status);
        $trained = $status === model::OK;
        $this->assertSame($trained ? model::OK : model::NO_DATASET, $this->classify()->status);
        $this->assertCount($trained ? 0 : 1, $answer->info);
        $answer = $this->processor->evaluate_classification(self::UNIQUEID, 0.05, 2, $dataset, $this->directory, false);
        $this->assertNotSame(model::OK, $answer->status);
        $this->assertNotEmpty($answer->info);
    }

    public function test_samples_that_contradict_each_other(): void {
        $rows = [[1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1]];
        $dataset = $this->generator->create_file('nfeatures,targettype,targetclasses', '3,discrete,"[0,1]"', 'a,b,c,target', $rows);
        $answer = $this->processor->train_classification(self::UNIQUEID, $dataset, $this->directory);
        $this->assertEquals((object) ['status' => 0, 'info' => []], $answer);
    }

    public function test_a_malformed_set_is_refused_and_changes_nothing(): void {
        $this->train();
        $before = $this->classify();
        $rows = [[1, 1, 1, 0], [1, 'many', 1, 1]];
        $dataset = $this->generator->create_file('nfeatures,targettype,targetclasses', '3,discrete,"[0,1]"', 'a,b,c,target', $rows);
        $answer = $this->processor->train_classification(self::UNIQUEID, $dataset, $this->directory);
        $this->assert_refused(model::GENERAL_ERROR, '"many"', $answer);
        $this->assertStringContainsString('row 5', $answer->info[0]);
        $this->assertEquals($before, $this->classify());
    }

    public function test_export_and_import(): void {
        $this->train();
        $exported = $this->processor->export(self::UNIQUEID, $this->directory);
        $expected = $this->classify();
        $this->processor->clear_model(self::UNIQUEID, $this->directory);
        $this->assert_refused(model::NO_DATASET, 'have not been trained yet', $this->classify());
        $this->assertSame(true, $this->processor->import(self::UNIQUEID, $this->directory, $exported));
        $this->assertEquals($expected, $this->classify());
    }

    public function test_nothing_to_export(): void {
        $this->expectException(\moodle_exception::class);
        $this->expectExceptionMessage('nothing to export');
        $this->processor->export(self::UNIQUEID, $this->directory);
    }

    public function test_a_damaged_model_is_not_imported(): void {
        $this->train();
        $before = $this->classify();
        $exported = $this->processor->export(self::UNIQUEID, $this->directory);
        self::damage("$exported/model.mml");
        try {
            $this->processor->import(self::UNIQUEID, $this->directory, $exported);
            $this->fail('A damaged model was imported.');
        } catch (\moodle_exception $exception) {
            $this->assertStringContainsString('model.mml', $exception->getMessage());
        }
        $this->assertEquals($before, $this->classify());
    }

    public function test_a_model_damaged_in_its_place(): void {
        $this->train();
        $model = "$this->directory/classifier/model.mml";
        if (is_file($model)) {
            self::damage($model);
            $this->assert_refused(model::GENERAL_ERROR, 'model.mml', $this->classify());
            $this->assert_refused(model::GENERAL_ERROR, 'model.mml', $this->train());
        } else {
            $this->assertSame(model::OK, $this->classify()->status, 'The server keeps the model out of reach.');
        }
    }

    /**
     * Changes one byte in the middle of a file.
     *
     * @param string $path
     */
    private static function damage(string $path): void {
        $bytes = file_get_contents($path);
        $middle = intdiv(strlen($bytes), 2);
        $bytes[$middle] = chr(ord($bytes[$middle]) ^ 0x10);
        file_put_contents($path, $bytes);
    }

    public function test_directories_that_are_gone_come_back(): void {
        $this->train();
        $this->processor->clear_model(self::UNIQUEID, $this->directory);
        $this->assertDirectoryDoesNotExist($this->directory);
        $this->assertSame(model::NO_DATASET, $this->classify()->status);
        $this->assertSame(model::OK, $this->train()->status);
        $this->assertSame(model::OK, $this->classify()->status);
    }

    public function test_the_trial_of_the_check_page(): void {
        $runner = local\runners::chosen(local\configuration::of_site());
        $sentences = (new local\self_check($runner))->run();
        $this->assertMatchesRegularExpression('/^(38|39|40) of 40 new samples/', $sentences[1]);
        $this->assertStringStartsWith('Reasons for 40 predictions', $sentences[2]);
        $this->assertStringContainsString('Guessing: ', $sentences[3]);
    }
}
