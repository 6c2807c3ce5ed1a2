<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** A trained model; immutable. It never holds samples. */
final class Model
{
    private function __construct(private readonly Handle $handle)
    {
    }

    /**
     * Trains on a data set with a target. The same data, options and library give the same model on any number of threads,
     * except where option time_limit cuts training short.
     *
     * @param (callable(Progress): mixed)|null $progress false cancels
     * @param self|null $start a model to go on from, whose own samples are not in the data set
     * @throws MoodleMLException NOT_ENOUGH_DATA; MISMATCH: $start does not fit; LIMIT
     */
    public static function train(
        Dataset $dataset,
        ?Config $config = null,
        ?callable $progress = null,
        ?self $start = null,
    ): self {
        return new self(Library::load()->bridge->makeWithProgress(
            'model',
            'mml_train',
            $progress,
            $dataset->handle(),
            $config?->handle(),
            $start?->handle,
        ));
    }

    /** @return array{bytes: string} what bytes() gives, so that sessions and caches may hold a model */
    public function __serialize(): array
    {
        return ['bytes' => $this->bytes()];
    }

    /**
     * @param array<mixed> $data
     * @throws MoodleMLException BAD_MODEL: this is no model; NEWER_FORMAT; LIMIT
     */
    public function __unserialize(array $data): void
    {
        $bytes = $data['bytes'] ?? null;
        $this->handle = self::fromBytes(is_string($bytes) ? $bytes : '')->handle;
    }

    /**
     * @param Config|null $config option memory_limit
     * @param (callable(Progress): mixed)|null $progress false cancels
     * @throws MoodleMLException IO; BAD_MODEL; NEWER_FORMAT; LIMIT
     */
    public static function load(string $path, ?Config $config = null, ?callable $progress = null): self
    {
        $bridge = Library::load()->bridge;
        return new self($bridge->makeWithProgress('model', 'mml_model_load_with', $progress, $path, $config?->handle()));
    }

    /**
     * The same from what such a file holds.
     *
     * @param (callable(Progress): mixed)|null $progress false cancels
     */
    public static function fromBytes(string $bytes, ?Config $config = null, ?callable $progress = null): self
    {
        $arguments = [Numbers::bytes($bytes), strlen($bytes), $config?->handle()];
        $bridge = Library::load()->bridge;
        return new self($bridge->makeWithProgress('model', 'mml_model_load_bytes_with', $progress, ...$arguments));
    }

    /**
     * Writes a model file with permissions 0600; replaces one that is there at once or not at all.
     *
     * @throws MoodleMLException IO
     */
    public function save(string $path): void
    {
        $this->handle->bridge->run('mml_model_save', $this->handle, $path);
    }

    /**
     * Hands over what the file of this model holds, in pieces of at most 65,536 bytes.
     *
     * @param callable(string): mixed $write false cancels
     */
    public function write(callable $write): void
    {
        $this->handle->bridge->write('mml_model_write', $write, $this->handle);
    }

    /** What the file of this model holds. */
    public function bytes(): string
    {
        $bytes = '';
        $this->write(function (string $piece) use (&$bytes): void {
            $bytes .= $piece;
        });
        return $bytes;
    }

    /**
     * The model's card: what it predicts, from which samples, its metrics and limits. It holds no sample.
     *
     * @param string $format markdown, html, text or json
     * @throws MoodleMLException NOT_FOUND: no such format
     */
    public function card(string $format = 'markdown'): string
    {
        $card = '';
        $append = function (string $piece) use (&$card): void {
            $card .= $piece;
        };
        $this->handle->bridge->write('mml_model_card', $append, $this->handle, $format);
        return $card;
    }

    /**
     * A model with the same answers, whose card and file keep what the report found.
     *
     * @throws MoodleMLException MISMATCH: the report is on another task, or on classes that the model does not have
     */
    public function withReport(Report $report): self
    {
        $arguments = [$this->handle, $report->handle()];
        return new self(Library::load()->bridge->make('model', 'mml_model_with_report', ...$arguments));
    }

    /**
     * How far a data set's columns have moved from the training's: "columns" with the population stability index of each, the most moved
     * first, and "warnings" by option drift_limit. Null where the model was stored without counts.
     *
     * @return array<string, mixed>|null
     * @throws MoodleMLException MISMATCH: a column is missing
     */
    public function drift(Dataset $dataset, ?Config $config = null): ?array
    {
        $json = '';
        $append = function (string $piece) use (&$json): void {
            $json .= $piece;
        };
        $this->handle->bridge->write('mml_model_drift', $append, $this->handle, $dataset->handle(), $config?->handle());
        return json_decode($json, true, 512, JSON_THROW_ON_ERROR);
    }

    public function task(): Task
    {
        return Task::from($this->handle->value('mml_model_task'));
    }

    /** Number of feature columns. */
    public function inputs(): int
    {
        return $this->handle->value('mml_model_inputs');
    }

    /** Number of scores it gives for a row: its classes, or 1 for regression. */
    public function outputs(): int
    {
        return $this->handle->value('mml_model_outputs');
    }

    /** @return list<string> */
    public function inputNames(): array
    {
        return $this->handle->names('mml_model_input_name', $this->inputs());
    }

    /** @return list<string> the classes in the order of scores; empty for regression */
    public function classNames(): array
    {
        return $this->handle->names('mml_model_class_name', $this->task() === Task::Classification ? $this->outputs() : 0);
    }

