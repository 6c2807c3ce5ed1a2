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
 * A trial of the whole way to the library and back.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

use mlbackend_moodleml\local\runner\runner;
use mlbackend_moodleml\local\runner\terms;

/**
 * A trial of the whole way to the library and back: trains on a small built-in data set, predicts and evaluates.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class self_check {
    /** @var string What a server calls the model of the trial. */
    private const UNIQUEID = 'moodlemlcheck';

    /** @var int Samples to train on. */
    private const TRAINING = 120;

    /** @var int Further samples to predict. */
    private const PREDICTION = 40;

    /** @var string A directory of this request. */
    private string $directory;

    /**
     * Tries a runner.
     *
     * @param runner $runner
     */
    public function __construct(
        /** @var runner */
        private readonly runner $runner,
    ) {
        $this->directory = make_request_directory();
    }

    /**
     * Runs the trial.
     *
     * @return string[] what came out, in sentences
     * @throws failure where anything went wrong
     */
    public function run(): array {
        $ready = $this->runner->is_ready();
        if ($ready !== true) {
            throw new failure($ready);
        }
        try {
            return array_merge([$this->train(), $this->predict(), $this->explain()], $this->evaluate());
        } finally {
            $this->runner->forget(self::UNIQUEID);
            remove_dir($this->directory);
        }
    }

    /**
     * What an administrator does after a trial that passed.
     *
     * @return string
     */
    public static function next_step(): string {
        if (get_config('analytics', 'predictionsprocessor') !== '\\' . \mlbackend_moodleml\processor::class) {
            return get_string('check:nextchoose', 'mlbackend_moodleml');
        }
        $string = \core_analytics\manager::is_analytics_enabled() ? 'check:nextmodels' : 'check:nextenable';
        return get_string($string, 'mlbackend_moodleml');
    }

    /**
     * Trains.
     *
     * @return string
     */
    private function train(): string {
        $dataset = $this->write_dataset('training.csv', 0, self::TRAINING, true);
        $start = microtime(true);
        self::successful($this->runner->train(self::UNIQUEID, $this->directory, $dataset));
        return get_string('check:trained', 'mlbackend_moodleml', [
            'samples' => self::TRAINING,
            'seconds' => format_float(microtime(true) - $start, 2),
        ]);
    }

    /**
     * Predicts, and counts what is right.
     *
     * @return string
     */
    private function predict(): string {
        $dataset = $this->write_dataset('prediction.csv', self::TRAINING, self::PREDICTION, false);
        $start = microtime(true);
        $answer = self::successful($this->runner->predict(self::UNIQUEID, $this->directory, $dataset));
        $seconds = microtime(true) - $start;
        $right = array_filter(
            $answer->predictions ?? [],
            fn(array $row): bool => isset($row[1]) && (int) $row[1] === self::label((int) $row[0])
        );
        return get_string('check:predicted', 'mlbackend_moodleml', [
            'right' => count($right),
            'samples' => self::PREDICTION,
            'seconds' => format_float($seconds, 2),
        ]);
    }

    /**
     * Explains the predictions.
     *
     * @return string also where the runner cannot, because predictions work without
     */
    private function explain(): string {
        $explains = $this->runner->explains();
        if ($explains !== true) {
            return $explains;
        }
        $start = microtime(true);
        $answer = self::successful($this->runner->explain(self::UNIQUEID, $this->directory, "$this->directory/prediction.csv", 1));
        return get_string('check:explained', 'mlbackend_moodleml', [
            'samples' => count($answer->explanations ?? []),
            'seconds' => format_float(microtime(true) - $start, 2),
        ]);
    }

    /**
     * Evaluates on splits.
     *
     * @return string[]
     */
    private function evaluate(): array {
        $dataset = "$this->directory/training.csv";
        $answer = $this->runner->evaluate(self::UNIQUEID, $this->directory, $dataset, new terms(0, 1, 3));
        return evaluation_summary::measures(self::successful($answer));
    }

    /**
     * The answer, where it is one of success.
     *
     * @param \stdClass $answer
     * @return \stdClass
     */
    private static function successful(\stdClass $answer): \stdClass {
        if ($answer->status !== \core_analytics\model::OK) {
            throw new failure(implode(' ', (array) ($answer->errors ?? $answer->info)));
        }
        return $answer;
    }

    /**
     * Writes a data set as Moodle does.
     *
     * @param string $name
     * @param int $first the first sample
     * @param int $samples how many
     * @param bool $labelled whether samples have their class, or else their id
     * @return string its path
     */
    private function write_dataset(string $name, int $first, int $samples, bool $labelled): string {
        $path = "$this->directory/$name";
        $file = fopen($path, 'w');
        $columns = ['logins', 'grades', 'posts', 'reading'];
        $rows = [
            ['nfeatures', 'targettype', 'targetclasses'],
            [count($columns), 'discrete', '[0,1]'],
            $labelled ? array_merge($columns, ['target']) : array_merge(['sampleid'], $columns),
        ];
        for ($i = $first; $i < $first + $samples; $i++) {
            $rows[] = $labelled ? array_merge(self::features($i), [self::label($i)]) : array_merge([$i], self::features($i));
        }
        foreach ($rows as $row) {
            fputcsv($file, $row, ',', '"', '\\');
        }
        fclose($file);
        return $path;
    }

    /**
     * A sample's features: four numbers from -1 to 1 that follow no order.
     *
     * @param int $sample
     * @return float[]
     */
    private static function features(int $sample): array {
        return array_map(fn(int $column): float => round(sin(($sample + 1) * (12.9898 + 7.233 * $column)), 3), [0, 1, 2, 3]);
    }

    /**
     * A sample's class, which its first two features tell.
     *
     * @param int $sample
     * @return int 0 or 1
     */
    private static function label(int $sample): int {
        [$first, $second] = self::features($sample);
        return (int) ($first + 0.5 * $second > 0);
    }
}
