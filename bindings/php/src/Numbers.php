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
        'int64_t' => ['q', 4, true],
    ];

    private function __construct(public readonly string $type, public readonly string $bytes)
    {
    }

    /**
     * @param array<mixed> $values numbers, also as text, which is how PDO and fgetcsv() give them; where they need not be whole,
     *     also null or '' for a missing one, and false or true for 0 or 1
     * @param string $what to name a wrong one by, before its key
     */
    public static function of(string $type, array $values, string $what): self
    {
        [$format, , $whole] = self::TYPES[$type];
        foreach ($values as $key => $value) {
            if (!is_int($value) && ($whole || !is_float($value))) {
                $number = $whole ? self::whole($value) : self::number($value);
                $values[$key] = $number ?? self::refuse($value, $whole, $what, $key);
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

    private static function number(mixed $value): ?float
    {
        return match (true) {
            $value === null, $value === '' => NAN,
            is_bool($value), is_numeric($value) => (float) $value,
            default => null,
        };
    }

    // A cast would cut what is no int. true and false are rather a mask than the rows 1 and 0.
    private static function whole(mixed $value): ?int
    {
        return match (true) {
            is_float($value) => $value === floor($value) && abs($value) < 2 ** 53 ? (int) $value : null,
            is_string($value) => filter_var($value, FILTER_VALIDATE_INT, FILTER_NULL_ON_FAILURE),
            default => null,
        };
    }

    private static function refuse(mixed $value, bool $whole, string $what, string|int $key): never
    {
        $needed = $whole ? 'a whole number' : 'a number, or null for a missing one';
        $message = "$what " . Texts::quoted($key) . ' is ' . Texts::quoted($value) . ": give $needed";
        throw new MoodleMLException($message, MoodleMLException::INVALID_ARGUMENT);
    }
}
