<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** How far a long call is. A progress callable gets it several times a second. */
final class Progress
{
    public const READING = 1;
    public const PREPARING = 2;
    public const TRAINING = 3;
    public const CALIBRATING = 4;
    public const EVALUATING = 5;
    public const SAVING = 6;

    /**
     * @param int $phase READING … SAVING; a newer library may have others
     * @param float $fraction of the whole call, 0 to 1, never falling
     * @param int $step epoch, tree or split of $steps
     * @param int $steps 0 where steps are not counted
     * @param float $trainingLoss NAN where there is none
     * @param float $validationLoss NAN where there is none
     */
    public function __construct(
        public readonly int $phase,
        public readonly float $fraction,
        public readonly int $step,
        public readonly int $steps,
        public readonly float $trainingLoss,
        public readonly float $validationLoss,
    ) {
    }
}
