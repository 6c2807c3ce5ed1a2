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
 * What the plugin keeps of people, and where.
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
use core_privacy\local\request\contextlist;
use core_privacy\local\request\transform;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use mlbackend_moodleml\local\reason;
use mlbackend_moodleml\local\reasons;

/**
 * What the plugin keeps of people, and where. The reasons for predictions belong to samples, which core_analytics joins with
 * people. Samples kept for the next training are rows of calculated indicators without ids, so that none can be found by its
 * person.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class provider implements
    \core_privacy\local\metadata\provider,
    \core_privacy\local\request\core_userlist_provider,
    \core_privacy\local\request\plugin\provider {
    /**
     * Tells what is kept where.
     *
     * @param collection $collection
     * @return collection
     */
    public static function get_metadata(collection $collection): collection {
        $collection->add_external_location_link('modeldirectory', [
            'samples' => 'privacy:metadata:modeldirectory:samples',
            'model' => 'privacy:metadata:modeldirectory:model',
            'logs' => 'privacy:metadata:modeldirectory:logs',
        ], 'privacy:metadata:modeldirectory');
        $collection->add_external_location_link('server', [
            'dataset' => 'privacy:metadata:server:dataset',
            'model' => 'privacy:metadata:server:model',
        ], 'privacy:metadata:server');
        $collection->add_database_table(reasons::TABLE, [
            'modelid' => 'privacy:metadata:reasons:modelid',
            'contextid' => 'privacy:metadata:reasons:contextid',
            'sampleid' => 'privacy:metadata:reasons:sampleid',
            'rangeindex' => 'privacy:metadata:reasons:rangeindex',
            'prediction' => 'privacy:metadata:reasons:prediction',
            'answer' => 'privacy:metadata:reasons:answer',
            'baseanswer' => 'privacy:metadata:reasons:baseanswer',
            'reasons' => 'privacy:metadata:reasons:reasons',
            'timecreated' => 'privacy:metadata:reasons:timecreated',
        ], 'privacy:metadata:reasons');
        return $collection;
    }

    /**
     * The contexts in which reasons of a person's samples are kept.
     *
     * @param int $userid
     * @return contextlist
     */
    public static function get_contexts_for_userid(int $userid): contextlist {
        $contexts = new contextlist();
        foreach (self::models_of_people() as $modelid => $join) {
            $sql = "SELECT DISTINCT r.contextid
                      FROM {mlbackend_moodleml_reasons} r
                           $join
                     WHERE r.modelid = :modelid AND u.id = :userid";
            $contexts->add_from_sql($sql, ['modelid' => $modelid, 'userid' => $userid]);
        }
        return $contexts;
    }

    /**
     * The people of whose samples reasons are kept in a context.
     *
     * @param userlist $userlist
     */
    public static function get_users_in_context(userlist $userlist) {
        foreach (self::models_of_people() as $modelid => $join) {
            $sql = "SELECT u.id AS userid
                      FROM {mlbackend_moodleml_reasons} r
                           $join
                     WHERE r.modelid = :modelid AND r.contextid = :contextid";
            $userlist->add_from_sql('userid', $sql, ['modelid' => $modelid, 'contextid' => $userlist->get_context()->id]);
        }
    }

    /**
     * Exports the reasons of a person's samples, in words as the page shows them.
     *
     * @param approved_contextlist $contextlist
     */
    public static function export_user_data(approved_contextlist $contextlist) {
        global $DB;
        $folder = [get_string('pluginname', 'mlbackend_moodleml'), get_string('privacy:metadata:reasons', 'mlbackend_moodleml')];
        foreach (self::ids($contextlist->get_contextids(), [$contextlist->get_user()->id]) as $modelid => $ids) {
            $target = (new \core_analytics\model($modelid))->get_target();
            foreach ($DB->get_records_list(reasons::TABLE, 'id', $ids, 'id') as $record) {
                $data = (object) [
                    'target' => (string) $target->get_name(),
                    'prediction' => $target->get_display_value($record->prediction),
                    'answer' => (float) $record->answer,
                    'answerwithnothingknown' => (float) $record->baseanswer,
                    'reasons' => array_map([reason::class, 'of_stored'], json_decode($record->reasons, true)),
                    'timecreated' => transform::datetime($record->timecreated),
                ];
                $context = \context::instance_by_id($record->contextid);
                writer::with_context($context)->export_data(array_merge($folder, [$record->id]), $data);
            }
        }
    }

    /**
     * Deletes all reasons that are kept in a context.
     *
     * @param \context $context
     */
    public static function delete_data_for_all_users_in_context(\context $context) {
        global $DB;
        $DB->delete_records(reasons::TABLE, ['contextid' => $context->id]);
    }

    /**
     * Deletes the reasons of a person's samples.
     *
     * @param approved_contextlist $contextlist
     */
    public static function delete_data_for_user(approved_contextlist $contextlist) {
        self::delete(self::ids($contextlist->get_contextids(), [$contextlist->get_user()->id]));
    }

    /**
     * Deletes the reasons of some people's samples in a context.
     *
     * @param approved_userlist $userlist
     */
    public static function delete_data_for_users(approved_userlist $userlist) {
        self::delete(self::ids([$userlist->get_context()->id], $userlist->get_userids()));
    }

    /**
     * Deletes records.
     *
     * @param array[] $ids by model
     */
    private static function delete(array $ids): void {
        global $DB;
        foreach ($ids as $some) {
            $DB->delete_records_list(reasons::TABLE, 'id', $some);
        }
    }

    /**
     * The records of some people's samples in some contexts.
     *
     * @param int[] $contextids
     * @param int[] $userids
     * @return array[] ids by model
     */
    private static function ids(array $contextids, array $userids): array {
        global $DB;
        if (!$contextids || !$userids) {
            return [];
        }
        [$contextsql, $contexts] = $DB->get_in_or_equal($contextids, SQL_PARAMS_NAMED);
        [$usersql, $users] = $DB->get_in_or_equal($userids, SQL_PARAMS_NAMED);
        $ids = [];
        foreach (self::models_of_people() as $modelid => $join) {
            $sql = "SELECT DISTINCT r.id
                      FROM {mlbackend_moodleml_reasons} r
                           $join
                     WHERE r.modelid = :modelid AND r.contextid $contextsql AND u.id $usersql";
            $ids[$modelid] = $DB->get_fieldset_sql($sql, ['modelid' => $modelid] + $contexts + $users);
        }
        return array_filter($ids);
    }

    /**
     * The models whose samples belong to people.
     *
     * @return string[] by model, how a record r is joined with its user u
     */
    private static function models_of_people(): array {
        $joins = [];
        foreach (\core_analytics\manager::get_all_models() as $modelid => $model) {
            $analyser = $model->get_analyser(['notimesplitting' => true]);
            if ($analyser->processes_user_data()) {
                $joins[$modelid] = $analyser->join_sample_user('r');
            }
        }
        return $joins;
    }
}
