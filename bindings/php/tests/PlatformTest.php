<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Platform;

/** Which library is for this PHP. */
final class PlatformTest extends TestCase
{
    private const LOADERS = [
        'x86_64-linux-gnu' => [62, '/lib64/ld-linux-x86-64.so.2'],
        'x86_64-linux-musl' => [62, '/lib/ld-musl-x86_64.so.1'],
        'aarch64-linux-gnu' => [183, '/lib/ld-linux-aarch64.so.1'],
        'aarch64-linux-musl' => [183, '/lib/ld-musl-aarch64.so.1'],
    ];

    /** The head of a program: an ELF header, a segment of code, and the segment that names the loader. */
    private function program(int $machine, string $loader, int $segments = 2): string
    {
        $segment = fn (int $type, int $offset, int $size): string => pack('VVPPPPPP', $type, 4, $offset, 0, 0, $size, $size, 1);
        $header = pack('a16vvVPPPVvvvvvv', "\x7fELF\x02\x01\x01", 3, $machine, 1, 0, 64, 0, 0, 64, 56, $segments, 0, 0, 0);
        $path = "$this->folder/program";
        file_put_contents($path, $header . $segment(1, 0, 300) . $segment(3, 176, strlen($loader) + 1) . "$loader\0");
        return $path;
    }

    public function testAProgramNamesItsLoader(): void
    {
        $this->assertSame(Platform::ALL, array_keys(self::LOADERS));
        foreach (self::LOADERS as $platform => [$machine, $loader]) {
            $this->assertSame($platform, Platform::ofProgram($this->program($machine, $loader)));
        }
    }

    public function testOthersHaveNoPlatform(): void
    {
        $this->assertNull(Platform::ofProgram($this->program(22, '/lib/ld64.so.1')));
        // A static program loads no library.
        $this->assertNull(Platform::ofProgram($this->program(62, '/lib64/ld-linux-x86-64.so.2', 1)));
        $this->assertNull(Platform::ofProgram($this->program(62, '/lib64/ld-linux-x86-64.so.2', 0)));
        $this->assertNull(Platform::ofProgram(__FILE__));
        $this->assertNull(Platform::ofProgram("$this->folder/absent"));
        $cut = $this->program(62, '/lib64/ld-linux-x86-64.so.2');
        foreach ([0, 20, 63, 64, 100, 175] as $length) {
            file_put_contents($cut, substr((string) file_get_contents($cut), 0, $length));
            $this->assertNull(Platform::ofProgram($cut));
        }
    }

    /** With open_basedir the program of this process is hidden; nothing is printed of it. */
    public function testThisProcess(): void
    {
        $machine = php_uname('m');
        $musl = str_contains((string) file_get_contents('/proc/self/exe'), '/ld-musl-');
        $expected = "$machine-linux-" . ($musl ? 'musl' : 'gnu') . ", $machine";
        $ask = 'echo MoodleML\Platform::own(), ", ", MoodleML\Platform::processor();';
        $this->assertSame($expected, $this->php($ask));
        $folders = self::ROOT . '/bindings/php' . PATH_SEPARATOR . $this->folder;
        $this->assertSame($expected, $this->php($ask, ['-d', "open_basedir=$folders"]));
    }

    /** A package that machines of several platforms share. */
    public function testTheLibraryOfThisPlatformComesFirst(): void
    {
        $package = "$this->folder/package";
        Folder::copy(self::ROOT . '/bindings/php/src', "$package/src");
        Folder::copy(self::ROOT . '/bindings/php/autoload.php', "$package/autoload.php");
        Folder::copy(dirname(self::HEADER), "$package/include/moodleml");
        foreach (Platform::ALL as $platform) {
            mkdir("$package/lib/$platform", 0755, true);
            file_put_contents("$package/lib/$platform/libmoodleml.so.1", 'for another');
        }
        file_put_contents("$package/lib/libmoodleml.so.1", 'for another');
        $own = "$package/lib/" . Platform::own() . '/libmoodleml.so.1';
        copy(self::library(), $own);
        $load = "require '$package/autoload.php'; echo MoodleML\\Library::load()->path;";
        $environment = ['MOODLEML_LIBRARY' => '', 'MOODLEML_HEADER' => ''];
        $this->assertSame($own, Process::output([PHP_BINARY, '-r', $load], $environment, $this->folder));
    }
}
