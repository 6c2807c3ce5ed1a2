<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * Where library and header are looked for. What somebody named is used or refused, never passed over for another.
 *
 * @internal
 */
final class Places
{
    private const LIBRARY = 'libmoodleml.so.1';
    private const HEADER = 'moodleml/moodleml.h';

    /**
     * Paths or names of the library, the best first.
     *
     * @return list<string>
     */
    public static function ofLibrary(?string $given): array
    {
        $named = self::named($given, 'library');
        if ($named !== null) {
            return [$named];
        }
        // What moodleml-library installed is for one platform; a package may be shared by machines of several.
        $installed = self::installed();
        return [file_exists($installed) ? $installed : self::package() . '/lib/' . self::LIBRARY, self::LIBRARY];
    }

    /** The library of a platform in this package; of this process's without a name. */
    public static function installed(?string $platform = null): string
    {
        $platform ??= Platform::own() ?? 'none';
        return self::package() . "/lib/$platform/" . self::LIBRARY;
    }

    /**
     * Paths of the header, the best first; $library is where the library was found.
     *
     * @return list<string>
     */
    public static function ofHeader(?string $given, string $library): array
    {
        $named = self::named($given, 'header');
        if ($named !== null) {
            return [$named];
        }
        // Beside the package, in a clone of the library, where the library was installed, and the system's own.
        $folders = [self::package() . '/include', dirname(self::package(), 2) . '/include'];
        if (str_contains($library, '/')) {
            array_push($folders, dirname($library, 2) . '/include', dirname($library, 3) . '/include');
        }
        array_push($folders, '/usr/local/include', '/usr/include');
        return array_map(static fn (string $folder): string => $folder . '/' . self::HEADER, array_values(array_unique($folders)));
    }

    /** What to set, to name a place. */
    public static function settings(string $what): string
    {
        return "name it by moodleml.$what in php.ini or MOODLEML_" . strtoupper($what) . ' in the environment';
    }

    private static function named(?string $given, string $what): ?string
    {
        foreach ([$given, get_cfg_var("moodleml.$what"), getenv('MOODLEML_' . strtoupper($what))] as $name) {
            if (is_string($name) && $name !== '') {
                return $name;
            }
        }
        return null;
    }

    private static function package(): string
    {
        return dirname(__DIR__);
    }
}
