<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/** The loaded library: one a process, or one a request on the web. The other classes load it by themselves when needed. */
final class Library
{
    use RefusesSerialization;

    private const INSTEAD = 'each process loads the library anew, by Library::load()';

    /** The Bridge that these classes go with. */
    private const BRIDGE = 3;

    private static ?self $loaded = null;

    /**
     * @param string $path of the library, or its name where the system found it
     * @param string $header path of the header that was read
     */
    private function __construct(
        public readonly string $path,
        public readonly string $header,
        /** @internal */
        public readonly Bridge $bridge,
    ) {
    }

    /**
     * Loads the library, or gives the one that is loaded. Only a program that knows where it lies names the paths, before it
     * uses any other class; else they are looked for: moodleml.library and moodleml.header in php.ini, MOODLEML_LIBRARY and
     * MOODLEML_HEADER in the environment, beside this package, the system's places.
     *
     * @throws UnavailableException FFI is off, the library or its header is absent or of another ABI: what, where, what to do
     * @throws \LogicException another library than the one named is loaded
     */
    public static function load(?string $library = null, ?string $header = null): self
    {
        if (self::$loaded === null) {
            self::refuseWithoutFfi();
            self::refuseOtherBridge();
            $path = self::find($library);
            self::$loaded = self::open($path, self::findHeader($header, $path));
        }
        foreach ([[$library, self::$loaded->path], [$header, self::$loaded->header]] as [$asked, $is]) {
            if ($asked !== null && $asked !== $is) {
                throw new \LogicException("$asked cannot be loaded, for $is is");
            }
        }
        return self::$loaded;
    }

    /** Why the library cannot be used here, in words for an administrator; null where it can. */
    public static function unavailable(?string $library = null, ?string $header = null): ?string
    {
        try {
            self::load($library, $header);
            return null;
        } catch (UnavailableException $unavailable) {
            return $unavailable->getMessage();
        }
    }

    /** Version of the library, such as "1.2.0". */
    public function version(): string
    {
        return $this->bridge->call('mml_version');
    }

    /** Major * 1000 + minor. */
    public function abiVersion(): int
    {
        return $this->bridge->call('mml_abi_version');
    }

    /**
     * For bug reports: "version", "compiler", "oneDNN", "matrix_products", "instruction_set".
     *
     * @return array<string, mixed>
     */
    public function buildInfo(): array
    {
        return self::decoded($this->bridge->call('mml_build_info'));
    }

    /** Name of a status, such as "MML_BAD_DATA"; "unknown status" for any other number. */
    public function statusName(int $status): string
    {
        // FFI would cut the number to 32 bits.
        return $this->bridge->call('mml_status_name', max(-2 ** 31, min(2 ** 31 - 1, $status)));
    }

    /**
     * All options that this library knows: "name", "type", "minimum", "maximum", "choices", "default", "group", "help".
     *
     * @return list<array<string, mixed>>
     */
    public function options(): array
    {
        $options = [];
        for ($index = 0; $index < $this->bridge->call('mml_option_count'); ++$index) {
            $options[] = self::decoded($this->bridge->call('mml_option_describe', $index));
        }
        return $options;
    }

    /**
     * The fields of a JSON text of the library's, which is null only where memory ran out.
     *
     * @internal
     * @return array<string, mixed>
     */
    public static function decoded(?string $json): array
    {
        return $json !== null
            ? json_decode($json, true, 512, JSON_THROW_ON_ERROR)
            : throw new MoodleMLException('not enough memory', MoodleMLException::OUT_OF_MEMORY);
    }

    private static function refuseWithoutFfi(): void
    {
        if (!extension_loaded('ffi')) {
            throw new UnavailableException('PHP has no FFI here: install and enable its extension ffi (Debian: phpX.Y-common)');
        }
        $refusal = Bridge::refusal();
        if ($refusal !== null) {
            $package = dirname(__DIR__);
            $remedy = ini_get('ffi.enable') === 'preload'
                ? "have $package/preload.php preloaded, as web.ini and preload-guard.php next to it show, and restart the web server"
                : 'set ffi.enable=preload in php.ini';
            throw new UnavailableException("PHP refuses FFI ($refusal): $remedy");
        }
    }

    private static function refuseOtherBridge(): void
    {
        if (Bridge::REVISION !== self::BRIDGE) {
            $file = (new \ReflectionClass(Bridge::class))->getFileName();
            throw new UnavailableException("$file was preloaded in another version than these classes: restart the web server");
        }
    }

    /** The first library that is there and of our ABI; a wrong one before it is refused, not passed over. */
    private static function find(?string $given): string
    {
        $found = [];
        foreach (Places::ofLibrary($given) as $path) {
            if (str_contains($path, '/') && !file_exists($path)) {
                $found[] = "$path is not there";
                continue;
            }
            $version = Bridge::abiVersion($path);
            if ($version !== null) {
                self::refuseOtherAbi($version, $path);
                return $path;
            }
            $found[] = Bridge::loadingError($path);
        }
        $remedy = 'install it, or ' . Places::settings('library');
        throw new UnavailableException('libmoodleml was not found: ' . implode('; ', $found) . "; $remedy");
    }

    private static function refuseOtherAbi(int $version, string $path): void
    {
        [$major, $minor] = [intdiv($version, 1000), $version % 1000];
        if ($major !== Bridge::ABI_MAJOR || $minor < Bridge::ABI_MINOR) {
            $needed = Bridge::ABI_MAJOR . '.' . Bridge::ABI_MINOR;
            throw new UnavailableException("$path has the ABI $major.$minor, these classes need $needed or a later "
                . Bridge::ABI_MAJOR . '.n: install library and classes of one release');
        }
    }

    private static function findHeader(?string $given, string $library): string
    {
        $places = Places::ofHeader($given, $library);
        foreach ($places as $path) {
            if (is_readable($path)) {
                return $path;
            }
        }
        $remedy = 'install it, or ' . Places::settings('header');
        throw new UnavailableException('moodleml.h was not found: there is no ' . implode(', no ', $places) . "; $remedy");
    }

    private static function open(string $path, string $header): self
    {
        try {
            $bridge = Bridge::open($path, (string) file_get_contents($header));
            self::refuseOtherAbi($bridge->headerVersion(), $header);
            return new self($path, $header, $bridge);
        } catch (\FFI\Exception $exception) {
            $reason = $exception->getMessage();
            throw new UnavailableException("$header does not fit $path ($reason): install library and header of one release");
        }
    }
}
