<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

use FFI;
use FFI\CData;

/**
 * The one file that uses FFI: how a call of moodleml.h becomes a value, an object or an exception. Preloaded, it works in
 * web requests too (preload.php); that is why nothing of FFI may be used elsewhere, and why it needs no other file to load.
 *
 * Arguments go over as they are: texts, numbers, null; a Handle as its pointer, Numbers as an array in C, a list of texts
 * as pointers to them. Which function takes which is in the header.
 *
 * @internal
 */
final class Bridge
{
    /**
     * Raised with each change of what is public here or of how it is to be used: a preloaded file stays as it was until the
     * web server is restarted, and must not meet newer classes.
     */
    public const REVISION = 3;

    /** The ABI that these classes need. */
    public const ABI_MAJOR = 1;
    public const ABI_MINOR = 2;

    private const OK = 0;
    private const CANCELLED = -13;

    /** What callbacks take, by their type. */
    private const CALLBACKS = [
        'mml_progress_fn' => 'const mml_progress *, void *',
        'mml_write_fn' => 'const void *, size_t, void *',
    ];

    /** @var array<int, Carrier> of the calls under way, by what their user pointer points to */
    private array $carriers = [];

    /** @var array<string, CData> pointers to functions, by their type; FFI frees none before the request ends, so one each */
    private array $callbacks = [];

    private function __construct(private readonly FFI $library)
    {
    }

    /**
     * The ABI version of a library, null where there is none to ask. Asked alone before the header is read, for FFI refuses
     * all of a header where one function is absent.
     */
    public static function abiVersion(string $library): ?int
    {
        try {
            return FFI::cdef('int32_t mml_abi_version(void);', $library)->mml_abi_version();
        } catch (FFI\Exception) {
            return null;
        }
    }

    /** Why FFI may not be used in this function; null where it may. */
    public static function refusal(): ?string
    {
        try {
            FFI::cdef('');
            return null;
        } catch (FFI\Exception $refused) {
            return $refused->getMessage();
        }
    }

    /** What the system says on a library that cannot be loaded; FFI keeps that to itself. */
    public static function loadingError(string $library): string
    {
        try {
            $system = FFI::cdef('char *dlerror(void);');
            self::abiVersion($library);
            $message = $system->dlerror();
            return $message === null ? "$library has no function mml_abi_version" : FFI::string($message);
        } catch (FFI\Exception) {
            return "$library cannot be loaded";
        }
    }

    /** @throws FFI\Exception where the header cannot be read, or the library lacks a function of it */
    public static function open(string $library, string $header): self
    {
        return new self(FFI::cdef($header, $library));
    }

    /** The ABI version that the header describes. */
    public function headerVersion(): int
    {
        return 1000 * $this->library->MML_ABI_MAJOR + $this->library->MML_ABI_MINOR;
    }

    /** Calls a function that returns a value. */
    public function call(string $function, mixed ...$arguments): int|float|string|null
    {
        $memory = [];
        return $this->library->$function(...$this->natives($arguments, $memory));
    }

    /** Calls a function that gives back what the library made. */
    public function free(string $function, CData $pointer): void
    {
        $this->library->$function($pointer);
    }

    /** Calls a function that returns a status. */
    public function run(string $function, mixed ...$arguments): void
    {
        $this->check($this->call($function, ...$arguments));
    }

    /** The new object, a `mml_$kind`, that a function writes through its first argument. */
    public function make(string $kind, string $function, mixed ...$arguments): Handle
    {
        $memory = [];
        $out = $this->library->new("mml_$kind *");
        $this->check($this->library->$function(FFI::addr($out), ...$this->natives($arguments, $memory)));
        return new Handle($this, $out, "mml_{$kind}_free");
    }

    /** The same of a function that ends with a progress callback and its user pointer. */
    public function makeWithProgress(string $kind, string $function, ?callable $progress, mixed ...$arguments): Handle
    {
        if ($progress === null) {
            return $this->make($kind, $function, ...[...$arguments, null, null]);
        }
        return $this->carry($progress, fn (CData $user): Handle =>
            $this->make($kind, $function, ...[...$arguments, $this->callback('mml_progress_fn'), $user]));
    }

