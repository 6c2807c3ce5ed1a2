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
 * Data sets for tests.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * Makes data sets as Moodle has them.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class mlbackend_moodleml_generator extends component_generator_base {
    /**
     * Labelled samples of two classes, 0 and 1, which the features tell.
     *
     * @param int[] $labels of the samples; features do not follow from it where a label is not $sample % 2
     * @return \stored_file
     */
    public function create_classes(array $labels): \stored_file {
        $rows = [];
        foreach (array_values($labels) as $sample => $label) {
            $rows[] = array_merge($this->features($sample), [$label]);
        }
        return $this->create_file('nfeatures,targettype,targetclasses', '3,discrete,"[0,1]"', 'a,b,c,target', $rows);
    }

    /**
     * Labelled samples with a number as target: 5 * a + b.
     *
     * @param int $samples how many
     * @return \stored_file
     */
    public function create_numbers(int $samples): \stored_file {
        $rows = [];
        for ($sample = 0; $sample < $samples; $sample++) {
            $features = $this->features($sample);
            $rows[] = array_merge($features, [5 * $features[0] + $features[1]]);
        }
        return $this->create_file('nfeatures,targettype,targetmin,targetmax', '3,linear,-10,10', 'a,b,c,target', $rows);
    }

    /**
     * Samples without labels, which have the ids 0-7, 1-7 and so on.
     *
     * @param int $samples how many
     * @return \stored_file
     */
    public function create_unlabelled(int $samples): \stored_file {
        $rows = [];
        for ($sample = 0; $sample < $samples; $sample++) {
            $rows[] = array_merge(["$sample-7"], $this->features($sample));
        }
        return $this->create_file('nfeatures,targettype,targetclasses', '3,discrete,"[0,1]"', 'sampleid,a,b,c', $rows);
    }

    /**
     * A data set of given rows.
     *
     * @param string $names of the metadata
     * @param string $values of the metadata
     * @param string $columns their names
     * @param array[] $rows
     * @return \stored_file
     */
    public function create_file(string $names, string $values, string $columns, array $rows): \stored_file {
        $lines = array_merge([$names, $values, $columns], array_map(fn(array $row): string => implode(',', $row), $rows));
        return get_file_storage()->create_file_from_string([
            'contextid' => \context_system::instance()->id,
            'component' => 'mlbackend_moodleml',
            'filearea' => 'test',
            'itemid' => 0,
            'filepath' => '/',
            'filename' => random_string(20) . '.csv',
        ], implode("\n", $lines) . "\n");
    }

    /**
     * A sample's features; the first is negative where the sample's number is even.
     *
     * @param int $sample
     * @return float[] three numbers from -1 to 1
     */
    public function features(int $sample): array {
        $random = fn(int $column): float => round(sin(($sample + 1) * (12.9898 + 7.233 * $column)), 3);
        $sign = $sample % 2 ? 1 : -1;
        return [$sign * (0.5 + abs($random(0)) / 2), $random(1), $random(2)];
    }

    /**
     * A course with students, whose idnumbers are below 0 for every second one. Those with the last name "new" are predicted, the
     * others trained on.
     *
     * @param int $students how many of either kind
     * @return \stdClass
     */
    public function create_course_of_students(int $students): \stdClass {
        $generator = \testing_util::get_data_generator();
        $course = $generator->create_course();
        foreach (['old', 'new'] as $name) {
            for ($student = 0; $student < $students; $student++) {
                $idnumber = ($student % 2 ? 1 : -1) * (0.4 + 0.05 * ($student % 10));
                $user = $generator->create_user(['lastname' => $name, 'idnumber' => $idnumber]);
                $generator->enrol_user($user->id, $course->id, 'student');
            }
        }
        return $course;
    }

    /**
     * An enabled model of core's, which predicts by the idnumbers of students whether they are at risk.
     *
     * @return \core_analytics\model
     */
    public function create_model(): \core_analytics\model {
        require_once(__DIR__ . '/../fixtures/risk_target.php');
        require_once(__DIR__ . '/../fixtures/idnumber_indicator.php');
        set_config('enableanalytics', 1);
        set_config('predictionsprocessor', '\mlbackend_moodleml\processor', 'analytics');
        $target = \core_analytics\manager::get_target('\mlbackend_moodleml\fixtures\risk_target');
        $indicator = \core_analytics\manager::get_indicator('\mlbackend_moodleml\fixtures\idnumber_indicator');
        $interval = '\core\analytics\time_splitting\single_range';
        $model = \core_analytics\model::create($target, [$indicator->get_id() => $indicator], $interval);
        $model->enable();
        return $model;
    }
}
