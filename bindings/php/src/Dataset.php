<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** A table of samples, with or without a target; immutable. */
final class Dataset
{
    use RefusesSerialization;

    private const INSTEAD = 'its rows are data of persons; store what values(), target() and columnNames() give if you may';

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

    /**
     * The same for a model: a plain file's columns are matched by name and read as the model takes them, others are passed over. Where
     * option labelled is true, the target is what the model predicts; where it is false, a target in the file is passed over.
     *
     * @throws MoodleMLException IO; BAD_DATA; LIMIT
     */
    public static function fromCsvFor(Model $model, string $path, ?Config $config = null): self
    {
        return self::made('mml_dataset_from_csv_for', $path, $model->handle(), $config?->handle());
    }

    /** The same from the text of such a file. */
    public static function fromCsvText(string $text, ?Config $config = null): self
    {
        return self::made('mml_dataset_from_csv_text', Numbers::bytes($text), strlen($text), $config?->handle());
    }

    /**
     * Copies feature values, one array (or stdClass) a row. A value is a number, also as text (as PDO and fgetcsv() give it), or
     * a bool; null, '' or NAN where it is missing. Values are kept as float32.
     *
     * Rows that are lists have their columns by position: x0, x1, … until named. Rows with names as keys have them by name, in
     * the order of the first row. What else a data set holds is set by with().
     *
     * @param array<array<int|float|bool|string|null>|\stdClass> $rows all with the same columns
     * @throws MoodleMLException BAD_DATA: an infinite value; INVALID_ARGUMENT: a value that is no number, a column too many
     *     or too few; the message names row and column
     */
    public static function fromRows(array $rows): self
    {
        return self::ofTable(Table::ofRows($rows));
    }

    /**
     * Copies feature values column by column, each with its name as key. A column of numbers (also as text) or bools is one of numbers;
     * one of DateTimeInterface objects is one of times, which becomes days, weekday, month and hour; every other is one of categories,
     * by its texts. null and '' are missing.
     *
     *     Dataset::fromColumns(['logins' => [3, 0], 'degree' => ['BA', 'MSc'], 'joined' => [$date, null]])
     *
     * @param array<string|int, array<int|float|bool|string|\Stringable|\DateTimeInterface|null>> $columns all of as many cells
     * @throws MoodleMLException BAD_DATA: an infinite value, two columns of one name; INVALID_ARGUMENT: columns of unlike length,
     *     a cell of another kind
     */
    public static function fromColumns(array $columns): self
    {
        $columns = new Columns($columns);
        return self::made('mml_dataset_from_columns', $columns, count($columns->all));
    }

    /** @internal */
    public static function ofTable(Table $table): self
    {
        $dataset = self::made('mml_dataset_from_array', $table);
        $table->names === null || $dataset->setColumnNames($table->names);
        return $dataset;
    }

    /**
     * The same from compressed sparse rows: the cells of row i are $columnIndices[k] and $values[k] for k from $rowStarts[i]
     * to $rowStarts[i + 1] - 1, columns rising within a row; all other cells are 0.
     *
     * @param list<int|string> $rowStarts one more than rows, the first 0, never falling
     * @param list<int|string> $columnIndices below $columns
     * @param list<int|float|bool|string|null> $values as many as $columnIndices
     */
    public static function fromSparseRows(int $columns, array $rowStarts, array $columnIndices, array $values): self
    {
        return self::made(
            'mml_dataset_from_csr_arrays',
            $columns,
            Table::ofColumn('int64_t', $rowStarts, 'row start'),
            Table::ofColumn('int64_t', $columnIndices, 'column index'),
            Table::ofColumn('double', $values, 'value'),
        );
    }

    /**
     * A copy in which what is given is set, and replaces what was there.
     *
     * Numbers may be texts, as PDO and fgetcsv() give them.
     *
     * @param list<string|int|float|bool>|null $labels the class of each row: the data set is one for classification; whole
     *     numbers are classes without a point, true is the class 1 and false 0
     * @param list<string|int|float|bool>|null $classes all classes, where $labels need not have each, or for their order; else the
     *     labels in the order in which they come first
     * @param list<int|float|string>|null $target the finite value of each row: the data set is one for regression
     * @param list<int|float|string>|null $weights for each row what it weighs beside the others, on any scale; 0 leaves it out
     * @param list<string|int>|null $columnNames all different; models match columns by name from then on
     * @param list<string|int>|null $rowIds an id for each row; they need not differ
     * @param list<string|int|float|bool>|null $groups the group of each row, such as a school, which is not a feature: reports rate each
     *     group, and resampling=group_folds keeps each whole
     * @param list<int|float|string>|null $times a finite number for each row, which orders the rows for resampling=time
     * @throws MoodleMLException BAD_DATA, INVALID_ARGUMENT: the message names the row
     */
    public function with(
        ?array $labels = null,
        ?array $classes = null,
        ?array $target = null,
        ?array $weights = null,
        ?array $columnNames = null,
        ?array $rowIds = null,
        ?array $groups = null,
        ?array $times = null,
    ): self {
        if ($target !== null && $labels !== null || $classes !== null && $labels === null) {
            $message = 'labels and classes make a classification, target makes a regression: give labels or target, not both';
            throw new MoodleMLException($message, MoodleMLException::INVALID_ARGUMENT);
        }
        $copy = $this->select($this->rows() > 0 ? range(0, $this->rows() - 1) : []);
        $labels === null || $copy->setLabels(Texts::of($labels, 'label'), $classes);
        $target === null || $copy->set('mml_dataset_set_target', Table::ofColumn('double', $target, 'target'));
        $weights === null || $copy->set('mml_dataset_set_weights', Table::ofColumn('double', $weights, 'weight'));
        $columnNames === null || $copy->setColumnNames($columnNames);
        $groups === null || $copy->setGroups(Texts::of($groups, 'group'));
        $times === null || $copy->set('mml_dataset_set_times', Table::ofColumn('double', $times, 'time'));
        $rowIds === null || $copy->set('mml_dataset_set_row_ids', Texts::of($rowIds, 'row id'), count($rowIds));
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

    /** The text of a category's level, as values() numbers them; null where the column is no category or has no such level. */
    public function levelName(int $column, int $level): ?string
    {
        return $this->handle->value('mml_dataset_level_name', $column, $level);
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

    /** @param array<mixed> $names */
    private function setColumnNames(array $names): void
    {
        $this->set('mml_dataset_set_column_names', Texts::of($names, 'column name'), count($names));
    }

    /** @param list<string> $groups */
    private function setGroups(array $groups): void
    {
        $names = array_values(array_unique($groups));
        $index = array_flip($names);
        $indices = array_map(static fn (string $group): int => $index[$group], $groups);
        $this->set('mml_dataset_set_groups', Table::ofColumn('int64_t', $indices, 'group'), $names, count($names));
    }

    /**
     * @param list<string> $labels
     * @param array<mixed>|null $classes
     */
    private function setLabels(array $labels, ?array $classes): void
    {
        $names = $classes === null ? array_values(array_unique($labels)) : Texts::of($classes, 'class');
        $index = array_flip($names);
        $indices = [];
        foreach ($labels as $row => $label) {
            if ($label === '') {
                throw new MoodleMLException("label $row is empty: leave rows without label out", MoodleMLException::BAD_DATA);
            }
            $indices[] = $index[$label] ?? throw new MoodleMLException(
                "label $row, " . Texts::quoted($label) . ', is none of the classes',
                MoodleMLException::BAD_DATA,
            );
        }
        $this->set('mml_dataset_set_classes', Table::ofColumn('int64_t', $indices, 'label'), $names, count($names));
    }
}