    /** Calls a function that ends with a write callback and its user pointer; $write gets each piece, a string. */
    public function write(string $function, callable $write, mixed ...$arguments): void
    {
        $this->carry($write, fn (CData $user) =>
            $this->run($function, ...[...$arguments, $this->callback('mml_write_fn'), $user]));
    }

    /** The text that a function writes through its last argument. */
    public function textOut(string $function, mixed ...$arguments): string
    {
        $out = $this->library->new('char *');
        $this->run($function, ...[...$arguments, $this->library->cast('const char **', FFI::addr($out))]);
        return FFI::string($out);
    }

    /** The number that a function writes through its last argument. */
    public function numberOut(string $function, mixed ...$arguments): float
    {
        $out = $this->library->new('double');
        $this->run($function, ...[...$arguments, FFI::addr($out)]);
        return $out->cdata;
    }

    /**
     * The $count numbers that a function writes to its last arguments, a buffer and its capacity.
     *
     * @return list<float>
     */
    public function numbersOut(string $type, int $count, string $function, mixed ...$arguments): array
    {
        if ($count === 0) {
            $this->run($function, ...[...$arguments, null, 0]);
            return [];
        }
        $buffer = $this->library->new("{$type}[$count]");
        $this->run($function, ...[...$arguments, $buffer, $count]);
        return Numbers::unpacked($type, FFI::string($this->library->cast('char *', FFI::addr($buffer)), FFI::sizeof($buffer)));
    }

    /**
     * The $count class indices that mml_decide() writes, without strengths.
     *
     * @return list<int>
     */
    public function indicesOut(int $count, string $function, mixed ...$arguments): array
    {
        $buffer = $count === 0 ? null : $this->library->new("int32_t[$count]");
        $this->run($function, ...[...$arguments, $buffer, null, $count]);
        return $buffer === null ? [] : array_map(static fn (int $place): int => $buffer[$place], range(0, $count - 1));
    }

    /**
     * The same of a function that has a progress callback and its user pointer before these.
     *
     * @return list<float>
     */
    public function numbersOutWithProgress(
        string $type,
        int $count,
        string $function,
        ?callable $progress,
        mixed ...$arguments,
    ): array {
        if ($progress === null) {
            return $this->numbersOut($type, $count, $function, ...[...$arguments, null, null]);
        }
        return $this->carry($progress, fn (CData $user): array =>
            $this->numbersOut($type, $count, $function, ...[...$arguments, $this->callback('mml_progress_fn'), $user]));
    }

    private function check(int $status): void
    {
        if ($status === self::OK) {
            return;
        }
        $message = $this->library->mml_last_error();
        throw $status === self::CANCELLED
            ? new CancelledException($message, $status)
            : new MoodleMLException($message, $status);
    }

    /**
     * Arguments as FFI takes them. What they point to lives in $memory, for a pointer of FFI's keeps nothing alive.
     *
     * @param array<mixed> $arguments
     * @param list<CData> $memory
     * @return list<mixed>
     */
    private function natives(array $arguments, array &$memory): array
    {
        $natives = [];
        foreach ($arguments as $argument) {
            $natives[] = match (true) {
                $argument instanceof Handle => $argument->pointer,
                $argument instanceof Numbers => $this->copied($argument->bytes, "$argument->type *", $memory),
                $argument instanceof Table => FFI::addr($this->arrayIn($argument, $memory)),
                $argument instanceof Columns => $this->columnsIn($argument->all, $memory),
                is_array($argument) => $this->textsIn($argument, $memory),
                is_string($argument) => self::text($argument),
                default => $argument,
            };
        }
        return $natives;
    }

    /**
     * A pointer, of the given type, to a copy of the bytes.
     *
     * @param list<CData> $memory
     */
    private function copied(string $bytes, string $type, array &$memory): CData
    {
        // One byte more than they are, for C knows no array without elements.
        $memory[] = $copy = $this->library->new('char[' . strlen($bytes) + 1 . ']');
        FFI::memcpy($copy, $bytes, strlen($bytes));
        // Not the array itself: FFI would take its first bytes for the pointer.
        return $this->library->cast($type, FFI::addr($copy));
    }

