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
 * The insights that a user may see the reasons for.
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
 * The insights that a user may see the reasons for. Refusals are the same whether there is nothing or nothing for this user, so
 * that they reveal neither.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class insights {
    /**
     * An insight, for a user who is logged in.
     *
     * @param int $predictionid
     * @return array its model, its \core_analytics\prediction and its context
     */
    public static function of_prediction(int $predictionid): array {
        global $DB;
        $prediction = $DB->get_record('analytics_predictions', ['id' => $predictionid]);
        self::visible_context((int) ($prediction->contextid ?? 0));
        if (!$DB->record_exists('analytics_models', ['id' => $prediction->modelid])) {
            throw self::refusal();
        }
        try {
            [$model, $found, $context] = manager::get_prediction($predictionid, true);
        } catch (\moodle_exception $exception) {
            throw $exception->errorcode === 'errorsamplenotavailable'
                ? new \moodle_exception('why:gone', 'mlbackend_moodleml') : $exception;
        }
        self::require_linked($model);
        return [$model, $found, $context];
    }

    /**
     * The model whose insights are to be listed, for a user who is logged in.
     *
     * @param \context $context a visible one
     * @param int $modelid 0 for the first that has reasons
     * @return model
     */
    public static function model_in(\context $context, int $modelid): model {
        $models = reasons::models_in($context);
        $modelid = $modelid ?: (int) reset($models);
        if (!in_array($modelid, $models, true)) {
            throw new \moodle_exception('why:none', 'mlbackend_moodleml');
        }
        $model = new model($modelid);
        self::require_linked($model);
        return $model;
    }

    /**
     * A context whose insights the user may see.
     *
     * @param int $contextid
     * @return \context
     */
    public static function visible_context(int $contextid): \context {
        if (!manager::is_analytics_enabled()) {
            throw new \moodle_exception('analyticsdisabled', 'analytics');
        }
        $context = $contextid ? \context::instance_by_id($contextid, IGNORE_MISSING) : null;
        if (!$context || !manager::check_can_list_insights($context, true)) {
            throw self::refusal();
        }
        return $context;
    }

    /**
     * Insights that core links nowhere are for those who manage models, as on core's pages.
     *
     * @param model $model
     */
    private static function require_linked(model $model): void {
        if (!$model->get_target()->link_insights_report()) {
            manager::check_can_manage_models();
        }
    }

    /**
     * The refusal.
     *
     * @return \moodle_exception
     */
    private static function refusal(): \moodle_exception {
        return new \moodle_exception('why:refused', 'mlbackend_moodleml');
    }
}
