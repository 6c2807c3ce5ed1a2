<?php
// SPDX-License-Identifier: Apache-2.0

declare(strict_types=1);

namespace MoodleML;

/**
 * A call of the library failed. The message is the library's own, one line: what, where, the value, what to do.
 * getCode() is the status, one of the constants below or one that a newer library has added.
 */
class MoodleMLException extends \RuntimeException
{
    /** An argument out of range, or a call that does not suit the object. */
    public const INVALID_ARGUMENT = -1;
    /** No such option, or a value that it rejects. */
    public const UNKNOWN_OPTION = -2;
    /** No such metric, or nothing of this kind. */
    public const NOT_FOUND = -3;
    /** Malformed CSV, infinite value, bad label. */
    public const BAD_DATA = -4;
    /** Too few rows, or a class without samples. */
    public const NOT_ENOUGH_DATA = -5;
    /** Damaged model file. */
    public const BAD_MODEL = -6;
    /** Model file of a later format. */
    public const NEWER_FORMAT = -7;
    /** Columns, classes or task of the data set do not fit. */
    public const MISMATCH = -8;
    public const BUFFER_TOO_SMALL = -9;
    /** A file cannot be read or written. */
    public const IO = -10;
    /** Another writer holds the model directory. */
    public const BUSY = -11;
    /** A limit set by an option, or of the system, would be passed. */
    public const LIMIT = -12;
    /** A callable answered false: this is then a CancelledException. */
    public const CANCELLED = -13;
    public const OUT_OF_MEMORY = -14;
    /** A defect in the library: please report it with the message. */
    public const INTERNAL = -15;
}
