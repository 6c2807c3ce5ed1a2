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

    /**
     * Uses the program that the settings name.
     *
     * @param configuration $configuration
     */
    public function __construct(
        /** @var configuration */
        private readonly configuration $configuration,
    ) {
    }

    #[\Override]
    public function is_ready() {
        if (!function_exists('proc_open')) {
            return get_string('cli:noprocopen', 'mlbackend_moodleml');
        }
        $program = $this->configuration->program();
        if ($program === null) {
            return get_string('cli:absent', 'mlbackend_moodleml');
        }
        if (!is_file($program) || !is_executable($program)) {
            return get_string('cli:notexecutable', 'mlbackend_moodleml', $program);
        }
        return $this->answers_version($program);
    }

    /**
     * Whether the program runs, which needs its library too, and has the interface.
     *
     * @param string $program
     * @return true|string
     */
    private function answers_version(string $program) {
        try {
            [$version] = $this->run('version', []);
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
     * @return string[] the last line of standard output, and of standard error
     * @throws failure where the program cannot be run
     */
    private function run(string $module, array $arguments, bool $exitstatus = false): array {
        $program = $this->configuration->program() ?? throw new failure(get_string('cli:absent', 'mlbackend_moodleml'));
        $command = array_merge([$program, '-m', 'moodlemlbackend.' . $module], $arguments);
        $output = tmpfile();
        $process = proc_open($command, [['file', '/dev/null', 'r'], $output, ['pipe', 'w']], $pipes, null, $this->environment());
        if (!$process) {
            throw new failure(get_string('cli:notstarted', 'mlbackend_moodleml', $program));
        }
        $error = self::follow($pipes[2]);
        $status = proc_close($process);
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
     * @return string the last line that tells of an error
     */
    private static function follow($pipe): string {
        $progress = new progress();
        $error = '';
        while (($line = fgets($pipe)) !== false) {
            if (preg_match('/^\w+ +\d+ %/', $line)) {
                $progress->line($line);
            } else {
                $error = preg_replace('/^moodleml: /', '', trim($line));
            }
        }
        fclose($pipe);
        return $error;
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
        return $error !== '' ? answer::excerpt($error) :
            get_string('cli:failed', 'mlbackend_moodleml', ['program' => $program, 'status' => $status]);
    }
}
