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
 * The check of the models in the status report of the site.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\check;

use core\check\result;
use mlbackend_moodleml\local\analytics_models;
use mlbackend_moodleml\local\model_states;

/**
 * Whether the models that the plugin trains work.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class models extends \core\check\check {
    /**
     * What administrators see.
     *
     * @return string
     */
    public function get_name(): string {
        return get_string('models', 'mlbackend_moodleml');
    }

    /**
     * The page that lists the models.
     *
     * @return \action_link|null
     */
    public function get_action_link(): ?\action_link {
        $url = new \moodle_url('/lib/mlbackend/moodleml/models.php');
        return new \action_link($url, get_string('models', 'mlbackend_moodleml'));
    }

    /**
     * Looks at the runner and at what failed last.
     *
     * @return result
     */
    public function get_result(): result {
        $models = \core_analytics\manager::is_analytics_enabled() ? analytics_models::own() : [];
        $enabled = array_filter($models, fn(\core_analytics\model $model): bool => $model->is_enabled());
        if (!$enabled) {
            return new result(result::NA, get_string('models:unused', 'mlbackend_moodleml'));
        }
        $ready = (new \mlbackend_moodleml\processor())->is_ready();
        if ($ready !== true) {
            return new result(result::ERROR, s($ready));
        }
        $failures = [];
        foreach ($enabled as $model) {
            $state = model_states::of_model($model);
            if ($state && $state->failedcall) {
                $failures[] = format_string($model->get_name()) . ': ' . s($state->failure);
            }
        }
        if ($failures) {
            $summary = get_string('models:failed', 'mlbackend_moodleml', count($failures));
            return new result(result::WARNING, $summary, implode('<br>', $failures));
        }
        return new result(result::OK, get_string('models:work', 'mlbackend_moodleml', count($enabled)));
    }
}
