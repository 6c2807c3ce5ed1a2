<?php
// SPDX-License-Identifier: Apache-2.0
// A table in memory becomes a model, a file and probabilities.

declare(strict_types=1);

use MoodleML\Config;
use MoodleML\Dataset;
use MoodleML\Model;
use MoodleML\MoodleMLException;

require __DIR__ . '/../../bindings/php/autoload.php'; // with Composer: vendor/autoload.php

/** Hours of work a week and weeks of absence; who works more than absence costs passes. */
function students(int $rows): Dataset
{
    $cells = $results = [];
    for ($row = 0; $row < $rows; ++$row) {
        $cells[] = [$hours = $row * 7 % 10, $absent = $row * 3 % 6];
        $results[] = $hours > 2 + $absent ? 'passed' : 'failed';
    }
    return Dataset::fromRows($cells)->with(labels: $results, columnNames: ['hours', 'absent']);
}

try {
    Model::train(students(200), new Config(['networks' => 0]))->save('students-php.mml');

    $model = Model::load('students-php.mml');
    foreach ($model->predict([[9, 1], [1, 4]]) as $row => $scores) {
        $probabilities = array_combine($model->classNames(), $scores);
        printf("passed %.3f, failed %.3f\n", $probabilities['passed'], $probabilities['failed']);
        $right = $row === 0 ? $probabilities['passed'] > 0.9 : $probabilities['passed'] < 0.1;
        $right || exit(1);
    }
} catch (MoodleMLException $failure) {
    fwrite(STDERR, $failure->getMessage() . "\n");
    exit(1);
}
