<?php
// SPDX-License-Identifier: Apache-2.0
// Fills the sites of pages.sh and rare.sh: "seed_pages.php CONFIG courses" makes courses and students with Moodle's generator for tests. Then
// age_courses.php gives them a past. "seed_pages.php CONFIG model" evaluates, trains and predicts core's model of students at risk, and prints
// what pages.py needs, as JSON. "seed_pages.php CONFIG flags" trains it anew, without what it said before, and prints what rare.py needs.
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

function model_number(): int
{
    global $DB;
    return (int) $DB->get_field_select('analytics_models', 'id', $DB->sql_like('target', '?'), ['%course_dropout'], MUST_EXIST);
}

function model_at_work(int $number): model
{
    $model = new model($number);
    require_ok($model->train(), 'training');
    require_ok($model->predict(), 'prediction');
    return $model;
}

function print_flags(): void
{
    global $DB;
    $number = model_number();
    (new model($number))->clear();
    (new model($number))->enable(INTERVAL);
    model_at_work($number);
    $course = $DB->get_record('course', ['shortname' => 'course3'], 'id', MUST_EXIST);
    $context = context_course::instance($course->id);
    echo json_encode([
        'model' => $number,
        'context' => (int) $context->id,
        'students' => count_enrolled_users($context, 'mod/assign:submit'),
        'flagged' => $DB->count_records('analytics_predictions', ['modelid' => $number, 'contextid' => $context->id]),
    ]), "\n";
}

\core\session\manager::set_user(get_admin());
if ($argv[2] === 'courses') {
    set_config('enableanalytics', 1);
    set_config('enabled_stores', 'logstore_standard', 'tool_log');
    set_config('predictionsprocessor', '\mlbackend_moodleml\processor', 'analytics');
    make_courses(3, (int) ($argv[3] ?? 45));
    exit;
}
if ($argv[2] === 'flags') {
    print_flags();
    exit;
}
// A model that has evaluated keeps no record of what it trains on: cron's calls have an object each.
(new model(model_number()))->enable(INTERVAL);
(new model(model_number()))->evaluate(['timesplitting' => INTERVAL, 'mode' => 'configuration']);
$model = model_at_work(model_number());
$insight = $DB->get_record('analytics_predictions', ['modelid' => $model->get_id()], '*', IGNORE_MULTIPLE);
$context = context::instance_by_id($insight->contextid);
$logs = $model->get_logs(0, 1);
echo json_encode([
    'model' => (int) $model->get_id(),
    'context' => (int) $context->id,
    'insight' => (int) $insight->id,
    'log' => reset($logs)->dir,
]), "\n";
