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
 * A setting that is a whole number.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local\setting;

/**
 * A setting that is a whole number from 0 to what the library takes.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class count extends \admin_setting_configtext {
    /** @var int The largest number. */
    private int $maximum;

    /**
     * Makes the setting.
     *
     * @param string $name
     * @param string|\lang_string $title
     * @param string|\lang_string $description
     * @param string $default
     * @param int $maximum
     */
    public function __construct($name, $title, $description, $default, int $maximum) {
        $this->maximum = $maximum;
        parent::__construct($name, $title, $description, $default, PARAM_RAW_TRIMMED, 10);
    }

    /**
     * Whether a text is such a number.
     *
     * @param string $data
     * @return true|string true, or what is wrong
     */
    public function validate($data) {
        if (preg_match('/^[0-9]{1,10}$/', $data) && (int) $data <= $this->maximum) {
            return true;
        }
        return get_string('setting:count', 'mlbackend_moodleml', $this->maximum);
    }
}
