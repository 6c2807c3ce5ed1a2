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
 * Tests of the reasons that are kept.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use core_analytics\model;
use mlbackend_moodleml\local\model_states;
use mlbackend_moodleml\local\reason;
use mlbackend_moodleml\local\reasons;
use mlbackend_moodleml\local\runner\runner;

/**
 * The reasons that are kept for insights, on the runner that config.php chooses by TEST_MLBACKEND_MOODLEML.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\reasons
 */
final class reasons_test extends \advanced_testcase {
    /** @var model A trained one. */
    private model $model;

    /** @var \stdClass A course with ten students to predict. */
    private \stdClass $course;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $generator = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml');
        $this->course = $generator->create_course_of_students(10);
        $this->model = $generator->create_model();
        $this->assertSame(model::OK, $this->model->train()->status);
    }

    protected function tearDown(): void {
        $this->model->delete();
        parent::tearDown();
    }

    /**
     * Core's predictions, with what is kept of each.
     *
     * @return array[]
     */
    private function kept(): array {
        global $DB;
        $predictions = $DB->get_records('analytics_predictions', ['modelid' => $this->model->get_id()]);
        return array_map(fn(\stdClass $prediction): array => [$prediction, reasons::of_prediction($prediction)], $predictions);
    }

    public function test_reasons_of_flagged_samples_are_kept(): void {
        global $DB;
        $this->assertSame(model::OK, $this->model->predict()->status);
        $this->assertCount(5, $this->kept());
        $this->assertSame(5, $DB->count_records(reasons::TABLE));
        foreach ($this->kept() as [$prediction, $kept]) {
            $this->assertSame($prediction->contextid, $kept->contextid);
            $this->assertGreaterThan(0.5, $kept->answer);
            $this->assertGreaterThan($kept->baseanswer, $kept->answer);
            $reason = $kept->reasons[0];
            $this->assertInstanceOf(reason::class, $reason);
            $this->assertSame(get_string('idnumber'), $reason->name);
            $this->assertGreaterThan(0, $reason->adds);
            $this->assertEqualsWithDelta(1, array_sum(array_column($kept->reasons, 'share')), 1e-6);
            $calculations = json_decode($prediction->calculations, true);
            $percent = round(50 * (1 + $calculations['\mlbackend_moodleml\fixtures\idnumber_indicator']));
            $this->assertStringStartsWith("$percent% (average of all: ", $reason->value);
        }
        $this->assertNull(model_states::of_model($this->model)->failedcall);
    }

    public function test_none_are_kept_where_that_is_turned_off(): void {
        global $DB;
        $this->model->predict();
        set_config('reasons', '0', 'mlbackend_moodleml');
        reasons::delete_where_off();
        $this->assertSame(0, $DB->count_records(reasons::TABLE));
        $DB->delete_records('analytics_predictions');
        $DB->delete_records('analytics_predict_samples');
        $DB->delete_records('analytics_used_files', ['action' => 'predicted']);
        $this->model->predict();
        $this->assertCount(5, $this->kept());
        $this->assertSame(0, $DB->count_records(reasons::TABLE));
    }

    public function test_clearing_a_model_deletes_its_reasons(): void {
        global $DB;
        $this->model->predict();
        $other = $DB->get_record(reasons::TABLE, [], '*', IGNORE_MULTIPLE);
        unset($other->id);
        $other->uniqueid = str_repeat('0', 40);
        $DB->insert_record(reasons::TABLE, $other);
        $this->model->clear();
        $this->assertSame([$other->uniqueid], $DB->get_fieldset_select(reasons::TABLE, 'uniqueid', ''));
        $this->assertSame(0, $DB->count_records(model_states::TABLE));
    }

    public function test_deleting_a_model_deletes_its_reasons(): void {
        global $DB;
        $this->model->predict();
        $this->assertSame(5, $DB->count_records(reasons::TABLE));
        (new \mlbackend_moodleml\processor())->delete_output_dir(make_request_directory(), $this->model->get_unique_id());
        $this->assertSame(0, $DB->count_records(reasons::TABLE));
        $this->assertSame(0, $DB->count_records(model_states::TABLE));
    }

    public function test_reasons_without_a_prediction_go(): void {
        global $DB;
        $this->model->predict();
        $prediction = $DB->get_record('analytics_predictions', [], '*', IGNORE_MULTIPLE);
        $DB->delete_records('analytics_predictions', ['id' => $prediction->id]);
        (new task\clean_up())->execute();
        $this->assertSame(5, $DB->count_records(reasons::TABLE), 'Core may store the prediction yet.');
        $DB->set_field(reasons::TABLE, 'timecreated', time() - 2 * DAYSECS);
        (new task\clean_up())->execute();
        $this->assertSame(4, $DB->count_records(reasons::TABLE));
        $this->assertSame(0, $DB->count_records(reasons::TABLE, ['sampleid' => $prediction->sampleid]));
    }

    public function test_another_prediction_for_the_sample_has_no_reasons(): void {
        global $DB;
        $this->model->predict();
        $DB->set_field('analytics_predictions', 'prediction', 0);
        $this->assertSame([null], array_unique(array_column($this->kept(), 1), SORT_REGULAR));
    }

    /**
     * A runner that predicts, and explains in a way.
     *
     * @param true|string $explains
     * @return runner
     */
    private function runner($explains): runner {
        $runner = $this->createMock(runner::class);
        $runner->method('is_ready')->willReturn(true);
        $runner->method('explains')->willReturn($explains);
        $runner->method('predict')->willReturn((object) ['status' => 0, 'info' => [], 'predictions' => [['1-0', '1', '0.9']]]);
        return $runner;
    }

    /**
     * Predicts one sample.
     *
     * @param runner $runner
     * @return \stdClass
     */
    private function classify(runner $runner): \stdClass {
        $file = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml')
            ->create_file('nfeatures', '1', 'sampleid,a', [['1-0', '0.5']]);
        return (new processor($runner))->classify($this->model->get_unique_id(), $file, make_request_directory());
    }

    public function test_a_failure_costs_no_prediction_and_is_noted(): void {
        $runner = $this->runner(true);
        $runner->method('explain')->willThrowException(new local\failure('No memory.'));
        $this->assertCount(1, $this->classify($runner)->predictions);
        $state = model_states::of_model($this->model);
        $this->assertSame(['explanation', 'No memory.'], [$state->failedcall, $state->failure]);
    }

    public function test_an_old_runner_is_not_asked(): void {
        $runner = $this->runner('Too old.');
        $runner->expects($this->never())->method('explain');
        $this->assertCount(1, $this->classify($runner)->predictions);
        $this->assertNull(model_states::of_model($this->model)->failedcall);
    }
}
