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
 * Why models flagged samples.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

use core_analytics\model;
use mlbackend_moodleml\local\runner\runner;

/**
 * Why models flagged samples: kept at prediction, one record a sample, in a table of the plugin.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class reasons {
    /** @var string */
    public const TABLE = 'mlbackend_moodleml_reasons';

    /** @var int Samples that are explained at a time. */
    private const AT_A_TIME = 1000;

    /** @var int Seconds after which reasons need a prediction of core's: it stores its predictions a moment later. */
    private const AGE = DAYSECS;

    /**
     * Explains the samples that core will flag, and keeps the reasons. What fails is noted, and costs no prediction.
     *
     * @param runner $runner
     * @param model $model
     * @param string $directory where the model is
     * @param string $path of the data set that was predicted
     * @param array[] $predictions as the library answers them
     */
    public static function keep(runner $runner, model $model, string $directory, string $path, array $predictions): void {
        try {
            $most = configuration::of_site()->reasons;
            $flagged = $most > 0 ? self::flagged($model, $predictions) : [];
            if (!$flagged || $runner->explains() !== true) {
                return;
            }
            foreach (dataset_rows::files($path, $flagged, self::AT_A_TIME) as $rows) {
                $answer = $runner->explain($model->get_unique_id(), $directory, $rows, $most);
                if ($answer->status !== model::OK) {
                    throw new failure(implode(' ', (array) ($answer->errors ?? $answer->info)));
                }
                self::store($model, $flagged, $answer->explanations ?? []);
            }
            model_states::worked($model, 'explanation');
        } catch (\Throwable $problem) {
            model_states::failed($model, 'explanation', $problem->getMessage());
            (new progress())->line($problem->getMessage());
        }
    }

    /**
     * The samples that core will flag.
     *
     * @param model $model
     * @param array[] $predictions
     * @return string[] predicted classes or estimates by sample
     */
    private static function flagged(model $model, array $predictions): array {
        $flagged = [];
        foreach ($predictions as $prediction) {
            if (count($prediction) > 1 && $model->get_target()->triggers_callback($prediction[1], $prediction[2] ?? 1)) {
                $flagged[$prediction[0]] = $prediction[1];
            }
        }
        return $flagged;
    }

    /**
     * Stores the explanations of some samples.
     *
     * @param model $model
     * @param string[] $flagged predicted classes or estimates by sample
     * @param \stdClass[] $explanations as the library's schema answer.json describes them
     */
    private static function store(model $model, array $flagged, array $explanations): void {
        global $DB;
        $records = [];
        foreach ($explanations as $explanation) {
            // A training in between may have changed the model's mind.
            $predicted = $flagged[$explanation->id] ?? null;
            $record = $predicted === ($explanation->class ?? $predicted) ? self::record($model, $explanation) : null;
            if ($record) {
                $record->prediction = $predicted;
                $records[] = $record;
            }
        }
        $DB->insert_records(self::TABLE, $records);
    }

    /**
     * The record of a sample.
     *
     * @param model $model
     * @param \stdClass $explanation
     * @return \stdClass|null null where the sample is gone
     */
    private static function record(model $model, \stdClass $explanation): ?\stdClass {
        [$sampleid, $rangeindex] = $model->get_time_splitting()->infer_sample_info($explanation->id);
        try {
            $context = $model->get_analyser(['notimesplitting' => true])->sample_access_context($sampleid);
        } catch (\moodle_exception $gone) {
            return null;
        }
        $reasons = array_map(fn(\stdClass $reason): array => [
            'name' => $reason->name,
            'adds' => $reason->adds,
            'share' => $reason->share,
            'columns' => array_map(fn(\stdClass $column): array => [$column->name, $column->value], $reason->columns),
        ], $explanation->reasons);
        return (object) [
            'uniqueid' => $model->get_unique_id(),
            'modelid' => $model->get_id(),
            'contextid' => $context->id,
            'sampleid' => (int) $sampleid,
            'rangeindex' => (int) $rangeindex,
            'answer' => $explanation->answer,
            'baseanswer' => $explanation->base_answer,
            'reasons' => json_encode($reasons),
            'timecreated' => time(),
        ];
    }

    /**
     * What is kept of a prediction.
     *
     * @param \stdClass $prediction record of analytics_predictions
     * @return \stdClass|null the record, with reasons as a list of reason; null where there is none
     */
    public static function of_prediction(\stdClass $prediction): ?\stdClass {
        return self::of_predictions([$prediction])[$prediction->id] ?? null;
    }

    /**
     * What is kept of some predictions of one model and context.
     *
     * @param \stdClass[] $predictions records of analytics_predictions
     * @return \stdClass[] the records, with reasons as a list of reason, by id of the prediction
     */
    public static function of_predictions(array $predictions): array {
        global $DB;
        if (!$predictions) {
            return [];
        }
        [$insql, $params] = $DB->get_in_or_equal(array_column($predictions, 'sampleid'), SQL_PARAMS_NAMED);
        $first = reset($predictions);
        $params += ['modelid' => $first->modelid, 'contextid' => $first->contextid];
        $select = "modelid = :modelid AND contextid = :contextid AND sampleid $insql";
        $records = [];
        foreach ($DB->get_records_select(self::TABLE, $select, $params, 'timecreated, id') as $record) {
            $record->reasons = array_map([reason::class, 'of_stored'], json_decode($record->reasons, true));
            $records["$record->sampleid-$record->rangeindex"] = $record;
        }
        $found = [];
        foreach ($predictions as $prediction) {
            $record = $records["$prediction->sampleid-$prediction->rangeindex"] ?? null;
            if ($record && (float) $record->prediction === (float) $prediction->prediction) {
                $found[$prediction->id] = $record;
            }
        }
        return $found;
    }

    /**
     * The models with reasons in a context.
     *
     * @param \context $context
     * @return int[] ids
     */
    public static function models_in(\context $context): array {
        global $DB;
        $sql = 'SELECT DISTINCT modelid FROM {' . self::TABLE . '} WHERE contextid = :contextid ORDER BY modelid';
        return array_map('intval', $DB->get_fieldset_sql($sql, ['contextid' => $context->id]));
    }

    /**
     * Deletes what is kept of a version of a model.
     *
     * @param string $uniqueid
     */
    public static function forget(string $uniqueid): void {
        global $DB;
        $DB->delete_records(self::TABLE, ['uniqueid' => $uniqueid]);
    }

    /**
     * Deletes all where the settings say that none are kept. Moodle calls it when the setting changes.
     */
    public static function delete_where_off(): void {
        global $DB;
        if (configuration::of_site()->reasons === 0) {
            $DB->delete_records(self::TABLE);
        }
    }

    /**
     * Deletes what is kept of predictions that core has deleted.
     */
    public static function delete_left_over(): void {
        global $DB;
        $table = '{' . self::TABLE . '}';
        $select = "timecreated < :before AND NOT EXISTS (
                       SELECT 1
                         FROM {analytics_predictions} ap
                        WHERE ap.modelid = $table.modelid
                              AND ap.sampleid = $table.sampleid
                              AND ap.rangeindex = $table.rangeindex)";
        $DB->delete_records_select(self::TABLE, $select, ['before' => time() - self::AGE]);
    }
}
