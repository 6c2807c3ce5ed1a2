// SPDX-License-Identifier: Apache-2.0
#ifndef MOODLEML_H
#define MOODLEML_H
#include "moodleml/begin.h"

/**
 * libmoodleml: train, evaluate, store and use small prediction models.
 *
 * Errors.   A function that can fail returns an mml_status: MML_OK (0) or a negative code. mml_last_error() then explains
 *           the failure in one line. On failure the output arguments keep their old values. Any function may return
 *           MML_INVALID_ARGUMENT, MML_OUT_OF_MEMORY or MML_INTERNAL; its comment lists other codes. A NULL pointer is
 *           MML_INVALID_ARGUMENT unless the description allows it. A function that returns a value directly returns 0 or
 *           NULL for a NULL handle or an index out of range, and sets no error. No C++ exception leaves the library. It
 *           never prints, aborts, exits or changes the locale.
 * Memory.   A handle written through `out` belongs to the caller, who releases it with the matching mml_*_free(), which
 *           accepts NULL. A returned string belongs to its handle and is valid until the handle is freed or changed.
 *           Strings of the library itself are always valid. Bulk results go to buffers of the caller. Their `capacity`
 *           counts elements. A buffer may be NULL if nothing is to be written. The library keeps no pointer to an input.
 * Text.     Strings are UTF-8 and end with a zero byte. Paths are in the form of the operating system. JSON is one line.
 *           Ignore unknown fields. "schema" rises when an existing field changes its meaning.
 * Threads.  Different handles may be used from different threads at once. Several threads may share a const handle. While
 *           one thread changes or frees a handle, no other may use it. mml_last_error() is per thread, and holds until
 *           the next failing call there. Callbacks run on the thread that made the call, one at a time, and may use other
 *           handles. All threads that a call starts end before it returns.
 * Never.    The library cannot detect the following; the result is undefined:
 *           - a handle that is used or freed after its free, or cast from another kind
 *           - a string that is used after its handle is freed
 *           - a longjmp(), or an exception of another language, that leaves a callback: memory, files and locks then leak
 *           - an output buffer that overlaps an input of the same call
 *           - a buffer or array that is smaller than its capacity or sides say
 *           - an input that another thread changes during the call
 * Numbers.  Rows, columns, classes and options are counted from 0, also in messages about arrays.
 * ABI.      Within a major version, symbols and enumerators are never removed, renumbered or given a new meaning.
 */

/** The ABI of this header. Compare it with mml_abi_version(). */
enum { MML_ABI_MAJOR = 1, MML_ABI_MINOR = 2 };

/* ---- Status ------------------------------------------------------------------------------------------------------ */

typedef int32_t mml_status;
enum {
    MML_OK = 0,
    MML_INVALID_ARGUMENT = -1, /* NULL or out-of-range argument, or a call that does not suit the handle           */
    MML_UNKNOWN_OPTION = -2,   /* no such option, or a value it rejects                                            */
    MML_NOT_FOUND = -3,        /* no such metric, or nothing of this kind in the handle                            */
    MML_BAD_DATA = -4,         /* malformed CSV, infinite value, bad label                                         */
    MML_NOT_ENOUGH_DATA = -5,  /* too few rows, or a class without samples                                         */
    MML_BAD_MODEL = -6,        /* damaged model file                                                               */
    MML_NEWER_FORMAT = -7,     /* model file of a newer format                                                     */
    MML_MISMATCH = -8,         /* the data set's columns, classes or task do not fit                               */
    MML_BUFFER_TOO_SMALL = -9, /* the message says which capacity is needed                                        */
    MML_IO = -10,              /* file cannot be read or written                                                   */
    MML_BUSY = -11,            /* another writer holds the model directory                                         */
    MML_LIMIT = -12,           /* the call would exceed a limit of an option or of the system                      */
    MML_CANCELLED = -13,       /* a callback asked to stop; no result                                              */
    MML_OUT_OF_MEMORY = -14,
    MML_INTERNAL = -15 /* a bug in the library: please report it with the message                       */
};

typedef int32_t mml_task;
enum { MML_CLASSIFICATION = 1, MML_REGRESSION = 2 };

typedef int32_t mml_data_type;
enum { MML_FLOAT32 = 1, MML_FLOAT64 = 2, MML_INT32 = 3, MML_INT64 = 4 };

