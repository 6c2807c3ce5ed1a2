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
 * Tells which runners work on the command line, as cron has it, and tries the one in use.
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

define('CLI_SCRIPT', true);
require(__DIR__ . '/../../../../config.php');
require_once($CFG->libdir . '/clilib.php');

$configuration = configuration::of_site();
$ready = runners::ready($configuration);
foreach (runners::states($configuration, $ready) as $name => $state) {
    cli_writeln(get_string("runner:$name", 'mlbackend_moodleml') . ": $state");
}
cli_writeln(runners::advice($configuration, $ready));
foreach (runners::shortcomings($configuration, $ready) as $shortcoming) {
    cli_writeln($shortcoming);
}
try {
    $sentences = (new self_check(runners::chosen($configuration)))->run();
} catch (failure $failure) {
    cli_error(get_string('check:failed', 'mlbackend_moodleml', $failure->getMessage()));
}
cli_writeln(implode("\n", $sentences));
cli_writeln(get_string('check:passed', 'mlbackend_moodleml'));
cli_writeln(self_check::next_step());
