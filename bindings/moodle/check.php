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
 * Shows the administrator which runners work, and tries the one in use.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\runners;
use mlbackend_moodleml\local\self_check;

require(__DIR__ . '/../../../config.php');
require_once($CFG->libdir . '/adminlib.php');

// Asks for a login and for moodle/site:config.
admin_externalpage_setup('mlbackend_moodleml_check');

$configuration = configuration::of_site();
$outcome = '';
if (optional_param('try', false, PARAM_BOOL)) {
    require_sesskey();
    \core\session\manager::write_close();
    core_php_time_limit::raise(120);
    try {
        $sentences = (new self_check(runners::chosen($configuration)))->run();
        array_unshift($sentences, get_string('check:passed', 'mlbackend_moodleml'));
        $sentences[] = self_check::next_step();
        $outcome = $OUTPUT->notification(implode('<br>', array_map('s', $sentences)), \core\output\notification::NOTIFY_SUCCESS);
    } catch (failure $failure) {
        $sentence = get_string('check:failed', 'mlbackend_moodleml', s($failure->getMessage()));
        $outcome = $OUTPUT->notification($sentence, \core\output\notification::NOTIFY_ERROR);
    }
}

$table = new html_table();
$table->head = [get_string('runner', 'mlbackend_moodleml'), get_string('status')];
$ready = runners::ready($configuration);
foreach (runners::states($configuration, $ready) as $name => $state) {
    $table->data[] = [get_string("runner:$name", 'mlbackend_moodleml'), s($state)];
}

echo $OUTPUT->header();
echo $OUTPUT->heading(get_string('check', 'mlbackend_moodleml'));
echo html_writer::table($table);
echo html_writer::tag('p', s(runners::advice($configuration, $ready)));
foreach (runners::shortcomings($configuration, $ready) as $shortcoming) {
    echo html_writer::tag('p', s($shortcoming));
}
echo html_writer::tag('p', get_string('check:explanation', 'mlbackend_moodleml', s('php ' . __DIR__ . '/cli/check.php')));
echo $outcome;
echo $OUTPUT->single_button(
    new moodle_url('/lib/mlbackend/moodleml/check.php', ['try' => 1]),
    get_string('check:button', 'mlbackend_moodleml'),
    'post'
);
echo $OUTPUT->footer();
