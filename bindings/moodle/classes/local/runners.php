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
 * The runners that there are.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

use mlbackend_moodleml\local\runner\automatic;
use mlbackend_moodleml\local\runner\cli;
use mlbackend_moodleml\local\runner\ffi;
use mlbackend_moodleml\local\runner\runner;
use mlbackend_moodleml\local\runner\server;

/**
 * The runners that there are.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class runners {
    /** @var string[] Their classes by name, in the order in which they are preferred. */
    private const CLASSES = ['ffi' => ffi::class, 'cli' => cli::class, 'server' => server::class];

    /**
     * Each of them, by name.
     *
     * @param configuration $configuration
     * @return runner[]
     */
    public static function all(configuration $configuration): array {
        return array_map(fn(string $class): runner => new $class($configuration), self::CLASSES);
    }

    /**
     * The one that is set.
     *
     * @param configuration $configuration
     * @return runner
     */
    public static function chosen(configuration $configuration): runner {
        $all = self::all($configuration);
        return $all[$configuration->runner] ?? new automatic($all);
    }

    /**
     * What the setting may be, with what is shown for it.
     *
     * @return string[]
     */
    public static function choices(): array {
        $choices = [];
        foreach (array_merge(['automatic'], array_keys(self::CLASSES)) as $name) {
            $choices[$name] = get_string('runner:' . $name, 'mlbackend_moodleml');
        }
        return $choices;
    }

    /**
     * Which works here.
     *
     * @param configuration $configuration
     * @return array by name, true or what to mend
     */
    public static function ready(configuration $configuration): array {
        return array_map(fn(runner $runner) => $runner->is_ready(), self::all($configuration));
    }

    /**
     * What the states mean, and what to do next.
     *
     * @param configuration $configuration
     * @param array $ready as ready() gives it
     * @return string
     */
    public static function advice(configuration $configuration, array $ready): string {
        $choices = self::choices();
        $works = array_search(true, $ready, true);
        $chosen = isset($ready[$configuration->runner]) ? $configuration->runner : $works;
        $names = ['chosen' => $choices[$chosen] ?? '', 'works' => $choices[$works] ?? ''];
        return get_string(match (true) {
            $works === false => 'check:noneworks',
            $ready[$chosen] === true => 'check:oneisenough',
            default => 'check:anotherworks',
        }, 'mlbackend_moodleml', $names);
    }

    /**
     * What the runner in use lacks though it works.
     *
     * @param configuration $configuration
     * @param array $ready as ready() gives it
     * @return string[]
     */
    public static function shortcomings(configuration $configuration, array $ready): array {
        $works = array_search(true, $ready, true);
        $inuse = isset($ready[$configuration->runner]) ? $configuration->runner : $works;
        $explains = $works !== false && $ready[$inuse] === true ? self::all($configuration)[$inuse]->explains() : true;
        return $explains === true ? [] : [$explains];
    }

    /**
     * In words what works here, and which is in use.
     *
     * @param configuration $configuration
     * @param array|null $ready as ready() gives it; null to ask
     * @return string[] by name
     */
    public static function states(configuration $configuration, ?array $ready = null): array {
        $ready ??= self::ready($configuration);
        $inuse = isset($ready[$configuration->runner]) ? $configuration->runner : array_search(true, $ready, true);
        $states = [];
        foreach ($ready as $name => $state) {
            $state = $state === true ? get_string('check:ready', 'mlbackend_moodleml') : $state;
            $chosen = get_string('check:chosen', 'mlbackend_moodleml');
            $states[$name] = $name === $inuse ? "$state ($chosen)" : $state;
        }
        return $states;
    }
}
