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
 * Why a model flagged a sample.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use mlbackend_moodleml\local\insights;
use mlbackend_moodleml\local\navigation;
use mlbackend_moodleml\output\why;

require(__DIR__ . '/../../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$predictionid = required_param('id', PARAM_INT);

require_login(null, false);
$PAGE->set_context(context_system::instance());
$PAGE->set_url(navigation::url($predictionid));
[$model, $prediction, $context] = insights::of_prediction($predictionid);
$PAGE->set_context($context);
$PAGE->set_pagelayout('report');
$PAGE->set_title(get_string('why', 'mlbackend_moodleml'));
$PAGE->set_heading($context->get_context_name(false));
$PAGE->navbar->add(get_string('why:list', 'mlbackend_moodleml'), navigation::list_url($context->id, $model->get_id()));
$PAGE->navbar->add(get_string('why', 'mlbackend_moodleml'));

echo $OUTPUT->header();
echo $OUTPUT->render_from_template('mlbackend_moodleml/why', (new why($model, $prediction))->export_for_template($OUTPUT));
echo $OUTPUT->footer();
