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
 * What the plugin keeps of models that Moodle has cleared.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * What the plugin keeps of models that Moodle has cleared. Moodle does not ask a backend that is not ready to clear a model, but
 * counts the model as cleared; and a server may be down when a model is cleared. Both are made up for later.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class leftovers {
    /** @var string In a model's directory: what the server calls the model. */
    private const MARK = 'moodleml-server.txt';

    /** @var string The setting that lists the models which a server has still to delete. */
    private const PENDING = 'pendingdeletions';

    /** @var int Seconds that a model must be old: Moodle counts one as trained a moment after it was written. */
    private const AGE = DAYSECS;

    /**
     * Notes in a model's directory that a server keeps the model.
     *
     * @param string $directory
     * @param string $uniqueid
     */
    public static function mark(string $directory, string $uniqueid): void {
        check_dir_exists($directory);
        file_put_contents("$directory/" . self::MARK, $uniqueid);
    }

    /**
     * Notes that a server has still to delete a model.
     *
     * @param string $uniqueid
     */
    public static function remember(string $uniqueid): void {
        self::set_pending(array_merge(self::pending(), [$uniqueid]));
    }

    /**
     * Deletes what is kept of models that Moodle no longer counts as trained by this plugin.
     *
     * @param runner\runner $server gets what it keeps deleted as well
     * @param bool $all whether everything is to go, as the plugin itself does
     * @return string[] the directories that were cleaned
     */
    public static function clean(runner\runner $server, bool $all = false): array {
        $cleaned = [];
        foreach (self::directories() as $directory) {
            if ($all || self::is_left_over($directory)) {
                $mark = "$directory/execution/" . self::MARK;
                if (is_file($mark)) {
                    self::remember(trim(file_get_contents($mark)));
                }
                self::remove($directory, $all);
                $cleaned[] = $directory;
            }
        }
        self::set_pending(array_filter(self::pending(), fn(string $uniqueid): bool => !self::forgotten($server, $uniqueid)));
        return $cleaned;
    }

    /**
     * Has a server delete a model.
     *
     * @param runner\runner $server
     * @param string $uniqueid
     * @return bool whether it did
     */
    private static function forgotten(runner\runner $server, string $uniqueid): bool {
        try {
            $server->forget($uniqueid);
            return true;
        } catch (failure $failure) {
            debugging($failure->getMessage(), DEBUG_DEVELOPER);
            return false;
        }
    }

    /**
     * The directories of versions of models in which this plugin keeps something.
     *
     * @return string[]
     */
    private static function directories(): array {
        $base = analytics_models::folder();
        $versions = glob("$base/[0-9]*/[0-9]*", GLOB_ONLYDIR) ?: [];
        return array_filter($versions, fn(string $directory): bool => self::kept_files($directory) !== []);
    }

    /**
     * What this plugin keeps of a version of a model.
     *
     * @param string $directory
     * @return string[] files
     */
    private static function kept_files(string $directory): array {
        return array_merge(
            glob("$directory/execution/classifier/*.mml") ?: [],
            glob("$directory/execution/" . self::MARK) ?: []
        );
    }

    /**
     * Whether Moodle does not count a version of a model as trained by this plugin.
     *
     * @param string $directory
     * @return bool
     */
    private static function is_left_over(string $directory): bool {
        global $DB;
        $newest = max(array_map('filemtime', self::kept_files($directory)));
        if ($newest > time() - self::AGE) {
            return false;
        }
        $model = $DB->get_record('analytics_models', ['id' => (int) basename(dirname($directory))]);
        if (!$model || !$model->trained || $model->version != basename($directory)) {
            return true;
        }
        return !analytics_models::is_own($model);
    }

    /**
     * Deletes what this plugin keeps of a version of a model, and the directories that are empty then. Files of Moodle's Python
     * backend may lie beside: they stay.
     *
     * @param string $directory
     * @param bool $all whether reports of evaluations are to go as well
     */
    private static function remove(string $directory, bool $all): void {
        array_map('unlink', self::kept_files($directory));
        @unlink("$directory/execution/.moodleml.lock");
        // One pattern for both would need GLOB_BRACE, which PHP lacks on Alpine.
        $runs = array_merge(
            glob("$directory/execution/logs/*", GLOB_ONLYDIR) ?: [],
            $all ? (glob("$directory/evaluation/*/logs/*", GLOB_ONLYDIR) ?: []) : []
        );
        array_map('remove_dir', array_filter($runs, [self::class, 'is_own_run']));
        $places = ['execution/classifier', 'execution/logs', 'evaluation/*/logs', 'evaluation/*', 'execution', 'evaluation'];
        foreach ($places as $place) {
            array_map(fn(string $empty): bool => @rmdir($empty), glob("$directory/$place", GLOB_ONLYDIR) ?: []);
        }
        @rmdir($directory);
        @rmdir(dirname($directory));
    }

    /**
     * Whether the log of a training or of an evaluation is the library's.
     *
     * @param string $run directory
     * @return bool
     */
    private static function is_own_run(string $run): bool {
        $log = "$run/info.log";
        return is_file($log) && preg_match('/^(training|evaluation) started at /', (string) file_get_contents($log, length: 50));
    }

    /**
     * The models that a server has still to delete.
     *
     * @return string[]
     */
    private static function pending(): array {
        return array_filter(explode(',', (string) get_config('mlbackend_moodleml', self::PENDING)));
    }

    /**
     * Notes the models that a server has still to delete.
     *
     * @param string[] $uniqueids
     */
    private static function set_pending(array $uniqueids): void {
        set_config(self::PENDING, implode(',', array_unique($uniqueids)), 'mlbackend_moodleml');
    }
}
