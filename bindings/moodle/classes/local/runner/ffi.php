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
 * The library inside of PHP.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local\runner;

use MoodleML\Answer;
use MoodleML\Config;
use MoodleML\Library;
use MoodleML\ModelDirectory;
use MoodleML\MoodleMLException;
use MoodleML\Progress;
use mlbackend_moodleml\local\answer as moodle_answer;
use mlbackend_moodleml\local\binary;
use mlbackend_moodleml\local\brought;
use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\progress as shown_progress;

/**
 * The library inside of PHP: the classes MoodleML\ that the plugin brings call it by FFI.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class ffi implements runner {
    /**
     * Uses the library that the settings name.
     *
     * @param configuration $configuration
     */
    public function __construct(
        /** @var configuration */
        private readonly configuration $configuration,
    ) {
        require_once(brought::plugin() . '/moodleml/autoload.php');
    }

    #[\Override]
    public function is_ready() {
        $path = $this->configuration->library();
        $obstacle = $path === null ? null : self::obstacle($path);
        if ($obstacle !== null) {
            return $obstacle;
        }
        try {
            $reason = Library::unavailable($path, brought::plugin() . '/include/moodleml/moodleml.h');
        } catch (\LogicException $another) {
            // One process has one library; a page that has just changed the setting is not to fail.
            return $another->getMessage();
        }
        return $reason === null ? true : $this->remedy($reason);
    }

    /**
     * What stands against loading a library, found before that is tried.
     *
     * @param string $path
     * @return string|null
     */
    private static function obstacle(string $path): ?string {
        $obstacle = binary::obstacle_of_library($path);
        if ($obstacle === null && str_contains($path, '/') && !is_file($path)) {
            return get_string('ffi:notthere', 'mlbackend_moodleml', $path);
        }
        return $obstacle;
    }

    /**
     * What the PHP classes say on a library that cannot be used, with the plugin's remedy where theirs is for other programs.
     *
     * @param string $reason
     * @return string
     */
    private function remedy(string $reason): string {
        if (PHP_SAPI !== 'cli' && str_starts_with($reason, 'PHP refuses FFI') && ini_get('ffi.enable') === 'preload') {
            return get_string('ffi:web', 'mlbackend_moodleml', 'php ' . brought::plugin() . '/cli/preload.php');
        }
        if (preg_match('/GLIBC_[0-9.]+.? not found/', $reason, $found)) {
            return get_string('binary:oldglibc', 'mlbackend_moodleml', $found[0]);
        }
        if ($this->configuration->library() === null && str_starts_with($reason, 'libmoodleml was not found')) {
            return brought::library_is_for_others()
                ?? get_string('ffi:absent', 'mlbackend_moodleml', brought::plugin() . '/lib/libmoodleml.so.1');
        }
        return $reason;
    }

    #[\Override]
    public function train(string $uniqueid, string $directory, string $dataset): \stdClass {
        return $this->answer(fn(?callable $progress): Answer =>
            (new ModelDirectory($directory))->train($dataset, $this->config(), $progress));
    }

    #[\Override]
    public function predict(string $uniqueid, string $directory, string $dataset): \stdClass {
        return $this->answer(fn(?callable $progress): Answer =>
            (new ModelDirectory($directory))->predict($dataset, $this->config(), $progress));
    }

    #[\Override]
    public function explains() {
        // A library that lacks a function of the plugin's header is not ready.
        return true;
    }

    #[\Override]
    public function explain(string $uniqueid, string $directory, string $dataset, int $reasons): \stdClass {
        return $this->answer(fn(?callable $progress): Answer =>
            (new ModelDirectory($directory))->explain($dataset, $this->config(['reasons' => $reasons]), $progress));
    }

    #[\Override]
    public function evaluate(string $uniqueid, string $directory, string $dataset, terms $terms): \stdClass {
        return $this->answer(fn(?callable $progress): Answer =>
            (new ModelDirectory($directory))->evaluate($dataset, $terms->traineddirectory, $this->config([
                'min_score' => $terms->minscore,
                'max_deviation' => $terms->maxdeviation,
                'iterations' => $terms->iterations,
            ]), $progress));
    }

    #[\Override]
    public function export(string $uniqueid, string $directory, string $exportdirectory): void {
        self::require_success($this->answer(fn(): Answer =>
            (new ModelDirectory($directory))->export($exportdirectory, $this->config())));
    }

    #[\Override]
    public function import(string $uniqueid, string $directory, string $importdirectory): void {
        self::require_success($this->answer(fn(): Answer =>
            (new ModelDirectory($directory))->import($importdirectory, $this->config())));
    }

    #[\Override]
    public function forget(string $uniqueid): void {
    }

    /**
     * The settings as the library takes them.
     *
     * @param array $options further ones
     * @return Config
     */
    private function config(array $options = []): Config {
        return new Config($options + $this->configuration->options);
    }

    /**
     * Calls the library.
     *
     * @param callable $call gets what shows progress
     * @return \stdClass
     */
    private function answer(callable $call): \stdClass {
        $ready = $this->is_ready();
        if ($ready !== true) {
            throw new failure($ready);
        }
        $shown = new shown_progress();
        $show = function (Progress $progress) use ($shown): void {
            $shown->show($progress->fraction, self::phase($progress));
        };
        try {
            return moodle_answer::from_json($call($show)->json);
        } catch (MoodleMLException $exception) {
            throw new failure($exception->getMessage());
        }
    }

    /**
     * What the library is doing.
     *
     * @param Progress $progress
     * @return string one word
     */
    private static function phase(Progress $progress): string {
        return match ($progress->phase) {
            Progress::READING => 'reading',
            Progress::PREPARING => 'preparing',
            Progress::TRAINING => 'training',
            Progress::CALIBRATING => 'calibrating',
            Progress::EVALUATING => 'evaluating',
            Progress::SAVING => 'saving',
            default => 'working',
        };
    }

    /**
     * Has a refusal be a failure.
     *
     * @param \stdClass $answer
     */
    private static function require_success(\stdClass $answer): void {
        if ($answer->status !== Answer::OK) {
            throw new failure(implode(' ', $answer->info));
        }
    }
}
