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
 * The models that the plugin trains, for a template.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\output;

use core_analytics\model;
use mlbackend_moodleml\local\analytics_models;
use mlbackend_moodleml\local\decision;
use mlbackend_moodleml\local\model_states;
use mlbackend_moodleml\local\reasons;
use mlbackend_moodleml\local\report;

/**
 * The models that the plugin trains, for a template.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class models implements \renderable, \templatable {
    /**
     * What the template models shows.
     *
     * @param \renderer_base $output
     * @return array
     */
    public function export_for_template(\renderer_base $output): array {
        $models = array_values(array_map(fn(model $model): array => self::row($model), analytics_models::own()));
        return ['models' => $models, 'hasmodels' => (bool) $models];
    }

    /**
     * A model, for the template.
     *
     * @param model $model
     * @return array
     */
    private static function row(model $model): array {
        global $DB;
        $state = model_states::of_model($model);
        $url = new \moodle_url('/admin/tool/analytics/model.php', ['action' => 'log', 'id' => $model->get_id()]);
        return [
            'name' => format_string($model->get_name()),
            'url' => $url->out(false),
            'enabled' => get_string($model->is_enabled() ? 'yes' : 'no'),
            'trained' => self::trained($model, $state),
            'decision' => self::decision($model, $state),
            'reasons' => $DB->count_records(reasons::TABLE, ['modelid' => $model->get_id()]),
            'predicted' => $state && $state->timepredicted ? userdate($state->timepredicted) : '',
            'notes' => $state && $state->notes ? json_decode($state->notes) : [],
            'failure' => self::failure($state),
        ] + self::evaluation($model);
    }

    /**
     * When a model was trained, on how many samples.
     *
     * @param model $model
     * @param \stdClass|null $state
     * @return string
     */
    private static function trained(model $model, ?\stdClass $state): string {
        if (!$model->is_trained()) {
            return get_string('models:nottrained', 'mlbackend_moodleml');
        }
        $noted = $state && $state->timetrained;
        $time = $noted ? userdate($state->timetrained) : get_string('models:timeunknown', 'mlbackend_moodleml');
        $samples = self::samples($model);
        $details = ['time' => $time, 'samples' => $samples];
        return $samples ? get_string('models:trainedon', 'mlbackend_moodleml', $details) : $time;
    }

    /**
     * On how many samples core has had a model trained.
     *
     * @param model $model
     * @return int 0 where it was imported
     */
    private static function samples(model $model): int {
        global $DB;
        $samples = 0;
        $conditions = ['modelid' => $model->get_id(), 'timesplitting' => $model->get_model_obj()->timesplitting];
        $records = $DB->get_recordset('analytics_train_samples', $conditions, '', 'id, sampleids');
        foreach ($records as $record) {
            $samples += count(json_decode($record->sampleids, true) ?: []);
        }
        $records->close();
        return $samples;
    }

    /**
     * Whom a model flags.
     *
     * @param model $model
     * @param \stdClass|null $state
     * @return string
     */
    private static function decision(model $model, ?\stdClass $state): string {
        if ($model->get_target()->is_linear() || !$state || !$state->timetrained) {
            return '';
        }
        return $state->flag === null ? get_string('models:server', 'mlbackend_moodleml') : decision::in_words($state->flag);
    }

    /**
     * What failed last.
     *
     * @param \stdClass|null $state
     * @return string '' where nothing failed, or it has worked since
     */
    private static function failure(?\stdClass $state): string {
        return !$state || !$state->failedcall ? '' : get_string('models:failure', 'mlbackend_moodleml', [
            'call' => get_string("models:$state->failedcall", 'mlbackend_moodleml'),
            'time' => userdate($state->timefailed),
            'failure' => $state->failure,
        ]);
    }

    /**
     * The last evaluation.
     *
     * @param model $model
     * @return array score in words, and the address of the report; '' where there is none
     */
    private static function evaluation(model $model): array {
        $logs = $model->get_logs(0, 1);
        $log = reset($logs);
        if (!$log) {
            return ['score' => get_string('models:notevaluated', 'mlbackend_moodleml'), 'reporturl' => ''];
        }
        $details = ['score' => why::percent((float) $log->score), 'time' => userdate($log->timecreated)];
        $report = $log->dir ? report::url($model->get_id(), (int) basename($log->dir)) : null;
        return [
            'score' => get_string('models:scoreof', 'mlbackend_moodleml', $details),
            'reporturl' => $report ? $report->out(false) : '',
        ];
    }
}
