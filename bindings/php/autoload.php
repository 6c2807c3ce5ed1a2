<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// For programs without Composer: finds the classes of this package.
spl_autoload_register(static function (string $class): void {
    if (str_starts_with($class, 'MoodleML\\')) {
        $file = __DIR__ . '/src/' . substr($class, strlen('MoodleML\\')) . '.php';
        if (is_file($file)) {
            require $file;
        }
    }
});
