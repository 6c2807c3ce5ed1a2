<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Owns what the library made, and gives it back when nobody needs it any more.
 *
 * @internal
 */
final class Handle
{
    use RefusesSerialization;

    private const INSTEAD = 'it points to memory of this process';

    /** @param string $free the function that releases it */
    public function __construct(public readonly Bridge $bridge, public readonly \FFI\CData $pointer, private readonly string $free)
    {
    }

    public function __destruct()
    {
        // Reflection makes objects that have nothing to give back.
        if (isset($this->pointer)) {
            $this->bridge->free($this->free, $this->pointer);
        }
    }

    /** What a function of the handle returns; the other arguments follow. */
    public function value(string $function, int ...$arguments): int|string|null
    {
        return $this->bridge->call($function, $this, ...$arguments);
    }

    /**
     * The texts that a function has at the indices below $count.
     *
     * @return list<string>
     */
    public function names(string $function, int $count): array
    {
        $names = [];
        for ($index = 0; $index < $count; ++$index) {
            $names[] = $this->value($function, $index);
        }
        return $names;
    }

    /**
     * The JSON that a function returns, decoded.
     *
     * @return array<string, mixed>
     */
    public function fields(string $function): array
    {
        return Library::decoded($this->value($function));
    }

    private function __clone()
    {
    }
}
