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
 * Tests of the overview of models.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use core\check\result;
use core_analytics\model;
use mlbackend_moodleml\local\model_states;
use mlbackend_moodleml\local\report;

/**
 * What administrators see of models: overview, report, and check.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\model_states
 */
final class models_test extends \advanced_testcase {
    /** @var model */
    private model $model;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $generator = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml');
        $generator->create_course_of_students(20);
        $this->model = $generator->create_model();
    }

    protected function tearDown(): void {
        set_config('predictionsprocessor', '\mlbackend_moodleml\processor', 'analytics');
        $this->model->delete();
        parent::tearDown();
    }

    /**
     * What the overview shows of the model.
     *
     * @return array
     */
    private function row(): array {
        global $PAGE;
        $data = (new output\models())->export_for_template($PAGE->get_renderer('core'));
        $names = array_column($data['models'], null, 'url');
        $params = ['action' => 'log', 'id' => $this->model->get_id()];
        $url = (new \moodle_url('/admin/tool/analytics/model.php', $params))->out(false);
        return $names[$url];
    }

    /**
     * The result of the check.
     *
     * @return result
     */
    private function check(): result {
        return (new check\models())->get_result();
    }

    public function test_the_overview(): void {
        set_config('flag', 'share', 'mlbackend_moodleml');
        set_config('flagshare', '30', 'mlbackend_moodleml');
        $this->assertSame(get_string('models:nottrained', 'mlbackend_moodleml'), $this->row()['trained']);
        $this->model->train();
        $this->model->predict();
        $row = $this->row();
        $this->assertStringEndsWith('20 samples in all', $row['trained']);
        $server = local\configuration::of_site()->runner === 'server';
        $this->assertSame(get_string($server ? 'models:server' : 'models:share', 'mlbackend_moodleml', '30'), $row['decision']);
        $this->assertGreaterThan(0, $row['reasons']);
        $this->assertSame(['', get_string('models:notevaluated', 'mlbackend_moodleml')], [$row['failure'], $row['score']]);
    }

    public function test_the_report_of_an_evaluation(): void {
        [$result] = array_values($this->model->evaluate(['timesplitting' => '\core\analytics\time_splitting\single_range']));
        $info = $result->info[array_key_last($result->info)];
        $this->assertMatchesRegularExpression('~<a href="([^"]+/report/\d+/\d+/report.html)">\1</a>$~', $info);
        $row = $this->row();
        $this->assertStringContainsString($row['reporturl'], $info);
        $this->assertMatchesRegularExpression('/^[\d.]+% \(/', $row['score']);
        [$runid] = array_slice(explode('/', $row['reporturl']), -2);
        $path = report::path($this->model->get_id(), (int) $runid);
        $this->assertStringStartsWith('<!DOCTYPE html>', file_get_contents($path));
        $this->assertNull(report::path($this->model->get_id(), (int) $runid + 1));
        $this->assertNull(report::path($this->model->get_id() + 1, (int) $runid));
        $this->model->clear();
        $this->assertNull(report::path($this->model->get_id(), (int) $runid));
        $this->assertNull(report::url($this->model->get_id(), (int) $runid));
        $this->assertSame('', (string) $this->row()['reporturl']);
    }

    public function test_a_failure_is_shown_until_the_call_works(): void {
        model_states::failed($this->model, 'training', '<b>The disk is full.</b>');
        $this->assertStringContainsString('‹b›The disk is full.‹/b›', $this->row()['failure']);
        $this->assertSame(result::WARNING, $this->check()->get_status());
        model_states::worked($this->model, 'prediction');
        $this->assertNotSame('', $this->row()['failure']);
        $this->model->train();
        $this->assertSame('', $this->row()['failure']);
        $this->assertSame(result::OK, $this->check()->get_status());
    }

    public function test_what_the_last_prediction_noted(): void {
        global $PAGE;
        $this->assertSame(['', []], [$this->row()['predicted'], $this->row()['notes']]);
        $answer = (object) ['status' => 0, 'info' => ['Column <b>forum posts</b> has moved.', 'Another note.']];
        model_states::note($this->model->get_unique_id(), 'prediction', $answer);
        $this->assertSame(['Column ‹b›forum posts‹/b› has moved.', 'Another note.'], $this->row()['notes']);
        $page = $PAGE->get_renderer('core')->render_from_template('mlbackend_moodleml/models', ['models' => [$this->row()]]);
        $this->assertStringContainsString('has moved.<br>Another note.</dd>', $page);
        $this->model->train();
        $this->model->predict();
        $this->assertSame([], $this->row()['notes']);
        $this->assertStringContainsString(userdate(time(), get_string('strftimedate')), $this->row()['predicted']);
    }

    public function test_a_training_that_fails_is_noted(): void {
        global $DB;
        $DB->set_field('user', 'idnumber', '0.5');
        $this->model->train();
        $this->assertSame('training', model_states::of_model($this->model)->failedcall);
        $this->assertStringContainsString('samples belonging to all classes', $this->row()['failure']);
    }

    public function test_the_check_of_a_site_that_uses_another_backend(): void {
        set_config('predictionsprocessor', '\mlbackend_python\processor', 'analytics');
        $this->assertSame(result::NA, $this->check()->get_status());
    }

    public function test_the_check_is_among_those_of_the_site(): void {
        $checks = \core\check\manager::get_checks('status');
        $names = array_map(fn(\core\check\check $check): string => $check->get_ref(), $checks);
        $this->assertContains('mlbackend_moodleml_models', $names);
    }
}
