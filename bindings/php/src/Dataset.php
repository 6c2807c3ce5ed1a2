<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** A table of samples, with or without a target; immutable. */
final class Dataset
{
    private function __construct(private readonly Handle $handle)
    {
    }

    /**
     * Reads a CSV file. Options: format (moodle, plain), labelled, task, target, max_rows, max_columns, max_cell_bytes,
     * memory_limit. Empty cells are missing values.
     *
     * @throws MoodleMLException IO; BAD_DATA (the message names file, row and column); LIMIT
     */
    public static function fromCsv(string $path, ?Config $config = null): self
    {
        return self::made('mml_dataset_from_csv', $path, $config?->handle());
    }

    /** The same from the text of such a file. */
    public static function fromCsvText(string $text, ?Config $config = null): self
    {
        return self::made('mml_dataset_from_csv_text', Numbers::bytes($text), strlen($text), $config?->handle());
    }

    /**
     * Copies feature values, one array a row, all of one length; null or NAN for a missing one. Values are kept as float32.
     * Columns are called x0, x1, … until named; what else a data set holds is set by with().
     *
     * @param list<list<int|float|null>> $rows
     * @throws MoodleMLException BAD_DATA: an infinite value
     */
    public static function fromRows(array $rows): self
    {
        return self::made('mml_dataset_from_array', Table::ofRows($rows));
    }

    /**
     * The same from compressed sparse rows: the cells of row i are $columnIndices[k] and $values[k] for k from $rowStarts[i]
     * to $rowStarts[i + 1] - 1, columns rising within a row; all other cells are 0.
     *
     * @param list<int> $rowStarts one more than rows, the first 0, never falling
     * @param list<int> $columnIndices
     * @param list<int|float|null> $values as many as $columnIndices
     */
    public static function fromSparseRows(int $columns, array $rowStarts, array $columnIndices, array $values): self
    {
        $cells = count($values);
        if ($rowStarts === [] || end($rowStarts) !== $cells || count($columnIndices) !== $cells) {
            $message = 'there have to be as many column indices as values, and the last row start has to be their number';
            throw new MoodleMLException($message, MoodleMLException::INVALID_ARGUMENT);
        }
        return self::made(
            'mml_dataset_from_csr',
            count($rowStarts) - 1,
            $columns,
            Numbers::of('int64_t', $rowStarts, 'row start'),
            Numbers::of('int32_t', $columnIndices, 'column index'),
            Numbers::of('float', $values, 'value'),
        );
    }

    /**
     * A copy in which what is given is set, and replaces what was there.
     *
     * @param list<string|int>|null $labels the class of each row: the data set is one for classification
     * @param list<string|int>|null $classes all classes, where $labels need not have each, or for their order; else the
     *     labels in the order in which they come first
     * @param list<int|float>|null $target the finite value of each row: the data set is one for regression
     * @param list<int|float>|null $weights for each row how many samples it counts as; 0 leaves it out
     * @param list<string>|null $columnNames all different; models match columns by name from then on
     * @param list<string|int>|null $rowIds an id for each row; they need not differ
     * @throws MoodleMLException BAD_DATA, INVALID_ARGUMENT: the message names the row
     */
    public function with(
        ?array $labels = null,
        ?array $classes = null,
        ?array $target = null,
        ?array $weights = null,
        ?array $columnNames = null,
        ?array $rowIds = null,
    ): self {
        $copy = $this->select($this->rows() > 0 ? range(0, $this->rows() - 1) : []);
        $labels === null || $copy->setLabels($labels, $classes ?? array_values(array_unique($labels)));
        $target === null || $copy->set('mml_dataset_set_target', Table::ofColumn('double', $target, 'target'));
        $weights === null || $copy->set('mml_dataset_set_weights', Table::ofColumn('double', $weights, 'weight'));
        $columnNames === null || $copy->set('mml_dataset_set_column_names', $columnNames, count($columnNames));
        $rowIds === null || $copy->set('mml_dataset_set_row_ids', self::texts($rowIds), count($rowIds));
        return $copy;
    }

    /**
     * A new data set of the given rows, counted from 0, in the given order; a row may occur again.
     *
     * @param list<int> $rows
     */
    public function select(array $rows): self
    {
        return self::made('mml_dataset_select', $this->handle, Numbers::of('int64_t', $rows, 'row'), count($rows));
    }

    public function rows(): int
    {
        return $this->handle->value('mml_dataset_rows');
    }

    /** Number of features. */
    public function columns(): int
    {
        return $this->handle->value('mml_dataset_columns');
    }

    /** Null where rows have no target. */
    public function task(): ?Task
    {
        return Task::tryFrom($this->handle->value('mml_dataset_task'));
    }

    /** @return list<string> */
    public function columnNames(): array
    {
        return $this->handle->names('mml_dataset_column_name', $this->columns());
    }

    /** @return list<string> empty without a target, and for regression */
    public function classNames(): array
    {
        return $this->handle->names('mml_dataset_class_name', $this->handle->value('mml_dataset_class_count'));
    }

    /** @return list<string>|null null where rows have none */
    public function rowIds(): ?array
    {
        return $this->handle->value('mml_dataset_row_id', 0) === null ? null : $this->handle->names('mml_dataset_row_id', $this->rows());
    }

    /**
     * "source", "rows", "columns", "task", "classes" (list of "name" and "rows"), "metadata", "warnings" (sentences on what
     * was odd in the file).
     *
     * @return array<string, mixed>
     */
    public function description(): array
    {
        return $this->handle->fields('mml_dataset_json');
    }

    /** @return list<list<float>> all feature values, an array a row; NAN for a missing one */
    public function values(): array
    {
        $columns = $this->columns();
        $values = $this->handle->bridge->numbersOut('float', $this->rows() * $columns, 'mml_dataset_values', $this->handle);
        return $values === [] ? [] : array_chunk($values, $columns);
    }

    /**
     * @return list<float> for each row the index of its class, or its value
     * @throws MoodleMLException NOT_FOUND: rows have no target
     */
    public function target(): array
    {
        return $this->handle->bridge->numbersOut('double', $this->rows(), 'mml_dataset_target', $this->handle);
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    private static function made(string $function, mixed ...$arguments): self
    {
        return new self(Library::load()->bridge->make('dataset', $function, ...$arguments));
    }

    private function set(string $function, mixed ...$arguments): void
    {
        $this->handle->bridge->run($function, $this->handle, ...$arguments);
    }

    /**
     * @param array<string|int> $labels
     * @param array<string|int> $classes
     */
    private function setLabels(array $labels, array $classes): void
    {
        $index = array_flip(array_values($classes));
        $indices = [];
        foreach (array_values($labels) as $row => $label) {
            $indices[] = $index[$label]
                ?? throw new MoodleMLException("label $row, \"$label\", is none of the classes", MoodleMLException::BAD_DATA);
        }
        $this->set('mml_dataset_set_classes', Table::ofColumn('int32_t', $indices, 'label'), self::texts($classes), count($classes));
    }

    /**
     * @param array<string|int> $values
     * @return array<string>
     */
    private static function texts(array $values): array
    {
        return array_map(strval(...), $values);
    }
}
