<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Rows and columns of numbers; an argument for a pointer to an mml_array.
 *
 * Rows are lists, or arrays and stdClass objects with one value a name, as PDO and Moodle's get_records() give them. The keys of
 * the first row tell which.
 *
 * @internal
 */
final class Table
{
    /** @param list<string>|null $names of the columns, where the rows had some */
    private function __construct(
        public readonly Numbers $numbers,
        public readonly int $rows,
        public readonly int $columns,
        public readonly ?array $names = null,
    ) {
    }

    /**
     * @param array<mixed> $rows all with the keys of the first, in any order: numbers, null for a missing one
     * @param list<string> $wanted names of the columns to take, where the rows have any of them; the others need be no numbers
     */
    public static function ofRows(array $rows, array $wanted = []): self
    {
        $keys = $rows === [] ? [] : array_keys(self::row(reset($rows), array_key_first($rows)));
        $names = self::areNames($keys) ? array_map(strval(...), $keys) : null;
        $some = array_values(array_intersect($names ?? [], $wanted));
        $taken = $some === [] ? $names ?? array_keys($keys) : $some;
        $parts = [];
        foreach ($rows as $index => $row) {
            $cells = self::cells(self::row($row, $index), $taken, $some === [], $index);
            $parts[] = Numbers::of('double', $cells, "row $index, column");
        }
        return new self(Numbers::joined('double', ...$parts), count($rows), count($taken), $names === null ? null : $taken);
    }

    /** @param array<mixed> $values */
    public static function ofColumn(string $type, array $values, string $what): self
    {
        return new self(Numbers::of($type, $values, $what), count($values), 1);
    }

    /**
     * Whether rows with these keys name their columns: a row whose keys are 0, 1, … in any order does not.
     *
     * @param list<string|int> $keys
     */
    private static function areNames(array $keys): bool
    {
        $texts = array_filter($keys, is_string(...));
        $numbers = array_diff_key($keys, $texts);
        if (count($texts) === count($numbers) && array_values($numbers) === array_keys(array_values($texts)) && $texts !== []) {
            self::fail('rows have each value twice, by name and by number: fetch them with PDO::FETCH_ASSOC or PDO::FETCH_NUM');
        }
        sort($numbers);
        return $texts !== [] || $numbers !== array_keys($numbers);
    }

    /** @return array<mixed> */
    private static function row(mixed $row, string|int $index): array
    {
        return match (true) {
            is_array($row) => $row,
            $row instanceof \stdClass => (array) $row,
            default => self::fail('row ' . Texts::quoted($index) . ' is not an array but ' . Texts::quoted($row)),
        };
    }

    /**
     * What a row has under the keys to take.
     *
     * @param array<mixed> $row
     * @param list<string|int> $taken
     * @param bool $are_all whether a row with more columns is a wrong one
     * @return array<mixed>
     */
    private static function cells(array $row, array $taken, bool $areAll, string|int $index): array
    {
        if ($areAll && count($row) !== count($taken)) {
            self::fail("row " . Texts::quoted($index) . ' has ' . count($row) . ' columns, the first row has ' . count($taken));
        }
        if (array_is_list($row) ? is_int($taken[0] ?? 0) : array_keys($row) === $taken) {
            return $row;
        }
        $cells = [];
        foreach ($taken as $key) {
            $cells[$key] = array_key_exists($key, $row)
                ? $row[$key]
                : self::fail('row ' . Texts::quoted($index) . ' lacks the column ' . Texts::quoted($key) . ', which the first row has');
        }
        return $cells;
    }

    private static function fail(string $message): never
    {
        throw new MoodleMLException($message, MoodleMLException::INVALID_ARGUMENT);
    }
}
