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
 * Tests of the pages about insights.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use core_analytics\model;
use mlbackend_moodleml\local\insights;
use mlbackend_moodleml\local\navigation;
use mlbackend_moodleml\local\reasons;

/**
 * Who sees the reasons for insights, and what.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\insights
 */
final class insights_test extends \advanced_testcase {
    /** @var model A model with predictions. */
    private model $model;

    /** @var \stdClass Its course. */
    private \stdClass $course;

    /** @var \stdClass One of its predictions. */
    private \stdClass $prediction;

    protected function setUp(): void {
        global $DB;
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $generator = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml');
        $this->course = $generator->create_course_of_students(8);
        $this->model = $generator->create_model();
        $this->model->train();
        $this->model->predict();
        $this->prediction = $DB->get_record('analytics_predictions', [], '*', IGNORE_MULTIPLE);
    }

    protected function tearDown(): void {
        $this->setAdminUser();
        $this->model->delete();
        parent::tearDown();
    }

    /**
     * Becomes a teacher of a course.
     *
     * @param \stdClass $course
     */
    private function become_teacher(\stdClass $course): void {
        $this->setUser($this->getDataGenerator()->create_and_enrol($course, 'editingteacher'));
    }

    /**
     * Why an insight is refused.
     *
     * @param int $id
     * @return string
     */
    private function refusal(int $id): string {
        try {
            insights::of_prediction($id);
            $this->fail('The insight was shown.');
        } catch (\moodle_exception $exception) {
            return $exception->getMessage();
        }
    }

    public function test_a_teacher_sees_the_insights_of_the_course(): void {
        global $PAGE;
        $PAGE->set_url('/');
        $this->become_teacher($this->course);
        [$model, $prediction, $context] = insights::of_prediction($this->prediction->id);
        $this->assertSame([$this->model->get_id(), (int) $this->prediction->contextid], [$model->get_id(), (int) $context->id]);
        $output = $PAGE->get_renderer('core');
        $data = (new output\why($model, $prediction))->export_for_template($output);
        $this->assertSame(get_string('idnumber'), $data['reasons'][0]['name']);
        $this->assertTrue($data['reasons'][0]['for']);
        $this->assertStringContainsString('for “at risk”', $data['sure'][0]);
        $page = $output->render_from_template('mlbackend_moodleml/why', $data);
        $this->assertStringContainsString(get_string('why:nocause', 'mlbackend_moodleml'), $page);
        $this->assertStringContainsString($data['reasons'][0]['share'], $page);
    }

    public function test_a_teacher_sees_the_list_of_the_course(): void {
        global $PAGE;
        $PAGE->set_url('/');
        $this->become_teacher($this->course);
        $context = insights::visible_context($this->prediction->contextid);
        $model = insights::model_in($context, 0);
        $output = $PAGE->get_renderer('core');
        $data = (new output\why_list($model, $context, 0))->export_for_template($output);
        $this->assertCount(4, $data['insights']);
        $this->assertStringStartsWith('Strongest reason: ' . get_string('idnumber'), $data['insights'][0]['strongest']);
        $page = $output->render_from_template('mlbackend_moodleml/why_list', $data);
        $this->assertStringContainsString('why.php?id=', $page);
    }

    public function test_others_learn_nothing(): void {
        $nothing = $this->refusal($this->prediction->id + 1000);
        $this->become_teacher($this->getDataGenerator()->create_course());
        $this->assertSame($nothing, $this->refusal($this->prediction->id));
        $this->assertSame($nothing, $this->refusal($this->prediction->id + 1000));
        $this->setUser($this->getDataGenerator()->create_and_enrol($this->course, 'student'));
        $this->assertSame($nothing, $this->refusal($this->prediction->id));
        $this->expectExceptionMessage($nothing);
        insights::visible_context($this->prediction->contextid);
    }

