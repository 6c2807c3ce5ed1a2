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

    /**
     * Runs the C call that call() is called back from; throws what the callable threw, else what the call did.
     *
     * @param \Closure(): ?Handle $call
     */
    public function run(\Closure $call): ?Handle
    {
        // Out of time, or without a reader, PHP would end the request right in the callable and jump over C's frames: a lock
        // would stay locked, and threads would go on. So that waits until C has returned.
        $abort = ignore_user_abort(true);
        $limit = (int) ini_get('max_execution_time');
        self::limitTime(0);
        try {
            return $call();
        } finally {
            self::limitTime($limit);
            ignore_user_abort((bool) $abort);
            if ($this->thrown !== null) {
                throw $this->thrown;
            }
        }
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

    private static function limitTime(int $seconds): void
    {
        if (function_exists('set_time_limit')) {
            set_time_limit($seconds);
        }
    }
}
