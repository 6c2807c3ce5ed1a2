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
 * The insights of a context with their strongest reasons, for a template.
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
use mlbackend_moodleml\local\reasons;

/**
 * The insights of a context with their strongest reasons, for a template.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class why_list implements \renderable, \templatable {
    /** @var int Insights of a page. */
    private const PAGE = 50;

    /**
     * Takes a model and a context whose insights the user may see.
     *
     * @param model $model
     * @param \context $context
     * @param int $page 0 for the first
     */
    public function __construct(
        /** @var model */
        private readonly model $model,
        /** @var \context */
        private readonly \context $context,
        /** @var int 0 for the first */
        private readonly int $page,
    ) {
    }

    /**
     * What the template why_list shows.
     *
     * @param \renderer_base $output
     * @return array
     */
    public function export_for_template(\renderer_base $output): array {
        [$total, $predictions] = $this->model->get_predictions($this->context, true, $this->page, self::PAGE) ?: [0, []];
        $records = array_map(fn(prediction $prediction): \stdClass => $prediction->get_prediction_data(), $predictions);
        $kept = reasons::of_predictions($records);
        $url = navigation::list_url($this->context->id, $this->model->get_id());
        return [
            'insight' => (string) $this->model->get_target()->get_name(),
            'insights' => array_values(array_map(
                fn(prediction $prediction): array => $this->row($prediction, $kept[$prediction->get_prediction_data()->id] ?? null),
                $predictions
            )),
            'hasinsights' => (bool) $predictions,
            'paging' => $output->paging_bar($total, $this->page, self::PAGE, $url),
            'models' => $this->other_models(),
        ];
    }

    /**
     * An insight, for the template.
     *
     * @param prediction $prediction
     * @param \stdClass|null $kept as reasons::of_predictions() gives it
     * @return array
     */
    private function row(prediction $prediction, ?\stdClass $kept): array {
        $data = $prediction->get_prediction_data();
        [$sample] = $this->model->prediction_sample_description($prediction);
        $reason = $kept->reasons[0] ?? null;
        $strongest = $reason && $reason->value !== '' ? "$reason->name: $reason->value" : $reason->name ?? '';
        return [
            'sample' => format_string($sample),
            'url' => navigation::url($data->id)->out(false),
            'sure' => $kept ? why::sure($this->model, $kept)[0] : '',
            'strongest' => get_string($reason ? 'why:strongest' : 'why:notkept', 'mlbackend_moodleml', $strongest),
        ];
    }

    /**
     * The other models with reasons in this context.
     *
     * @return array[] name and url
     */
    private function other_models(): array {
        $others = [];
        foreach (reasons::models_in($this->context) as $modelid) {
            $model = new model($modelid);
            if ($modelid !== (int) $this->model->get_id() && $model->get_target()->link_insights_report()) {
                $others[] = [
                    'name' => (string) $model->get_target()->get_name(),
                    'url' => navigation::list_url($this->context->id, $modelid)->out(false),
                ];
            }
        }
        return $others;
    }
}
