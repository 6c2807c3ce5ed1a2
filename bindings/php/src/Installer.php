<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Puts the library for a platform into this package: downloads it, and takes it only with the SHA-256 that libraries.json has. That
 * table belongs to a release, so a package and its library always fit.
 *
 *     php vendor/bin/moodleml-library
 */
final class Installer
{
    /** A URL or a folder that has the files instead of the release's own place. */
    public const SOURCE = 'MOODLEML_LIBRARY_SOURCE';

    /** Seconds without an answer. */
    private const TIMEOUT = 60;

    /** @param string $table path of libraries.json */
    public function __construct(private readonly string $table)
    {
    }

    /** For "scripts" in composer.json: "post-install-cmd": "MoodleML\\Installer::run". */
    public static function run(): void
    {
        self::ofPackage()->install();
    }

    public static function ofPackage(): self
    {
        return new self(dirname(__DIR__) . '/libraries.json');
    }

    /**
     * Installs the library, if it is not there already.
     *
     * @param string|null $platform one of Platform::ALL; null for that of this PHP
     * @param string|null $source a URL or a folder; null for what MOODLEML_LIBRARY_SOURCE names, or the release's own place
     * @return string the library's path
     * @throws UnavailableException there is no library for the platform, or it cannot be had: what, where, what to do
     */
    public function install(?string $platform = null, ?string $source = null): string
    {
        $table = $this->table();
        $platform ??= Platform::own() ?? php_uname('m') . ', ' . PHP_OS;
        $entry = $table['libraries'][$platform] ?? throw $this->noLibrary($platform, array_keys($table['libraries']));
        $path = Places::installed($platform);
        if (!is_file($path) || hash_file('sha256', $path) !== $entry['library_sha256']) {
            $source ??= getenv(self::SOURCE) ?: $table['source'];
            if ($source === '') {
                throw new UnavailableException("$this->table names no place to download from: name a mirror or a folder by --source or "
                    . self::SOURCE);
            }
            self::write($path, self::unpacked(rtrim($source, '/') . '/' . $entry['file'], $entry));
        }
        return $path;
    }

    /** @return array{source: string, libraries: array<string, array{file: string, sha256: string, library_sha256: string}>} */
    private function table(): array
    {
        $table = json_decode((string) @file_get_contents($this->table), true);
        if (!is_array($table) || !isset($table['source'], $table['libraries'])) {
            throw new UnavailableException("$this->table is absent or damaged: install this package again");
        }
        return $table;
    }

    /** @param list<string> $platforms */
    private function noLibrary(string $platform, array $platforms): UnavailableException
    {
        $has = $platforms === [] ? 'for no platform, because this is no release' : 'for ' . implode(', ', $platforms);
        return new UnavailableException("there is no library for $platform: $this->table has libraries $has; build the library, "
            . 'and ' . Places::settings('library'));
    }

    /** @param array{file: string, sha256: string, library_sha256: string} $entry */
    private static function unpacked(string $place, array $entry): string
    {
        $packed = self::bytes($place, $entry['file']);
        $hash = hash('sha256', $packed);
        if ($hash !== $entry['sha256']) {
            throw new UnavailableException("$place has the SHA-256 $hash, not {$entry['sha256']}: it is incomplete or was changed; "
                . 'get it again, from another place if need be');
        }
        return (string) gzdecode($packed);
    }

    private static function bytes(string $place, string $file): string
    {
        $http = ['timeout' => self::TIMEOUT, 'user_agent' => 'moodleml', 'follow_location' => 1];
        $bytes = @file_get_contents($place, false, stream_context_create(['http' => $http]));
        if ($bytes === false) {
            $reason = preg_replace('/^.*?: (?=\w)/', '', error_get_last()['message'] ?? 'unknown');
            throw new UnavailableException("$place cannot be read ($reason): without a network, copy $file to a folder, and name that by "
                . '--source or ' . self::SOURCE);
        }
        return $bytes;
    }

    /** A reader, or another installation at the same time, sees the whole library or none. */
    private static function write(string $path, string $bytes): void
    {
        $folder = dirname($path);
        $new = "$path." . bin2hex(random_bytes(8));
        $written = (is_dir($folder) || @mkdir($folder, 0755, true) || is_dir($folder))
            && @file_put_contents($new, $bytes) === strlen($bytes) && chmod($new, 0644) && rename($new, $path);
        if (!$written) {
            @unlink($new);
            throw new UnavailableException("$path cannot be written: run this as the user that owns $folder, with room on the disk");
        }
    }
}
