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
 * Tests of the upgrade.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use mlbackend_moodleml\local\model_states;
use mlbackend_moodleml\local\reasons;

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->libdir . '/upgradelib.php');
require_once(__DIR__ . '/../db/upgrade.php');

/**
 * The upgrade from versions without tables and fields.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     ::xmldb_mlbackend_moodleml_upgrade
 */
final class upgrade_test extends \advanced_testcase {
    public function test_the_tables_are_made(): void {
        global $DB;
        $this->resetAfterTest();
        $this->preventResetByRollback();
        $tables = [reasons::TABLE, model_states::TABLE];
        foreach ($tables as $table) {
            $DB->get_manager()->drop_table(new \xmldb_table($table));
        }
        $version = get_config('mlbackend_moodleml', 'version');
        set_config('version', 2026113000, 'mlbackend_moodleml');
        foreach ([2026113000, $version] as $from) {
            $this->assertTrue(xmldb_mlbackend_moodleml_upgrade($from));
            foreach ($tables as $table) {
                $this->assertSame(0, $DB->count_records($table));
            }
        }
        $this->assertGreaterThanOrEqual(2026113002, get_config('mlbackend_moodleml', 'version'));
    }

    public function test_the_fields_are_made(): void {
        global $DB;
        $this->resetAfterTest();
        $this->preventResetByRollback();
        $table = new \xmldb_table(model_states::TABLE);
        foreach (['notes', 'timepredicted'] as $name) {
            $DB->get_manager()->drop_field($table, new \xmldb_field($name));
        }
        set_config('version', 2026113001, 'mlbackend_moodleml');
        $this->assertTrue(xmldb_mlbackend_moodleml_upgrade(2026113001));
        $id = $DB->insert_record(model_states::TABLE, ['uniqueid' => 'a', 'modelid' => 1]);
        $this->assertSame(['0', null], array_slice(array_values((array) $DB->get_record(model_states::TABLE, ['id' => $id])), -2));
        $DB->delete_records(model_states::TABLE);
        $schema = $DB->get_manager()->get_install_xml_schema();
        $errors = $DB->get_manager()->check_database_schema($schema, ['extratables' => false]);
        $this->assertArrayNotHasKey(model_states::TABLE, $errors);
    }
}
