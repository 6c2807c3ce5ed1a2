<?php
// SPDX-License-Identifier: Apache-2.0
// Fills the site of pages.sh: "seed_pages.php CONFIG courses" makes courses and students with Moodle's generator for tests. Then age_courses.php
// gives them a past. "seed_pages.php CONFIG model" evaluates, trains and predicts core's model of students at risk, and prints what pages.py
// needs, as JSON.
define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->libdir . '/testing/classes/util.php');

use core_analytics\model;

const INTERVAL = '\core\analytics\time_splitting\quarters';

function make_courses(int $courses, int $students): void
{
    $generator = testing_util::get_data_generator();
    $users = [];
    for ($number = 0; $number < $students; $number++) {
        $users[] = $generator->create_user(['firstname' => 'Student', 'lastname' => (string) ($number + 1)]);
    }
    for ($number = 1; $number <= $courses; $number++) {
        $course = $generator->create_course(['fullname' => "Course $number", 'shortname' => "course$number"]);
        foreach (['forum', 'assign', 'page'] as $kind) {
            $generator->create_module($kind, ['course' => $course->id]);
        }
        foreach ($users as $user) {
            $generator->enrol_user($user->id, $course->id, 'student');
        }
        $generator->create_and_enrol($course, 'editingteacher', ['username' => "teacher$number", 'password' => 'Moodle-1-trial']);
    }
}

function require_ok(stdClass $result, string $what): void
{
    if ($result->status !== model::OK) {
        throw new moodle_exception('failure', 'mlbackend_moodleml', '', "$what: " . implode(' ', $result->info));
    }
}

function model_at_work(): model
{
    global $DB;
    $record = $DB->get_record_select('analytics_models', $DB->sql_like('target', '?'), ['%course_dropout']);
    // A model that has evaluated keeps no record of what it trains on: cron's calls have an object each.
    (new model($record->id))->enable(INTERVAL);
    (new model($record->id))->evaluate(['timesplitting' => INTERVAL, 'mode' => 'configuration']);
    $model = new model($record->id);
    require_ok($model->train(), 'training');
    require_ok($model->predict(), 'prediction');
    return $model;
}

\core\session\manager::set_user(get_admin());
if ($argv[2] === 'courses') {
    set_config('enableanalytics', 1);
    set_config('enabled_stores', 'logstore_standard', 'tool_log');
    set_config('predictionsprocessor', '\mlbackend_moodleml\processor', 'analytics');
    make_courses(3, 45);
    exit;
}
$model = model_at_work();
$insight = $DB->get_record('analytics_predictions', ['modelid' => $model->get_id()], '*', IGNORE_MULTIPLE);
$context = context::instance_by_id($insight->contextid);
$logs = $model->get_logs(0, 1);
echo json_encode([
    'model' => (int) $model->get_id(),
    'context' => (int) $context->id,
    'insight' => (int) $insight->id,
    'log' => reset($logs)->dir,
]), "\n";
