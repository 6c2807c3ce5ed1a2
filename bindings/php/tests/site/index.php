<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// One page with several answers, as JSON: ?do=predict&times=100, …

use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\Library;
use MoodleML\Model;
use MoodleML\ModelDirectory;

require __DIR__ . '/../moodleml/autoload.php';

function trained(?callable $progress = null): Model
{
    $rows = array_map(static fn (int $i): array => [$i * 7 % 10, $i * 3 % 6], range(0, 119));
    $labels = array_map(static fn (array $row): string => $row[0] > 2 + $row[1] ? 'passed' : 'failed', $rows);
    return Model::train(Dataset::fromRows($rows)->with(labels: $labels), new Config(['networks' => 0, 'trees' => 20]), $progress);
}

function predictions(Model $model, int $times): array
{
    for ($i = 0; $i < $times; ++$i) {
        $scores = $model->predict([[9, 1], [1, 4]]);
    }
    return $scores;
}

/** Networks too, for oneDNN's sake. */
function quick(): Config
{
    return new Config(['networks' => 1, 'epochs' => 3, 'trees' => 10, 'folds' => 2, 'threads' => 2]);
}

/** What came of it when FFI is used outside of the preloaded file. */
function ffiItself(): string
{
    try {
        FFI::cdef('');
        return 'allowed';
    } catch (FFI\Exception $refused) {
        return $refused->getMessage();
    }
}

/** What a callable told, threw and cancelled. */
function callables(): array
{
    $calls = 0;
    trained(static function () use (&$calls): void {
        ++$calls;
    });
    try {
        trained(static fn () => throw new DomainException('from a callable'));
    } catch (DomainException $thrown) {
    }
    try {
        trained(static fn () => false);
    } catch (MoodleML\CancelledException $cancelled) {
    }
    return ['calls' => $calls, 'thrown' => $thrown->getMessage(), 'cancelled' => $cancelled->getCode()];
}

function kilobytes(): int
{
    preg_match('/^VmRSS:\s+(\d+)/m', (string) file_get_contents('/proc/self/status'), $match);
    return (int) $match[1];
}

$answer = match ($_GET['do']) {
    'nothing' => [],
    'ask' => ['unavailable' => Library::unavailable(), 'ffi' => ffiItself()],
    'version' => ['version' => Library::load()->version(), 'library' => Library::load()->path],
    'predict' => ['scores' => predictions(Model::fromBytes(trained()->bytes()), (int) $_GET['times'])],
    'callables' => callables(),
    'train' => ['status' => (new ModelDirectory($_GET['directory']))->train($_GET['dataset'], quick())->status],
    'classify' => (new ModelDirectory($_GET['directory']))->predict($_GET['dataset'])->fields(),
};
// Long enough for another worker to take the next request.
usleep((int) ($_GET['wait'] ?? 0));
echo json_encode($answer + ['process' => getmypid(), 'sapi' => PHP_SAPI, 'kilobytes' => kilobytes()]);
