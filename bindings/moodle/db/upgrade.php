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
 * Runs when another version of the plugin takes the place of the one before.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use mlbackend_moodleml\local\binary;

/**
 * Lets the program of the new version run, and makes the tables and fields that earlier versions lacked.
 *
 * @param int $oldversion
 * @return bool
 */
function xmldb_mlbackend_moodleml_upgrade($oldversion) {
    global $DB;
    binary::make_program_executable();
    if ($oldversion < 2026113001) {
        foreach (['mlbackend_moodleml_reasons', 'mlbackend_moodleml_models'] as $table) {
            if (!$DB->get_manager()->table_exists($table)) {
                $DB->get_manager()->install_one_table_from_xmldb_file(__DIR__ . '/install.xml', $table);
            }
        }
        upgrade_plugin_savepoint(true, 2026113001, 'mlbackend', 'moodleml');
    }
    if ($oldversion < 2026113002) {
        $table = new xmldb_table('mlbackend_moodleml_models');
        $fields = [
            new xmldb_field('timepredicted', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0', 'timefailed'),
            new xmldb_field('notes', XMLDB_TYPE_TEXT, null, null, null, null, null, 'timepredicted'),
        ];
        foreach ($fields as $field) {
            if (!$DB->get_manager()->field_exists($table, $field)) {
                $DB->get_manager()->add_field($table, $field);
            }
        }
        upgrade_plugin_savepoint(true, 2026113002, 'mlbackend', 'moodleml');
    }
    return true;
}
