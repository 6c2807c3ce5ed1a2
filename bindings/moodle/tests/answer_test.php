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
 * Tests of what becomes of a text or an answer that another program wrote.
 *
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

namespace mlbackend_moodleml;

use mlbackend_moodleml\local\answer;
use mlbackend_moodleml\local\configuration;
use mlbackend_moodleml\local\failure;
use mlbackend_moodleml\local\runner\cli;
use mlbackend_moodleml\local\runner\runner;
use mlbackend_moodleml\local\runner\server;

/**
 * Texts and answers that a server, a program or a data set brings.
 *
 * @package    mlbackend_moodleml
 * @copyright  2026 The libmoodleml contributors
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \mlbackend_moodleml\local\answer
 */
final class answer_test extends \advanced_testcase {
    /** @var string What a page would run. */
    private const SCRIPT = '<img src=x onerror="alert(1)"><script>alert(2)</script>';

    /**
     * A processor whose server answers every call in one way.
     *
     * @param string $answer
     * @param bool $log whether it is asked for the log of an evaluation afterwards
     * @return processor
     */
    private static function answered(string $answer, bool $log = false): processor {
        // The last is answered first.
        if ($log) {
            \curl::mock_response('no zip');
        }
        \curl::mock_response($answer);
        return new processor(new server(new configuration(serverurl: 'http://127.0.0.1:9')));
    }

    /**
     * A data set, which the server is sent.
     *
     * @return \stored_file
     */
    private function dataset(): \stored_file {
        return $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml')->create_classes([0, 1]);
    }

    /**
     * Asserts that a text has no markup, also where a page decodes it once.
     *
     * @param string $text
     */
    private function assert_plain(string $text): void {
        $this->assertDoesNotMatchRegularExpression('/[<>]/', $text);
        $this->assertDoesNotMatchRegularExpression('/[<>]/', html_entity_decode($text, ENT_QUOTES | ENT_HTML5));
    }

    public function test_no_markup_of_a_server_reaches_a_page(): void {
        $this->assert_plain(self::answered(self::SCRIPT)->is_ready());
        $this->resetAfterTest();
        $evaluation = json_encode([
            'status' => 4, 'info' => [self::SCRIPT, '&lt;script&gt;'], 'score' => 0.5, 'runid' => 1, 'dir' => self::SCRIPT,
            'measures' => [['label' => self::SCRIPT, 'meaning' => self::SCRIPT, 'value' => 0.5, 'baseline' => 0.4]],
        ]);
        $directory = make_request_directory();
        foreach ([self::SCRIPT, $evaluation] as $text) {
            $processor = self::answered($text, $text === $evaluation);
            $answer = $processor->evaluate_classification('id', 0.05, 10, $this->dataset(), $directory, false);
            $text === $evaluation && $this->assertDebuggingCalled();
            $this->assertNotEmpty($answer->info);
            array_map([$this, 'assert_plain'], array_merge($answer->info, [$answer->dir ?? '']));
        }
        $training = json_encode(['status' => 8, 'info' => [], 'errors' => self::SCRIPT]);
        foreach ([self::SCRIPT, $training] as $text) {
            $answer = self::answered($text)->train_classification('id', $this->dataset(), $directory);
            $this->assertCount(1, $answer->info);
            $this->assert_plain($answer->info[0]);
        }
    }

    public function test_no_markup_of_a_program_reaches_a_page(): void {
        $program = make_request_directory() . '/program';
        foreach (['echo', 'echo >&2'] as $print) {
            file_put_contents($program, "#!/bin/sh\n$print '" . self::SCRIPT . "'\nexit 1\n");
            chmod($program, 0700);
            $ready = (new cli(new configuration(programpath: $program)))->is_ready();
            $this->assertStringContainsString('onerror', $ready);
            $this->assert_plain($ready);
        }
    }

    public function test_no_markup_of_data_reaches_a_page(): void {
        $this->resetAfterTest();
        $generator = $this->getDataGenerator()->get_plugin_generator('mlbackend_moodleml');
        $rows = [[1, 1, 1, 0], [1, '<b>', 1, 1]];
        $dataset = $generator->create_file('nfeatures,targettype,targetclasses', '3,discrete,"[0,1]"', 'a,<i>,c,target', $rows);
        $answer = (new processor())->train_classification('id', $dataset, make_request_directory());
        $this->assertStringContainsString('"‹b›"', $answer->info[0]);
        $this->assert_plain($answer->info[0]);
    }

    public function test_no_markup_of_a_runner_reaches_a_page(): void {
        $runner = $this->createStub(runner::class);
        $runner->method('is_ready')->willReturn(self::SCRIPT);
        $runner->method('train')->willThrowException(new failure(self::SCRIPT));
        $processor = new processor($runner);
        $this->assert_plain($processor->is_ready());
        $this->resetAfterTest();
        $this->assert_plain($processor->train_classification('id', $this->dataset(), make_request_directory())->info[0]);
        $this->assert_plain((new failure(self::SCRIPT))->getMessage());
    }

