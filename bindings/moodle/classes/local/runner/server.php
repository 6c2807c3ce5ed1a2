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
 * The library behind a server.
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
use mlbackend_moodleml\local\leftovers;

/**
 * The library behind a server, which keeps the models.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class server implements runner {
    /** @var int Seconds to wait for a connection; a page of the administrator's may be waiting for it. */
    private const CONNECT_TIMEOUT = 3;

    /** @var string The oldest version of the interface that gives reasons; the original never does. */
    private const EXPLAINING_VERSION = '3.2.0';

    /** @var int Seconds to wait for an answer that needs no work. */
    private const READY_TIMEOUT = 5;

    /** @var int Seconds without a byte after which the server counts as dead: our service sends one every 20 seconds at least. */
    private const SILENCE_TIMEOUT = 60;

    /**
     * Uses the server that the settings name.
     *
     * @param configuration $configuration
     * @param int $silencetimeout seconds without a byte, in either direction, after which a call is given up
     */
    public function __construct(
        /** @var configuration */
        private readonly configuration $configuration,
        /** @var int seconds without a byte, in either direction, after which a call is given up */
        private readonly int $silencetimeout = self::SILENCE_TIMEOUT,
    ) {
    }

    #[\Override]
    public function is_ready() {
        $url = $this->configuration->serverurl;
        if ($url === '') {
            return get_string('server:absent', 'mlbackend_moodleml');
        }
        try {
            $version = $this->request('get', 'version', [], ['CURLOPT_TIMEOUT' => self::READY_TIMEOUT]);
        } catch (failure $failure) {
            return $failure->getMessage();
        }
        if (!preg_match('/^3(\.\d+)+$/', trim($version))) {
            return get_string('server:version', 'mlbackend_moodleml', ['url' => $url, 'version' => answer::excerpt($version)]);
        }
        return true;
    }

    #[\Override]
    public function train(string $uniqueid, string $directory, string $dataset): \stdClass {
        leftovers::mark($directory, $uniqueid);
        return $this->answer('training', self::place($uniqueid, $directory) + self::file('dataset', $dataset));
    }

    #[\Override]
    public function predict(string $uniqueid, string $directory, string $dataset): \stdClass {
        return $this->answer('prediction', self::place($uniqueid, $directory) + self::file('dataset', $dataset));
    }

    #[\Override]
    public function explains() {
        try {
            $version = $this->request('get', 'version', [], ['CURLOPT_TIMEOUT' => self::READY_TIMEOUT]);
        } catch (failure $failure) {
            return $failure->getMessage();
        }
        if (version_compare(trim($version), self::EXPLAINING_VERSION) < 0) {
            $details = ['url' => $this->configuration->serverurl, 'version' => self::EXPLAINING_VERSION];
            return get_string('server:noreasons', 'mlbackend_moodleml', $details);
        }
        return true;
    }

    #[\Override]
    public function explain(string $uniqueid, string $directory, string $dataset, int $reasons): \stdClass {
        $parameters = self::place($uniqueid, $directory) + self::file('dataset', $dataset) + ['reasons' => (string) $reasons];
        return $this->answer('explanation', $parameters);
    }

    #[\Override]
    public function evaluate(string $uniqueid, string $directory, string $dataset, terms $terms): \stdClass {
        $parameters = self::place($uniqueid, $directory) + self::file('dataset', $dataset) + [
            'minscore' => (string) $terms->minscore,
            'maxdeviation' => (string) $terms->maxdeviation,
            'niterations' => (string) $terms->iterations,
        ];
        if ($terms->traineddirectory !== null) {
            $parameters['trainedmodeldirhash'] = md5($terms->traineddirectory);
        }
        $answer = $this->answer('evaluation', $parameters);
        unset($answer->dir);
        try {
            $answer->dir = $this->fetch_log(self::place($uniqueid, $directory), $directory, (int) ($answer->runid ?? 0));
        } catch (failure $failure) {
            $answer->info[] = $failure->getMessage();
        }
        return $answer;
    }

    #[\Override]
    public function export(string $uniqueid, string $directory, string $exportdirectory): void {
        $this->fetch_files('export', self::place($uniqueid, $directory), $exportdirectory);
    }

    #[\Override]
    public function import(string $uniqueid, string $directory, string $importdirectory): void {
        $files = [];
        foreach (get_directory_list($importdirectory) as $name) {
            $files[$name] = "$importdirectory/$name";
        }
        $zip = make_request_directory() . '/import.zip';
        if (!$files || !(new \zip_packer())->archive_to_pathname($files, $zip)) {
            throw new failure(get_string('server:nothingtoimport', 'mlbackend_moodleml', $importdirectory));
        }
        leftovers::mark($directory, $uniqueid);
        $this->request('post', 'import', self::place($uniqueid, $directory) + self::file('importzip', $zip));
    }

    #[\Override]
    public function forget(string $uniqueid): void {
        if ($this->configuration->serverurl !== '') {
            $this->request('post', 'deletemodel', ['uniqueid' => $uniqueid]);
        }
    }

    /**
     * What the server calls a model directory.
     *
     * @param string $uniqueid
     * @param string $directory
     * @return string[]
     */
    private static function place(string $uniqueid, string $directory): array {
        return ['uniqueid' => $uniqueid, 'dirhash' => md5($directory)];
    }

    /**
     * A file to send.
     *
     * @param string $name
     * @param string $path
     * @return \CURLFile[]
     */
    private static function file(string $name, string $path): array {
        return [$name => new \CURLFile($path, 'application/octet-stream', basename($path))];
    }

    /**
     * Posts and reads an answer in JSON.
     *
     * @param string $call
     * @param array $parameters
     * @return \stdClass
     */
    private function answer(string $call, array $parameters): \stdClass {
        return answer::from_json($this->request('post', $call, $parameters));
    }

    /**
     * Brings the log of an evaluation to this machine, to where it would be without a server. The server's own path is of no
     * use here.
     *
     * @param string[] $place
     * @param string $directory
     * @param int $runid
     * @return string the log's directory
     */
    private function fetch_log(array $place, string $directory, int $runid): string {
        $target = "$directory/logs/$runid";
        check_dir_exists($target);
        $this->fetch_files('evaluationlog', $place + ['runid' => $runid], $target);
        return $target;
    }

    /**
     * Downloads a zip file and unpacks it.
     *
     * @param string $call
     * @param string[] $parameters
     * @param string $target a directory
     */
    private function fetch_files(string $call, array $parameters, string $target): void {
        $zip = make_request_directory() . '/download.zip';
        file_put_contents($zip, $this->request('get', $call, $parameters));
        if ((new \zip_packer())->extract_to_pathname($zip, $target) === false) {
            throw new failure(get_string('server:notzip', 'mlbackend_moodleml', $this->configuration->serverurl . '/' . $call));
        }
    }

    /**
     * Makes one request.
     *
     * @param string $method get or post
     * @param string $call
     * @param array $parameters
     * @param array $options of curl
     * @return string what the server answered
     * @throws failure where that is no success
     */
    private function request(string $method, string $call, array $parameters, array $options = []): string {
        global $CFG;
        require_once($CFG->libdir . '/filelib.php');
        // The administrator names the server, and it often is this machine, which Moodle would block. The server must not name
        // another: samples and the password would go there, and to what only this machine can reach.
        $curl = new \curl(['ignoresecurity' => true]);
        $options += ['CURLOPT_FOLLOWLOCATION' => 0, 'CURLOPT_MAXREDIRS' => 0];
        $options += ['CURLOPT_LOW_SPEED_LIMIT' => 1, 'CURLOPT_LOW_SPEED_TIME' => $this->silencetimeout];
        $options += ['CURLOPT_CONNECTTIMEOUT' => self::CONNECT_TIMEOUT, 'CURLOPT_TIMEOUT' => 0] + $this->credentials();
        $url = $this->configuration->serverurl . '/' . $call;
        $answer = (string) $curl->$method($url, $parameters, $options);
        $status = (int) ($curl->get_info()['http_code'] ?? 0);
        if (intdiv($status, 100) === 3) {
            // Not curl's own redirect_url, which holds the password.
            $target = implode(' ', (array) (array_change_key_case($curl->getResponse())['location'] ?? ''));
            $details = ['url' => $url, 'status' => $status, 'target' => answer::excerpt($target)];
            throw new failure(get_string('server:redirects', 'mlbackend_moodleml', $details));
        }
        if ($curl->get_errno() || $status !== 200) {
            $string = match (true) {
                $status === 0 => 'server:unreachable',
                (bool) $curl->get_errno() => 'server:interrupted',
                default => 'server:refused',
            };
            $details = ['url' => $url, 'status' => $status, 'answer' => answer::excerpt($answer)];
            throw new failure(get_string($string, 'mlbackend_moodleml', $details));
        }
        return $answer;
    }

    /**
     * User and password, where there are any.
     *
     * @return array options of curl
     */
    private function credentials(): array {
        if ($this->configuration->serverusername === '') {
            return [];
        }
        return [
            'CURLOPT_HTTPAUTH' => CURLAUTH_BASIC,
            'CURLOPT_USERPWD' => $this->configuration->serverusername . ':' . $this->configuration->serverpassword,
        ];
    }
}