    /**
     * How the model was trained and how its members rate; src/model/README.md of the library lists the fields.
     *
     * @return array<string, mixed>
     */
    public function description(): array
    {
        return $this->handle->fields('mml_model_json');
    }

    /**
     * For each row outputs() scores: calibrated probabilities, which sum to 1, or the estimate. Columns are matched by name where
     * the model and the samples have names, else by position. Rows are as Dataset::fromRows() takes them; those with names may
     * have other columns too, which are not read. Options: threads, memory_limit.
     *
     * @param Dataset|array<array<int|float|bool|string|null>|\stdClass> $samples
     * @return list<list<float>>
     * @throws MoodleMLException MISMATCH: a column is missing; LIMIT; BAD_DATA: an infinite value
     */
    public function predict(Dataset|array $samples, ?Config $config = null): array
    {
        if ($samples === []) {
            return [];
        }
        if (is_array($samples)) {
            $table = Table::ofRows($samples, $this->inputNames());
            if ($table->names === null) {
                return $this->scores('mml_predict_array', 'mml_predict_array_double', $table, $table->rows, $config);
            }
            $samples = Dataset::ofTable($table);
        }
        return $this->scores('mml_predict', 'mml_predict_double', $samples->handle(), $samples->rows(), $config);
    }

    /**
     * The class of each row by the model's decision, as an index into classNames(). Probabilities are not changed by it.
     *
     * @param list<list<float>> $scores as predict() returns them
     * @return list<int>
     * @throws MoodleMLException INVALID_ARGUMENT: a regression; a row that is no probabilities
     */
    public function decide(array $scores): array
    {
        $classes = $this->outputs();
        foreach ($scores as $row => $probabilities) {
            if (count($probabilities) !== $classes) {
                throw new MoodleMLException("row $row of scores has not $classes probabilities", MoodleMLException::INVALID_ARGUMENT);
            }
        }
        $rows = count($scores);
        $cells = $rows === 0 ? null : Numbers::of('float', array_merge(...$scores), 'score');
        return $this->handle->bridge->indicesOut($rows, 'mml_decide', $this->handle, $cells, $rows);
    }

    /**
     * The model made ready for single rows: what a process that predicts one row at a time makes once.
     *
     * @param list<string>|null $columns the names of a row's columns, in order, to be matched by name; null: inputNames()
     * @throws MoodleMLException MISMATCH: the model has a column that is not among them; LIMIT: option memory_limit
     */
    public function predictor(?array $columns = null, ?Config $config = null): Predictor
    {
        $names = $columns ?? [];
        $arguments = [$this->handle, $names === [] ? null : $names, count($names), $config?->handle()];
        $handle = $this->handle->bridge->make('predictor', 'mml_predictor_create', ...$arguments);
        return new Predictor($handle, $columns ?? $this->inputNames(), $this->outputs(), $this->task() === Task::Regression);
    }

    /** What option `decision` was when it was trained, such as "probable" or "cost:3"; null for regression. */
    public function decision(): ?string
    {
        return $this->handle->value('mml_model_decision');
    }

    /**
     * What the decision adds to the logarithm of each class's probability; the largest sum is the class.
     *
     * @return list<float>
     * @throws MoodleMLException INVALID_ARGUMENT: a regression
     */
    public function offsets(): array
    {
        return $this->handle->bridge->numbersOut('double', $this->outputs(), 'mml_model_offsets', $this->handle);
    }

    /**
     * What each input column adds to each answer of each row: [row][output][input], where the last number is the base. They add up to
     * the answer: the log-odds of a class's probability, or the estimate. moodleml.h tells the method. Rows are matched as in predict().
     * Options: threads, memory_limit.
     *
     * @param Dataset|array<array<int|float|bool|string|null>|\stdClass> $samples
     * @param (callable(Progress): mixed)|null $progress false cancels
     * @return list<list<list<float>>>
     * @throws MoodleMLException MISMATCH: a column is missing; LIMIT; BAD_DATA: an infinite value
     */
    public function explain(Dataset|array $samples, ?Config $config = null, ?callable $progress = null): array
    {
        if ($samples === []) {
            return [];
        }
        if (is_array($samples)) {
            $samples = Dataset::ofTable(Table::ofRows($samples, $this->inputNames()));
        }
        $width = $this->inputs() + 1;
        $count = $samples->rows() * $this->outputs() * $width;
        $arguments = [$this->handle, $samples->handle(), $config?->handle()];
        $parts = $this->handle->bridge->numbersOutWithProgress('double', $count, 'mml_explain', $progress, ...$arguments);
        return $parts === [] ? [] : array_chunk(array_chunk($parts, $width), $this->outputs());
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    /**
     * Estimates as double, for they may vary by less than a float tells apart, or lie beyond it.
     *
     * @return list<list<float>>
     */
    private function scores(string $probabilities, string $estimates, Table|Handle $samples, int $rows, ?Config $config): array
    {
        $outputs = $this->outputs();
        $arguments = [$this->handle, $samples, $config?->handle()];
        [$type, $function] = $this->task() === Task::Regression ? ['double', $estimates] : ['float', $probabilities];
        $scores = $this->handle->bridge->numbersOut($type, $rows * $outputs, $function, ...$arguments);
        return $scores === [] ? [] : array_chunk($scores, $outputs);
    }
}
