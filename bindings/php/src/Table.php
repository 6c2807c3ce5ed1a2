<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Rows and columns of numbers; an argument for a pointer to an mml_array.
 *
 * @internal
 */
final class Table
{
    private function __construct(public readonly Numbers $numbers, public readonly int $rows, public readonly int $columns)
    {
    }

    /** @param array<mixed> $rows arrays of equal length: numbers, null for a missing one */
    public static function ofRows(array $rows): self
    {
        $first = reset($rows);
        $columns = is_array($first) ? count($first) : 0;
        $parts = [];
        foreach ($rows as $index => $row) {
            if (!is_array($row) || count($row) !== $columns) {
                $message = "row $index is not an array of $columns numbers, as the first row is";
                throw new MoodleMLException($message, MoodleMLException::INVALID_ARGUMENT);
            }
            $parts[] = Numbers::of('double', $row, "row $index, column");
        }
        return new self(Numbers::joined('double', ...$parts), count($rows), $columns);
    }

    /** @param array<mixed> $values */
    public static function ofColumn(string $type, array $values, string $what): self
    {
        return new self(Numbers::of($type, $values, $what), count($values), 1);
    }
}
