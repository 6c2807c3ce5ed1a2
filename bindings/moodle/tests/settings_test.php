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
 * Tests of the settings that check what is typed in.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\runner\server;
use mlbackend_moodleml\local\setting\count;
use mlbackend_moodleml\local\setting\server_url;

/**
 * What settings take, and the reason where they do not.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\setting\server_url
 */
final class settings_test extends \advanced_testcase {
    #[\Override]
    public static function setUpBeforeClass(): void {
        global $CFG;
        parent::setUpBeforeClass();
        require_once("$CFG->libdir/adminlib.php");
    }

    public function test_addresses_that_work(): void {
        $setting = new server_url('mlbackend_moodleml/serverurl', '', '', '');
        $addresses = [
            '', 'http://localhost:5000', 'http://ml_server:5000', 'http://[::1]', 'https://[fe80::1]:5000/',
            'http://10.0.0.7:80/ml/api',
            'https://ml.example.org', 'HTTP://ML-1.example.org./', ' http://ml ', 'http://_ml', 'https://müller.example',
        ];
        foreach ($addresses as $address) {
            $this->assertTrue($setting->validate($address), $address);
        }
    }

    /**
     * Addresses that do not work, with the string that says why.
     *
     * @return array[]
     */
    public static function faults(): array {
        return [
            ['ml:5000', 'scheme'], ['ftp://ml', 'scheme'], ['javascript:alert(1)', 'scheme'], ['http:ml', 'scheme'],
            ['http://', 'host'], ['http://:5000', 'host'], ['http://a b', 'host'], ['http://[::g]', 'host'],
            ['http://ml:99999', 'host'],
            ['http://ml<b>', 'host'], ['http://-ml', 'host'], ['http://me:secret@ml', 'user'], ['http://me@ml', 'user'],
            ['http://ml/?a=1', 'rest'], ['http://ml/#a', 'rest'], ['http://ml/<b>', 'rest'],
        ];
    }

    /**
     * The reason why an address is refused.
     *
     * @dataProvider faults
     * @param string $address
     * @param string $fault
     */
    public function test_addresses_that_do_not_work(string $address, string $fault): void {
        $reason = (new server_url('mlbackend_moodleml/serverurl', '', '', ''))->validate($address);
        $this->assertSame(get_string("serverurl:$fault", 'mlbackend_moodleml'), $reason);
    }

    public function test_counts(): void {
        $setting = new count('mlbackend_moodleml/threads', '', '', '0', 256);
        foreach (['0', '7', '256'] as $number) {
            $this->assertTrue($setting->validate($number));
        }
        foreach (['', '-1', '257', '999999999', '99999999999999999999', '1.5', 'all', '1 '] as $number) {
            $this->assertStringContainsString('from 0 to 256', $setting->validate($number), $number);
        }
    }

    public function test_a_server_with_an_ipv6_address_answers(): void {
        $process = proc_open([PHP_BINARY, __DIR__ . '/fixtures/answering.php', 'redirect', '[::1]'], [1 => ['pipe', 'w']], $pipes);
        try {
            $url = 'http://' . trim(fgets($pipes[1]));
            $this->assertStringStartsWith('http://[::1]:', $url);
            $this->assertStringContainsString('HTTP status 302', (new server(new configuration(serverurl: $url)))->is_ready());
        } finally {
            proc_terminate($process);
        }
    }
}
