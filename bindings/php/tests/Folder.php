<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

/** Temporary folders that a web server's user may read. */
final class Folder
{
    public static function make(): string
    {
        $folder = sys_get_temp_dir() . '/moodleml-php-' . bin2hex(random_bytes(8));
        mkdir($folder);
        chmod($folder, 0755);
        return $folder;
    }

    public static function copy(string $from, string $to): void
    {
        $folder = is_dir($from) ? $to : dirname($to);
        is_dir($folder) || mkdir($folder, 0755, true);
        if (!is_dir($from)) {
            copy($from, $to);
            return;
        }
        foreach (array_diff((array) scandir($from), ['.', '..']) as $name) {
            self::copy("$from/$name", "$to/$name");
        }
    }

    public static function remove(string $path): void
    {
        if (is_link($path) || !is_dir($path)) {
            @unlink($path);
            return;
        }
        foreach (array_diff((array) scandir($path), ['.', '..']) as $name) {
            self::remove("$path/$name");
        }
        rmdir($path);
    }
}
