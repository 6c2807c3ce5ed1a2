<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** What a model predicts: one of several classes, or a number. */
enum Task: int
{
    case Classification = 1;
    case Regression = 2;
}
