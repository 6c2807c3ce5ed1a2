<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

use MoodleML\CancelledException;
use MoodleML\Model;
use MoodleML\ModelDirectory;
use MoodleML\MoodleMLException;
use MoodleML\Progress;
use MoodleML\Report;

final class CallbackTest extends TestCase
{
    /** @return array<string, array{\Closure(callable): mixed}> calls that take a callable */
    public function calls(): array
    {
        return [
            'training' => [fn (callable $callable) => Model::train(self::dataset(), self::quick(), $callable)],
            'evaluation' => [fn (callable $callable) => Report::evaluate(self::model(), self::dataset(), null, $callable)],
            'cross validation' => [fn (callable $callable) => Report::crossValidate(self::dataset(), self::quick(), $callable)],
            'writing' => [fn (callable $callable) => self::model()->write($callable)],
            'a directory' => [fn (callable $callable, self $test) => (new ModelDirectory("$test->folder/model"))
                ->train($test->moodleFile('students.csv', true), self::quick(), $callable)],
        ];
    }

    /** @dataProvider calls */
    public function testAnExceptionComesOutAsItIs(\Closure $call): void
    {
        foreach ([new \DomainException('a reason'), new \TypeError('an error')] as $thrown) {
            try {
                $call(fn () => throw $thrown, $this);
                $this->fail('nothing was thrown');
            } catch (\DomainException | \TypeError $caught) {
                $this->assertSame($thrown, $caught);
                $this->assertNull($caught->getPrevious());
            }
        }
        $this->assertDirectoryDoesNotExist("$this->folder/model/classifier");
        $this->assertNotNull(Model::train(self::dataset(), self::quick()));
    }

    /** @dataProvider calls */
    public function testFalseCancels(\Closure $call): void
    {
        $calls = 0;
        try {
            $call(function () use (&$calls): bool {
                ++$calls;
                return false;
            }, $this);
            $this->fail('was not cancelled');
        } catch (CancelledException $cancelled) {
            $this->assertSame(MoodleMLException::CANCELLED, $cancelled->getCode());
        }
        $this->assertSame(1, $calls);
    }

    /** @dataProvider calls */
    public function testAnyOtherAnswerGoesOn(\Closure $call): void
    {
        $calls = 0;
        foreach ([null, true, 0, ''] as $answer) {
            $call(function () use (&$calls, $answer): mixed {
                ++$calls;
                return $answer;
            }, $this);
        }
        $this->assertGreaterThanOrEqual(4, $calls);
    }

    public function testEveryKindOfCallable(): void
    {
        $this->assertNotNull(Model::train(self::dataset(), self::quick(), 'is_object'));
        $this->assertNotNull(Model::train(self::dataset(), self::quick(), [$this, 'goOn']));
        $this->assertNotNull(Model::train(self::dataset(), self::quick(), self::class . '::goOn'));
    }

    public static function goOn(Progress $progress): bool
    {
        return $progress->fraction <= 1;
    }

    /** Calls within callables: each gets its own progress, and an exception passes through both. */
    public function testCallsWithinCallables(): void
    {
        $inner = [];
        $outer = 0;
        Model::train(self::dataset(), self::quick(), function () use (&$inner, &$outer): void {
            if (++$outer === 1) {
                Model::train(self::dataset(), self::quick(), function (Progress $progress) use (&$inner): void {
                    $inner[] = $progress->fraction;
                });
            }
        });
        $this->assertGreaterThan(1, $outer);
        $this->assertSame(1.0, end($inner));
        $this->expectExceptionObject($thrown = new \DomainException('from within'));
        Model::train(self::dataset(), self::quick(), fn () => Model::train(self::dataset(), self::quick(), fn () => throw $thrown));
    }

    /** Two calls under way in fibers that take turns within their callables. */
    public function testFibers(): void
    {
        $outcomes = [];
        $train = function (string $name, callable $callable) use (&$outcomes): void {
            try {
                Model::train(self::dataset(), self::quick(), $callable);
                $outcomes[$name] = 'trained';
            } catch (\Exception $exception) {
                $outcomes[$name] = $exception->getMessage();
            }
        };
        $steps = ['a' => 0, 'b' => 0];
        $step = function (string $name) use (&$steps): void {
            ++$steps[$name];
            \Fiber::suspend();
        };
        $fibers = [
            new \Fiber(fn () => $train('a', fn () => $step('a') ?? throw new \DomainException('from a'))),
            new \Fiber(fn () => $train('b', fn () => $step('b'))),
        ];
        array_map(fn (\Fiber $fiber) => $fiber->start(), $fibers);
        while ($going = array_filter($fibers, fn (\Fiber $fiber): bool => !$fiber->isTerminated())) {
            array_map(fn (\Fiber $fiber) => $fiber->resume(), $going);
        }
        $this->assertSame(['a' => 'from a', 'b' => 'trained'], $outcomes);
        $this->assertSame(1, $steps['a']);
        $this->assertGreaterThan(1, $steps['b']);
    }

    /**
     * PHP's time limit falls due while a callable runs: ending there would leave the directory's lock locked, so that the
     * shutdown function could not train.
     */
    public function testATimeLimitWaitsForTheCall(): void
    {
        $students = var_export($this->moodleFile('students.csv', true), true);
        $printed = $this->php(<<<PHP
            set_time_limit(1);
            \$directory = new MoodleML\\ModelDirectory('model');
            \$config = new MoodleML\\Config(['lock_timeout' => 0, 'networks' => 0, 'trees' => 20]);
            register_shutdown_function(fn () => print(\$directory->train($students, \$config)->status . ' again'));
            function spent(): float {
                return getrusage()['ru_utime.tv_sec'] + getrusage()['ru_utime.tv_usec'] / 1e6;
            }
            print(\$directory->train($students, \$config, function (): void {
                while (spent() < 1.3);
            })->status . ' trained, ' . ini_get('max_execution_time') . ' s, ');
            for (;;);
            PHP, [], ['MOODLEML_LIBRARY' => self::library()]);
        $this->assertStringStartsWith('0 trained, 1 s, ', $printed);
        $this->assertStringContainsString('Maximum execution time', $printed);
        $this->assertStringContainsString('0 again', $printed);
    }
}