typedef struct mml_config mml_config;       /* named options, all with defaults   */
typedef struct mml_dataset mml_dataset;     /* table of samples                   */
typedef struct mml_model mml_model;         /* preprocessing + ensemble           */
typedef struct mml_predictor mml_predictor; /* a model made ready for single rows */
typedef struct mml_report mml_report;       /* named evaluation results           */
typedef struct mml_answer mml_answer;       /* answer of a Moodle call            */

/**
 * Memory of the caller that contains a rows x columns table, or a vector (rows x 1 or 1 x columns). Element (i, j) is at
 * data + i * row_stride + j * column_stride elements. It need not be aligned. Strides may be negative. A stride may be 0
 * only along a side of length 1. data may be NULL if the table has no elements.
 */
typedef struct mml_array {
    const void* data;
    int64_t rows;          /* 0 ... 2^31 - 1 */
    int64_t columns;       /* 0 ... 2^31 - 1 */
    int64_t row_stride;    /* in elements, as numpy's / itemsize: `columns` for a C array */
    int64_t column_stride; /* 1 for a C array */
    mml_data_type type;
    int32_t reserved; /* 0 */
} mml_array;

typedef int32_t mml_column_type;
enum {
    MML_NUMBER = 1,   /* NaN for missing                                                                          */
    MML_CATEGORY = 2, /* the index of each row's level; a negative number or NaN for missing                       */
    MML_TIME = 3      /* seconds since the beginning of 1970; NaN for missing. Becomes days, weekday, month, hour  */
};

/** A column of a table: its name, a vector of its cells, and for a category the texts of its levels. */
typedef struct mml_column {
    const char* name;
    mml_array values; /* rows x 1 or 1 x rows */
    mml_column_type type;
    int32_t level_count;       /* 0 unless the type is MML_CATEGORY */
    const char* const* levels; /* all different */
} mml_column;

/** A table of the Arrow C stream interface. moodleml/arrow.h and Arrow's own headers declare struct ArrowArrayStream. */
struct ArrowArrayStream;

/** How far a long call is. The library owns it; it is valid during the callback. New members are only appended.
 * struct_size is the size in bytes, which shows how many members there are. */
typedef struct mml_progress {
    uint32_t struct_size;
    int32_t phase;          /* MML_READING ... MML_SAVING                 */
    double fraction;        /* of the whole call, 0 to 1, never falling   */
    int32_t step;           /* epoch, tree or split of `steps`            */
    int32_t steps;          /* 0 if steps are not counted                 */
    double training_loss;   /* NaN if there is none                       */
    double validation_loss; /* NaN if there is none                       */
} mml_progress;
enum { MML_READING = 1, MML_PREPARING = 2, MML_TRAINING = 3, MML_CALIBRATING = 4, MML_EVALUATING = 5, MML_SAVING = 6 };

/** Called several times a second during a long call. Return 0 to continue. Any other value stops the call within a second
 * with MML_CANCELLED. `user` is the caller's pointer. A C++ exception that leaves the callback also stops the call; it goes
 * no further. In PHP, no exception may leave it. */
typedef int32_t (*mml_progress_fn)(const mml_progress* progress, void* user);

/** Takes the next `size` bytes, which are valid during the callback. Return 0 to continue. Any other value stops the call
 * with MML_CANCELLED. Exceptions as above. */
typedef int32_t (*mml_write_fn)(const char* bytes, size_t size, void* user);

typedef int32_t mml_operation;
enum { MML_SUM = 1, MML_MAXIMUM = 2 };

/** Combines `count` numbers of all ranks, element by element, and writes the result over them: the same bits on every rank.
 * `type` is MML_FLOAT32 or MML_FLOAT64, `operation` is MML_SUM or MML_MAXIMUM. MPI_Allreduce with MPI_IN_PLACE does this.
 * Return 0 if it worked. MML_CANCELLED stops the call. Any other number, for ranks that fail or are late, ends it with
 * MML_IO. The library sets no time limit for this function. Exceptions as above. */
typedef int32_t (*mml_all_reduce_fn)(void* values, size_t count, mml_data_type type, mml_operation operation, void* user);

/* ---- Library ----------------------------------------------------------------------------------------------------- */

/** ABI of the loaded library, major * 1000 + minor. A caller built for M.m works with every library of the same major
 * version and at least that minor version. */
int32_t mml_abi_version(void);

/** Version of the library, such as "1.2.0"; never NULL. */
const char* mml_version(void);

