<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

/** The code that documents show, and the example programs, run as they stand. */
final class ExamplesTest extends TestCase
{
    /** The PHP code that a document shows. */
    private static function shown(string $document): string
    {
        $text = (string) file_get_contents(self::ROOT . "/$document");
        self::assertSame(1, preg_match_all('/^```php\n(.*?)^```/ms', $text, $blocks));
        return $blocks[1][0];
    }

    public function testReadme(): void
    {
        $this->moodleFile('students.csv', true);
        $printed = $this->php(self::shown('README.md'), [], ['MOODLEML_LIBRARY' => self::library()]);
        $this->assertMatchesRegularExpression('/\A(\d+ %\n)+([01]: [01]\.\d{3}\n){2}\z/', $printed);
        $this->assertSame('0600', substr(sprintf('%o', fileperms("$this->folder/students.mml")), -4));
    }

    public function testReadmeOfThePackage(): void
    {
        $this->moodleFile('students.csv', true);
        $code = str_replace(
            ["require 'vendor/autoload.php';", '/srv/models/1'],
            ['', "$this->folder/model"],
            self::shown('bindings/php/README.md'),
            $replaced,
        );
        $this->assertSame(2, $replaced);
        $printed = $this->php($code . ' echo $answer->json;', [], ['MOODLEML_LIBRARY' => self::library()]);
        $this->assertMatchesRegularExpression('/\A(\d+ %\n)+\{"status": 0, "info": \[\]\}\z/', $printed);
    }

    public function testPrograms(): void
    {
        $programs = (array) glob(self::ROOT . '/examples/php/*.php');
        $this->assertCount(2, $programs);
        foreach ($programs as $program) {
            $environment = ['MOODLEML_LIBRARY' => self::library()];
            $printed = Process::output([PHP_BINARY, $program], $environment, $this->folder);
            $this->assertStringNotContainsString('exit code', $printed);
            $this->assertMatchesRegularExpression('/passed 0\.\d+|cancelled, thrown/', $printed);
        }
    }
}
