<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\MoodleMLException;

/** Web requests in PHP-FPM and Apache prefork, as web.ini sets them up. */
final class WebTest extends TestCase
{
    private const SERVERS = ['fpm' => 'fpm-fcgi', 'apache' => 'apache2handler'];

    /** @var array<string, WebServer> started once for all tests */
    private static array $servers = [];

    public static function tearDownAfterClass(): void
    {
        array_map(fn (WebServer $server) => $server->stop(), self::$servers);
        self::$servers = [];
    }

    /** @return array<string, array{string}> */
    public function servers(): array
    {
        return array_combine(array_keys(self::SERVERS), array_map(fn (string $kind): array => [$kind], array_keys(self::SERVERS)));
    }

    private static function server(string $kind): WebServer
    {
        return self::$servers[$kind] ??= WebServer::$kind(self::library());
    }

    /** @dataProvider servers */
    public function testWithoutPreloadingFfiIsRefusedInWords(string $kind): void
    {
        $server = WebServer::$kind(self::library(), preloads: false);
        try {
            [$answer] = $server->ask(['do' => 'ask']);
        } finally {
            $server->stop();
        }
        $this->assertSame(self::SERVERS[$kind], $answer['sapi']);
        $expected = '/^PHP refuses FFI \(.*\): have \/.*\/preload\.php preloaded, as web\.ini and preload-guard\.php/';
        $this->assertMatchesRegularExpression($expected, $answer['unavailable']);
    }

    /**
     * A package that was moved or removed must not keep the whole site from starting.
     *
     * @dataProvider servers
     */
    public function testTheServerStartsWithoutThePreloadedFile(string $kind): void
    {
        $server = WebServer::$kind(self::library(), isWhole: false);
        try {
            [$answer] = $server->ask(['do' => 'ask']);
        } finally {
            $server->stop();
        }
        $this->assertSame(self::SERVERS[$kind], $answer['sapi']);
        $this->assertStringContainsString('PHP refuses FFI', $answer['unavailable']);
    }

    /** @dataProvider servers */
    public function testPreloadedItWorksAndNothingElseMayUseFfi(string $kind): void
    {
        [$answer] = self::server($kind)->ask(['do' => 'ask']);
        $this->assertSame(self::SERVERS[$kind], $answer['sapi']);
        $this->assertNull($answer['unavailable']);
        $this->assertStringContainsString('restricted', $answer['ffi']);
        [$answer] = self::server($kind)->ask(['do' => 'version']);
        $this->assertStringEndsWith('/moodleml/lib/libmoodleml.so.1', $answer['library']);
    }

    /** @dataProvider servers */
    public function testSeveralWorkersPredictWhatTheCommandLineDoes(string $kind): void
    {
        $expected = self::model()->predict([[9, 1], [1, 4]]);
        $answers = self::server($kind)->ask(['do' => 'predict', 'times' => 1, 'wait' => 300000], 6);
        $this->assertCount(2, array_unique(array_column($answers, 'process')));
        foreach ($answers as $answer) {
            $this->assertEqualsWithDelta($expected, $answer['scores'], 0);
        }
    }

    /** @dataProvider servers */
    public function testAnExceptionInACallableLeavesTheWorkerAlive(string $kind): void
    {
        $processes = [];
        for ($i = 0; $i < 6; ++$i) {
            [$answer] = self::server($kind)->ask(['do' => 'callables']);
            $this->assertGreaterThan(0, $answer['calls']);
            $this->assertSame(['from a callable', MoodleMLException::CANCELLED], [$answer['thrown'], $answer['cancelled']]);
            $processes[] = $answer['process'];
        }
        $this->assertLessThanOrEqual(2, count(array_unique($processes)));
        $this->assertDoesNotMatchRegularExpression('/exited on signal|Fatal error|Segmentation/', self::server($kind)->log());
    }

    /** @dataProvider servers */
    public function testWorkersThatTrainAndPredictOneModelMayBeKilled(string $kind): void
    {
        chmod($this->folder, 0777);
        $place = ['directory' => "$this->folder/model"];
        $train = ['do' => 'train', 'dataset' => $this->moodleFile('students.csv', true)] + $place;
        $classify = ['do' => 'classify', 'dataset' => $this->moodleFile('new.csv', false, 10)] + $place;
        $server = WebServer::$kind(self::library());
        try {
            [$first] = $server->ask($train);
            $this->assertSame(0, $first['status']);
            for ($round = 0; $round < 5; ++$round) {
                [$worker] = $server->ask(['do' => 'nothing']);
                $bodies = $server->bodies([$train, $classify, $train, $classify], static function () use ($worker, $round): void {
                    usleep(7000 * $round);
                    posix_kill($worker['process'], SIGKILL);
                });
                // Of the worker that was killed there is a page of the server's or nothing.
                $answers = array_filter(array_map(static fn (string $body): ?array => json_decode($body, true), $bodies));
                $this->assertGreaterThanOrEqual(3, count($answers));
                $this->assertSame([0], array_values(array_unique(array_column($answers, 'status'))));
            }
            [$last] = $server->ask($classify);
            $this->assertCount(10, $last['predictions']);
            $this->assertSame(0, $server->ask($train)[0]['status']);
            $this->assertSame([], glob("$this->folder/model/classifier/.moodleml-*.new"));
        } finally {
            $server->stop();
        }
    }

    /** @dataProvider servers */
    public function testTenThousandPredictionsTakeNoMemory(string $kind): void
    {
        $kilobytes = [];
        for ($i = 0; $i < 60; ++$i) {
            foreach (self::server($kind)->ask(['do' => 'predict', 'times' => 100], 2) as $answer) {
                $kilobytes[$answer['process']][] = $answer['kilobytes'];
            }
        }
        $this->assertLessThanOrEqual(2, count($kilobytes));
        foreach ($kilobytes as $told) {
            $half = intdiv(count($told), 2);
            $this->assertLessThan(512, max(array_slice($told, $half)) - max(array_slice($told, 0, $half)));
        }
    }
}
