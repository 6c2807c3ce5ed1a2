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
 * Why a model flagged a sample, for a template.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\output;

use core_analytics\model;
use core_analytics\prediction;
use mlbackend_moodleml\local\navigation;
use mlbackend_moodleml\local\reason;
use mlbackend_moodleml\local\reasons;

/**
 * Why a model flagged a sample, for a template.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class why implements \renderable, \templatable {
    /**
     * Takes an insight that the user may see.
     *
     * @param model $model
     * @param prediction $prediction
     */
    public function __construct(
        /** @var model */
        private readonly model $model,
        /** @var prediction */
        private readonly prediction $prediction,
    ) {
    }

    /**
     * What the template why shows.
     *
     * @param \renderer_base $output
     * @return array
     */
    public function export_for_template(\renderer_base $output): array {
        $data = $this->prediction->get_prediction_data();
        [$sample, $image] = $this->model->prediction_sample_description($this->prediction);
        $kept = reasons::of_prediction($data);
        return [
            'insight' => (string) $this->model->get_target()->get_name(),
            'sample' => format_string($sample),
            'image' => $image ? $output->render($image) : '',
            'time' => userdate($data->timecreated),
            'sure' => $kept ? self::sure($this->model, $kept) : [],
            'reasons' => array_map(fn(reason $reason): array => self::row($this->model, $reason), $kept->reasons ?? []),
            'others' => $kept ? self::others($kept->reasons) : '',
            'hasreasons' => !empty($kept->reasons),
            'insighturl' => (new \moodle_url('/report/insights/prediction.php', ['id' => $data->id]))->out(false),
            'listurl' => navigation::list_url($data->contextid, $data->modelid)->out(false),
        ];
    }

    /**
     * How sure the model is, in sentences.
     *
     * @param model $model
     * @param \stdClass $kept as reasons::of_prediction() gives it
     * @return string[]
     */
    public static function sure(model $model, \stdClass $kept): array {
        $target = $model->get_target();
        if ($target->is_linear()) {
            $details = ['answer' => format_float($kept->answer, 2), 'base' => format_float($kept->baseanswer, 2)];
            return [get_string('why:estimate', 'mlbackend_moodleml', $details)];
        }
        $details = [
            'class' => $target->get_display_value($kept->prediction),
            'answer' => self::percent($kept->answer),
            'base' => self::percent($kept->baseanswer),
            'often' => max(1, min(99, round(100 * $kept->answer))),
        ];
        $sentences = [
            get_string('why:probability', 'mlbackend_moodleml', $details),
            get_string('why:often', 'mlbackend_moodleml', $details),
        ];
        if ($kept->answer < 0.5) {
            $sentences[] = get_string('why:belowhalf', 'mlbackend_moodleml');
        }
        return $sentences;
    }

    /**
     * A reason, for the template.
     *
     * @param model $model
     * @param reason $reason
     * @return array
     */
    private static function row(model $model, reason $reason): array {
        $kind = $model->get_target()->is_linear() ? 'estimate' : 'class';
        $direction = $reason->adds > 0 ? 'up' : 'down';
        return [
            'name' => $reason->name,
            'value' => $reason->value,
            'effect' => get_string("why:$kind$direction", 'mlbackend_moodleml'),
            'for' => $reason->adds > 0,
            'share' => self::percent($reason->share),
            'width' => max(1, round(100 * $reason->share)),
        ];
    }

    /**
     * How much the other indicators count.
     *
     * @param reason[] $reasons
     * @return string '' where they count nothing
     */
    private static function others(array $reasons): string {
        $rest = 1 - array_sum(array_map(fn(reason $reason): float => $reason->share, $reasons));
        return $rest < 0.005 ? '' : get_string('why:others', 'mlbackend_moodleml', self::percent($rest));
    }

    /**
     * A share in per cent.
     *
     * @param float $share 0 to 1
     * @return string
     */
    public static function percent(float $share): string {
        return get_string('percents', 'moodle', format_float(100 * $share, $share < 0.1 || $share > 0.9 ? 1 : 0));
    }
}
