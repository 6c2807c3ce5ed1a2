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
 * Deletes what is kept of models that Moodle has cleared.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\task;

use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\leftovers;
use mlbackend_moodleml\local\model_states;
use mlbackend_moodleml\local\reasons;
use mlbackend_moodleml\local\runner\server;

/**
 * Deletes what is kept of models that Moodle has cleared while the backend was not ready, or its server was down.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class clean_up extends \core\task\scheduled_task {
    /**
     * What administrators see.
     *
     * @return string
     */
    public function get_name() {
        return get_string('task:cleanup', 'mlbackend_moodleml');
    }

    /**
     * Deletes.
     */
    public function execute() {
        reasons::delete_left_over();
        model_states::delete_left_over();
        foreach (leftovers::clean(new server(configuration::of_site())) as $directory) {
            mtrace(get_string('task:cleaned', 'mlbackend_moodleml', $directory));
        }
    }
}
