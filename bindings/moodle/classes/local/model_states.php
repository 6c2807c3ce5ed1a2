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
 * What last became of the models.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

use core_analytics\model;

/**
 * What last became of the models: when each was trained, whom it flags, what its last prediction noted, and what failed last.
 * One record a version of a model.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class model_states {
    /** @var string */
    public const TABLE = 'mlbackend_moodleml_models';

    /**
     * Notes how a call of core's ended.
     *
     * @param string $uniqueid
     * @param string $call training, prediction or evaluation
     * @param \stdClass $answer
     */
    public static function note(string $uniqueid, string $call, \stdClass $answer): void {
        $model = analytics_models::of_uniqueid($uniqueid);
        if (!$model) {
            return;
        }
        // What an evaluation finds out about a model is no failure.
        $failed = $call === 'evaluation' ? $answer->status === model::GENERAL_ERROR : $answer->status !== model::OK;
        if ($failed) {
            self::failed($model, $call, implode(' ', (array) ($answer->errors ?? $answer->info)));
        } else {
            self::worked($model, $call, array_values(array_filter((array) $answer->info, 'is_string')));
        }
    }

    /**
     * Notes that a call worked, so that its earlier failure counts no longer.
     *
     * @param model $model
     * @param string $call training, prediction, explanation or evaluation
     * @param string[] $notes what the library noted
     */
    public static function worked(model $model, string $call, array $notes = []): void {
        $changes = match ($call) {
            'training' => ['timetrained' => time(), 'flag' => self::flag_set()],
            'prediction' => ['timepredicted' => time(), 'notes' => json_encode(array_map([answer::class, 'plain'], $notes))],
            default => [],
        };
        if (self::of_model($model)?->failedcall === $call) {
            $changes += ['failedcall' => null, 'failure' => null, 'timefailed' => 0];
        }
        if ($changes) {
            self::change($model, $changes);
        }
    }

    /**
     * Notes that a call failed.
     *
     * @param model $model
     * @param string $call
     * @param string $sentence why
     */
    public static function failed(model $model, string $call, string $sentence): void {
        self::change($model, ['failedcall' => $call, 'failure' => answer::plain($sentence), 'timefailed' => time()]);
    }

    /**
     * What is noted of a model.
     *
     * @param model $model
     * @return \stdClass|null the record
     */
    public static function of_model(model $model): ?\stdClass {
        global $DB;
        return $DB->get_record(self::TABLE, ['uniqueid' => $model->get_unique_id()]) ?: null;
    }

    /**
     * Deletes what is noted of a version of a model.
     *
     * @param string $uniqueid
     */
    public static function forget(string $uniqueid): void {
        global $DB;
        $DB->delete_records(self::TABLE, ['uniqueid' => $uniqueid]);
    }

    /**
     * Deletes what is noted of models that are gone.
     */
    public static function delete_left_over(): void {
        global $DB;
        $DB->delete_records_select(self::TABLE, 'modelid NOT IN (SELECT id FROM {analytics_models})');
    }

    /**
     * Whom to flag, as set now.
     *
     * @return string|null the value of the library's option, '' for its default; null where a server decides
     */
    private static function flag_set(): ?string {
        $configuration = configuration::of_site();
        return $configuration->runner === 'server' ? null : $configuration->options['decision'] ?? '';
    }

    /**
     * Changes the record of a model, or makes it.
     *
     * @param model $model
     * @param array $changes
     */
    private static function change(model $model, array $changes): void {
        global $DB;
        $record = self::of_model($model);
        if ($record) {
            $DB->update_record(self::TABLE, (object) ($changes + ['id' => $record->id]));
        } else {
            $fields = $changes + ['uniqueid' => $model->get_unique_id(), 'modelid' => $model->get_id()];
            $DB->insert_record(self::TABLE, (object) $fields);
        }
    }
}
