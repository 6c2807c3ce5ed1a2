<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML\Tests;

/** Another process: run to its end, or as long as this object lives. */
final class Process
{
    /** @var resource */
    private $handle;

    /**
     * @param list<string> $command
     * @param array<string, string> $environment
     */
    public function __construct(array $command, array $environment, string $folder, private readonly string $log)
    {
        $this->handle = proc_open(
            $command,
            [['file', '/dev/null', 'r'], ['file', $log, 'a'], ['file', $log, 'a']],
            $pipes,
            $folder,
            $environment,
        ) ?: throw new \RuntimeException("$command[0] does not start");
    }

    public function runs(): bool
    {
        return proc_get_status($this->handle)['running'];
    }

    /** What it printed, on both streams. */
    public function printed(): string
    {
        return (string) file_get_contents($this->log);
    }

    /** @return int its exit code */
    public function wait(): int
    {
        while (($status = proc_get_status($this->handle))['running']) {
            usleep(2000);
        }
        return $status['exitcode'];
    }

    public function stop(): void
    {
        proc_terminate($this->handle);
        $this->wait();
    }

    /**
     * @param list<string> $command
     * @param array<string, string> $environment
     */
    public static function output(array $command, array $environment, string $folder): string
    {
        $log = $folder . '/output-' . bin2hex(random_bytes(8));
        $process = new self($command, $environment, $folder, $log);
        $code = $process->wait();
        return $process->printed() . ($code === 0 ? '' : "\nexit code $code");
    }
}
