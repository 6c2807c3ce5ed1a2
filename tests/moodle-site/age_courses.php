<?php
// SPDX-License-Identifier: Apache-2.0
// Gives the courses that Moodle's generator made a past: age_courses.php CONFIG. The last one is half over, the others are
// finished. A third of the students stop after the first quarter, as who drops out does; the others come every week.
define('CLI_SCRIPT', true);
require($argv[1]);

const WEEKS = 16;

function set_dates(stdClass $course, int $start): void
{
    global $DB;
    $DB->update_record('course', ['id' => $course->id, 'startdate' => $start, 'enddate' => $start + WEEKS * WEEKSECS]);
    $enrols = 'enrolid IN (SELECT id FROM {enrol} WHERE courseid = ?)';
    foreach (['timestart', 'timecreated', 'timemodified'] as $field) {
        $DB->set_field_select('user_enrolments', $field, $start, $enrols, [$course->id]);
    }
}

/** One view of the course as the log store keeps it. */
function view(stdClass $course, context $context, int $user, int $time): array
{
    return [
        'eventname' => '\core\event\course_viewed', 'component' => 'core', 'action' => 'viewed', 'target' => 'course',
        'crud' => 'r', 'edulevel' => 2, 'contextid' => $context->id, 'contextlevel' => CONTEXT_COURSE,
        'contextinstanceid' => $course->id, 'userid' => $user, 'courseid' => $course->id, 'anonymous' => 0,
        'other' => 'N;', 'timecreated' => $time, 'origin' => 'web', 'ip' => '127.0.0.1',
    ];
}

function record_visits(stdClass $course, int $start): void
{
    global $DB;
    $context = context_course::instance($course->id);
    $entries = [];
    foreach (array_values(array_keys(get_enrolled_users($context))) as $number => $user) {
        $weeks = $number % 3 === 0 ? WEEKS / 4 : WEEKS;
        for ($week = 0; $week < $weeks; $week++) {
            $time = $start + $week * WEEKSECS + ($number % 100 + 1) * HOURSECS;
            if ($time < time()) {
                $entries[] = view($course, $context, $user, $time);
            }
        }
    }
    $DB->insert_records('logstore_standard_log', $entries);
}

$courses = array_values($DB->get_records_select('course', 'id <> ?', [SITEID], 'id'));
foreach ($courses as $number => $course) {
    $isrunning = $number === count($courses) - 1;
    $start = time() - ($isrunning ? WEEKS * WEEKSECS / 2 : (WEEKS + 4) * WEEKSECS);
    set_dates($course, (int) $start);
    record_visits($course, (int) $start);
}
purge_all_caches();
