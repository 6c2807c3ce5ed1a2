<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * The library cannot be used here: FFI is absent or refused, the library or its header is not found, or is of an ABI that
 * these classes don't fit. The message tells what, where was looked, and what to do.
 */
final class UnavailableException extends MoodleMLException
{
}