    public function test_an_excerpt_is_what_a_reader_would_see(): void {
        $page = "<!DOCTYPE html>\n<html><head><title>502</title><style>a {b: c}</style></head><body onload=x()>\n"
            . '<h1>Bad &lt;Gateway&gt;</h1><script>alert(1)</script>';
        $this->assertSame('502 Bad ‹Gateway›', answer::excerpt($page));
        $this->assertSame('row 5: "‹b›" is R&D', answer::excerpt("row 5:\n\"<b>\" is R&D"));
        $this->assertSame(300, \core_text::strlen(answer::excerpt(str_repeat('ä<', 100000))));
        $this->assert_plain(answer::excerpt("\xff<\xfescript>"));
    }

    public function test_a_plain_sentence_stays_as_it_is(): void {
        $sentence = 'Model score = 0.5, "minimum" \'score\' = 0.7 & more';
        $this->assertSame($sentence, answer::plain($sentence));
        $changed = answer::plain('a < b, &lt;i&gt;');
        $this->assertSame('a ‹ b, & lt;i& gt;', $changed);
        $this->assertSame($changed, answer::plain($changed));
    }

    /**
     * Fields of a wrong type, as JSON.
     *
     * @return array[]
     */
    public static function odd_fields(): array {
        $fields = [
            '"info": [{"a": 1}]', '"info": [[]]', '"info": [1]', '"info": {}', '"info": null', '"errors": {"a": {}}', '"errors": 1',
            '"score": "high"', '"score": {}', '"score": [1]', '"score": 1e999', '"score": true', '"measures": {}',
            '"measures": [1]', '"measures": [{}]', '"measures": [{"label": "A", "meaning": "B", "value": "1"}]',
            '"measures": [{"label": {}, "meaning": "B", "value": 1}]', '"measures": [{"label": "A", "meaning": [], "value": 1}]',
            '"measures": [{"label": "A", "meaning": "B", "value": 1, "baseline": {}}]',
            '"dir": {}', '"dir": 1', '"runid": {}', '"runid": "x"', '"runid": [1]',
            '"status": "0"', '"status": null',
            '"predictions": {}', '"predictions": 1', '"predictions": [1]', '"predictions": [[]]', '"predictions": [["a", {}]]',
            '"predictions": [["1-0", "1", "much"]]', '"predictions": [["1-0", "1", "1", "1"]]', '"predictions": [[{}, "1", "1"]]',
            '"predictions": [["1-0", 1e999]]', '"predictions": [{"0": "1-0", "1": "1"}]',
            '"explanations": {}', '"explanations": [1]', '"explanations": [{"id": "1-0", "answer": 1, "base_answer": 0}]',
            '"explanations": [{"id": 1, "answer": 1, "base_answer": 0, "reasons": []}]',
            '"explanations": [{"id": "1-0", "class": 1, "answer": 1, "base_answer": 0, "reasons": []}]',
            '"explanations": [{"id": "1-0", "answer": 1e999, "base_answer": 0, "reasons": []}]',
            '"explanations": [{"id": "1-0", "answer": 1, "base_answer": 0, "reasons": [{"name": "a", "adds": 1, "share": 1}]}]',
            '"explanations": [{"id": "1-0", "answer": 1, "base_answer": 0, "reasons": [{"name": "a", "adds": 1, "share": 1, '
                . '"columns": [{"name": "a", "value": 1}]}]}]',
        ];
        return array_combine($fields, array_map(fn(string $field): array => [$field], $fields));
    }

    /**
     * An answer with a field of a wrong type is refused, and nothing is thrown.
     *
     * @dataProvider odd_fields
     * @param string $field
     */
    public function test_odd_types(string $field): void {
        $this->resetAfterTest();
        // A later field counts where there are two of one name.
        $json = '{"status": 0, "info": [], "runid": 1, "score": 0.9, ' . $field . '}';
        $directory = make_request_directory();
        foreach (['train_classification', 'classify', 'estimate'] as $call) {
            $answer = self::answered($json)->$call('id', $this->dataset(), $directory);
            $this->assertSame([1, 1], [$answer->status, count($answer->info)], $call);
        }
        $answer = self::answered($json)->evaluate_classification('id', 0.05, 10, $this->dataset(), $directory, false);
        $this->assertSame([1, 1], [$answer->status, count($answer->info)]);
    }

    public function test_every_score_fits_into_the_log(): void {
        $this->resetAfterTest();
        $answered = self::answered('{"status": 0, "info": [], "score": -1e300, "runid": 7}', true);
        $answer = $answered->evaluate_regression('id', 0.05, 10, $this->dataset(), make_request_directory(), false);
        // Core's, on what is no zip file.
        $this->assertDebuggingCalled();
        $this->assertSame(-99999.0, $answer->score);
    }
}
