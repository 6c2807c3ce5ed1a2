<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Takes a callable through a C call: what it throws is kept here meanwhile, for an exception that leaves a callback of
 * FFI's is a fatal error.
 *
 * @internal
 */
final class Carrier
{
    private ?\Throwable $thrown = null;

    public function __construct(private readonly \Closure $callable)
    {
    }

    /** What the library takes for an answer: 0 to go on, 1 to stop. */
    public function call(mixed $argument): int
    {
        try {
            return ($this->callable)($argument) === false ? 1 : 0;
        } catch (\Throwable $thrown) {
            $this->thrown = $thrown;
            return 1;
        }
    }

    /** Throws what the callable threw. */
    public function rethrow(): void
    {
        if ($this->thrown !== null) {
            throw $this->thrown;
        }
    }
}