/** JSON for bug reports: "schema", "version", "compiler", "oneDNN", "matrix_products" (oneDNN or Eigen, with its version),
 * "instruction_set" (the best that processor and library share). "oneDNN" is the loaded version, or "none". NULL only if
 * memory ran out. */
const char* mml_build_info(void);

/** Name of a status, such as "MML_BAD_DATA"; "unknown status" for any other number. Never NULL. */
const char* mml_status_name(mml_status status);

/** The error of the latest failing call on this thread: one line, at most 4,095 bytes; "" before the first. Never NULL.
 * It belongs to the thread and is valid until the next failing call there. */
const char* mml_last_error(void);

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/** Number of options of this library. */
int32_t mml_option_count(void);

/** JSON on option `index`. Always: "name", "type" (integer, number, flag, choice, text), "default", "group", "help". If the
 * option has them: "minimum", "maximum", "choices", "effort" (defaults at other efforts). NULL if the index is out of range.
 */
const char* mml_option_describe(int32_t index);

/** Makes a set of options, all at their defaults. */
mml_status mml_config_create(mml_config** out);

/** Sets option `name`. Numbers have a decimal point in every locale; flags are true or false.
 * MML_UNKNOWN_OPTION: no such option (the message names the nearest), or a wrong value (the message says what is right). */
mml_status mml_config_set(mml_config* config, const char* name, const char* value);

/** Sets all options of a list such as "threads=1,time_limit=600" (in quotes or not), or none. MML_UNKNOWN_OPTION. */
mml_status mml_config_set_list(mml_config* config, const char* list);

/** Writes the value of option `name` as text to *out. It is valid until the option is set again. MML_UNKNOWN_OPTION. */
mml_status mml_config_get(const mml_config* config, const char* name, const char** out);

/** Makes this process rank `rank` of `size`, which train one model together. Each calls mml_train() with its own rows, and
 * the same options, columns and version. Every rank then gets the same model, or the same error. A rank may have no rows. A
 * class may occur on one rank alone. `threads` counts only where ranks do not wait for each other: start one rank for each
 * processor. A model to start from is refused, and so are evaluations.
 * `all_reduce` is called on the thread that calls mml_train(). It and `user` must remain valid as long as config, which then
 * serves one call at a time. size 1: all_reduce is not called. */
mml_status mml_config_set_ranks(mml_config* config, int32_t rank, int32_t size, mml_all_reduce_fn all_reduce, void* user);

void mml_config_free(mml_config* config);

/* ---- Data -------------------------------------------------------------------------------------------------------- */

/** Reads a CSV file, which may be compressed by gzip. Options: the group data, and memory_limit; config NULL: the defaults.
 * Empty cells are missing values. In a plain file, columns of texts are categories. Their cells number the texts in order of
 * appearance. A column of dates becomes four columns: days since 1970, weekday, month and hour.
 * MML_IO; MML_BAD_DATA (the message names file, row and column); MML_LIMIT. */
mml_status mml_dataset_from_csv(mml_dataset** out, const char* path, const mml_config* config);

/** The same from `size` bytes of text, which need not end with a zero byte. */
mml_status mml_dataset_from_csv_text(mml_dataset** out, const char* text, size_t size, const mml_config* config);

/** The same for a model. The columns of a plain file are matched by name and read as the model takes them. Columns that the
 * model does not use are ignored (a warning names them). If the first column is one of these, it contains ids.
 * With option labelled true, the target is the column that the model predicts. With labelled false, the target of a labelled
 * Moodle file is ignored. */
mml_status mml_dataset_from_csv_for(mml_dataset** out, const char* path, const mml_model* model, const mml_config* config);

/** Copies feature values: one sample per row, at least one column, NaN for missing. Stored as float32. Columns have
 * the names x0, x1, ... until named. MML_BAD_DATA: a value is infinite, also as float32 (the message names row, column). */
mml_status mml_dataset_from_array(mml_dataset** out, const mml_array* values);

/** The same column by column: numbers, categories and times. At least one column; all have the same number of rows.
 * MML_BAD_DATA: an infinite value, an index without a level, or two columns or levels with one name. */
mml_status mml_dataset_from_columns(mml_dataset** out, const mml_column* columns, int64_t count);

