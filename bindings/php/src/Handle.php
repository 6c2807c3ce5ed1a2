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
    /** @param string $free the function that releases it */
    public function __construct(private readonly Bridge $bridge, public readonly \FFI\CData $pointer, private readonly string $free)
    {
    }

    public function __destruct()
    {
        $this->bridge->free($this->free, $this->pointer);
    }

    private function __clone()
    {
    }
}
