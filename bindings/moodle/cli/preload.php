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
 * Lets web pages use the library by FFI.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\preload;

define('CLI_SCRIPT', true);
require(__DIR__ . '/../../../../config.php');
require_once($CFG->libdir . '/clilib.php');

[$options, $unknown] = cli_get_params(['folder' => '', 'user' => 'www-data', 'help' => false], ['h' => 'help']);
$folder = rtrim($options['folder'], '/');
if ($unknown || $options['help'] || $folder === '') {
    cli_writeln(get_string('preload:help', 'mlbackend_moodleml', basename(__FILE__)));
    exit($options['help'] || !$unknown ? 0 : 2);
}

try {
    $files = preload::write($folder, $options['user']);
} catch (failure $failure) {
    cli_error($failure->getMessage());
}
foreach ($files as $file) {
    cli_writeln(get_string('preload:written', 'mlbackend_moodleml', $file));
}
cli_writeln(get_string('preload:restart', 'mlbackend_moodleml', end($files)));
