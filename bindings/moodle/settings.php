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
 * Settings.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\decision;
use mlbackend_moodleml\local\runners;
use mlbackend_moodleml\local\setting\count;
use mlbackend_moodleml\local\setting\server_url;

defined('MOODLE_INTERNAL') || die();

$checkurl = new moodle_url('/lib/mlbackend/moodleml/check.php');
$ADMIN->add('mlbackendsettings', new admin_externalpage(
    'mlbackend_moodleml_check',
    new lang_string('check', 'mlbackend_moodleml'),
    $checkurl,
    'moodle/site:config',
    true
));

$modelsurl = new moodle_url('/lib/mlbackend/moodleml/models.php');
$ADMIN->add('analytics', new admin_externalpage(
    'mlbackend_moodleml_models',
    new lang_string('models', 'mlbackend_moodleml'),
    $modelsurl,
    'moodle/analytics:managemodels'
));

if ($ADMIN->fulltree) {
    // What every setting has: its name, title and description.
    $texts = fn(string $name): array => [
        "mlbackend_moodleml/$name",
        new lang_string($name, 'mlbackend_moodleml'),
        new lang_string($name . '_desc', 'mlbackend_moodleml'),
    ];

    $settings->add(new admin_setting_description(
        'mlbackend_moodleml/check',
        new lang_string('check', 'mlbackend_moodleml'),
        html_writer::link($checkurl, get_string('check:link', 'mlbackend_moodleml'))
    ));
    $settings->add(new admin_setting_configselect(...array_merge($texts('runner'), ['automatic', runners::choices()])));
    $settings->add(new admin_setting_configfile(...array_merge($texts('librarypath'), [''])));
    $settings->add(new admin_setting_configexecutable(...array_merge($texts('programpath'), [''])));
    $settings->add(new admin_setting_configselect(...array_merge($texts('flag'), [decision::BEST, decision::choices()])));
    $settings->add(new admin_setting_configtext(...array_merge($texts('flagshare'), ['10', '/^[1-9][0-9]?$/', 10])));
    $reasons = new count(...array_merge($texts('reasons'), [(string) configuration::REASONS, configuration::MOST_REASONS]));
    $reasons->set_updatedcallback('\mlbackend_moodleml\local\reasons::delete_where_off');
    $settings->add($reasons);
    // The defaults are the library's own.
    foreach (['threads' => '0', 'keeprows' => '200000', 'timelimit' => '0', 'memorylimit' => '0'] as $name => $default) {
        $maximum = $name === 'threads' ? configuration::MOST_THREADS : configuration::MOST;
        $settings->add(new count(...array_merge($texts($name), [$default, $maximum])));
    }

    $settings->add(new admin_setting_heading(...$texts('serverheading')));
    $settings->add(new server_url(...array_merge($texts('serverurl'), [''])));
    $settings->add(new admin_setting_configtext(...array_merge($texts('serverusername'), ['', PARAM_NOTAGS])));
    $settings->add(new admin_setting_configpasswordunmask(...array_merge($texts('serverpassword'), [''])));
}
