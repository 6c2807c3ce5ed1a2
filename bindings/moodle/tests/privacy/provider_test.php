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
 * Tests of the privacy provider.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\privacy;

use core_privacy\local\metadata\collection;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use mlbackend_moodleml\local\reasons;

/**
 * The privacy provider.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\privacy\provider
 */
final class provider_test extends \core_privacy\tests\provider_testcase {
    /** @var \core_analytics\model|null A model with predictions in two courses. */
    private ?\core_analytics\model $model = null;

    public function tearDown(): void {
        $this->model?->delete();
        parent::tearDown();
    }

    public function test_all_places_are_told_in_words_that_there_are(): void {
        $items = provider::get_metadata(new collection('mlbackend_moodleml'))->get_collection();
        $names = array_map(fn($item): string => $item->get_name(), $items);
        $this->assertSame(['modeldirectory', 'server', reasons::TABLE], $names);
        $strings = get_string_manager();
        foreach ($items as $item) {
            foreach (array_merge([$item->get_summary()], $item->get_privacy_fields()) as $string) {
                $this->assertTrue($strings->string_exists($string, 'mlbackend_moodleml'), $string);
            }
        }
    }

    public function test_nobody_is_found_without_predictions(): void {
        $this->assertCount(0, provider::get_contexts_for_userid((int) get_admin()->id));
    }

    /**
     * Makes predictions in two courses, and enrols a flagged student of the first in the second.
     *
     * @return array the contexts, and the ids of the flagged students of each
     */
    private function predict(): array {
        global $DB;
        $this->resetAfterTest();
        $this->setAdminUser();
        $generator = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml');
        $courses = [$generator->create_course_of_students(6), $generator->create_course_of_students(6)];
        $contexts = array_map(fn(\stdClass $course): \context => \context_course::instance($course->id), $courses);
        $flagged = 'SELECT ue.userid
                      FROM {mlbackend_moodleml_reasons} r
                      JOIN {user_enrolments} ue ON ue.id = r.sampleid
                     WHERE r.contextid = ?
                  ORDER BY ue.userid';
        $this->model = $generator->create_model();
        $this->model->train();
        $risky = $DB->get_records_select('user', "lastname = 'new' AND idnumber < '0'", [], 'id', 'id', 0, 1);
        $this->getDataGenerator()->enrol_user(key($risky), $courses[1]->id, 'student');
        $this->model->predict();
        $found = fn(\context $context): array => array_map('intval', $DB->get_fieldset_sql($flagged, [$context->id]));
        return [$contexts, array_map($found, $contexts)];
    }

    public function test_people_are_found_by_context_and_contexts_by_person(): void {
        [$contexts, $flagged] = $this->predict();
        $this->assertSame([3, 4], array_map('count', $flagged));
        foreach ($contexts as $number => $context) {
            $list = new userlist($context, 'mlbackend_moodleml');
            provider::get_users_in_context($list);
            $this->assertEqualsCanonicalizing($flagged[$number], $list->get_userids());
        }
        [$both] = array_values(array_intersect(...$flagged));
        $found = array_map('intval', provider::get_contexts_for_userid($both)->get_contextids());
        $this->assertEqualsCanonicalizing([$contexts[0]->id, $contexts[1]->id], $found);
        [$one] = array_values(array_diff($flagged[1], [$both]));
        $this->assertEquals([$contexts[1]->id], provider::get_contexts_for_userid($one)->get_contextids());
    }

    public function test_export(): void {
        global $DB;
        [$contexts, $flagged] = $this->predict();
        [$user] = array_values(array_intersect(...$flagged));
        $this->export_context_data_for_user($user, $contexts[0], 'mlbackend_moodleml');
        $this->assertFalse(writer::with_context($contexts[1])->has_any_data());
        $sql = 'SELECT r.id
                  FROM {mlbackend_moodleml_reasons} r
                  JOIN {user_enrolments} ue ON ue.id = r.sampleid
                 WHERE ue.userid = ? AND r.contextid = ?';
        $id = $DB->get_field_sql($sql, [$user, $contexts[0]->id]);
        $folder = array_map(
            fn(string $string): string => get_string($string, 'mlbackend_moodleml'),
            ['pluginname', 'privacy:metadata:reasons']
        );
        $data = writer::with_context($contexts[0])->get_data(array_merge($folder, [$id]));
        $this->assertSame('at risk', $data->prediction);
        $this->assertSame(get_string('idnumber'), $data->reasons[0]->name);
    }

    public function test_deletion_by_context(): void {
        global $DB;
        [$contexts] = $this->predict();
        provider::delete_data_for_all_users_in_context($contexts[0]);
        $this->assertSame([0, 4], array_map(
            fn(\context $context): int => $DB->count_records(reasons::TABLE, ['contextid' => $context->id]),
            $contexts
        ));
    }

    public function test_deletion_by_person(): void {
        global $DB;
        [$contexts, $flagged] = $this->predict();
        [$both] = array_values(array_intersect(...$flagged));
        $user = \core_user::get_user($both);
        provider::delete_data_for_user(new approved_contextlist($user, 'mlbackend_moodleml', [$contexts[1]->id]));
        $this->assertEquals([$contexts[0]->id], provider::get_contexts_for_userid($both)->get_contextids());
        $this->assertSame(6, $DB->count_records(reasons::TABLE));
    }

    public function test_deletion_of_people_in_a_context(): void {
        global $DB;
        [$contexts, $flagged] = $this->predict();
        $some = array_slice($flagged[0], 0, 2);
        provider::delete_data_for_users(new approved_userlist($contexts[0], 'mlbackend_moodleml', $some));
        $list = new userlist($contexts[0], 'mlbackend_moodleml');
        provider::get_users_in_context($list);
        $this->assertEquals(array_slice($flagged[0], 2), $list->get_userids());
        $this->assertSame(5, $DB->count_records(reasons::TABLE));
    }
}
