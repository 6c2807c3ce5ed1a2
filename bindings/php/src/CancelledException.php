<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** A callable answered false; nothing was made. */
final class CancelledException extends MoodleMLException
{
}
