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
 * Tests of the privacy provider.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\privacy;

use core_privacy\local\metadata\collection;

/**
 * The privacy provider.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\privacy\provider
 */
final class provider_test extends \core_privacy\tests\provider_testcase {
    public function test_both_places_are_told_in_words_that_there_are(): void {
        $items = provider::get_metadata(new collection('mlbackend_moodleml'))->get_collection();
        $this->assertSame(['modeldirectory', 'server'], array_map(fn($item): string => $item->get_name(), $items));
        $strings = get_string_manager();
        foreach ($items as $item) {
            foreach (array_merge([$item->get_summary()], $item->get_privacy_fields()) as $string) {
                $this->assertTrue($strings->string_exists($string, 'mlbackend_moodleml'), $string);
            }
        }
    }

    public function test_nobody_is_found(): void {
        $this->assertCount(0, provider::get_contexts_for_userid((int) get_admin()->id));
    }
}
