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
 * Tests of runners that give no reasons.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\runner\cli;
use mlbackend_moodleml\local\runner\server;
use mlbackend_moodleml\local\runners;

/**
 * Programs and servers of older versions, which give no reasons.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\runners
 */
final class old_runners_test extends \advanced_testcase {
    public function test_an_old_program(): void {
        $path = make_request_directory() . '/moodleml';
        file_put_contents($path, "#!/bin/sh\necho 3.1.0\n");
        chmod($path, 0700);
        $configuration = new configuration(programpath: $path);
        $program = new cli($configuration);
        $this->assertSame(true, $program->is_ready());
        $this->assertStringContainsString('too old to give reasons', $program->explains());
        $shortcomings = runners::shortcomings($configuration, ['ffi' => 'Mend it.', 'cli' => true]);
        $this->assertSame([$program->explains()], $shortcomings);
        $this->assertSame([], runners::shortcomings($configuration, ['ffi' => 'Mend it.', 'cli' => 'Mend it.']));
    }

    public function test_an_old_server(): void {
        $server = new server(new configuration(serverurl: 'http://127.0.0.1:9'));
        \curl::mock_response('3.0.5');
        $this->assertStringContainsString('does not give reasons', $server->explains());
        \curl::mock_response('3.2.0');
        $this->assertSame(true, $server->explains());
    }
}
