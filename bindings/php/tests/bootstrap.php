<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

require __DIR__ . '/../autoload.php';

spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'MoodleML\\Tests\\')) {
        require __DIR__ . '/' . substr($class, strlen('MoodleML\\Tests\\')) . '.php';
    }
});

if (getenv('MOODLEML_LIBRARY') === false) {
    putenv('MOODLEML_LIBRARY=' . dirname(__DIR__, 3) . '/build/lib/libmoodleml.so.1');
}
