<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Bridge;

/** Where the library cannot be used, each time in a PHP of its own: the message tells what, where and what to do. */
final class UnavailableTest extends TestCase
{
    private const ASK = 'echo MoodleML\Library::unavailable() ?? "available";';

    /** @var array<string, string> */
    private array $environment;

    protected function setUp(): void
    {
        parent::setUp();
        $this->environment = ['MOODLEML_LIBRARY' => self::library(), 'MOODLEML_HEADER' => ''];
    }

    /** A library that a compiler makes of this code. */
    private function compiled(string $code): string
    {
        file_put_contents("$this->folder/other.c", $code);
        $library = "$this->folder/libother.so";
        $command = [getenv('CC') ?: 'cc', '-shared', '-fPIC', '-o', $library, 'other.c'];
        $this->assertSame('', Process::output($command, getenv(), $this->folder));
        return $library;
    }

    private function with(string $variable, string $value): string
    {
        return $this->php(self::ASK, [], [$variable => $value] + $this->environment);
    }

    public function testAvailable(): void
    {
        $this->assertSame('available', $this->php(self::ASK, [], $this->environment));
    }

    public function testFfiIsOff(): void
    {
        $printed = $this->php(self::ASK, ['-d', 'ffi.enable=false'], $this->environment);
        $this->assertMatchesRegularExpression('/^PHP refuses FFI \(.*\): set ffi\.enable=preload in php\.ini$/', $printed);
    }

    public function testFfiIsAbsent(): void
    {
        $printed = $this->php(self::ASK, ['-n'], $this->environment);
        $this->assertMatchesRegularExpression('/^PHP has no FFI here: install and enable its extension ffi/', $printed);
    }

    public function testEveryCallTellsOfIt(): void
    {
        $calls = ['new MoodleML\Config(["seed" => 1])', '(new MoodleML\ModelDirectory("a"))->train("b")', 'MoodleML\Model::load("c")'];
        foreach ($calls as $call) {
            $code = "try { $call; } catch (MoodleML\\MoodleMLException \$e) { echo get_class(\$e), ': ', \$e->getMessage(); }";
            $printed = $this->php($code, ['-d', 'ffi.enable=false'], $this->environment);
            $this->assertStringStartsWith('MoodleML\UnavailableException: PHP refuses FFI', $printed);
        }
    }

    public function testLibraryIsAbsent(): void
    {
        $printed = $this->with('MOODLEML_LIBRARY', "$this->folder/libmoodleml.so.1");
        $this->assertSame("libmoodleml was not found: $this->folder/libmoodleml.so.1 is not there; install it, or name it by "
            . 'moodleml.library in php.ini or MOODLEML_LIBRARY in the environment', $printed);
    }

    public function testALibraryThatCannotBeLoaded(): void
    {
        file_put_contents("$this->folder/libmoodleml.so.1", 'a text');
        $printed = $this->with('MOODLEML_LIBRARY', "$this->folder/libmoodleml.so.1");
        $this->assertStringContainsString("$this->folder/libmoodleml.so.1: file too short", $printed);
        $printed = $this->with('MOODLEML_LIBRARY', $this->compiled('int other(void) { return 1; }'));
        $this->assertStringContainsString('undefined symbol: mml_abi_version', $printed);
    }

    public function testLooksBesideThePackageAndInTheSystem(): void
    {
        $package = "$this->folder/package";
        Folder::copy(self::ROOT . '/bindings/php/src', "$package/src");
        Folder::copy(self::ROOT . '/bindings/php/autoload.php', "$package/autoload.php");
        $load = "require '$package/autoload.php'; try { echo MoodleML\\Library::load()->header; } "
            . 'catch (MoodleML\UnavailableException $e) { echo $e->getMessage(); }';
        // A system that has none: the loader finds nothing by this name.
        $run = fn (array $environment = []): string => Process::output(
            [PHP_BINARY, '-r', $load],
            $environment + ['MOODLEML_LIBRARY' => '', 'MOODLEML_HEADER' => ''],
            $this->folder,
        );
        $this->assertStringContainsString("$package/lib/libmoodleml.so.1 is not there; libmoodleml.so.1: cannot open", $run());

        Folder::copy(self::library(), "$package/lib/libmoodleml.so.1");
        $this->assertStringContainsString("moodleml.h was not found: there is no $package/include/moodleml/moodleml.h, no ", $run());

        Folder::copy(dirname(self::HEADER), "$package/include/moodleml");
        $this->assertSame("$package/include/moodleml/moodleml.h", $run());
        rename("$package/lib", "$this->folder/system");
        $this->assertSame("$package/include/moodleml/moodleml.h", $run(['LD_LIBRARY_PATH' => "$this->folder/system"]));
    }