/** The same from a table of the Arrow C stream interface, in any number of batches; config NULL: the defaults. Numbers and
 * booleans are numbers; texts (also in dictionaries) are categories; dates and timestamps are times; nulls are missing.
 * Options as for a plain file: labelled, target, task, id, ignore, types, memory_limit. Unless labelled is false, the target
 * is the column that option target names, or else the last one. The stream is read to its end and released, even if the call
 * fails. MML_BAD_DATA: a column of another type (named in the message; option ignore skips it); MML_IO: stream; MML_LIMIT.
 */
mml_status mml_dataset_from_arrow(mml_dataset** out, struct ArrowArrayStream* stream, const mml_config* config);

/** The same from compressed sparse rows. The cells of row i are column_indices[k] and values[k], for k from row_starts[i] to
 * row_starts[i + 1] - 1. All other cells are 0. Within a row, columns rise. The array row_starts has rows + 1 numbers. The
 * first is 0, and they never fall. Both column_indices and values may be NULL if there are no cells. MML_BAD_DATA as above.
 */
mml_status mml_dataset_from_csr(mml_dataset** out, int64_t rows, int64_t columns, const int64_t* row_starts,
                                const int32_t* column_indices, const float* values);

/** The same from three vectors of any data type, in the layout of other libraries' sparse matrices. The first has rows + 1
 * elements, the others have one for each cell. */
mml_status mml_dataset_from_csr_arrays(mml_dataset** out, int64_t columns, const mml_array* row_starts,
                                       const mml_array* column_indices, const mml_array* values);

/** Sets a target of classes. `indices` has the index of each row's class: a whole number from 0 to count - 1, in any data
 * type. `names` has the names of the `count` classes, all different; models match classes by name. An existing target is
 * replaced. MML_BAD_DATA: a value is not such an index (the message names the row). */
mml_status mml_dataset_set_classes(mml_dataset* dataset, const mml_array* indices, const char* const* names, int32_t count);

/** Sets a target of numbers, for regression: a finite value for each row, stored as float64. An existing target is replaced.
 * MML_BAD_DATA: a value is not finite. */
mml_status mml_dataset_set_target(mml_dataset* dataset, const mml_array* values);

/** Sets the weight of each row relative to the others: any finite number, not negative; 0 leaves the row out. 1 until set.
 * Training divides weights by their mean, so their scale does not matter: on average a row counts as one sample. Stored as
 * float32, scaled if they are beyond it. A weight below 1e-37 of the largest may count as much as that.
 * MML_BAD_DATA: any other value. */
mml_status mml_dataset_set_weights(mml_dataset* dataset, const mml_array* weights);

/** Sets the group of each row, such as a school, as mml_dataset_set_classes() does for classes. Groups are not a feature:
 * reports rate each, and resampling=group_folds keeps each whole (for files: option group_column). MML_BAD_DATA. */
mml_status mml_dataset_set_groups(mml_dataset* dataset, const mml_array* indices, const char* const* names, int32_t count);

/** Sets the time of each row, a finite number, for resampling=time (for files: option time_column). MML_BAD_DATA. */
mml_status mml_dataset_set_times(mml_dataset* dataset, const mml_array* times);

/** Names the columns. count must be their number; all names must differ. From then on, models match columns by name. */
mml_status mml_dataset_set_column_names(mml_dataset* dataset, const char* const* names, int64_t count);

/** Gives each row an id; count must be the number of rows. Ids need not differ. */
mml_status mml_dataset_set_row_ids(mml_dataset* dataset, const char* const* ids, int64_t count);

/** Makes a new data set of the `count` given rows, in the given order, with everything that belongs to them. A row may occur
 * several times. rows may be NULL if count is 0. MML_INVALID_ARGUMENT: there is no such row. */
mml_status mml_dataset_select(mml_dataset** out, const mml_dataset* dataset, const int64_t* rows, int64_t count);

int64_t mml_dataset_rows(const mml_dataset* dataset);

/** Number of features. */
int64_t mml_dataset_columns(const mml_dataset* dataset);

/** MML_CLASSIFICATION, MML_REGRESSION, or 0 if rows have no target. */
mml_task mml_dataset_task(const mml_dataset* dataset);

/** Number of classes; 0 for regression or without target. */
int32_t mml_dataset_class_count(const mml_dataset* dataset);

const char* mml_dataset_column_name(const mml_dataset* dataset, int64_t index);

/** Text of level `level` of the category in column `column`. mml_dataset_values() numbers the levels in the same way. NULL
 * if the column is not a category or has no such level. */
const char* mml_dataset_level_name(const mml_dataset* dataset, int64_t column, int64_t level);
const char* mml_dataset_class_name(const mml_dataset* dataset, int32_t index);

