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
 * Strings in English.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['automatic:none'] = 'No way to the library works. {$a}';
$string['check'] = 'Check MoodleML';
$string['check:button'] = 'Train on a small data set';
$string['check:chosen'] = 'in use here';
$string['check:explanation'] = 'Trains a model on a small built-in data set, predicts and evaluates with it, by the runner that is in use here. Nothing is kept. Cron runs on the command line and may use another runner: <code>{$a}</code> does the same there.';
$string['check:failed'] = 'It does not work: {$a}';
$string['check:link'] = 'See which runners work here, and try the one in use';
$string['check:passed'] = 'It works.';
$string['check:predicted'] = '{$a->right} of {$a->samples} new samples predicted rightly, in {$a->seconds} s.';
$string['check:ready'] = 'ready';
$string['check:trained'] = 'Trained on {$a->samples} samples in {$a->seconds} s.';
$string['cli:absent'] = 'The program moodleml is neither set, nor in the plugin\'s folder bin, nor installed: install it, or set its path.';
$string['cli:failed'] = '{$a->program} ended with exit code {$a->status} and no message: run it by hand to see why.';
$string['cli:noprocopen'] = 'PHP cannot start programs, as proc_open is among disable_functions in php.ini: allow it.';
$string['cli:notexecutable'] = '{$a} is no program that PHP may run: check the path, then run chmod +x on it.';
$string['cli:notstarted'] = '{$a} could not be started.';
$string['cli:old'] = '{$a->program} answered "{$a->version}" when asked for its version, and 3.1.0 or later is needed: install the plugin\'s version of it.';
$string['errordataset'] = 'The data set could not be copied to {$a}: is the disk full?';
$string['errornoanswer'] = 'The library gave no answer that Moodle can read: {$a}';
$string['failure'] = '{$a}';
$string['keeprows'] = 'Samples kept';
$string['keeprows_desc'] = 'How many different training samples are kept beside each model, so that the next training need not forget them. 0 keeps none: the old model then counts as much as the samples it was trained on.';
$string['librarypath'] = 'Library';
$string['librarypath_desc'] = 'Path of libmoodleml.so.1, for PHP\'s FFI. Empty: the one in the plugin\'s folder lib, else the one that is installed.';
$string['memorylimit'] = 'Memory limit';
$string['memorylimit_desc'] = 'Megabytes that a call may take; what would take more is refused before it starts. 0: no limit.';
$string['pluginname'] = 'MoodleML machine learning backend';
$string['privacy:metadata:modeldirectory'] = 'Models lie in Moodle\'s data directory, in the directory of each model. Samples are rows of calculated indicators, without ids or names of the people they were calculated from; clearing a model deletes them.';
$string['privacy:metadata:modeldirectory:logs'] = 'What trainings and evaluations told: numbers and names of indicators.';
$string['privacy:metadata:modeldirectory:model'] = 'What was learned: numbers, and names of indicators and classes.';
$string['privacy:metadata:modeldirectory:samples'] = 'Calculated indicators and the outcome of samples, kept for the next training, as many as the setting "Samples kept" allows.';
$string['privacy:metadata:server'] = 'Where the runner is a server, data sets are sent there, and models with their samples lie there. Clearing a model deletes them.';
$string['privacy:metadata:server:dataset'] = 'Calculated indicators of the samples, with the outcome (training) or with the id of the sample in Moodle (prediction).';
$string['privacy:metadata:server:model'] = 'What was learned, and samples kept for the next training.';
$string['programpath'] = 'Program';
$string['programpath_desc'] = 'Path of the program moodleml. Empty: the one in the plugin\'s folder bin, else the one that is installed.';
$string['runner'] = 'Runner';
$string['runner:automatic'] = 'Automatic: the first that works';
$string['runner:cli'] = 'Program (moodleml)';
$string['runner:ffi'] = 'In PHP itself (FFI)';
$string['runner:server'] = 'Server (REST)';
$string['runner_desc'] = 'How the library is reached. The first two work on the same models, so that cron may use the one and web pages the other. A server keeps the models itself: choose it where several machines run cron.';
$string['server:absent'] = 'No server is set.';
$string['server:nothingtoimport'] = '{$a} holds no files to import.';
$string['server:notzip'] = '{$a} did not answer with a zip file.';
$string['server:redirects'] = '{$a->url} answered with HTTP status {$a->status}, which leads to "{$a->target}" and is not followed: if the server is there, set that address.';
$string['server:refused'] = '{$a->url} answered with HTTP status {$a->status}: {$a->answer}';
$string['server:unreachable'] = '{$a->url} cannot be reached: {$a->answer}';
$string['server:version'] = '{$a->url} answered "{$a->version}" when asked for its version, and 3.x is needed: is it another server?';
$string['serverheading'] = 'Server';
$string['serverheading_desc'] = 'Only for the runner "Server". Threads, limits and samples kept are set where the server runs.';
$string['serverpassword'] = 'Password';
$string['serverpassword_desc'] = '';
$string['serverurl'] = 'Address';
$string['serverurl_desc'] = 'Such as http://localhost:5000.';
$string['serverusername'] = 'User';
$string['serverusername_desc'] = 'Empty: the server asks for none.';
$string['summary:measure'] = '{$a->label}: {$a->value}. Meaning: {$a->meaning}.';
$string['summary:measurebaseline'] = '{$a->label}: {$a->value}. Guessing: {$a->baseline}. Meaning: {$a->meaning}.';
$string['summary:report'] = 'The whole report: {$a}';
$string['threads'] = 'Threads';
$string['threads_desc'] = 'How many processors a call may use at most. 0: all.';
$string['timelimit'] = 'Time limit';
$string['timelimit_desc'] = 'Seconds after which a training stops and keeps the best so far. 0: no limit.';
