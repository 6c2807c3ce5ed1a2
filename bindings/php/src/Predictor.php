<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * A model made ready for single rows and small batches: all that a call needs is prepared once. Made by Model::predictor().
 * Its answers have the bits of the model's own.
 */
final class Predictor
{
    use RefusesSerialization;

    private const INSTEAD = 'serialize the model and make the predictor again';

    /**
     * @param list<string> $columns
     * @internal
     */
    public function __construct(
        private readonly Handle $handle,
        private readonly array $columns,
        private readonly int $outputs,
        private readonly bool $isRegression,
    ) {
    }

    /**
     * For each row the probabilities of the classes, or the estimate. A row is a list of the predictor's columns in order, or has
     * their names as keys (others are not read); null for a missing value.
     *
     * @param array<array<int|float|bool|string|null>|\stdClass> $rows
     * @return list<list<float>>
     * @throws MoodleMLException MISMATCH: another number of columns; BAD_DATA: an infinite value
     */
    public function predict(array $rows): array
    {
        if ($rows === []) {
            return [];
        }
        $table = $this->table($rows);
        [$type, $function] = $this->isRegression
            ? ['double', 'mml_predictor_predict_double']
            : ['float', 'mml_predictor_predict'];
        $scores = $this->handle->bridge->numbersOut($type, $table->rows * $this->outputs, $function, $this->handle, $table);
        return array_chunk($scores, $this->outputs);
    }

    /**
     * The same for one row.
     *
     * @param array<int|float|bool|string|null>|\stdClass $row
     * @return list<float>
     * @throws MoodleMLException as predict()
     */
    public function predictRow(array|\stdClass $row): array
    {
        return $this->predict([$row])[0];
    }

    /**
     * The class of each row by the model's decision, as an index into Model::classNames().
     *
     * @param array<array<int|float|bool|string|null>|\stdClass> $rows
     * @return list<int>
     * @throws MoodleMLException INVALID_ARGUMENT: a regression; else as predict()
     */
    public function decide(array $rows): array
    {
        $table = $this->table($rows);
        return $this->handle->bridge->indicesOut($table->rows, 'mml_predictor_decide', $this->handle, $table);
    }

    /**
     * The same from compressed sparse rows, as Dataset::fromSparseRows() takes them.
     *
     * @param list<int> $rowStarts
     * @param list<int> $columnIndices
     * @param list<int|float> $values
     * @return list<list<float>>
     * @throws MoodleMLException INVALID_ARGUMENT: a column that is not there or not in order
     */
    public function predictSparse(array $rowStarts, array $columnIndices, array $values): array
    {
        $count = max(0, count($rowStarts) - 1) * $this->outputs;
        $scores = $this->handle->bridge->numbersOut(
            'float',
            $count,
            'mml_predictor_predict_csr',
            $this->handle,
            Table::ofColumn('int64_t', $rowStarts, 'row start'),
            Table::ofColumn('int64_t', $columnIndices, 'column index'),
            Table::ofColumn('double', $values, 'value'),
        );
        return $scores === [] ? [] : array_chunk($scores, $this->outputs);
    }

    /** @param array<mixed> $rows */
    private function table(array $rows): Table
    {
        $table = Table::ofRows($rows, $this->columns);
        if ($table->names === null || $table->names === $this->columns) {
            return $table;
        }
        $missing = array_diff($this->columns, $table->names);
        if ($missing !== []) {
            $name = Texts::quoted(reset($missing));
            throw new MoodleMLException("rows lack the column $name, which the predictor takes", MoodleMLException::MISMATCH);
        }
        $ordered = [];
        foreach ($rows as $index => $row) {
            $cells = (array) $row;
            foreach ($this->columns as $column) {
                $ordered[$index][$column] = $cells[$column] ?? null;
            }
        }
        return Table::ofRows($ordered, $this->columns);
    }
}
