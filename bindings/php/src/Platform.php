<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * The platform of this PHP: its processor and its C library, as the folders of libraries are named: "x86_64-linux-gnu".
 *
 * @internal
 */
final class Platform
{
    public const ALL = ['x86_64-linux-gnu', 'x86_64-linux-musl', 'aarch64-linux-gnu', 'aarch64-linux-musl'];

    /** By their number in an ELF header. */
    private const PROCESSORS = [62 => 'x86_64', 183 => 'aarch64'];
    private const SYSTEM_NAMES = ['x86_64' => 'x86_64', 'amd64' => 'x86_64', 'aarch64' => 'aarch64', 'arm64' => 'aarch64'];
    /** What a program's headers, and the name of its loader after them, are in. */
    private const START = 4096;
    private const LOADER = 3;

    /** Of this process: another one, cron's for example, may run on another system with the same files. */
    private static ?string $own = null;

    /** The platform of this process; null where it is none of these, or PHP is a static program, which loads no library. */
    public static function own(): ?string
    {
        self::$own ??= self::ofProgram('/proc/self/exe') ?? (@is_readable('/proc/self/exe') ? '' : (string) self::guess());
        return self::$own === '' ? null : self::$own;
    }

    /** The processor that programs run on here; null where it is neither x86-64 nor ARM64. */
    public static function processor(): ?string
    {
        return PHP_OS_FAMILY === 'Linux' ? self::SYSTEM_NAMES[strtolower(php_uname('m'))] ?? null : null;
    }

    /** The platform of a program, by the loader that it names. */
    public static function ofProgram(string $path): ?string
    {
        // PHP warns of what open_basedir hides.
        $bytes = (string) @file_get_contents($path, false, null, 0, self::START);
        if (strlen($bytes) < 64 || !str_starts_with($bytes, "\x7fELF\x02\x01")) {
            return null;
        }
        $header = unpack('x18/vmachine/x12/Pplace/x14/vsize/vcount', $bytes);
        $processor = self::PROCESSORS[$header['machine']] ?? null;
        $loader = self::loader($bytes, $header['place'], $header['size'], $header['count']);
        return $processor === null || $loader === '' ? null : "$processor-linux-" . (str_contains($loader, '/ld-musl-') ? 'musl' : 'gnu');
    }

    private static function loader(string $bytes, int $place, int $size, int $count): string
    {
        for (; $count > 0 && $size >= 40 && $place + $size <= strlen($bytes); $place += $size, --$count) {
            $segment = unpack('Vtype/x4/Poffset/x16/Psize', $bytes, $place);
            if ($segment['type'] === self::LOADER) {
                return rtrim(substr($bytes, $segment['offset'], $segment['size']), "\0");
            }
        }
        return '';
    }

    /** Where the program's file is hidden: PHP has this constant where the C library's glob() does, which musl's does not. */
    private static function guess(): ?string
    {
        $processor = PHP_INT_SIZE === 8 ? self::processor() : null;
        return $processor === null ? null : "$processor-linux-" . (defined('GLOB_BRACE') ? 'gnu' : 'musl');
    }
}
