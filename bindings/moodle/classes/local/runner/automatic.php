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
 * The first runner that works.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local\runner;

use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\leftovers;

/**
 * The first runner that works. Those that keep models in Moodle's own directories understand each other's, so that cron may use
 * one and web requests another.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class automatic implements runner {
    /** @var runner|null The first that works, once it is known. */
    private ?runner $chosen = null;

    /**
     * Chooses among the given runners, in their order.
     *
     * @param runner[] $runners
     */
    public function __construct(
        /** @var runner[] */
        private readonly array $runners,
    ) {
    }

    #[\Override]
    public function is_ready() {
        $this->chosen = null;
        $reasons = [];
        foreach ($this->runners as $runner) {
            $ready = $runner->is_ready();
            if ($ready === true) {
                $this->chosen = $runner;
                return true;
            }
            $reasons[] = $ready;
        }
        return get_string('automatic:none', 'mlbackend_moodleml', implode(' ', $reasons));
    }

    #[\Override]
    public function train(string $uniqueid, string $directory, string $dataset): \stdClass {
        return $this->chosen()->train($uniqueid, $directory, $dataset);
    }

    #[\Override]
    public function predict(string $uniqueid, string $directory, string $dataset): \stdClass {
        return $this->chosen()->predict($uniqueid, $directory, $dataset);
    }

    #[\Override]
    public function explains() {
        return $this->chosen()->explains();
    }

    #[\Override]
    public function explain(string $uniqueid, string $directory, string $dataset, int $reasons): \stdClass {
        return $this->chosen()->explain($uniqueid, $directory, $dataset, $reasons);
    }

    #[\Override]
    public function evaluate(string $uniqueid, string $directory, string $dataset, terms $terms): \stdClass {
        return $this->chosen()->evaluate($uniqueid, $directory, $dataset, $terms);
    }

    #[\Override]
    public function export(string $uniqueid, string $directory, string $exportdirectory): void {
        $this->chosen()->export($uniqueid, $directory, $exportdirectory);
    }

    #[\Override]
    public function import(string $uniqueid, string $directory, string $importdirectory): void {
        $this->chosen()->import($uniqueid, $directory, $importdirectory);
    }

    #[\Override]
    public function forget(string $uniqueid): void {
        foreach ($this->runners as $runner) {
            try {
                $runner->forget($uniqueid);
            } catch (failure) {
                // A server that is down, and that perhaps never had the model, is no reason to keep the model here.
                leftovers::remember($uniqueid);
            }
        }
    }

    /**
     * The runner to use.
     *
     * @return runner
     */
    private function chosen(): runner {
        if ($this->chosen === null) {
            $ready = $this->is_ready();
            if ($ready !== true) {
                throw new failure($ready);
            }
        }
        return $this->chosen;
    }
}
