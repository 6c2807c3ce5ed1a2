<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Numbers as they lie in C's memory, on their way to or from the library; an argument for a pointer to them.
 *
 * @internal
 */
final class Numbers
{
    /** By their type in C: their format for pack(), their mml_data_type, whether they are whole. */
    private const TYPES = [
        'float' => ['f', 1, false],
        'double' => ['d', 2, false],
        'int32_t' => ['l', 3, true],
        'int64_t' => ['q', 4, true],
    ];

    private function __construct(public readonly string $type, public readonly string $bytes)
    {
    }

    /**
     * @param array<mixed> $values numbers; null for a missing one, where they need not be whole
     * @param string $what to name a wrong one by, before its index
     */
    public static function of(string $type, array $values, string $what): self
    {
        [$format, , $whole] = self::TYPES[$type];
        foreach ($values as $index => $value) {
            if ($value === null && !$whole) {
                $values[$index] = NAN;
            } elseif (!is_int($value) && ($whole || !is_float($value))) {
                $message = "$what $index is no " . ($whole ? 'whole number' : 'number') . ' but ' . get_debug_type($value);
                throw new MoodleMLException($message, MoodleMLException::INVALID_ARGUMENT);
            }
        }
        return new self($type, pack("$format*", ...array_values($values)));
    }

    /** The bytes of a text or a file, as char. */
    public static function bytes(string $bytes): self
    {
        return new self('char', $bytes);
    }

    /** Several of one type, one after another. */
    public static function joined(string $type, self ...$parts): self
    {
        return new self($type, implode('', array_map(static fn (self $part): string => $part->bytes, $parts)));
    }

    /**
     * The numbers that C wrote.
     *
     * @return list<float>
     */
    public static function unpacked(string $type, string $bytes): array
    {
        return array_values(unpack(self::TYPES[$type][0] . '*', $bytes));
    }

    public function dataType(): int
    {
        return self::TYPES[$this->type][1];
    }
}