/** Id of a row; NULL if rows have no ids. */
const char* mml_dataset_row_id(const mml_dataset* dataset, int64_t index);

/** JSON: "schema", "source", "rows", "columns", "task" (classification, regression, null), "metadata" (texts). Three lists:
 * "classes" with "name" and "rows", "warnings" with sentences about oddities in the file, and "inputs". An input has "name",
 * "type" and, if it is a category, the number of "levels". Dates are already numbers. */
const char* mml_dataset_json(const mml_dataset* dataset);

/** Writes all feature values, rows x columns in row-major order, NaN for missing. MML_BUFFER_TOO_SMALL. */
mml_status mml_dataset_values(const mml_dataset* dataset, float* out, size_t capacity);

/** Writes the class index or the value of each row. MML_BUFFER_TOO_SMALL; MML_NOT_FOUND: rows have no target. */
mml_status mml_dataset_target(const mml_dataset* dataset, double* out, size_t capacity);

void mml_dataset_free(mml_dataset* dataset);

/* ---- Training and models ----------------------------------------------------------------------------------------- */

/** Trains a model on a data set with a target. config NULL: the defaults. The same data, options and build give the same
 * model on any number of threads, unless option time_limit cuts training short. start: NULL, or a model to continue from;
 * its own samples should not be in the data set. progress and user may be NULL. MML_NOT_ENOUGH_DATA; MML_MISMATCH: start
 * does not fit; MML_LIMIT; MML_CANCELLED. */
mml_status mml_train(mml_model** out, const mml_dataset* dataset, const mml_config* config, const mml_model* start,
                     mml_progress_fn progress, void* user);

/** Writes a model file, with permissions 0600. It never contains samples. An existing file is replaced whole, or stays as it
 * is. If the process is killed while it writes, a file .moodleml-*.new stays next to the model. You may delete it. MML_IO:
 * also if the file is in place but its directory cannot be written to disk. The message then warns of a power cut. */
mml_status mml_model_save(const mml_model* model, const char* path);

/** Hands the bytes of the model file to `write`, at most 65,536 at a time. user may be NULL. MML_CANCELLED. */
mml_status mml_model_write(const mml_model* model, mml_write_fn write, void* user);

/** Reads a model file. If path is a directory, Moodle's `classifier`, reads the model that moodle-mlbackend-python 3 stored
 * there, without running anything from it. Such a model takes a table's first columns, and its classes are numbered.
 * MML_IO; MML_BAD_MODEL; MML_NEWER_FORMAT: the message names both versions; MML_LIMIT. */
mml_status mml_model_load(mml_model** out, const char* path);

/** The same from the `size` bytes of a model file. MML_BAD_MODEL; MML_NEWER_FORMAT; MML_LIMIT. */
mml_status mml_model_load_bytes(mml_model** out, const void* bytes, size_t size);

/** mml_model_load() under option memory_limit, checked before the memory is taken. config NULL: the defaults. progress and
 * user may be NULL. Also MML_CANCELLED. */
mml_status mml_model_load_with(mml_model** out, const char* path, const mml_config* config, mml_progress_fn progress,
                               void* user);

/** The same for mml_model_load_bytes(). */
mml_status mml_model_load_bytes_with(mml_model** out, const void* bytes, size_t size, const mml_config* config,
                                     mml_progress_fn progress, void* user);

mml_task mml_model_task(const mml_model* model);

/** Number of feature columns. */
int64_t mml_model_inputs(const mml_model* model);

/** Number of scores of a row: the number of classes, or 1 for regression. */
int64_t mml_model_outputs(const mml_model* model);

const char* mml_model_input_name(const mml_model* model, int64_t index);

/** Name of the class whose probability is output `index`; NULL for regression. */
const char* mml_model_class_name(const mml_model* model, int64_t index);

/** How the model chooses a class: the value of option `decision` in its training, such as "score" or "cost:3". Models that
 * are older than the option have "probable". NULL for regression. */
const char* mml_model_decision(const mml_model* model);

/** Writes the decision's offset of each class, mml_model_outputs() numbers. The class of a row is the first class with the
 * largest sum of log probability and offset. All offsets 0: the most probable class. MML_BUFFER_TOO_SMALL;
 * MML_INVALID_ARGUMENT: a regression has no offsets. */
mml_status mml_model_offsets(const mml_model* model, double* offsets, size_t capacity);

