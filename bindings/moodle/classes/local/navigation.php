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
 * The ways to the reasons for insights.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

use core_analytics\manager;

/**
 * The ways to the reasons for insights: from the reports of a course and from core's pages of insights.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class navigation {
    /**
     * Adds a node to a course's reports, where there are reasons that the user may see.
     *
     * @param \navigation_node $navigation of the course
     * @param \context $context
     */
    public static function extend_course(\navigation_node $navigation, \context $context): void {
        if (!manager::is_analytics_enabled() || !manager::check_can_list_insights($context, true)) {
            return;
        }
        // Core keeps this in a cache: most courses have no insights, and cost no query.
        if (!manager::cached_models_with_insights($context) || !reasons::models_in($context)) {
            return;
        }
        $reports = $navigation->find('coursereports', \navigation_node::TYPE_CONTAINER) ?: $navigation;
        $reports->add(
            get_string('why:list', 'mlbackend_moodleml'),
            self::list_url($context->id),
            \navigation_node::TYPE_SETTING,
            null,
            'mlbackend_moodleml_reasons',
            new \pix_icon('i/report', '')
        );
    }

    /**
     * Adds a button to core's pages of insights.
     */
    public static function extend_insights(): void {
        global $PAGE;
        $url = $PAGE->has_set_url() ? self::url_from($PAGE->url) : null;
        if ($url) {
            $text = get_string($url->get_param('id') ? 'why' : 'why:list', 'mlbackend_moodleml');
            $PAGE->add_header_action(\html_writer::link($url, $text, ['class' => 'btn btn-secondary']));
        }
    }

    /**
     * The page of reasons that belongs to one of core's pages.
     *
     * @param \moodle_url $page
     * @return \moodle_url|null null where there is none
     */
    private static function url_from(\moodle_url $page): ?\moodle_url {
        global $DB;
        if ($page->compare(new \moodle_url('/report/insights/prediction.php'), URL_MATCH_BASE)) {
            $prediction = $DB->get_record('analytics_predictions', ['id' => (int) $page->get_param('id')]);
            return $prediction && reasons::of_prediction($prediction) ? self::url($prediction->id) : null;
        }
        if ($page->compare(new \moodle_url('/report/insights/insights.php'), URL_MATCH_BASE)) {
            $contextid = (int) $page->get_param('contextid');
            $context = $contextid ? \context::instance_by_id($contextid, IGNORE_MISSING) : null;
            $modelid = (int) $page->get_param('modelid');
            $found = $context && in_array($modelid, reasons::models_in($context), true);
            return $found ? self::list_url($context->id, $modelid) : null;
        }
        return null;
    }

    /**
     * The page of the reasons for one prediction.
     *
     * @param int $predictionid
     * @return \moodle_url
     */
    public static function url(int $predictionid): \moodle_url {
        return new \moodle_url('/lib/mlbackend/moodleml/why.php', ['id' => $predictionid]);
    }

    /**
     * The page of all insights of a context with their strongest reason.
     *
     * @param int $contextid
     * @param int|null $modelid null for the first model that has some
     * @return \moodle_url
     */
    public static function list_url(int $contextid, ?int $modelid = null): \moodle_url {
        $params = ['contextid' => $contextid] + ($modelid ? ['modelid' => $modelid] : []);
        return new \moodle_url('/lib/mlbackend/moodleml/reasons.php', $params);
    }
}
