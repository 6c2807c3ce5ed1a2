<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** What an evaluation found; immutable. */
final class Report
{
    private function __construct(private readonly Handle $handle)
    {
    }

    /**
     * The report that json() stored.
     *
     * @throws MoodleMLException BAD_DATA: no report, or one that lacks what those of this version have
     */
    public static function fromJson(string $json): self
    {
        $handle = Library::load()->bridge->make('report', 'mml_report_from_json', Numbers::bytes($json), strlen($json));
        return new self($handle);
    }

    /** All of it as one line, for a file or another process. */
    public function json(): string
    {
        return $this->handle->value('mml_report_json')
            ?? throw new MoodleMLException('not enough memory', MoodleMLException::OUT_OF_MEMORY);
    }

    /** @return array{json: string} */
    public function __serialize(): array
    {
        return ['json' => $this->json()];
    }

    /** @param array<mixed> $data */
    public function __unserialize(array $data): void
    {
        $json = $data['json'] ?? null;
        $this->handle = self::fromJson(is_string($json) ? $json : '')->handle;
    }

    /** @internal */
    public function handle(): Handle
    {
        return $this->handle;
    }

    /**
     * Rates a model on all rows of a data set with a target; classes are matched by name.
     *
     * @param (callable(Progress): mixed)|null $progress false cancels
     * @throws MoodleMLException NOT_ENOUGH_DATA; MISMATCH; LIMIT
     */
    public static function evaluate(
        Model $model,
        Dataset $dataset,
        ?Config $config = null,
        ?callable $progress = null,
    ): self {
        $arguments = [$model->handle(), $dataset->handle(), $config?->handle()];
        return new self(Library::load()->bridge->makeWithProgress('report', 'mml_evaluate', $progress, ...$arguments));
    }

    /**
     * Trains on one part of the rows and rates on the other, as options resampling, iterations and test_share say.
     *
     * @param (callable(Progress): mixed)|null $progress false cancels
     * @throws MoodleMLException NOT_ENOUGH_DATA; LIMIT
     */
    public static function crossValidate(Dataset $dataset, ?Config $config = null, ?callable $progress = null): self
    {
        $arguments = [$dataset->handle(), $config?->handle()];
        return new self(Library::load()->bridge->makeWithProgress('report', 'mml_cross_validate', $progress, ...$arguments));
    }

    /**
     * One number: a metric's `<name>`, its `<name>_deviation`, the 95 % interval `<name>_low` and `<name>_high`, or
     * `baseline_<name>`; NAN where it is undefined on this data.
     *
     * @throws MoodleMLException NOT_FOUND: the message lists what there is
     */
    public function metric(string $name): float
    {
        return $this->handle->bridge->numberOut('mml_report_metric', $this->handle, $name);
    }

    /**
     * "warnings" and the results; src/evaluation/README.md of the library lists the fields. Undefined numbers are null.
     *
     * @return array<string, mixed>
     */
    public function results(): array
    {
        return $this->handle->fields('mml_report_json');
    }

    /**
     * The report as a page to read. Options min_score and max_deviation, by which Moodle would judge.
     *
     * @param string $format "html", one file that needs no other and no script, "markdown" or "text"
     * @throws MoodleMLException NOT_FOUND: no such format
     */
    public function render(string $format, ?Config $config = null): string
    {
        $page = '';
        $append = function (string $piece) use (&$page): void {
            $page .= $piece;
        };
        $this->handle->bridge->write('mml_report_render', $append, $this->handle, $format, $config?->handle());
        return $page;
    }
}