/** JSON about the training and the losses of the members; src/model/README.md lists the fields. */
const char* mml_model_json(const mml_model* model);

/** Writes the model's card (Mitchell et al., 2019) as "json", "markdown", "html" or "text": what it predicts, from which
 * samples, its metrics and limits. It contains no sample. MML_NOT_FOUND: no such format; MML_CANCELLED. */
mml_status mml_model_card(const mml_model* model, const char* format, mml_write_fn write, void* user);

/** A model with the same answers, which keeps what a report found: kind, rows, verdict, metrics with intervals and baseline,
 * calibration, gaps between groups. Its card shows them, and its file contains them. It keeps one report, the last. No group
 * is named, and no sample is kept. MML_MISMATCH: the report is on another task, or on classes that the model does not have.
 */
mml_status mml_model_with_report(mml_model** out, const mml_model* model, const mml_report* report);

void mml_model_free(mml_model* model);

/* ---- Prediction -------------------------------------------------------------------------------------------------- */

/** Writes rows x mml_model_outputs() scores in row-major order: calibrated probabilities, which sum to 1 in a row, or
 * estimates. A row's scores do not depend on the other rows. Columns are matched by name if both sides have names, or if
 * the data set has the names x0, x1, ... of a model without names. Other columns of the data set are then ignored. Otherwise
 * columns are matched by position. Options: threads, memory_limit; config NULL: one thread.
 * MML_MISMATCH: a column is missing; MML_BUFFER_TOO_SMALL; MML_LIMIT. */
mml_status mml_predict(const mml_model* model, const mml_dataset* dataset, const mml_config* config, float* scores,
                       size_t capacity);

/** The same for feature values as mml_dataset_from_array() takes them, matched by position. Also MML_BAD_DATA. */
mml_status mml_predict_array(const mml_model* model, const mml_array* values, const mml_config* config, float* scores,
                             size_t capacity);

/** mml_predict() with scores as double. Use it for estimates beyond float32, and for large estimates with small differences,
 * such as dates in seconds. The function mml_predict() gives the nearest float32. Probabilities are the same in both. */
mml_status mml_predict_double(const mml_model* model, const mml_dataset* dataset, const mml_config* config, double* scores,
                              size_t capacity);

/** The same for feature values, like mml_predict_array(). */
mml_status mml_predict_array_double(const mml_model* model, const mml_array* values, const mml_config* config,
                                    double* scores, size_t capacity);

/** Chooses classes by the model's decision (mml_model_decision()). `scores` are probabilities as mml_predict() writes them.
 * `classes` gets the index of each row's class. strengths: NULL, or a buffer that gets how clear each choice is, from
 * 1 / classes to 1. This is the class's share after each probability is multiplied by exp(offset); with "probable" it is the
 * class's probability. capacity: the size of each buffer, in rows.
 * MML_BUFFER_TOO_SMALL; MML_INVALID_ARGUMENT: a regression, or a row without probabilities. */
mml_status mml_decide(const mml_model* model, const float* scores, int64_t rows, int32_t* classes, float* strengths,
                      size_t capacity);

/** Makes a model ready for single rows and small batches. All that a call needs is prepared here. The calls below take no
 * memory and wait for no other thread. If more than 16 of them, or twice the processors, run at once, the others take
 * memory. columns: the names of the `count` columns of the caller's rows, which are matched by name; NULL and 0: the model's
 * columns in its order. The predictor keeps the model. Option memory_limit; config NULL: no limit. MML_MISMATCH: a column is
 * missing; MML_LIMIT. */
mml_status mml_predictor_create(mml_predictor** out, const mml_model* model, const char* const* columns, int64_t count,
                                const mml_config* config);

/** Writes the scores of mml_predict_array(), bit for bit, for rows of the predictor's columns. If a later row is refused,
 * scores of earlier rows may have been written. MML_BAD_DATA: an infinite value (the message names row and column);
 * MML_MISMATCH: another number of columns; MML_BUFFER_TOO_SMALL. */
mml_status mml_predictor_predict(const mml_predictor* predictor, const mml_array* values, float* scores, size_t capacity);

/** The same with scores as double, as mml_predict_array_double(). */
mml_status mml_predictor_predict_double(const mml_predictor* predictor, const mml_array* values, double* scores,
                                        size_t capacity);

