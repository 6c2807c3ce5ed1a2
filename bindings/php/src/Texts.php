<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Labels, names and ids as the library takes them, and values as messages show them.
 *
 * @internal
 */
final class Texts
{
    /** Characters of a value that a message shows. */
    private const SHOWN = 60;

    /**
     * Each as text: a whole number without a point, so that 1, 1.0, '1' and true are one class, 0, 0.0, '0' and false another.
     *
     * @param array<mixed> $values
     * @param string $what to name a wrong one by, before its place
     * @return list<string>
     */
    public static function of(array $values, string $what): array
    {
        $texts = [];
        foreach (array_values($values) as $place => $value) {
            $texts[] = self::text($value) ?? throw new MoodleMLException(
                "$what $place is " . self::quoted($value) . ': give a text, a number or a bool',
                MoodleMLException::INVALID_ARGUMENT,
            );
        }
        return $texts;
    }

    /** A value on one line: texts and numbers as JSON, of others the type. */
    public static function quoted(mixed $value): string
    {
        if (!is_string($value)) {
            return is_int($value) || is_float($value) ? var_export($value, true) : get_debug_type($value);
        }
        $flags = JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_INVALID_UTF8_SUBSTITUTE;
        $text = substr((string) json_encode(substr($value, 0, 4 * self::SHOWN), $flags), 1, -1);
        // One character more than are shown tells that there are others.
        preg_match('/^.{0,' . self::SHOWN . '}(?=(.?))/us', $text, $match);
        return '"' . $match[0] . ($match[1] === '' ? '"' : '…"');
    }

    private static function text(mixed $value): ?string
    {
        return match (true) {
            is_bool($value) => $value ? '1' : '0',
            is_float($value) => self::ofFloat($value),
            is_string($value), is_int($value), $value instanceof \Stringable => (string) $value,
            default => null,
        };
    }

    private static function ofFloat(float $value): ?string
    {
        if (!is_finite($value)) {
            return null;
        }
        return $value === floor($value) ? number_format($value + 0.0, 0, '', '') : var_export($value, true);
    }
}
