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
 * The address of a server.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local\setting;

/**
 * The address of a server. Unlike PARAM_URL it takes every host that works, such as ml_server and [::1], and says what is wrong.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class server_url extends \admin_setting_configtext {
    /**
     * Makes the setting.
     *
     * @param string $name
     * @param string|\lang_string $title
     * @param string|\lang_string $description
     * @param string $default
     */
    public function __construct($name, $title, $description, $default) {
        parent::__construct($name, $title, $description, $default, PARAM_RAW_TRIMMED);
    }

    /**
     * Whether a text is an address of a server.
     *
     * @param string $data
     * @return true|string true, or what is wrong
     */
    public function validate($data) {
        $data = trim($data);
        $fault = $data === '' ? null : self::fault($data);
        return $fault === null ? true : get_string("serverurl:$fault", 'mlbackend_moodleml');
    }

    /**
     * What is wrong with an address.
     *
     * @param string $url
     * @return string|null a word
     */
    private static function fault(string $url): ?string {
        $parts = parse_url($url);
        return match (true) {
            !preg_match('~^https?://~i', $url) => 'scheme',
            !$parts || !self::is_host($parts['host'] ?? '') => 'host',
            isset($parts['user']) || isset($parts['pass']) => 'user',
            isset($parts['query']) || isset($parts['fragment']) => 'rest',
            (bool) preg_match('~[^\w./%+\~-]~', $parts['path'] ?? '') => 'rest',
            default => null,
        };
    }

    /**
     * Whether a text is the name or the address of a machine.
     *
     * @param string $host
     * @return bool
     */
    private static function is_host(string $host): bool {
        if (preg_match('/^\[(.*)\]$/', $host, $found)) {
            return filter_var($found[1], FILTER_VALIDATE_IP, FILTER_FLAG_IPV6) !== false;
        }
        return (bool) preg_match('/^\w([\w-]*\w)?(\.\w([\w-]*\w)?)*\.?$/u', $host);
    }
}
