<?php
// SPDX-License-Identifier: Apache-2.0
// Gives the courses that Moodle's generator made a past: age_courses.php CONFIG [rare]. The last one is half over, the others are
// finished. A third of the students stop after the first quarter, as who drops out does; the others come every week. With "rare", a fifth of
// the students come once a week and the others five times. Four of nine who come once stop before the last quarter: nothing tells them from
// the other five before.
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

/** How often a student comes each week, and for how many weeks. */
function habit(int $student, int $course, bool $rare): array
{
    if (!$rare) {
        return [1, $student % 3 === 0 ? WEEKS / 4 : WEEKS];
    }
    if ($student % 5 > 0) {
        return [5, WEEKS];
    }
    return [1, (intdiv($student, 5) + $course) % 9 < 4 ? WEEKS * 3 / 4 : WEEKS];
}

function record_visits(stdClass $course, int $start, bool $rare): void
{
    global $DB;
    $context = context_course::instance($course->id);
    $entries = [];
    foreach (array_values(array_keys(get_enrolled_users($context))) as $number => $user) {
        [$visits, $weeks] = habit($number, (int) $course->id, $rare);
        for ($visit = 0; $visit < $weeks * $visits; $visit++) {
            $time = (int) ($start + $visit * WEEKSECS / $visits + ($number % 100 + 1) * HOURSECS / $visits);
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
    record_visits($course, (int) $start, ($argv[2] ?? '') === 'rare');
}
purge_all_caches();