/** The same from compressed sparse rows, as mml_dataset_from_csr_arrays() takes them. Cells that are absent are 0. */
mml_status mml_predictor_predict_csr(const mml_predictor* predictor, const mml_array* row_starts,
                                     const mml_array* column_indices, const mml_array* values, float* scores,
                                     size_t capacity);

/** Writes the classes and, unless NULL, the strengths of mml_decide() for the rows. capacity: of either buffer, in rows.
 * Fails as mml_predictor_predict(); MML_INVALID_ARGUMENT: a regression. */
mml_status mml_predictor_decide(const mml_predictor* predictor, const mml_array* values, int32_t* classes, float* strengths,
                                size_t capacity);

void mml_predictor_free(mml_predictor* predictor);

/* ---- Explanation ------------------------------------------------------------------------------------------------- */

/** Writes how much each input column adds to each answer: rows x mml_model_outputs() x (mml_model_inputs() + 1) numbers in
 * row-major order. For each answer: a number per input in the model's order, then the base, which is the same for all rows.
 * The numbers add up to the answer. For class k with probability p it is the log-odds ln(p / (1 - p)). For regression it is
 * the estimate in the target's unit. A positive number raises the answer. The numbers describe the model; they are not
 * causes. Results do not depend on other rows or on threads. Method (src/ensemble/README.md has the rules):
 * - trees: Shapley values (Shapley, 1953) by counts of training samples (TreeSHAP; Lundberg et al., 2020); in trees stored
 *   without counts, each leaf counts the same
 * - linear models: Shapley values against the training means
 * - networks: integrated gradients (Sundararajan et al., 2017)
 * - pool and calibration: Aumann and Shapley's values (1974).
 * Columns are matched as in mml_predict(). Options: threads, memory_limit; config NULL: one thread. progress and user may be
 * NULL. MML_MISMATCH: a column is missing; MML_BUFFER_TOO_SMALL (capacity counts numbers); MML_LIMIT; MML_CANCELLED. */
mml_status mml_explain(const mml_model* model, const mml_dataset* dataset, const mml_config* config,
                       mml_progress_fn progress, void* user, double* contributions, size_t capacity);

/** Writes JSON on how far a data set's columns have moved since the training (src/evaluation/README.md), or null if the
 * model has no counts. Options drift_limit, memory_limit. Columns are matched as mml_predict() does. MML_MISMATCH;
 * MML_LIMIT; MML_CANCELLED. */
mml_status mml_model_drift(const mml_model* model, const mml_dataset* dataset, const mml_config* config, mml_write_fn write,
                           void* user);

/* ---- Evaluation -------------------------------------------------------------------------------------------------- */

/** Rates a model on all rows of a data set with a target. Classes are matched by name. config NULL: the defaults.
 * progress and user may be NULL. MML_NOT_ENOUGH_DATA; MML_MISMATCH; MML_LIMIT; MML_CANCELLED. */
mml_status mml_evaluate(mml_report** out, const mml_model* model, const mml_dataset* dataset, const mml_config* config,
                        mml_progress_fn progress, void* user);

/** Cross-validates: trains on one part of the rows and rates on the other, several times (options resampling, iterations,
 * test_share). config NULL: the defaults. progress and user may be NULL. MML_NOT_ENOUGH_DATA; MML_LIMIT; MML_CANCELLED. */
mml_status mml_cross_validate(mml_report** out, const mml_dataset* dataset, const mml_config* config,
                              mml_progress_fn progress, void* user);

/** Writes one number of a report. NaN if it is undefined on this data. Names of a metric's numbers:
 * - `<name>`: its mean over the iterations; `<name>_deviation`: its standard deviation
 * - `<name>_low` and `<name>_high`: its 95 % interval
 * - `baseline_<name>`: the baseline
 * - `probable_<name>`, only for metrics of answers: the value if the most probable class were the answer.
 * MML_NOT_FOUND: the message lists the names. */
mml_status mml_report_metric(const mml_report* report, const char* name, double* out);

/** JSON: "schema", "warnings" and the results; src/evaluation/README.md lists the fields. Undefined numbers are null. */
const char* mml_report_json(const mml_report* report);

/** Makes a report from its JSON, `size` bytes as mml_report_json() returned them, for example stored or from another
 * process. It has the same numbers and pages. MML_BAD_DATA: not a report, or one without a field that this version needs. */
mml_status mml_report_from_json(mml_report** out, const char* json, size_t size);

