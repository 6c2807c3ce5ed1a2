<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * For a class whose objects hold what only this process has: serialize() and unserialize() throw.
 *
 * @internal
 */
trait RefusesSerialization
{
    /** @return array<string, mixed> */
    public function __serialize(): array
    {
        self::refuseSerialization();
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        self::refuseSerialization();
    }

    private static function refuseSerialization(): never
    {
        $message = static::class . ' cannot be serialized: ' . self::INSTEAD;
        throw new MoodleMLException($message, MoodleMLException::INVALID_ARGUMENT);
    }
}