    public function testSettings(): void
    {
        $arguments = ['-d', 'moodleml.library=' . self::library(), '-d', 'moodleml.header=' . self::HEADER];
        $nowhere = ['MOODLEML_LIBRARY' => 'libnone.so', 'MOODLEML_HEADER' => 'none.h'];
        $this->assertSame('available', $this->php(self::ASK, $arguments, $nowhere));
        $given = 'echo MoodleML\Library::load(' . var_export(self::library(), true) . ', ' . var_export(self::HEADER, true) . ')->header;';
        $this->assertSame(self::HEADER, $this->php($given, ['-d', 'moodleml.library=libnone.so'], $nowhere));
    }

    public function testAnotherAbi(): void
    {
        $other = $this->compiled('int mml_abi_version(void) { return 2003; }');
        $printed = $this->with('MOODLEML_LIBRARY', $other);
        $expected = "$other has the ABI 2.3, these classes need 1." . Bridge::ABI_MINOR
            . ' or a later 1.n: install library and classes of one release';
        $this->assertSame($expected, $printed);
    }

    /** A package was updated, and the web server not restarted. */
    public function testAnOlderBridgeIsPreloaded(): void
    {
        $bridge = (string) file_get_contents(self::ROOT . '/bindings/php/src/Bridge.php');
        $older = str_replace('REVISION = ' . Bridge::REVISION, 'REVISION = 0', $bridge);
        Folder::copy(self::ROOT . '/bindings/php/preload.php', "$this->folder/preload.php");
        mkdir("$this->folder/src");
        $user = posix_getpwuid(posix_geteuid())['name'];
        $preload = ['opcache.enable_cli=1', "opcache.preload=$this->folder/preload.php", "opcache.preload_user=$user"];
        $preload = array_merge(...array_map(fn (string $setting): array => ['-d', $setting], $preload));
        $refused = '#^/.*/src/Bridge\.php was preloaded in another version.*restart#';
        foreach ([[$bridge, '/^available$/'], [$older, $refused]] as [$code, $expected]) {
            file_put_contents("$this->folder/src/Bridge.php", $code);
            $this->assertMatchesRegularExpression($expected, $this->php(self::ASK, $preload, $this->environment));
        }
    }

    public function testHeaderIsAbsent(): void
    {
        $printed = $this->with('MOODLEML_HEADER', "$this->folder/moodleml.h");
        $this->assertSame("moodleml.h was not found: there is no $this->folder/moodleml.h; install it, or name it by "
            . 'moodleml.header in php.ini or MOODLEML_HEADER in the environment', $printed);
    }

    public function testAHeaderOfAnotherRelease(): void
    {
        $header = (string) file_get_contents(self::HEADER);
        file_put_contents("$this->folder/moodleml.h", $header . "int mml_of_tomorrow(void);\n");
        $printed = $this->with('MOODLEML_HEADER', "$this->folder/moodleml.h");
        $this->assertMatchesRegularExpression("#^$this->folder/moodleml.h does not fit .*mml_of_tomorrow.*one release\$#", $printed);
        file_put_contents("$this->folder/moodleml.h", str_replace('MML_ABI_MAJOR = 1', 'MML_ABI_MAJOR = 2', $header));
        $printed = $this->with('MOODLEML_HEADER', "$this->folder/moodleml.h");
        $this->assertSame(1, preg_match('/MML_ABI_MINOR = (\d+)/', $header, $minor));
        $expected = "$this->folder/moodleml.h has the ABI 2.$minor[1], these classes need 1." . Bridge::ABI_MINOR;
        $this->assertStringStartsWith($expected, $printed);
    }
}