    /** @param list<CData> $memory */
    private function arrayIn(Table $table, array &$memory): CData
    {
        $memory[] = $array = $this->library->new('mml_array');
        $array->data = $this->copied($table->numbers->bytes, 'void *', $memory);
        $array->rows = $table->rows;
        $array->columns = $table->columns;
        $array->row_stride = $table->columns;
        $array->column_stride = 1;
        $array->type = $table->numbers->dataType();
        return $array;
    }

    /**
     * @param list<Column> $columns
     * @param list<CData> $memory
     */
    private function columnsIn(array $columns, array &$memory): CData
    {
        $memory[] = $natives = $this->library->new('mml_column[' . count($columns) + 1 . ']');
        foreach ($columns as $index => $column) {
            $natives[$index]->name = $this->copied(self::text($column->name), 'const char *', $memory);
            $natives[$index]->values = $this->arrayIn($column->cells, $memory);
            $natives[$index]->type = $column->type;
            $natives[$index]->level_count = count($column->levels);
            $natives[$index]->levels = $this->library->cast('const char **', FFI::addr($this->textsIn($column->levels, $memory)));
        }
        return $natives;
    }

    /**
     * @param array<mixed> $texts
     * @param list<CData> $memory
     */
    private function textsIn(array $texts, array &$memory): CData
    {
        $texts = array_map(self::text(...), array_values($texts));
        $next = $this->copied(implode("\0", $texts), 'char *', $memory);
        $memory[] = $pointers = $this->library->new('const char *[' . count($texts) + 1 . ']');
        foreach ($texts as $index => $text) {
            $pointers[$index] = $next;
            $next += strlen($text) + 1;
        }
        return $pointers;
    }

    /** A text for C. One with a zero byte inside would be cut there, and name another file or option. */
    private static function text(string $text): string
    {
        if (str_contains($text, "\0")) {
            throw new MoodleMLException('a text holds a zero byte', MoodleMLException::INVALID_ARGUMENT);
        }
        return $text;
    }

    /**
     * Runs a call that calls back, given its user pointer; what the callable throws comes out of here.
     *
     * @template T
     * @param \Closure(CData): T $call
     * @return T
     */
    private function carry(callable $callable, \Closure $call): mixed
    {
        // Calls may be under way one within another, and in fibers side by side: the user pointer tells whose callback it is.
        $carrier = new Carrier($callable(...));
        $key = $this->library->new('int64_t');
        $key->cdata = spl_object_id($carrier);
        $this->carriers[$key->cdata] = $carrier;
        try {
            return $carrier->run(static fn (): mixed => $call(FFI::addr($key)));
        } finally {
            unset($this->carriers[$key->cdata]);
        }
    }

    private function carrier(CData $user): Carrier
    {
        return $this->carriers[$this->library->cast('int64_t *', $user)[0]];
    }

    /** A pointer, of the given type, to the function that passes on to the call's carrier. */
    private function callback(string $type): CData
    {
        if (!isset($this->callbacks[$type])) {
            // Bytes come as void, for FFI would read a text of char up to the next zero byte, wherever that is.
            $pointer = $this->library->new('int32_t (*[1])(' . self::CALLBACKS[$type] . ')');
            $pointer[0] = $type === 'mml_progress_fn'
                ? fn (CData $progress, CData $user): int => $this->carrier($user)->call(self::progress($progress))
                : fn (CData $bytes, int $size, CData $user): int => $this->carrier($user)->call(FFI::string($bytes, $size));
            $this->callbacks[$type] = $pointer;
        }
        return $this->library->cast($type, $this->callbacks[$type][0]);
    }

    private static function progress(CData $progress): Progress
    {
        return new Progress(
            $progress->phase,
            $progress->fraction,
            $progress->step,
            $progress->steps,
            $progress->training_loss,
            $progress->validation_loss,
        );
    }
}
