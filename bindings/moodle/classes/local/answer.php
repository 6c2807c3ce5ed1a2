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
 * An answer as Moodle reads it.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml\local;

/**
 * Reads and makes answers: objects with status, an int, and info, a list of sentences.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class answer {
    /** @var int Characters that are shown of a text which is no sentence. */
    private const EXCERPT = 300;

    /** @var int Characters of a reply that an excerpt is made of. */
    private const EXAMINED = 20000;

    /** @var int The longest sentence that Moodle shows and stores. */
    private const SENTENCE = 2000;

    /**
     * The library's JSON as an object. Every field that Moodle or the plugin reads has the type that it should have, and the
     * sentences are plain text, whoever wrote the JSON.
     *
     * @param string $json
     * @return \stdClass
     * @throws failure where it is no answer
     */
    public static function from_json(string $json): \stdClass {
        $answer = json_decode($json);
        if (!$answer instanceof \stdClass || !is_int($answer->status ?? null) || !is_array($answer->info ?? null)) {
            throw new failure(get_string('errornoanswer', 'mlbackend_moodleml', self::excerpt($json)));
        }
        $odd = self::odd_fields($answer);
        if ($odd) {
            throw new failure(get_string('erroroddanswer', 'mlbackend_moodleml', [
                'fields' => implode(', ', $odd),
                'answer' => self::excerpt($json),
            ]));
        }
        $answer->info = array_map([self::class, 'plain'], $answer->info);
        if (isset($answer->errors)) {
            $answer->errors = array_map([self::class, 'plain'], (array) $answer->errors);
        }
        return $answer;
    }

    /**
     * What Moodle is told where there is no answer.
     *
     * @param string $sentence
     * @return \stdClass
     */
    public static function of_failure(string $sentence): \stdClass {
        return (object) ['status' => \core_analytics\model::GENERAL_ERROR, 'info' => [self::plain($sentence)]];
    }

    /**
     * A sentence in one line that no page takes for markup. Moodle prints what a backend says unescaped on some pages, escaped
     * on others and as it is on the command line: so the characters that begin and end markup give way to ones that look
     * alike, and the text reads the same in all of these places.
     *
     * @param string $text
     * @return string
     */
    public static function plain(string $text): string {
        $line = trim(preg_replace('/[\s\p{Cc}]+/u', ' ', fix_utf8($text)));
        $line = preg_replace('/&(?=#|\w+;)/', '& ', strtr($line, ['<' => '‹', '>' => '›']));
        return \core_text::strlen($line) > self::SENTENCE ? \core_text::substr($line, 0, self::SENTENCE) . '…' : $line;
    }

    /**
     * The beginning of a text, in one line, without markup: of a web page what a reader would see of it.
     *
     * @param string $text
     * @return string
     */
    public static function excerpt(string $text): string {
        $text = substr($text, 0, self::EXAMINED);
        if (preg_match('~<(!doctype|html|head|title|body|h1)\b~i', $text)) {
            $text = preg_replace(['~<(script|style)\b.*?(</\1\s*>|$)~is', '~<[a-z!/][^<>]*>~i'], ' ', $text) ?? '';
            $text = html_entity_decode($text, ENT_QUOTES | ENT_HTML5, 'UTF-8');
        }
        return \core_text::substr(self::plain($text), 0, self::EXCERPT);
    }

    /**
     * The fields of an answer that have another type than Moodle expects.
     *
     * @param \stdClass $answer
     * @return string[] their names
     */
    private static function odd_fields(\stdClass $answer): array {
        $valid = [
            'info' => self::are_strings($answer->info),
            'errors' => self::are_strings((array) ($answer->errors ?? [])),
            'dir' => is_string($answer->dir ?? ''),
            'runid' => is_int($answer->runid ?? 0) || (is_string($answer->runid) && ctype_digit($answer->runid)),
            'score' => self::is_number($answer->score ?? 0),
            'measures' => self::are_measures($answer->measures ?? []),
            'predictions' => self::are_predictions($answer->predictions ?? []),
            'explanations' => self::are_explanations($answer->explanations ?? []),
        ];
        return array_keys($valid, false, true);
    }

    /**
     * Whether these are strings, all of them.
     *
     * @param array $values
     * @return bool
     */
    private static function are_strings(array $values): bool {
        return $values === array_filter($values, 'is_string');
    }

    /**
     * Whether this is a number that Moodle can store and show.
     *
     * @param mixed $value
     * @return bool
     */
    private static function is_number($value): bool {
        return is_int($value) || (is_float($value) && is_finite($value));
    }

    /**
     * Whether these are metrics as the library's schema answer.json describes them.
     *
     * @param mixed $measures should be a list of objects
     * @return bool
     */
    private static function are_measures($measures): bool {
        foreach (is_array($measures) ? $measures : [null] as $measure) {
            $valid = $measure instanceof \stdClass && self::is_number($measure->value ?? null)
                && self::is_number($measure->baseline ?? 0)
                && self::are_strings([$measure->label ?? null, $measure->meaning ?? null]);
            if (!$valid) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether these are predictions as Moodle reads them.
     *
     * @param mixed $rows should be a list of [sample id] or [sample id, class or estimate] or the same with a probability
     * @return bool
     */
    private static function are_predictions($rows): bool {
        foreach (is_array($rows) ? $rows : [null] as $row) {
            if (!is_array($row) || count($row) < 1 || count($row) > 3 || $row !== array_filter($row, 'is_scalar')) {
                return false;
            }
            foreach (array_slice($row, 1) as $number) {
                if (!is_numeric($number) || !is_finite((float) $number)) {
                    return false;
                }
            }
        }
        return true;
    }

    /**
     * Whether these are explanations as the library's schema answer.json describes them.
     *
     * @param mixed $rows should be a list of objects
     * @return bool
     */
    private static function are_explanations($rows): bool {
        foreach (is_array($rows) ? $rows : [null] as $row) {
            $valid = $row instanceof \stdClass && is_string($row->id ?? null) && is_string($row->class ?? '')
                && self::is_number($row->answer ?? null) && self::is_number($row->base_answer ?? null)
                && self::are_reasons($row->reasons ?? null);
            if (!$valid) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether these are the reasons of an explanation.
     *
     * @param mixed $reasons should be a list of objects
     * @return bool
     */
    private static function are_reasons($reasons): bool {
        foreach (is_array($reasons) ? $reasons : [null] as $reason) {
            $valid = $reason instanceof \stdClass && is_string($reason->name ?? null)
                && self::is_number($reason->adds ?? null) && self::is_number($reason->share ?? null)
                && is_array($reason->columns ?? null);
            foreach ($valid ? $reason->columns : [] as $column) {
                $valid = $valid && self::are_strings([$column->name ?? null, $column->value ?? null]);
            }
            if (!$valid) {
                return false;
            }
        }
        return true;
    }
}
