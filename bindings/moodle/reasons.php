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
 * The insights of a course with their strongest reasons.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use mlbackend_moodleml\local\insights;
use mlbackend_moodleml\local\navigation;
use mlbackend_moodleml\output\why_list;

require(__DIR__ . '/../../../config.php');

$contextid = required_param('contextid', PARAM_INT);
$modelid = optional_param('modelid', 0, PARAM_INT);
$page = optional_param('page', 0, PARAM_INT);

require_login(null, false);
$PAGE->set_context(context_system::instance());
$PAGE->set_url(navigation::list_url($contextid, $modelid));
$context = insights::visible_context($contextid);
[, $course, $cm] = get_context_info_array($contextid);
require_login($course, false, $cm);
$PAGE->set_context($context);
$PAGE->set_pagelayout('report');
$PAGE->set_title(get_string('why:list', 'mlbackend_moodleml'));
$PAGE->set_heading($context->get_context_name(false));
$model = insights::model_in($context, $modelid);
if ($context->contextlevel != CONTEXT_COURSE) {
    // A course's navigation has it already.
    $PAGE->navbar->add(get_string('why:list', 'mlbackend_moodleml'));
}

$list = new why_list($model, $context, max(0, $page));
echo $OUTPUT->header();
echo $OUTPUT->render_from_template('mlbackend_moodleml/why_list', $list->export_for_template($OUTPUT));
echo $OUTPUT->footer();
