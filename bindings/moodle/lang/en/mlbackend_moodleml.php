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
$string['binary:clibrary'] = '{$a} needs another C library than this system has: glibc, which Alpine Linux does not have, or musl. If its path is set in the plugin\'s settings, empty it. Else run the service elsewhere and choose the runner "Server", or build libmoodleml on this system.';
$string['binary:incomplete'] = '{$a} is incomplete: its end is missing. Copy or unpack the plugin\'s files again.';
$string['binary:noexec'] = '{$a} is on a file system that is mounted with "noexec", so no program there can run. Copy the plugin\'s folders bin and lib to another place, such as /opt/moodleml. Then set the paths of library and program in the plugin\'s settings.';
$string['binary:oldglibc'] = 'The C library (glibc) of this system is older than the plugin\'s files need: {$a}. Run the service elsewhere and choose the runner "Server", or build libmoodleml on this system.';
$string['binary:openbasedir'] = 'PHP may not see {$a}, because open_basedir in php.ini does not include its folder. Add the folder there, or set another path.';
$string['binary:processor'] = '{$a->path} is for another processor: it needs {$a->theirs}, and this machine or PHP has {$a->ours}. Install libmoodleml for this machine, or run the service elsewhere and choose the runner "Server".';
$string['check'] = 'Check MoodleML';
$string['check:anotherworks'] = 'The runner that the settings choose, "{$a->chosen}", does not work here, but "{$a->works}" does. Do what its line in the list says. Or set "Runner" in the settings to the one that works, or to "Automatic".';
$string['check:button'] = 'Train on a small data set';
$string['check:chosen'] = 'in use here';
$string['check:explained'] = 'Reasons for {$a->samples} predictions in {$a->seconds} s.';
$string['check:explanation'] = 'Trains a model on a small built-in data set, predicts and evaluates with it, with the runner that is in use here. Nothing is kept. Cron runs on the command line and may use another runner: <code>{$a}</code> does the same there.';
$string['check:failed'] = 'It does not work: {$a}';
$string['check:link'] = 'See which runners work here, and try the one in use';
$string['check:nextchoose'] = 'Next: under Site administration → Analytics → Analytics settings, choose "MoodleML machine learning backend".';
$string['check:nextenable'] = 'Next: turn on "Analytics" under Site administration → Advanced features.';
$string['check:nextmodels'] = 'Everything is set up. Next: evaluate and enable models under Site administration → Analytics → Analytics models. Cron then trains and predicts.';
$string['check:noneworks'] = 'No runner works here. One that works is enough: choose the one that is easiest to repair, do what its line in the list says, and check again.';
$string['check:oneisenough'] = 'You need not do anything: "{$a->chosen}" works and is used here. One runner that works is enough, so what the list says about the others does not matter.';
$string['check:passed'] = 'It works.';
$string['check:predicted'] = '{$a->right} of {$a->samples} new samples predicted correctly, in {$a->seconds} s.';
$string['check:ready'] = 'ready';
$string['check:trained'] = 'Trained on {$a->samples} samples in {$a->seconds} s.';
$string['cli:absent'] = 'The program moodleml was not found: no path is set, it is not in the plugin\'s folder bin, and it is not installed. Install it, or set its path.';
$string['cli:failed'] = '{$a->program} ended with exit code {$a->status} and no message. Run it by hand to see why.';
$string['cli:hangs'] = '{$a->program} did not end within {$a->seconds} seconds when it was asked for its version. Run "{$a->program} -m moodlemlbackend.{$a->module}" by hand to see why.';
$string['cli:noplatform'] = 'The plugin has no program for this machine. Its programs are for {$a->theirs}, and this machine is {$a->ours}. Install the program moodleml here, or run the service elsewhere and choose the runner "Server".';
$string['cli:noprocopen'] = 'PHP cannot start programs, because proc_open is in disable_functions in php.ini. Allow it there.';
$string['cli:noreasons'] = '{$a->program} is too old to give reasons for predictions. Predictions work without them. Install version {$a->version} of its interface or newer: the plugin\'s own program has it.';
$string['cli:notexecutable'] = 'PHP may not run {$a}. Run "chmod +x {$a}" as the user that owns the file.';
$string['cli:notstarted'] = '{$a} could not be started.';
$string['cli:notthere'] = '{$a} is not there. Correct the path of the program in the plugin\'s settings, or empty it to use the plugin\'s own.';
$string['cli:old'] = '{$a->program} answered "{$a->version}" when asked for its version, but 3.1.0 or later is needed. Install the program that comes with the plugin.';
$string['errordataset'] = 'The data set could not be copied to {$a}. Is the disk full?';
$string['errornoanswer'] = 'The library gave no answer that Moodle can read: {$a}';
$string['erroroddanswer'] = 'Moodle cannot read the answer, because these fields have another type than it expects: {$a->fields}. The answer: {$a->answer}';
$string['failure'] = '{$a}';
$string['ffi:absent'] = '{$a} is not there, and libmoodleml is not installed on this system. Unpack the plugin\'s zip file again, or set the path of the library in the plugin\'s settings.';
$string['ffi:noplatform'] = 'The plugin has no library for this PHP. Its libraries are for {$a->theirs}, and this PHP is for {$a->ours}. Use another runner, or install libmoodleml here and set the path of the library.';
$string['ffi:notthere'] = '{$a} is not there. Correct the path of the library in the plugin\'s settings, or empty it to use the plugin\'s own.';
$string['ffi:web'] = 'PHP refuses FFI in web pages. You need not do anything if another runner works. To use FFI here too, run "{$a}" as root: it explains how.';
$string['flag'] = 'Whom to flag';
$string['flag:best'] = 'As Moodle\'s score judges best';
$string['flag:more'] = 'Find more: few cases missed, more false alarms';
$string['flag:share'] = 'The most likely ones, about as many as set below';
$string['flag:surest'] = 'Only the surest: those more likely than not';
$string['flag_desc'] = 'A model gives every student a probability. This setting chooses the probability from which students get an insight. "As Moodle\'s score judges best" balances both kinds of error by the score of Moodle\'s evaluations. "Find more" misses the fewest students at risk, but more of the flagged students are not at risk. "Only the surest" makes the fewest errors in total, but may flag nobody if few students are at risk. "The most likely ones" fits the work to the staff you have, however high the risk is. A change applies from the next training of each model.';
$string['flagshare'] = 'Share to flag';
$string['flagshare_desc'] = 'Percentage of the students, 1 to 99, for the choice "The most likely ones" above. Models with more than two classes do not use it.';
$string['keeprows'] = 'Samples kept';
$string['keeprows_desc'] = 'Number of different training samples that are stored next to each model, so that the next training does not forget them. With 0, no samples are stored: the old model then counts as much as the samples it was trained on.';
$string['librarypath'] = 'Library';
$string['librarypath_desc'] = 'Path of libmoodleml.so.1, for PHP\'s FFI. If empty, the file in the plugin\'s folder lib is used, or else the installed one.';
$string['memorylimit'] = 'Memory limit';
$string['memorylimit_desc'] = 'Largest memory of a call, in megabytes. A call that would need more is refused before it starts. 0: no limit.';
$string['models'] = 'MoodleML models';
$string['models:enabled'] = 'Enabled';
$string['models:evaluation'] = 'Evaluation';
$string['models:explanation'] = 'Reasons';
$string['models:failed'] = 'Calls of models that failed and have not worked since: {$a}';
$string['models:failure'] = '{$a->call}, {$a->time}: {$a->failure}';
$string['models:lastfailure'] = 'Last error';
$string['models:link'] = 'See the models: when each was trained, how good it is, and what failed last';
$string['models:notevaluated'] = 'Not evaluated yet';
$string['models:nottrained'] = 'Not trained yet';
$string['models:predicted'] = 'Last prediction';
$string['models:prediction'] = 'Prediction';
$string['models:reasons'] = 'Insights with reasons kept';
$string['models:report'] = 'Report of the evaluation: {$a}';
$string['models:score'] = 'Score of the last evaluation';
$string['models:scoreof'] = '{$a->score} ({$a->time})';
$string['models:server'] = 'Set on the server';
$string['models:share'] = 'The most likely {$a} %';
$string['models:timeunknown'] = 'Trained; the time was not noted';
$string['models:trained'] = 'Last training';
$string['models:trainedon'] = '{$a->time}, {$a->samples} samples in all';
$string['models:training'] = 'Training';
$string['models:unused'] = 'MoodleML does not train a model: analytics is off, all models are disabled, or they use another backend.';
$string['models:work'] = 'Enabled models that work: {$a}';
$string['pluginname'] = 'MoodleML machine learning backend';
$string['preload:failed'] = '{$a} cannot be written. Run this script as root, and name a PHP folder that exists, such as /etc/php/8.2/fpm.';
$string['preload:help'] = 'Lets web pages use the library by FFI. Without it they use the program or the server, which is enough.

