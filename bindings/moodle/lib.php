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
 * Core's callbacks.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use mlbackend_moodleml\local\navigation;
use mlbackend_moodleml\local\report;

/**
 * Adds the reasons for insights to a course's reports.
 *
 * @param navigation_node $navigation of the course
 * @param stdClass $course
 * @param context $context
 */
function mlbackend_moodleml_extend_navigation_course($navigation, $course, $context) {
    navigation::extend_course($navigation, $context);
}

/**
 * Adds a link to core's pages of insights. Moodle 4.4 and newer use the hook in db/hooks.php instead.
 */
function mlbackend_moodleml_before_http_headers() {
    navigation::extend_insights();
}

/**
 * Sends the report of an evaluation.
 *
 * @param stdClass|null $course
 * @param stdClass|null $cm
 * @param context $context
 * @param string $filearea
 * @param string[] $args the model, the run and the name of the file
 * @param bool $forcedownload
 * @param array $options of send_file()
 * @return bool false where there is none
 */
function mlbackend_moodleml_pluginfile($course, $cm, $context, $filearea, $args, $forcedownload, array $options = []) {
    if ($context->contextlevel != CONTEXT_SYSTEM || $filearea !== report::AREA || count($args) !== 3) {
        return false;
    }
    require_login(null, false);
    require_capability('moodle/analytics:managemodels', $context);
    [$modelid, $runid, $name] = $args;
    $path = $name === report::NAME ? report::path(clean_param($modelid, PARAM_INT), clean_param($runid, PARAM_INT)) : null;
    if ($path === null) {
        return false;
    }
    report::send($path, $forcedownload, $options);
}

/**
 * The checks of the site's status report.
 *
 * @return \core\check\check[]
 */
function mlbackend_moodleml_status_checks(): array {
    return [new \mlbackend_moodleml\check\models()];
}
