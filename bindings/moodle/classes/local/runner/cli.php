<?php
// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * The library in a process of its own.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local\runner;

use mlbackend_moodleml\local\answer;
use mlbackend_moodleml\local\binary;
use mlbackend_moodleml\local\brought;
use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\progress;

/**
 * The library in a process of its own: the program moodleml, called as Moodle calls its Python backend.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class cli implements runner {
    /** @var string The oldest version of the interface that has all of it. */
    private const LEAST_VERSION = '3.1.0';

    /** @var string The oldest version of the interface that gives reasons. */
    private const EXPLAINING_VERSION = '3.2.0';

    /** @var int The signal that no program can ignore. */
    private const SIGKILL = 9;

    /** @var float Seconds after which a program that has not told its version is given up. */
    private const VERSION_TIMEOUT = 5;

    /**
     * Uses the program that the settings name.
     *
     * @param configuration $configuration
     * @param float $versiontimeout seconds after which a program that has not told its version is given up
     */
    public function __construct(
        /** @var configuration */
        private readonly configuration $configuration,
        /** @var float seconds after which a program that has not told its version is given up */
        private readonly float $versiontimeout = self::VERSION_TIMEOUT,
    ) {
    }

    #[\Override]
    public function is_ready() {
        if (!function_exists('proc_open')) {
            return get_string('cli:noprocopen', 'mlbackend_moodleml');
        }
        $program = $this->configuration->program();
        if ($program === null) {
            return brought::program_is_for_others() ?? get_string('cli:absent', 'mlbackend_moodleml');
        }
        return self::obstacle($program) ?? $this->answers_version($program);
    }

    /**
     * What stands against running a program.
     *
     * @param string $program
     * @return string|null
     */
    private static function obstacle(string $program): ?string {
        $obstacle = binary::obstacle_of_program($program);
        if ($obstacle !== null) {
            return $obstacle;
        }
        if (!is_file($program)) {
            return get_string('cli:notthere', 'mlbackend_moodleml', $program);
        }
        if (!is_executable($program) && !(binary::make_program_executable() && is_executable($program))) {
            return get_string('cli:notexecutable', 'mlbackend_moodleml', $program);
        }
        return null;
    }

    /**
     * Whether the program runs, which needs its library too, and has the interface.
     *
     * @param string $program
     * @return true|string
     */
    private function answers_version(string $program) {
        try {
            [$version] = $this->run('version', [], false, $this->versiontimeout);
        } catch (failure $failure) {
            return $failure->getMessage();
        }
        if (version_compare(trim($version), self::LEAST_VERSION) < 0) {
            return get_string('cli:old', 'mlbackend_moodleml', ['program' => $program, 'version' => answer::excerpt($version)]);
        }
        return true;
    }

    #[\Override]
    public function train(string $uniqueid, string $directory, string $dataset): \stdClass {
        return $this->answer('training', [$uniqueid, $directory, $dataset]);
    }

    #[\Override]
    public function predict(string $uniqueid, string $directory, string $dataset): \stdClass {
        return $this->answer('prediction', [$uniqueid, $directory, $dataset]);
    }

    #[\Override]
    public function explains() {
        try {
            [$version] = $this->run('version', [], false, $this->versiontimeout);
        } catch (failure $failure) {
            return $failure->getMessage();
        }
        if (version_compare(trim($version), self::EXPLAINING_VERSION) < 0) {
            $details = ['program' => (string) $this->configuration->program(), 'version' => self::EXPLAINING_VERSION];
            return get_string('cli:noreasons', 'mlbackend_moodleml', $details);
        }
        return true;
    }

    #[\Override]
    public function explain(string $uniqueid, string $directory, string $dataset, int $reasons): \stdClass {
        // Options travel in the environment.
        $runner = new self($this->configuration->with(['reasons' => $reasons]), $this->versiontimeout);
        return $runner->answer('explanation', [$uniqueid, $directory, $dataset]);
    }

    #[\Override]
    public function evaluate(string $uniqueid, string $directory, string $dataset, terms $terms): \stdClass {
        return $this->answer('evaluation', [
            $uniqueid, $directory, $dataset,
            (string) $terms->minscore, (string) $terms->maxdeviation, (string) $terms->iterations,
            (string) $terms->traineddirectory,
        ]);
    }

    #[\Override]
    public function export(string $uniqueid, string $directory, string $exportdirectory): void {
        $this->run('export', [$uniqueid, $directory, $exportdirectory], true);
    }

    #[\Override]
    public function import(string $uniqueid, string $directory, string $importdirectory): void {
        $this->run('import', [$uniqueid, $directory, $importdirectory], true);
    }

    #[\Override]
    public function forget(string $uniqueid): void {
    }

    /**
     * What a module answers in JSON, which it does whatever its exit code.
     *
     * @param string $module
     * @param string[] $arguments
     * @return \stdClass
     */
    private function answer(string $module, array $arguments): \stdClass {
        [$output, $error] = $this->run($module, $arguments);
        return answer::from_json($output !== '' ? $output : $error);
    }

    /**
     * Runs one module of the program.
     *
     * @param string $module
     * @param string[] $arguments
     * @param bool $exitstatus whether an exit code other than 0 is a failure, also where something was printed
     * @param float $timeout seconds after which the program is ended
     * @return string[] the last line of standard output, and of standard error
     * @throws failure where the program cannot be run
     */
    private function run(string $module, array $arguments, bool $exitstatus = false, float $timeout = INF): array {
        $program = $this->configuration->program() ?? throw new failure(get_string('cli:absent', 'mlbackend_moodleml'));
        $command = array_merge([$program, '-m', 'moodlemlbackend.' . $module], $arguments);
        // In Moodle's data directory, as open_basedir may forbid the system's places, /dev/null among them.
        $path = tempnam(get_request_storage_directory(), 'moodleml');
        $output = fopen($path, 'w+');
        unlink($path);
        $process = proc_open($command, [['null'], $output, ['pipe', 'w']], $pipes, null, $this->environment());
        if (!$process) {
            throw new failure(get_string('cli:notstarted', 'mlbackend_moodleml', $program));
        }
        $deadline = microtime(true) + $timeout;
        $error = self::follow($pipes[2], $deadline);
        $status = self::end($process, $deadline);
        if ($error === null || $status === null) {
            $details = ['program' => $program, 'module' => $module, 'seconds' => $timeout];
            throw new failure(get_string('cli:hangs', 'mlbackend_moodleml', $details));
        }
        $answer = self::last_line($output);
        if ($status !== 0 && ($exitstatus || $answer === '')) {
            throw new failure(self::sentence($program, $status, $error));
        }
        return [$answer, $error];
    }

    /**
     * The library's options travel as Moodle's calls have no place for them.
     *
     * @return string[]
     */
    private function environment(): array {
        $options = [];
        foreach ($this->configuration->options as $name => $value) {
            $options[] = "$name=$value";
        }
        $inherited = getenv();
        $first = array_filter([$inherited['MOODLEML_OPTIONS'] ?? '']);
        return ['MOODLEML_OPTIONS' => implode(',', array_merge($first, $options)), 'MOODLEML_PROGRESS' => 'lines'] + $inherited;
    }

    /**
     * Shows how far the program is until it ends.
     *
     * @param resource $pipe its standard error
     * @param float $deadline when to wait no longer
     * @return string|null the last line that tells of an error; null where it has not ended by then
     */
    private static function follow($pipe, float $deadline): ?string {
        $progress = new progress();
        $error = '';
        foreach (self::lines($pipe, $deadline) as $line) {
            if (preg_match('/^\w+ +\d+ %/', $line)) {
                $progress->line($line);
            } else {
                $error = preg_replace('/^moodleml: /', '', trim($line));
            }
        }
        $ended = feof($pipe);
        fclose($pipe);
        return $ended ? $error : null;
    }

    /**
     * Waits for the end of a program.
     *
     * @param resource $process
     * @param float $deadline when to wait no longer, but end it
     * @return int|null its exit code; null where it had not ended by then
     */
    private static function end($process, float $deadline): ?int {
        if (is_infinite($deadline)) {
            return proc_close($process);
        }
        while (($state = proc_get_status($process))['running'] && microtime(true) < $deadline) {
            usleep(1000);
        }
        if ($state['running']) {
            proc_terminate($process, self::SIGKILL);
        }
        proc_close($process);
        return $state['running'] ? null : $state['exitcode'];
    }

    /**
     * The lines of a pipe as they come.
     *
     * @param resource $pipe
     * @param float $deadline when to wait no longer
     * @return \Generator
     */
    private static function lines($pipe, float $deadline): \Generator {
        stream_set_blocking($pipe, false);
        $rest = '';
        while (!feof($pipe) && ($left = $deadline - microtime(true)) > 0) {
            [$read, $none] = [[$pipe], null];
            @stream_select($read, $none, $none, (int) min($left, 60), (int) (fmod(min($left, 60), 1) * 1e6));
            $lines = explode("\n", $rest . fread($pipe, 8192));
            $rest = array_pop($lines);
            yield from $lines;
        }
        if ($rest !== '') {
            yield $rest;
        }
    }

    /**
     * The answer is the last line, whatever comes before it.
     *
     * @param resource $output a file
     * @return string
     */
    private static function last_line($output): string {
        rewind($output);
        $text = rtrim(stream_get_contents($output));
        fclose($output);
        return substr($text, (int) strrpos("\n" . $text, "\n"));
    }

    /**
     * Why the program gave no answer.
     *
     * @param string $program
     * @param int $status its exit code
     * @param string $error what it told
     * @return string
     */
    private static function sentence(string $program, int $status, string $error): string {
        if (preg_match('/GLIBC_[0-9.]+.? not found/', $error, $found)) {
            return get_string('binary:oldglibc', 'mlbackend_moodleml', $found[0]);
        }
        return $error !== '' ? answer::excerpt($error) :
            get_string('cli:failed', 'mlbackend_moodleml', ['program' => $program, 'status' => $status]);
    }
}