    public function test_a_deleted_sample(): void {
        global $DB;
        $enrolment = $DB->get_record('user_enrolments', ['id' => $this->prediction->sampleid]);
        $instance = $DB->get_record('enrol', ['id' => $enrolment->enrolid]);
        enrol_get_plugin($instance->enrol)->unenrol_user($instance, $enrolment->userid);
        $this->assertSame(get_string('why:gone', 'mlbackend_moodleml'), $this->refusal($this->prediction->id));
        $this->become_teacher($this->getDataGenerator()->create_course());
        $this->assertSame(get_string('why:refused', 'mlbackend_moodleml'), $this->refusal($this->prediction->id));
    }

    public function test_a_course_without_reasons(): void {
        $course = $this->getDataGenerator()->create_course();
        $this->become_teacher($course);
        $context = insights::visible_context(\context_course::instance($course->id)->id);
        $this->expectExceptionMessage(get_string('why:none', 'mlbackend_moodleml'));
        insights::model_in($context, $this->model->get_id());
    }

    public function test_an_insight_without_reasons(): void {
        global $DB, $PAGE;
        $PAGE->set_url('/');
        $DB->delete_records(reasons::TABLE);
        [$model, $prediction] = insights::of_prediction($this->prediction->id);
        $output = $PAGE->get_renderer('core');
        $data = (new output\why($model, $prediction))->export_for_template($output);
        $page = $output->render_from_template('mlbackend_moodleml/why', $data);
        $this->assertStringContainsString(get_string('why:notkept', 'mlbackend_moodleml'), $page);
        $this->assertStringNotContainsString('mlbackend-moodleml-bar', $page);
    }

    public function test_a_reason_of_a_server_that_was_taken_over(): void {
        $script = '<script>alert(1)</script>';
        $columns = [[$script, $script], ['a', '1']];
        $reason = local\reason::of_stored(['name' => $script, 'adds' => 1e300, 'share' => 1e300, 'columns' => $columns]);
        $this->assertSame(['‹script›alert(1)‹/script›', '', 1.0], [$reason->name, $reason->value, $reason->share]);
        $access = '\core\analytics\indicator\any_write_action';
        $reason = local\reason::of_stored(['name' => $access, 'adds' => -1, 'share' => -1, 'columns' => [[$access, '7']]]);
        $this->assertSame([get_string('why:notcalculated', 'mlbackend_moodleml'), 0.0], [$reason->value, $reason->share]);
        $range = [['range/0', '0'], ['range/1', '1']];
        $reason = local\reason::of_stored(['name' => 'range', 'adds' => 1, 'share' => 0.5, 'columns' => $range]);
        $this->assertSame(get_string('why:part', 'mlbackend_moodleml', 2), $reason->value);
    }

    /**
     * The nodes that the plugin adds to a course's navigation.
     *
     * @return string[]
     */
    private function nodes(): array {
        $navigation = new \navigation_node(['text' => 'course', 'type' => \navigation_node::TYPE_COURSE]);
        navigation::extend_course($navigation, \context_course::instance($this->course->id));
        return $navigation->get_children_key_list();
    }

    public function test_the_course_leads_to_the_list(): void {
        $this->become_teacher($this->course);
        $this->assertSame(['mlbackend_moodleml_reasons'], $this->nodes());
        $this->setUser($this->getDataGenerator()->create_and_enrol($this->course, 'student'));
        $this->assertSame([], $this->nodes());
    }

    public function test_cores_pages_lead_to_the_reasons(): void {
        global $PAGE;
        $pages = [
            'prediction.php?id=' . $this->prediction->id => 'why.php?id=' . $this->prediction->id,
            'prediction.php?id=0' => null,
            'insights.php?contextid=' . $this->prediction->contextid . '&modelid=' . $this->model->get_id() => 'reasons.php',
            'insights.php?contextid=' . SYSCONTEXTID . '&modelid=' . $this->model->get_id() => null,
        ];
        foreach ($pages as $page => $expected) {
            $PAGE = new \moodle_page();
            $PAGE->set_url("/report/insights/$page");
            navigation::extend_insights();
            $actions = implode('', $PAGE->get_header_actions());
            $expected === null ? $this->assertSame('', $actions) : $this->assertStringContainsString($expected, $actions);
        }
    }
}
