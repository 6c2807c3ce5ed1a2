// SPDX-License-Identifier: Apache-2.0
/* The numbers that callers have compiled in; -Wpadded refuses holes. Only ever add lines here. */
#include "moodleml/moodleml.h"

#define AT(type, member, offset) _Static_assert(offsetof(type, member) == (offset), #type "." #member " has moved")
#define IS(enumerator, number) _Static_assert((enumerator) == (number), #enumerator " has changed")

_Static_assert(sizeof(mml_array) == 48, "mml_array has changed its size");
AT(mml_array, data, 0);
AT(mml_array, rows, 8);
AT(mml_array, columns, 16);
AT(mml_array, row_stride, 24);
AT(mml_array, column_stride, 32);
AT(mml_array, type, 40);
AT(mml_array, reserved, 44);

_Static_assert(sizeof(mml_progress) == 40, "mml_progress has changed its size");
AT(mml_progress, struct_size, 0);
AT(mml_progress, phase, 4);
AT(mml_progress, fraction, 8);
AT(mml_progress, step, 16);
AT(mml_progress, steps, 20);
AT(mml_progress, training_loss, 24);
AT(mml_progress, validation_loss, 32);

_Static_assert(sizeof(mml_status) == 4 && sizeof(mml_task) == 4 && sizeof(mml_data_type) == 4, "codes have 32 bits");
_Static_assert(sizeof(void*) == 8 && sizeof(size_t) == 8, "these numbers are of 64-bit systems");

IS(MML_ABI_MAJOR, 1);
IS(MML_OK, 0);
IS(MML_INVALID_ARGUMENT, -1);
IS(MML_UNKNOWN_OPTION, -2);
IS(MML_NOT_FOUND, -3);
IS(MML_BAD_DATA, -4);
IS(MML_NOT_ENOUGH_DATA, -5);
IS(MML_BAD_MODEL, -6);
IS(MML_NEWER_FORMAT, -7);
IS(MML_MISMATCH, -8);
IS(MML_BUFFER_TOO_SMALL, -9);
IS(MML_IO, -10);
IS(MML_BUSY, -11);
IS(MML_LIMIT, -12);
IS(MML_CANCELLED, -13);
IS(MML_OUT_OF_MEMORY, -14);
IS(MML_INTERNAL, -15);
IS(MML_CLASSIFICATION, 1);
IS(MML_REGRESSION, 2);
IS(MML_FLOAT32, 1);
IS(MML_FLOAT64, 2);
IS(MML_INT32, 3);
IS(MML_INT64, 4);
IS(MML_READING, 1);
IS(MML_PREPARING, 2);
IS(MML_TRAINING, 3);
IS(MML_CALIBRATING, 4);
IS(MML_EVALUATING, 5);
IS(MML_SAVING, 6);
IS(MML_SUM, 1);
IS(MML_MAXIMUM, 2);
IS(MML_MOODLE_CALL, 0);
IS(MML_MOODLE_EVALUATION, 1);
IS(MML_MOODLE_ARGUMENTS, 2);
