<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// For opcache.preload (web.ini). Copy this file to a folder that no update touches, such as /etc/php, and set the path below.
// PHP-FPM and Apache do not start if the file that opcache.preload names is gone. So let it name this copy: once this package is
// moved or removed, the copy preloads nothing, the web server starts, and FFI is refused in web requests as PHP does by default.
$preload = '/usr/share/php/moodleml/preload.php';
if (is_file($preload)) {
    try {
        require $preload;
    } catch (\Throwable $failure) {
        error_log("$preload was not preloaded: " . $failure->getMessage());
    }
}
