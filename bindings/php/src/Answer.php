<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** What a call on a model directory answers; src/moodle/README.md of the library lists the fields. */
final class Answer
{
    public const OK = 0;
    public const ERROR = 1;
    public const NOT_TRAINED = 2;
    public const LOW_SCORE = 4;
    public const NOT_ENOUGH_DATA = 8;

    /**
     * @param int $status Moodle's: OK, ERROR, NOT_TRAINED, LOW_SCORE, NOT_ENOUGH_DATA, or 12, which is both of the last
     * @param string $json the whole answer, one line
     * @param int $reason why it is a refusal, one of MoodleMLException's statuses: IO where the disk refuses, …; 0: nothing failed
     */
    private function __construct(public readonly int $status, public readonly string $json, public readonly int $reason)
    {
    }

    /** @internal */
    public static function of(Handle $handle): self
    {
        $json = $handle->value('mml_answer_json')
            ?? throw new MoodleMLException('not enough memory', MoodleMLException::OUT_OF_MEMORY);
        return new self($handle->value('mml_answer_status'), $json, $handle->value('mml_answer_reason'));
    }

    /**
     * All fields, as Moodle reads them: "status", "info" and, after a prediction, "predictions", …
     *
     * @return array<string, mixed>
     */
    public function fields(): array
    {
        return Library::decoded($this->json);
    }
}
