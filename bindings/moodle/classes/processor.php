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
 * The predictions processor.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use mlbackend_moodleml\local\analytics_models;
use mlbackend_moodleml\local\answer;
use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\evaluation_summary;
use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\model_states;
use mlbackend_moodleml\local\reasons;
use mlbackend_moodleml\local\runner\runner;
use mlbackend_moodleml\local\runner\terms;
use mlbackend_moodleml\local\runners;

/**
 * The predictions processor: carries Moodle's calls to the library. The library tells classes from numbers by the data set itself.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class processor implements \core_analytics\classifier, \core_analytics\packable, \core_analytics\regressor {
    /** @var float The largest score that the log of a model can store. */
    private const LARGEST_SCORE = 99999.0;

    /** @var runner|null The way to the library, made when it is needed: Moodle constructs all processors on many pages. */
    private ?runner $runner;

    /**
     * Constructs the processor.
     *
     * @param runner|null $runner another way to the library than the one that is set
     */
    public function __construct(?runner $runner = null) {
        $this->runner = $runner;
    }

    /**
     * Whether the library can be reached, here and now.
     *
     * @return true|string true, or what to mend
     */
    public function is_ready() {
        $ready = $this->runner()->is_ready();
        // Moodle prints the sentence unescaped.
        return $ready === true ? true : answer::plain($ready);
    }

    /**
     * Deletes what is stored of a version of a model. What is on this machine goes first, so that a server that is down keeps
     * none of it.
     *
     * @param string $uniqueid
     * @param string $modelversionoutputdir
     */
    public function clear_model($uniqueid, $modelversionoutputdir) {
        reasons::forget($uniqueid);
        model_states::forget($uniqueid);
        remove_dir($modelversionoutputdir);
        $this->runner()->forget($uniqueid);
    }

    /**
     * Deletes all that is stored of a model.
     *
     * @param string $modeloutputdir
     * @param string $uniqueid
     */
    public function delete_output_dir($modeloutputdir, $uniqueid) {
        $this->clear_model($uniqueid, $modeloutputdir);
    }

    /**
     * Trains a classification model.
     *
     * @param string $uniqueid
     * @param \stored_file $dataset
     * @param string $outputdir
     * @return \stdClass
     */
    public function train_classification($uniqueid, \stored_file $dataset, $outputdir) {
        return $this->train($uniqueid, $dataset, $outputdir);
    }

    /**
     * Predicts classes.
     *
     * @param string $uniqueid
     * @param \stored_file $dataset
     * @param string $outputdir
     * @return \stdClass
     */
    public function classify($uniqueid, \stored_file $dataset, $outputdir) {
        return $this->predict($uniqueid, $dataset, $outputdir);
    }

    /**
     * Evaluates a classification model.
     *
     * @param string $uniqueid
     * @param float $maxdeviation
     * @param int $niterations
     * @param \stored_file $dataset
     * @param string $outputdir
     * @param string|false $trainedmodeldir
     * @return \stdClass
     */
    public function evaluate_classification(
        $uniqueid,
        $maxdeviation,
        $niterations,
        \stored_file $dataset,
        $outputdir,
        $trainedmodeldir
    ) {
        return $this->evaluate($uniqueid, $maxdeviation, $niterations, $dataset, $outputdir, $trainedmodeldir);
    }

    /**
     * Trains a regression model.
     *
     * @param string $uniqueid
     * @param \stored_file $dataset
     * @param string $outputdir
     * @return \stdClass
     */
    public function train_regression($uniqueid, \stored_file $dataset, $outputdir) {
        return $this->train($uniqueid, $dataset, $outputdir);
    }

    /**
     * Estimates numbers.
     *
     * @param string $uniqueid
     * @param \stored_file $dataset
     * @param string $outputdir
     * @return \stdClass
     */
    public function estimate($uniqueid, \stored_file $dataset, $outputdir) {
        return $this->predict($uniqueid, $dataset, $outputdir);
    }

    /**
     * Evaluates a regression model.
     *
     * @param string $uniqueid
     * @param float $maxdeviation
     * @param int $niterations
     * @param \stored_file $dataset
     * @param string $outputdir
     * @param string|false $trainedmodeldir
     * @return \stdClass
     */
    public function evaluate_regression(
        $uniqueid,
        $maxdeviation,
        $niterations,
        \stored_file $dataset,
        $outputdir,
        $trainedmodeldir
    ) {
        return $this->evaluate($uniqueid, $maxdeviation, $niterations, $dataset, $outputdir, $trainedmodeldir);
    }

    /**
     * Exports a trained model, without samples.
     *
     * @param string $uniqueid
     * @param string $modeldir
     * @return string the directory that holds it
     */
    public function export(string $uniqueid, string $modeldir): string {
        $directory = make_request_directory();
        $this->runner()->export($uniqueid, $modeldir, $directory);
        return $directory;
    }

    /**
     * Imports a model.
     *
     * @param string $uniqueid
     * @param string $modeldir
     * @param string $importdir
     * @return bool true; what fails is thrown, for Moodle would tell no reason
     */
    public function import(string $uniqueid, string $modeldir, string $importdir): bool {
        $this->runner()->import($uniqueid, $modeldir, $importdir);
        return true;
    }

    /**
     * Trains.
     *
     * @param string $uniqueid
     * @param \stored_file $dataset
     * @param string $directory
     * @return \stdClass
     */
    private function train(string $uniqueid, \stored_file $dataset, string $directory): \stdClass {
        $answer = $this->answer(
            $dataset,
            fn(runner $runner, string $path): \stdClass => $runner->train($uniqueid, $directory, $path)
        );
        model_states::note($uniqueid, 'training', $answer);
        return self::told_as_error($answer);
    }

    /**
     * Predicts, and keeps the reasons for what is flagged.
     *
     * @param string $uniqueid
     * @param \stored_file $dataset
     * @param string $directory
     * @return \stdClass
     */
    private function predict(string $uniqueid, \stored_file $dataset, string $directory): \stdClass {
        $answer = $this->answer($dataset, function (runner $runner, string $path) use ($uniqueid, $directory): \stdClass {
            $answer = $runner->predict($uniqueid, $directory, $path);
            $model = $answer->status === \core_analytics\model::OK ? analytics_models::of_uniqueid($uniqueid) : null;
            if ($model) {
                reasons::keep($runner, $model, $directory, $path, $answer->predictions ?? []);
            }
            return $answer;
        });
        model_states::note($uniqueid, 'prediction', $answer);
        return self::told_as_error($answer);
    }

    /**
     * Evaluates.
     *
     * @param string $uniqueid
     * @param float $maxdeviation
     * @param int $niterations
     * @param \stored_file $dataset
     * @param string $directory
     * @param string|false $traineddirectory
     * @return \stdClass
     */
    private function evaluate(
        string $uniqueid,
        float $maxdeviation,
        int $niterations,
        \stored_file $dataset,
        string $directory,
        $traineddirectory
    ): \stdClass {
        $terms = new terms(\core_analytics\model::MIN_SCORE, $maxdeviation, $niterations, $traineddirectory ?: null);
        $answer = $this->answer(
            $dataset,
            fn(runner $runner, string $path): \stdClass => $runner->evaluate($uniqueid, $directory, $path, $terms)
        );
        model_states::note($uniqueid, 'evaluation', $answer);
        $answer->info = array_merge($answer->info, evaluation_summary::sentences($answer, $uniqueid));
        if (isset($answer->score)) {
            // What Moodle's log has room for.
            $answer->score = max(-self::LARGEST_SCORE, min(self::LARGEST_SCORE, $answer->score));
        }
        return $answer;
    }

    /**
     * Has a runner work on a data set, and tells what goes wrong as an answer.
     *
     * @param \stored_file $dataset
     * @param callable $work gets the runner and the path of a file
     * @return \stdClass
     */
    private function answer(\stored_file $dataset, callable $work): \stdClass {
        $path = make_request_directory() . '/dataset.csv';
        try {
            if (!$dataset->copy_content_to($path)) {
                throw new failure(get_string('errordataset', 'mlbackend_moodleml', $path));
            }
            return $work($this->runner(), $path);
        } catch (\moodle_exception $exception) {
            return answer::of_failure($exception->getMessage());
        } finally {
            // Request directories go when PHP ends, but cron may train many models before that.
            @unlink($path);
        }
    }

    /**
     * Moodle tells the sentences of a training or prediction that failed as those of an error.
     *
     * @param \stdClass $answer
     * @return \stdClass
     */
    private static function told_as_error(\stdClass $answer): \stdClass {
        if ($answer->status !== \core_analytics\model::OK) {
            $sentences = implode(', ', (array) ($answer->errors ?? $answer->info));
            $answer->info = [get_string('errorpredictionsprocessor', 'analytics', $sentences)];
        }
        return $answer;
    }

    /**
     * The way to the library.
     *
     * @return runner
     */
    private function runner(): runner {
        return $this->runner ??= runners::chosen(configuration::of_site());
    }
}
