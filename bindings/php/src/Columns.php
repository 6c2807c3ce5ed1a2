<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Columns by name; an argument for a pointer to mml_column.
 *
 * @internal
 */
final class Columns
{
    /** @var list<Column> */
    public readonly array $all;

    /** @param array<string|int, array<mixed>> $columns */
    public function __construct(array $columns)
    {
        $all = [];
        foreach ($columns as $name => $cells) {
            $all[] = Column::of((string) $name, $cells);
        }
        $this->all = $all;
    }
}
