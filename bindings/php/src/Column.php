<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * A column of a table as an mml_column has it: numbers, categories or times.
 *
 * @internal
 */
final class Column
{
    private const NUMBER = 1;
    private const CATEGORY = 2;
    private const TIME = 3;

    /** @param list<string> $levels of a category */
    private function __construct(
        public readonly string $name,
        public readonly Table $cells,
        public readonly int $type,
        public readonly array $levels = [],
    ) {
    }

    /**
     * Numbers where every cell is one or is missing, times where every cell is a DateTimeInterface or missing, else categories.
     *
     * @param array<mixed> $cells
     */
    public static function of(string $name, array $cells): self
    {
        $cells = array_values($cells);
        $known = array_filter($cells, static fn (mixed $cell): bool => $cell !== null && $cell !== '');
        if ($known !== [] && self::all($known, static fn (mixed $cell): bool => $cell instanceof \DateTimeInterface)) {
            $seconds = array_map(static fn (mixed $cell): ?float => $cell instanceof \DateTimeInterface ?
                (float) $cell->format('U.u') : null, $cells);
            return new self($name, Table::ofColumn('double', $seconds, 'row'), self::TIME);
        }
        if (self::all($known, static fn (mixed $cell): bool => is_bool($cell) || is_numeric($cell))) {
            return new self($name, Table::ofColumn('double', $cells, "column " . Texts::quoted($name) . ', row'), self::NUMBER);
        }
        return self::ofTexts($name, $cells, $known);
    }

    /**
     * @param list<mixed> $cells
     * @param array<int, mixed> $known those that are not missing, by row
     */
    private static function ofTexts(string $name, array $cells, array $known): self
    {
        $texts = [];
        foreach ($known as $row => $cell) {
            [$texts[$row]] = Texts::of([$cell], 'column ' . Texts::quoted($name) . ", row $row: cell");
        }
        $levels = array_values(array_unique($texts));
        $places = array_flip($levels);
        $indices = [];
        foreach (array_keys($cells) as $row) {
            $indices[] = isset($texts[$row]) ? $places[$texts[$row]] : -1;
        }
        return new self($name, Table::ofColumn('int64_t', $indices, 'row'), self::CATEGORY, $levels);
    }

    /** @param array<mixed> $cells */
    private static function all(array $cells, \Closure $holds): bool
    {
        foreach ($cells as $cell) {
            if (!$holds($cell)) {
                return false;
            }
        }
        return true;
    }
}