/** Writes a report as a page for people, in pieces. The same report gives the same bytes. Names from the data are escaped.
 * - "html": one file of at most 300 kB, which needs no other file and no script
 * - "markdown"
 * - "text": for a terminal.
 * All contain the verdict, the metrics with their intervals, and what flagging the most likely rows finds. The first two
 * also list oddities of the data, and the first has charts. Options min_score and max_deviation, by which Moodle would
 * judge; config NULL: the defaults. user may be NULL. MML_NOT_FOUND: no such format; MML_CANCELLED: write asked to stop. */
mml_status mml_report_render(const mml_report* report, const char* format, const mml_config* config, mml_write_fn write,
                             void* user);

void mml_report_free(mml_report* report);

/* ---- Moodle ------------------------------------------------------------------------------------------------------ */

/* The calls that Moodle makes on a model directory. It contains:
 * - classifier/: the model and, in separate files, the training samples for the next training
 * - logs/<runid>/: the output of a run.
 * A call returns MML_OK whenever *out is written. This includes refusals: not trained, too few classes, low score, bad data.
 * Writers on one directory exclude each other across threads and processes (MML_BUSY after option lock_timeout). Readers
 * never wait. `dataset`: path of a CSV file as Moodle writes it. config NULL: the defaults. progress and user may be NULL.
 */

/** Trains the directory's model. It continues from what the model learned before. MML_BUSY; MML_CANCELLED. */
mml_status mml_moodle_train(mml_answer** out, const char* directory, const char* dataset, const mml_config* config,
                            mml_progress_fn progress, void* user);

/** Predicts the rows of an unlabelled file. MML_CANCELLED. */
mml_status mml_moodle_predict(mml_answer** out, const char* directory, const char* dataset, const mml_config* config,
                              mml_progress_fn progress, void* user);

/** Explains the predictions of an unlabelled file's rows. The field "explanations" has each row's class or estimate and its
 * strongest indicators, with contributions as from mml_explain(). Option: reasons. MML_CANCELLED. */
mml_status mml_moodle_explain(mml_answer** out, const char* directory, const char* dataset, const mml_config* config,
                              mml_progress_fn progress, void* user);

/** Rates the model in trained_directory. If that is NULL, trains and rates on random splits of the data set; the directory's
 * model does not change. Options: min_score, max_deviation, iterations and the training options. MML_CANCELLED. */
mml_status mml_moodle_evaluate(mml_answer** out, const char* directory, const char* dataset, const char* trained_directory,
                               const mml_config* config, mml_progress_fn progress, void* user);

/** Copies the directory's model, without samples, to export_directory, which must be outside. Option file_mode. */
mml_status mml_moodle_export(mml_answer** out, const char* directory, const char* export_directory,
                             const mml_config* config);

/** Makes an exported model the directory's model. It must not be its own. Options file_mode and lock_timeout. MML_BUSY. */
mml_status mml_moodle_import(mml_answer** out, const char* directory, const char* import_directory,
                             const mml_config* config);

/** Converts the model that moodle-mlbackend-python 3 stored in the directory, unless a model of this library is there. The
 * new file is next to the original files, which do not change. The other calls do not need this conversion. Options
 * file_mode and lock_timeout. MML_BUSY. */
mml_status mml_moodle_convert(mml_answer** out, const char* directory, const mml_config* config);

enum { MML_MOODLE_CALL = 0, MML_MOODLE_EVALUATION = 1, MML_MOODLE_ARGUMENTS = 2 };

/** Version of the calls above, such as "3.2.0". Moodle compares it with the lowest that it accepts. */
const char* mml_moodle_interface_version(void);

/** A host's answer if it makes no call, with status 1. `message`: why not; of MML_MOODLE_ARGUMENTS, the expected ones. */
mml_status mml_moodle_refuse(mml_answer** out, int32_t call, const char* message);

/** Moodle's status, also a process's exit code: 0 good, 1 error, 2 not trained, 4 low score, 8 not enough data, 12 both. */
int32_t mml_answer_status(const mml_answer* answer);

/** The reason of a refusal, for hosts that must know whose fault it is. For example MML_IO if the disk refuses, or
 * MML_BAD_MODEL if a model to import cannot be read. MML_OK if nothing failed, as with a low score. */
mml_status mml_answer_reason(const mml_answer* answer);

/** The answer as Moodle reads it; src/moodle/README.md lists the fields. */
const char* mml_answer_json(const mml_answer* answer);

void mml_answer_free(mml_answer* answer);

#include "moodleml/end.h"
#endif
