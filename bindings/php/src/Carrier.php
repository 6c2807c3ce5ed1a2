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
    /** Calls under way, and what PHP's time limit and ignore_user_abort() were before the first of them. */
    private static int $running = 0;
    private static int $limit = 0;
    private static bool $abort = false;

    private ?\Throwable $thrown = null;

    public function __construct(private readonly \Closure $callable)
    {
    }

    /**
     * Runs the C call that call() is called back from; throws what the callable threw, else what the call did.
     *
     * @template T
     * @param \Closure(): T $call
     * @return T
     */
    public function run(\Closure $call): mixed
    {
        self::holdOff();
        try {
            $made = $call();
        } catch (\Throwable $failure) {
            throw $this->thrown ?? $failure;
        } finally {
            self::letGo();
        }
        // Thrown too late for the call to notice.
        return $this->thrown === null ? $made : throw $this->thrown;
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

    /**
     * Out of time, or without a reader, PHP would end the request right in the callable and jump over C's frames: a lock
     * would stay locked, and threads would go on. So that waits until C has returned.
     */
    private static function holdOff(): void
    {
        if (self::$running++ === 0) {
            self::$abort = (bool) ignore_user_abort(true);
            self::$limit = (int) ini_get('max_execution_time');
            self::limitTime(0);
        }
    }

    private static function letGo(): void
    {
        if (--self::$running === 0) {
            self::limitTime(self::$limit);
            ignore_user_abort(self::$abort);
        }
    }

    private static function limitTime(int $seconds): void
    {
        if (function_exists('set_time_limit')) {
            set_time_limit($seconds);
        }
    }
}