Usage, as root: php {$a} --folder=/etc/php/8.2/fpm [--user=www-data]

--folder  the folder of PHP-FPM\'s or Apache\'s PHP, in which there is conf.d
--user    the user that PHP runs as

It writes two files there: moodleml-preload.php, and conf.d/90-moodleml.ini, which has PHP preload it. The first does nothing once the plugin is moved or removed, so that the web server starts then too. If opcache.preload is in use already, let that script require moodleml-preload.php instead.';
$string['preload:restart'] = 'Restart the web server or PHP-FPM now, and after each update of the plugin. To undo it, delete {$a} and restart.';
$string['preload:written'] = 'Wrote {$a}';
$string['privacy:metadata:modeldirectory'] = 'Models are in Moodle\'s data directory, in the directory of each model. Samples are rows of calculated indicators, without ids or names of the people they were calculated from. Clearing a model deletes them. If the backend is not ready at that time, a scheduled task deletes them within two days.';
$string['privacy:metadata:modeldirectory:logs'] = 'Messages and results of trainings and evaluations: numbers and names of indicators.';
$string['privacy:metadata:modeldirectory:model'] = 'The trained model: numbers, and names of indicators and classes.';
$string['privacy:metadata:modeldirectory:samples'] = 'Calculated indicators and the outcome of samples, stored for the next training. The setting "Samples kept" limits their number.';
$string['privacy:metadata:reasons'] = 'The reasons for insights: the indicators that made a model flag a sample.';
$string['privacy:metadata:reasons:answer'] = 'The probability of the predicted outcome, or the estimate.';
$string['privacy:metadata:reasons:baseanswer'] = 'The same answer if nothing were known about the sample.';
$string['privacy:metadata:reasons:contextid'] = 'The context of the insight, such as a course.';
$string['privacy:metadata:reasons:modelid'] = 'The model.';
$string['privacy:metadata:reasons:prediction'] = 'The predicted outcome.';
$string['privacy:metadata:reasons:rangeindex'] = 'The time range of the prediction.';
$string['privacy:metadata:reasons:reasons'] = 'The indicators with the largest weight, their values, and their weights.';
$string['privacy:metadata:reasons:sampleid'] = 'The sample, such as the enrolment of a student.';
$string['privacy:metadata:reasons:timecreated'] = 'The time of the prediction.';
$string['privacy:metadata:server'] = 'If the runner is a server, data sets are sent to it, and it stores the models with their samples. Clearing a model deletes them. If the server cannot be reached at that time, a scheduled task deletes them once the server answers again.';
$string['privacy:metadata:server:dataset'] = 'Calculated indicators of the samples, with the outcome (training) or with the id of the sample in Moodle (prediction).';
$string['privacy:metadata:server:model'] = 'The trained model, and samples stored for the next training.';
$string['programpath'] = 'Program';
$string['programpath_desc'] = 'Path of the program moodleml. If empty, the file in the plugin\'s folder bin is used, or else the installed one.';
$string['reasons'] = 'Reasons kept';
$string['reasons_desc'] = 'How many reasons the plugin keeps for each insight, 0 to 20: indicators, their values, and their weights. People who may see an insight can then see why the model made it. 0 keeps none, and deletes all that are kept. The next prediction of each model applies another change.';
$string['runner'] = 'Runner';
$string['runner:automatic'] = 'Automatic: the first that works';
$string['runner:cli'] = 'Program (moodleml)';
$string['runner:ffi'] = 'In PHP itself (FFI)';
$string['runner:server'] = 'Server (REST)';
$string['runner_desc'] = 'How Moodle calls the library. The first two work on the same models, so cron may use one and web pages the other. A server stores the models itself: choose it if several machines run cron.';
$string['server:absent'] = 'No server is set.';
$string['server:interrupted'] = '{$a->url} began to answer and then stopped: {$a->answer}';
$string['server:noreasons'] = '{$a->url} does not give reasons for predictions. Predictions work without them. Version {$a->version} of the interface or newer gives reasons: update the service.';
$string['server:nothingtoimport'] = '{$a} holds no files to import.';
$string['server:notzip'] = '{$a} did not answer with a zip file.';
$string['server:redirects'] = '{$a->url} answered with HTTP status {$a->status}, which leads to "{$a->target}". Redirects are not followed. If the server is there, set that address.';
$string['server:refused'] = '{$a->url} answered with HTTP status {$a->status}: {$a->answer}';
$string['server:unreachable'] = '{$a->url} cannot be reached: {$a->answer}';
$string['server:version'] = '{$a->url} answered "{$a->version}" when asked for its version, but 3.x is needed. Is it another server?';
$string['serverheading'] = 'Server';
$string['serverheading_desc'] = 'Only for the runner "Server". Threads, limits, samples kept and whom to flag are set on the machine where the server runs.';
$string['serverpassword'] = 'Password';
$string['serverpassword_desc'] = '';
$string['serverurl'] = 'Address';
$string['serverurl:host'] = 'This is not an address: after "http://" or "https://" comes the name or the IP address of a machine, and a port if needed. Examples: http://localhost:5000, http://[::1]:5000.';
$string['serverurl:rest'] = 'The address may have a path, but no "?", "#" or other special characters after the name of the machine.';
$string['serverurl:scheme'] = 'The address must begin with "http://" or "https://".';
$string['serverurl:user'] = 'User and password do not belong in the address. They have settings of their own.';
$string['serverurl_desc'] = 'For example http://localhost:5000.';
$string['serverusername'] = 'User';
$string['serverusername_desc'] = 'Leave it empty if the server does not ask for a user.';
$string['setting:count'] = 'This must be a whole number from 0 to {$a}.';
$string['summary:measure'] = '{$a->label}: {$a->value}. Meaning: {$a->meaning}.';
$string['summary:measurebaseline'] = '{$a->label}: {$a->value}. Guessing: {$a->baseline}. Meaning: {$a->meaning}.';
$string['summary:report'] = 'The full report: {$a}';
$string['task:cleaned'] = 'Deleted what was still kept of a cleared model in {$a}';
$string['task:cleanup'] = 'Delete what is kept of cleared models';
$string['threads'] = 'Threads';
$string['threads_desc'] = 'Largest number of processors that a call may use, up to 256. 0: all.';
$string['timelimit'] = 'Time limit';
$string['timelimit_desc'] = 'Seconds after which a training stops and keeps the best model so far. 0: no limit.';
$string['why'] = 'Why?';
$string['why:belowhalf'] = 'That is less than one half. The site\'s setting "Whom to flag" decides from which probability on an insight appears.';
$string['why:classdown'] = 'Speaks against it,';
$string['why:classup'] = 'Speaks for it,';
$string['why:estimate'] = 'The model estimates {$a->answer}. Without any indicator of this sample it would estimate {$a->base}.';
$string['why:estimatedown'] = 'Lowers the estimate,';
$string['why:estimateup'] = 'Raises the estimate,';
$string['why:gone'] = 'This insight is about something that has been deleted, such as an enrolment. Its reasons cannot be shown.';
$string['why:heading'] = 'Why does the model predict this?';
$string['why:limits'] = 'Limits of these reasons';
$string['why:list'] = 'Reasons for insights';
$string['why:listintro'] = 'Each name leads to the reasons for its insight.';
$string['why:mayerr'] = 'The model can be wrong. If it is, mark the insight as "Incorrectly flagged", and decide by what you see yourself.';
$string['why:nocause'] = 'A reason is not a cause. It says what the model looked at, not what would change if the student acted differently.';
$string['why:none'] = 'MoodleML does not keep reasons for an insight here. It keeps them at the next prediction, unless the site has turned that off.';
$string['why:notcalculated'] = 'not calculated';
$string['why:notkept'] = 'MoodleML does not keep reasons for this insight. Either the prediction is older than this function, or the site has turned it off.';
$string['why:often'] = 'In other words: the model expects this for about {$a->often} of 100 such cases.';
$string['why:others'] = 'All other indicators together: {$a}.';
$string['why:part'] = 'part {$a}';
$string['why:probability'] = 'The model gives a probability of {$a->answer} for “{$a->class}”. Without any indicator of this case it would give {$a->base}.';
$string['why:range'] = 'Part of the course at the time of the prediction';
$string['why:reasons'] = 'The strongest reasons';
$string['why:refused'] = 'There is no such insight, or you are not allowed to see it.';
$string['why:share'] = 'The percentages are shares in everything that speaks for and against. Full bars speak for the prediction, hatched bars against it.';
$string['why:strongest'] = 'Strongest reason: {$a}.';
$string['why:sure'] = 'How sure is the model?';
$string['why:toinsight'] = 'The insight, with all indicators';
$string['why:tolist'] = 'Other insights and their reasons';
$string['why:unseen'] = 'The model sees only these indicators, which come from records in Moodle. It has no information about work outside of Moodle, health, family or conversations.';
$string['why:valueandmean'] = '{$a->value} (average of all: {$a->mean})';
$string['why:weight'] = 'weight {$a}';
