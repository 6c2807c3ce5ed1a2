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
 * The models of core_analytics that this plugin works for.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

use core_analytics\manager;
use core_analytics\model;

/**
 * The models of core_analytics that this plugin works for.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class analytics_models {
    /**
     * The model that core calls the plugin for.
     *
     * @param string $uniqueid as core gives it
     * @return model|null null where it is none of core's, as in a trial
     */
    public static function of_uniqueid(string $uniqueid): ?model {
        foreach (manager::get_all_models() as $model) {
            if ($model->get_unique_id() === $uniqueid) {
                return $model;
            }
        }
        return null;
    }

    /**
     * The models that this plugin trains, by id.
     *
     * @return model[]
     */
    public static function own(): array {
        return array_filter(
            manager::get_all_models(),
            fn(model $model): bool => !$model->is_static() && self::is_own($model->get_model_obj())
        );
    }

    /**
     * Where Moodle keeps the files of all models.
     *
     * @return string
     */
    public static function folder(): string {
        return get_config('analytics', 'modeloutputdir') ?: model::default_output_dir();
    }

    /**
     * Whether this plugin trains a model.
     *
     * @param \stdClass $record of analytics_models
     * @return bool
     */
    public static function is_own(\stdClass $record): bool {
        $processor = $record->predictionsprocessor ?: get_config('analytics', 'predictionsprocessor');
        return ltrim((string) $processor, '\\') === \mlbackend_moodleml\processor::class;
    }
}
