<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\Installer;
use MoodleML\Platform;

/** The native library of a release: from a server, a mirror or a folder, and only with the hash that the package has. */
final class InstallerTest extends TestCase
{
    private const FILE = 'libmoodleml-1.2.3.so.gz';
    private string $package;
    private string $served;
    private ?Process $server = null;

    protected function setUp(): void
    {
        parent::setUp();
        $this->package = "$this->folder/package";
        $this->served = "$this->folder/served";
        foreach (['src', 'autoload.php', 'moodleml-library'] as $part) {
            Folder::copy(self::ROOT . "/bindings/php/$part", "$this->package/$part");
        }
        mkdir($this->served);
        $library = (string) file_get_contents(self::library());
        $packed = gzencode($library, 1);
        file_put_contents("$this->served/" . self::FILE, $packed);
        $entry = ['file' => self::FILE, 'sha256' => hash('sha256', $packed), 'library_sha256' => hash('sha256', $library)];
        $this->writeTable("$this->folder/no-release", [Platform::own() => $entry]);
    }

    protected function tearDown(): void
    {
        $this->server?->stop();
        parent::tearDown();
    }

    /** @param array<string, array<string, string>> $libraries */
    private function writeTable(string $source, array $libraries): void
    {
        $table = ['schema' => 1, 'version' => '1.2.3', 'source' => $source, 'libraries' => $libraries];
        file_put_contents("$this->package/libraries.json", json_encode($table));
    }

    /** A file server; each request is a line of its log. */
    private function serve(): string
    {
        $port = self::freePort();
        $command = [PHP_BINARY, '-S', "127.0.0.1:$port", '-t', $this->served];
        $this->server = new Process($command, [], $this->folder, "$this->folder/server.log");
        for ($waits = 0; $waits < 3000 && !@fsockopen('127.0.0.1', $port); ++$waits) {
            usleep(10000);
        }
        return "http://127.0.0.1:$port";
    }

    private static function freePort(): int
    {
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        return (int) substr(strrchr((string) stream_socket_get_name($socket, false), ':'), 1);
    }

    /** @param array<string, string> $environment */
    private function install(string $arguments = '', array $environment = []): string
    {
        $command = array_merge([PHP_BINARY, "$this->package/moodleml-library"], array_filter(explode(' ', $arguments)));
        return Process::output($command, $environment + getenv(), $this->folder);
    }

    private function installed(): string
    {
        return "$this->package/lib/" . Platform::own() . '/libmoodleml.so.1';
    }

    private function assertNothingInstalled(): void
    {
        $this->assertSame([], glob("$this->package/lib/*/*"));
    }

    public function testFromAServerOnceAndThePackageLoadsIt(): void
    {
        $url = $this->serve();
        $this->writeTable("$url/", json_decode((string) file_get_contents("$this->package/libraries.json"), true)['libraries']);
        for ($i = 0; $i < 2; ++$i) {
            $this->assertSame($this->installed() . "\n", $this->install());
        }
        $this->assertFileEquals(self::library(), $this->installed());
        $this->assertSame(1, substr_count($this->server->printed(), 'GET /' . self::FILE));
        Folder::copy(dirname(self::HEADER), "$this->package/include/moodleml");
        $load = "require '$this->package/autoload.php'; echo MoodleML\\Library::load()->path;";
        $printed = Process::output([PHP_BINARY, '-r', $load], ['MOODLEML_LIBRARY' => '', 'MOODLEML_HEADER' => ''], $this->folder);
        $this->assertSame($this->installed(), $printed);
        // Half a library is not the library.
        file_put_contents($this->installed(), 'half');
        $this->assertSame($this->installed() . "\n", $this->install());
        $this->assertFileEquals(self::library(), $this->installed());
    }

    public function testFromAMirrorOrAFolder(): void
    {
        $sources = [['--source=' . $this->serve(), []], ["--source=$this->served", []], ['', [Installer::SOURCE => "$this->served/"]]];
        foreach ($sources as [$arguments, $environment]) {
            $this->assertSame($this->installed() . "\n", $this->install($arguments, $environment));
            unlink($this->installed());
        }
        $composer = "require '$this->package/autoload.php'; MoodleML\\Installer::run();";
        $this->assertSame('', Process::output([PHP_BINARY, '-r', $composer], [Installer::SOURCE => $this->served], $this->folder));
        $this->assertFileEquals(self::library(), $this->installed());
    }

    public function testAnotherFileIsRefused(): void
    {
        $served = "$this->served/" . self::FILE;
        $whole = (string) file_get_contents($served);
        foreach ([substr($whole, 0, -1), $whole . 'x', '', 'not found'] as $bytes) {
            file_put_contents($served, $bytes);
            $printed = $this->install("--source=$this->served");
            $this->assertStringContainsString("$served has the SHA-256 " . hash('sha256', $bytes) . ', not ', $printed);
            $this->assertStringEndsWith("\nexit code 1", $printed);
            $this->assertNothingInstalled();
        }
    }

    public function testWhatCannotBeHad(): void
    {
        $printed = $this->install();
        $this->assertStringContainsString("$this->folder/no-release/" . self::FILE . ' cannot be read (', $printed);
        $this->assertStringContainsString('without a network, copy ' . self::FILE . ' to a folder, and name that by --source or', $printed);
        unlink("$this->served/" . self::FILE);
        $this->assertStringContainsString('404 Not Found', $this->install('--source=' . $this->serve()));
        $closed = 'http://127.0.0.1:' . self::freePort();
        $this->assertStringContainsString('Connection refused', $this->install("--source=$closed"));
        $this->assertNothingInstalled();
    }

    public function testOtherPlatforms(): void
    {
        $printed = $this->install("--source=$this->served --platform=s390x-linux-gnu");
        $expected = "for s390x-linux-gnu: $this->package/libraries.json has libraries for " . Platform::own() . '; build the library';
        $this->assertStringContainsString($expected, $printed);
        $this->writeTable('', json_decode((string) file_get_contents("$this->package/libraries.json"), true)['libraries']);
        $this->assertStringContainsString('libraries.json names no place to download from', $this->install());
        $this->writeTable('', []);
        $this->assertStringContainsString('has libraries for no platform, because this is no release', $this->install());
        unlink("$this->package/libraries.json");
        $this->assertStringContainsString('libraries.json is absent or damaged', $this->install());
    }

    public function testAFolderThatCannotBeWritten(): void
    {
        file_put_contents("$this->package/lib", 'a file where a folder should be');
        $printed = $this->install("--source=$this->served");
        $this->assertStringContainsString($this->installed() . ' cannot be written: run this as the user that owns ', $printed);
    }

    public function testUsage(): void
    {
        foreach (['--platfrom=x86_64-linux-gnu', 'x86_64-linux-gnu', '--source='] as $wrong) {
            $this->assertMatchesRegularExpression('/^usage: moodleml-library .*exit code 2$/s', $this->install($wrong));
        }
        $this->assertStringStartsWith('usage: moodleml-library ', $this->install('--help'));
    }
}
