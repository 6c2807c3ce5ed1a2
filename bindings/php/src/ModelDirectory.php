<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * The calls that Moodle makes on a model directory, which holds the model, the training samples kept for the next training,
 * and the logs of runs. $dataset is the path of a CSV file as Moodle writes it.
 *
 * A refusal of Moodle's (not trained, too few classes, low score, a bad data set) is an Answer. A MoodleMLException tells of
 * what has no status there: BUSY after the option lock_timeout, OUT_OF_MEMORY, INTERNAL; CancelledException where the
 * progress callable answered false. Nothing is stored then. The callable is called as callable(Progress): ?bool, and what it
 * throws comes out of the call.
 */
final class ModelDirectory
{
    /** @param string $path made by the first training where it is missing */
    public function __construct(public readonly string $path)
    {
    }

    /**
     * Trains the directory's model. It continues from what the model learned before.
     *
     * @param (callable(Progress): mixed)|null $progress false cancels
     */
    public function train(string $dataset, ?Config $config = null, ?callable $progress = null): Answer
    {
        return $this->answer('mml_moodle_train', $progress, $dataset, $config?->handle());
    }

    /**
     * Predicts the rows of an unlabelled file.
     *
     * @param (callable(Progress): mixed)|null $progress false cancels
     */
    public function predict(string $dataset, ?Config $config = null, ?callable $progress = null): Answer
    {
        return $this->answer('mml_moodle_predict', $progress, $dataset, $config?->handle());
    }

    /**
     * Explains the predictions of an unlabelled file's rows: the indicators that lead to each. Option reasons.
     *
     * @param (callable(Progress): mixed)|null $progress false cancels
     */
    public function explain(string $dataset, ?Config $config = null, ?callable $progress = null): Answer
    {
        return $this->answer('mml_moodle_explain', $progress, $dataset, $config?->handle());
    }

    /**
     * Rates the model in $trainedDirectory; or, where that is null, trains and rates on random splits of the data set and
     * leaves the directory's model alone. Options min_score, max_deviation, iterations and those of training.
     *
     * @param (callable(Progress): mixed)|null $progress false cancels
     */
    public function evaluate(
        string $dataset,
        ?string $trainedDirectory = null,
        ?Config $config = null,
        ?callable $progress = null,
    ): Answer {
        return $this->answer('mml_moodle_evaluate', $progress, $dataset, $trainedDirectory, $config?->handle());
    }

    /** Copies the directory's model, without samples, to $exportDirectory. */
    public function export(string $exportDirectory, ?Config $config = null): Answer
    {
        return $this->transfer('mml_moodle_export', $exportDirectory, $config);
    }

    /** Makes an exported model the directory's. */
    public function import(string $importDirectory, ?Config $config = null): Answer
    {
        return $this->transfer('mml_moodle_import', $importDirectory, $config);
    }

    /**
     * Writes the model that moodle-mlbackend-python 3 has stored in the directory in this library's form beside it, where there
     * is none yet. The other calls need no such conversion.
     */
    public function convert(?Config $config = null): Answer
    {
        return Answer::of(Library::load()->bridge->make('answer', 'mml_moodle_convert', $this->path, $config?->handle()));
    }

    private function answer(string $function, ?callable $progress, string|Handle|null ...$arguments): Answer
    {
        $bridge = Library::load()->bridge;
        return Answer::of($bridge->makeWithProgress('answer', $function, $progress, $this->path, ...$arguments));
    }

    private function transfer(string $function, string $other, ?Config $config): Answer
    {
        return Answer::of(Library::load()->bridge->make('answer', $function, $this->path, $other, $config?->handle()));
    }
}
