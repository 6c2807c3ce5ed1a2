<?php
// SPDX-License-Identifier: Apache-2.0
// Shows how far a training is, cancels one by the callable's answer, and ends one by an exception, which comes out of the
// call.

declare(strict_types=1);

use MoodleML\CancelledException;
use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\Model;
use MoodleML\Progress;

require __DIR__ . '/../../bindings/php/autoload.php'; // with Composer: vendor/autoload.php

function madeData(int $rows): Dataset
{
    $cells = $values = [];
    for ($row = 0; $row < $rows; ++$row) {
        $cells[] = array_map(static fn (int $column): float => ($row * 4 + $column) * 7919 % 1009 / 1009, [0, 1, 2, 3]);
        $values[] = 3 * $cells[$row][0];
    }
    return Dataset::fromRows($cells)->with(target: $values);
}

$dataset = madeData(3000);
$config = new Config(['epochs' => 20]);

$model = Model::train($dataset, $config, function (Progress $progress): void {
    printf("\r%d %%", 100 * $progress->fraction);
});
printf("\ntrained: %d bytes\n", strlen($model->bytes()));

$cancelled = $thrown = false;
try {
    Model::train($dataset, $config, fn (Progress $progress): bool => $progress->fraction < 0.2);
} catch (CancelledException) {
    $cancelled = true;
}
try {
    Model::train($dataset, $config, fn () => throw new DomainException('connection lost'));
} catch (DomainException) {
    $thrown = true;
}
echo $cancelled ? 'cancelled' : 'not cancelled', ', ', $thrown ? 'thrown' : 'not thrown', "\n";
exit($cancelled && $thrown ? 0 : 1);
