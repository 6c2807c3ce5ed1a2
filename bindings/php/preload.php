<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

// For opcache.preload (web.ini). Under PHP's default ffi.enable=preload only functions of preloaded files may use FFI in
// web requests, and Bridge.php holds all that do. A file compiled here is not run, so this needs neither library nor FFI.
// Where it is gone, PHP is to start nevertheless.
if (is_file(__DIR__ . '/src/Bridge.php')) {
    opcache_compile_file(__DIR__ . '/src/Bridge.php');
}
