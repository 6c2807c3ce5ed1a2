// SPDX-License-Identifier: Apache-2.0
#ifndef MOODLEML_H
#define MOODLEML_H
#include "moodleml/begin.h"

/**
 * libmoodleml: train, evaluate, store and use small prediction models.
 *
 * Errors.   A function that can fail returns an mml_status: MML_OK (0) or a negative code, and mml_last_error() then
 *           explains it in one line. On failure what its output arguments point at is left as it was. Any function may
 *           return MML_INVALID_ARGUMENT, MML_OUT_OF_MEMORY or MML_INTERNAL; other codes are listed with it. NULL is
 *           MML_INVALID_ARGUMENT for every pointer whose description does not allow it. A function that returns a
 *           value directly gives 0 or NULL for a NULL handle or an index out of range, and sets no error.
 *           No C++ exception leaves the library; it never prints, aborts, exits or changes the locale.
 * Memory.   A handle written through `out` belongs to the caller, who releases it with the matching mml_*_free(), which
 *           accepts NULL. A returned string belongs to the handle it came from and lives until that is freed or changed;
 *           strings of the library itself live for ever. Bulk results go to buffers of the caller, whose `capacity`
 *           counts elements; a buffer may be NULL where nothing is to be written. No pointer to an input is kept.
 * Text.     Strings are UTF-8 and end with a zero byte. Paths are the operating system's. JSON is one line; readers
 *           ignore fields they do not know, and "schema" rises when one that is there changes its meaning.
 * Threads.  Different handles may be used from different threads at once. A const handle may be shared between threads;
 *           changing or freeing one needs that nobody else uses it. mml_last_error() is per thread, and holds until the
 *           next failing call there. Callbacks run on the thread that made the call, one at a time, and may use
 *           other handles. Threads that a call starts end before it returns.
 * Never.    The library cannot detect these, and what follows is undefined: a handle that is used or freed after its free;
 *           a handle of another kind, cast; a string used after its handle; a longjmp(), or an exception of another
 *           language, that leaves a callback (it skips the release of memory, files and locks); an output buffer that
 *           overlaps an input of the same call; a buffer or array smaller than its capacity or sides say; an input that
 *           another thread changes during the call.
 * Numbers.  Rows, columns, classes and options are counted from 0, also in messages about arrays.
 * ABI.      Symbols and enumerators are never removed, renumbered or given a new meaning while the major version stays.
 */

/** What this header describes; compare with mml_abi_version(). */
enum { MML_ABI_MAJOR = 1, MML_ABI_MINOR = 1 };

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
    MML_NEWER_FORMAT = -7,     /* model file of a later format                                                     */
    MML_MISMATCH = -8,         /* the data set's columns, classes or task do not fit                               */
    MML_BUFFER_TOO_SMALL = -9, /* the message tells the capacity that is needed                                    */
    MML_IO = -10,              /* file cannot be read or written                                                   */
    MML_BUSY = -11,            /* another writer holds the model directory                                         */
    MML_LIMIT = -12,           /* a limit set by an option, or of the system, would be passed                      */
    MML_CANCELLED = -13,       /* a callback asked to stop; nothing was made                                       */
    MML_OUT_OF_MEMORY = -14,
    MML_INTERNAL = -15 /* a defect in the library: please report it with the message                       */
};

typedef int32_t mml_task;
enum { MML_CLASSIFICATION = 1, MML_REGRESSION = 2 };

typedef int32_t mml_data_type;
enum { MML_FLOAT32 = 1, MML_FLOAT64 = 2, MML_INT32 = 3, MML_INT64 = 4 };

typedef struct mml_config mml_config;   /* named options, all with defaults   */
typedef struct mml_dataset mml_dataset; /* table of samples                   */
typedef struct mml_model mml_model;     /* preprocessing + ensemble           */
typedef struct mml_report mml_report;   /* named evaluation results           */
typedef struct mml_answer mml_answer;   /* what a Moodle call answers         */

/**
 * Memory of the caller that holds a rows x columns table, or a vector (rows x 1 or 1 x columns). Element (i, j) lies at
 * data + i * row_stride + j * column_stride elements; it need not be aligned. Strides may be negative, but not 0 along
 * a side longer than 1. data may be NULL where there are no elements.
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
    MML_CATEGORY = 2, /* for each row the index of its level; a negative number or NaN for missing                 */
    MML_TIME = 3      /* seconds since the beginning of 1970; NaN for missing. Becomes days, weekday, month, hour  */
};

/** A column of a table: its name, a vector of its cells, and the texts of its levels where it is a category. */
typedef struct mml_column {
    const char* name;
    mml_array values; /* rows x 1 or 1 x rows */
    mml_column_type type;
    int32_t level_count;       /* 0 unless the type is MML_CATEGORY */
    const char* const* levels; /* all different */
} mml_column;

/** A table of the Arrow C stream interface: struct ArrowArrayStream as moodleml/arrow.h and Arrow's own headers declare it.
 */
struct ArrowArrayStream;

/** Where a long call has got to. Owned by the library, valid during the callback. New members are only appended;
 * struct_size, in bytes, tells how many there are. */
typedef struct mml_progress {
    uint32_t struct_size;
    int32_t phase;          /* MML_READING ... MML_SAVING                 */
    double fraction;        /* of the whole call, 0 to 1, never falling   */
    int32_t step;           /* epoch, tree or split of `steps`            */
    int32_t steps;          /* 0 where steps are not counted              */
    double training_loss;   /* NaN where there is none                    */
    double validation_loss; /* NaN where there is none                    */
} mml_progress;
enum { MML_READING = 1, MML_PREPARING = 2, MML_TRAINING = 3, MML_CALIBRATING = 4, MML_EVALUATING = 5, MML_SAVING = 6 };

/** Called several times a second during a long call. Return 0 to go on, anything else to stop within a second with
 * MML_CANCELLED. `user` is what the caller passed. A C++ exception that leaves it means stop, and goes no further; in
 * PHP none may leave it. */
typedef int32_t (*mml_progress_fn)(const mml_progress* progress, void* user);

/** Takes the next `size` bytes, valid during the call. Return 0 to go on, anything else to stop with MML_CANCELLED.
 * Exceptions as above. */
typedef int32_t (*mml_write_fn)(const char* bytes, size_t size, void* user);

/* ---- Library ----------------------------------------------------------------------------------------------------- */

/** ABI of the loaded library, major * 1000 + minor. A caller built for M.m works with any library of the same major and
 * at least that minor. */
int32_t mml_abi_version(void);

/** Version of the library, such as "1.2.0"; never NULL. */
const char* mml_version(void);

/** JSON for bug reports: "schema", "version", "compiler", "oneDNN" (the version loaded), "instruction_set" (the best that
 * processor and library share). NULL only where memory ran out. */
const char* mml_build_info(void);

/** Name of a status, such as "MML_BAD_DATA"; "unknown status" for any other number. Never NULL. */
const char* mml_status_name(mml_status status);

/** What the latest failing call on this thread failed at: one line, at most 4,095 bytes; "" before the first. Never NULL.
 * Belongs to the thread, valid until the next failing call there. */
const char* mml_last_error(void);

/* ---- Options ----------------------------------------------------------------------------------------------------- */

/** Number of options that this library knows. */
int32_t mml_option_count(void);

/** JSON on option `index`: "name", "type" (integer, number, flag, choice, text), "minimum", "maximum", "choices" (where
 * the type has them), "default", "group", "help", "effort" (defaults at other efforts). NULL where the index is out of
 * range. */
const char* mml_option_describe(int32_t index);

/** Makes a set of options, all at their defaults. */
mml_status mml_config_create(mml_config** out);

/** Sets option `name`; numbers with a point whatever the locale, flags as true or false.
 * MML_UNKNOWN_OPTION: no such option (the message names the nearest), or a value that it rejects (tells what it takes). */
mml_status mml_config_set(mml_config* config, const char* name, const char* value);

/** The value of option `name` as text, in *out; lives until the option is set again. MML_UNKNOWN_OPTION. */
mml_status mml_config_get(const mml_config* config, const char* name, const char** out);

void mml_config_free(mml_config* config);

/* ---- Data -------------------------------------------------------------------------------------------------------- */

/** Reads a CSV file, also one packed by gzip. Options: those of group data, and memory_limit; config NULL: the defaults.
 * Empty cells are missing values. In a plain file, columns of texts are categories: their cells number the texts in order of
 * appearance. A column of dates becomes four: days since 1970, weekday, month and hour.
 * MML_IO; MML_BAD_DATA (the message names file, row and column); MML_LIMIT. */
mml_status mml_dataset_from_csv(mml_dataset** out, const char* path, const mml_config* config);

/** The same from `size` bytes of text, which need not end with a zero byte. */
mml_status mml_dataset_from_csv_text(mml_dataset** out, const char* text, size_t size, const mml_config* config);

/** The same for a model. A plain file's columns are then matched by name and read as the model takes them. Columns that it
 * does not use are passed over (a warning names them); but where the file's first column is one, it holds ids. The target,
 * where option labelled is true, is what the model predicts. Where labelled is false and a file in Moodle's format is
 * labelled, its target is passed over. */
mml_status mml_dataset_from_csv_for(mml_dataset** out, const char* path, const mml_model* model, const mml_config* config);

/** Copies feature values, one sample a row, at least one column; NaN for missing. Values are kept as float32. Columns are
 * called x0, x1, ... until named. MML_BAD_DATA: a value that is infinite, also as float32 (row and column are named). */
mml_status mml_dataset_from_array(mml_dataset** out, const mml_array* values);

/** The same column by column: numbers, categories and times, at least one column, all of as many rows. MML_BAD_DATA: a value
 * that is infinite, an index without a level, two columns or levels of one name. */
mml_status mml_dataset_from_columns(mml_dataset** out, const mml_column* columns, int64_t count);

/** The same from a table of the Arrow C stream interface, in any number of batches; config NULL: the defaults. Numbers and
 * booleans are numbers, texts (also in dictionaries) categories, dates and timestamps times; nulls are missing. Options
 * labelled, target, task, id, ignore, types and memory_limit count as for a plain file: unless labelled is false, the last
 * column, or the one that target names, is the target. The stream is read to its end and released, also where the call
 * fails. MML_BAD_DATA: a column of another type (the message names it; option ignore passes it over); MML_IO: the stream
 * fails; MML_LIMIT. */
mml_status mml_dataset_from_arrow(mml_dataset** out, struct ArrowArrayStream* stream, const mml_config* config);

/** The same from compressed sparse rows: the cells of row i are column_indices[k] and values[k] for k from row_starts[i]
 * to row_starts[i + 1] - 1, columns rising within a row; all other cells are 0. row_starts holds rows + 1 numbers, the first
 * 0, never falling. column_indices and values may be NULL where there are no cells. MML_BAD_DATA as above. */
mml_status mml_dataset_from_csr(mml_dataset** out, int64_t rows, int64_t columns, const int64_t* row_starts,
                                const int32_t* column_indices, const float* values);

/** The same from three vectors of any data type, as the sparse matrices of other libraries lie in memory: row_starts has
 * rows + 1 elements, column_indices and values have one for each cell. */
mml_status mml_dataset_from_csr_arrays(mml_dataset** out, int64_t columns, const mml_array* row_starts,
                                       const mml_array* column_indices, const mml_array* values);

/** Makes the data set one for classification: for each row (a vector of rows elements) the index of its class, a whole
 * number from 0 to count - 1 in any data type, and the names of the `count` classes, all different; classes are matched by
 * name. Replaces a target that is there. MML_BAD_DATA: an index that is none (the message names the row). */
mml_status mml_dataset_set_classes(mml_dataset* dataset, const mml_array* indices, const char* const* names, int32_t count);

/** Makes the data set one for regression: for each row its finite value, kept as float64. Replaces a target that is there.
 * MML_BAD_DATA: a value that is not finite. */
mml_status mml_dataset_set_target(mml_dataset* dataset, const mml_array* values);

/** For each row what it weighs beside the others: finite, not negative; 0 leaves it out. Training divides weights by their
 * mean, so that their scale changes nothing: a row counts as one sample on average. Kept as float32; 1 each until set.
 * MML_BAD_DATA: any other value. */
mml_status mml_dataset_set_weights(mml_dataset* dataset, const mml_array* weights);

/** Names the columns; count must be their number, the names all different. Models match columns by name from then on. */
mml_status mml_dataset_set_column_names(mml_dataset* dataset, const char* const* names, int64_t count);

/** Gives each row an id; count must be the number of rows. Ids need not differ. */
mml_status mml_dataset_set_row_ids(mml_dataset* dataset, const char* const* ids, int64_t count);

/** A new data set of the `count` given rows, in the given order, with all that belongs to them; a row may occur again.
 * rows may be NULL where count is 0. MML_INVALID_ARGUMENT: a row that is not there. */
mml_status mml_dataset_select(mml_dataset** out, const mml_dataset* dataset, const int64_t* rows, int64_t count);

int64_t mml_dataset_rows(const mml_dataset* dataset);

/** Number of features. */
int64_t mml_dataset_columns(const mml_dataset* dataset);

/** MML_CLASSIFICATION, MML_REGRESSION, or 0 where rows have no target. */
mml_task mml_dataset_task(const mml_dataset* dataset);

/** Number of classes; 0 for regression or without target. */
int32_t mml_dataset_class_count(const mml_dataset* dataset);

const char* mml_dataset_column_name(const mml_dataset* dataset, int64_t index);

/** Text of level `level` of the category in column `column`, as mml_dataset_values() numbers them; NULL where the column is
 * not a category or has no such level. */
const char* mml_dataset_level_name(const mml_dataset* dataset, int64_t column, int64_t level);
const char* mml_dataset_class_name(const mml_dataset* dataset, int32_t index);

/** Id of a row; NULL where rows have none. */
const char* mml_dataset_row_id(const mml_dataset* dataset, int64_t index);

/** JSON: "schema", "source", "rows", "columns", "task" (classification, regression, null), "classes" (list of "name" and
 * "rows"), "metadata" (object of texts), "warnings" (list of sentences on what was odd in the file). */
const char* mml_dataset_json(const mml_dataset* dataset);

/** All feature values, rows x columns in row-major order, NaN for missing. MML_BUFFER_TOO_SMALL. */
mml_status mml_dataset_values(const mml_dataset* dataset, float* out, size_t capacity);

/** The class index or the value of each row. MML_BUFFER_TOO_SMALL; MML_NOT_FOUND: rows have no target. */
mml_status mml_dataset_target(const mml_dataset* dataset, double* out, size_t capacity);

void mml_dataset_free(mml_dataset* dataset);

/* ---- Training and models ----------------------------------------------------------------------------------------- */

/** Trains a model on a data set with a target. config NULL: the defaults. The same data, options and build give the same
 * model on any number of threads, except where option time_limit cuts training short. start: a model to go on from, whose
 * own samples are not in the data set, or NULL. progress and user may be NULL.
 * MML_NOT_ENOUGH_DATA; MML_MISMATCH: start does not fit; MML_LIMIT; MML_CANCELLED. */
mml_status mml_train(mml_model** out, const mml_dataset* dataset, const mml_config* config, const mml_model* start,
                     mml_progress_fn progress, void* user);

/** Writes a model file, which never holds samples, with permissions 0600; replaces one that is there at once or not at
 * all. A process that is killed meanwhile leaves a file .moodleml-*.new beside it, which may be removed. MML_IO; also where
 * the new file is in place, but its directory cannot be brought to disk: the message tells that a power cut may undo it. */
mml_status mml_model_save(const mml_model* model, const char* path);

/** Hands the bytes of the model file to `write`, at most 65,536 at a time. user may be NULL. MML_CANCELLED. */
mml_status mml_model_write(const mml_model* model, mml_write_fn write, void* user);

/** Reads a model file. Where path is a directory, Moodle's `classifier`, the model that moodle-mlbackend-python 3 stored
 * there, running nothing: it takes a table's first columns, and its classes are numbered. MML_IO; MML_BAD_MODEL;
 * MML_NEWER_FORMAT: the message tells both versions; MML_LIMIT. */
mml_status mml_model_load(mml_model** out, const char* path);

/** The same from the `size` bytes of a model file. MML_BAD_MODEL; MML_NEWER_FORMAT; MML_LIMIT. */
mml_status mml_model_load_bytes(mml_model** out, const void* bytes, size_t size);

mml_task mml_model_task(const mml_model* model);

/** Number of feature columns. */
int64_t mml_model_inputs(const mml_model* model);

/** Number of scores it gives for a row: its classes, or 1 for regression. */
int64_t mml_model_outputs(const mml_model* model);

const char* mml_model_input_name(const mml_model* model, int64_t index);

/** Name of the class that output `index` is the probability of; NULL for regression. */
const char* mml_model_class_name(const mml_model* model, int64_t index);

/** How the model chooses a class: what option `decision` was when it was trained, such as "score" or "cost:3"; "probable" of
 * models from before that option. NULL for regression. */
const char* mml_model_decision(const mml_model* model);

/** The decision's offset of each class, mml_model_outputs() numbers: the class of a row is the first whose logarithm of the
 * probability plus offset is largest. All 0: the most probable class. MML_BUFFER_TOO_SMALL; MML_INVALID_ARGUMENT: a
 * regression has none. */
mml_status mml_model_offsets(const mml_model* model, double* offsets, size_t capacity);

/** JSON on how the model was trained and how its members rate; src/model/README.md lists the fields. */
const char* mml_model_json(const mml_model* model);

void mml_model_free(mml_model* model);

/* ---- Prediction -------------------------------------------------------------------------------------------------- */

/** Writes rows x mml_model_outputs() scores in row-major order: calibrated probabilities, which sum to 1 in a row, or
 * estimates. A row's scores do not depend on the other rows. Columns are matched by name where both sides have names (the
 * data set's other columns are ignored), or where the data set names the x0, x1, ... of a model without; else by position.
 * Options: threads, memory_limit; config NULL: one thread. MML_MISMATCH: a column is missing; MML_BUFFER_TOO_SMALL;
 * MML_LIMIT. */
mml_status mml_predict(const mml_model* model, const mml_dataset* dataset, const mml_config* config, float* scores,
                       size_t capacity);

/** The same for feature values as mml_dataset_from_array() takes them, matched by position. Also MML_BAD_DATA. */
mml_status mml_predict_array(const mml_model* model, const mml_array* values, const mml_config* config, float* scores,
                             size_t capacity);

/** mml_predict() with scores as double, and mml_predict_array(): for estimates whose spread is small beside their size, such
 * as dates in seconds, or beyond float32, where the others give the nearest float32. Probabilities are the same. */
mml_status mml_predict_double(const mml_model* model, const mml_dataset* dataset, const mml_config* config, double* scores,
                              size_t capacity);

/** The same for feature values, as mml_predict_array(). */
mml_status mml_predict_array_double(const mml_model* model, const mml_array* values, const mml_config* config,
                                    double* scores, size_t capacity);

/** The classes by the model's decision (mml_model_decision()): for each row of `scores`, which are probabilities as
 * mml_predict() writes them, the index of its class in `classes`. strengths: NULL, or how clear each choice is, 1 / classes
 * to 1: the class's share once each probability is multiplied by exp(offset); with "probable" its probability. capacity: of
 * either buffer, in rows. MML_BUFFER_TOO_SMALL; MML_INVALID_ARGUMENT: a regression, or a row without probabilities. */
mml_status mml_decide(const mml_model* model, const float* scores, int64_t rows, int32_t* classes, float* strengths,
                      size_t capacity);

/* ---- Explanation ------------------------------------------------------------------------------------------------- */

/** Writes what each input column adds to each answer: rows x mml_model_outputs() x (mml_model_inputs() + 1) numbers in
 * row-major order: a number for each input in the model's order, then the base, which is the same for all rows. They add up
 * to the answer: for class k the log-odds ln(p / (1 - p)) of its probability p, for regression the estimate in the target's
 * unit. A positive number raises it. The numbers describe the model; they are not causes.
 * Method: Shapley values (Shapley, 1953) of trees by counts of training samples (TreeSHAP; Lundberg et al., 2020) and of
 * linear models against the training means; integrated gradients (Sundararajan et al., 2017) of networks. Aumann and
 * Shapley's values (1974) carry them through pool and calibration. src/ensemble/README.md has the rules. In trees that were
 * stored without counts each leaf counts the same. Columns are matched as mml_predict() does. Results do not depend on
 * other rows or on threads. Options: threads, memory_limit; config NULL: one thread. progress and user may be NULL.
 * MML_MISMATCH: a column is missing; MML_BUFFER_TOO_SMALL: capacity, in numbers, is less; MML_LIMIT; MML_CANCELLED. */
mml_status mml_explain(const mml_model* model, const mml_dataset* dataset, const mml_config* config,
                       mml_progress_fn progress, void* user, double* contributions, size_t capacity);

/* ---- Evaluation -------------------------------------------------------------------------------------------------- */

/** Rates a model on all rows of a data set with a target; classes are matched by name. config NULL: the defaults.
 * progress and user may be NULL. MML_NOT_ENOUGH_DATA; MML_MISMATCH; MML_LIMIT; MML_CANCELLED. */
mml_status mml_evaluate(mml_report** out, const mml_model* model, const mml_dataset* dataset, const mml_config* config,
                        mml_progress_fn progress, void* user);

/** Trains on one part of the rows and rates on the other, as options resampling, iterations and test_share say.
 * config NULL: the defaults. progress and user may be NULL. MML_NOT_ENOUGH_DATA; MML_LIMIT; MML_CANCELLED. */
mml_status mml_cross_validate(mml_report** out, const mml_dataset* dataset, const mml_config* config,
                              mml_progress_fn progress, void* user);

/** One number of a report: a metric's `<name>`, its `<name>_deviation` over the iterations, the 95 % interval `<name>_low`
 * and `<name>_high`, or `baseline_<name>`; of metrics of answers `probable_<name>`, the value if the most probable class
 * were the answer. NaN where it is undefined on this data. MML_NOT_FOUND: the message lists what there is. */
mml_status mml_report_metric(const mml_report* report, const char* name, double* out);

/** JSON: "schema", "warnings" and the results; src/evaluation/README.md lists the fields. Undefined numbers are null. */
const char* mml_report_json(const mml_report* report);

/** The report whose JSON, as mml_report_json() gave it, these `size` bytes are: one that was stored, or comes from another
 * process. It has the same numbers and pages. MML_BAD_DATA: this is no report, or lacks what one of this version has. */
mml_status mml_report_from_json(mml_report** out, const char* json, size_t size);

/** Writes a report as a page to read, in pieces: "html", one file of at most 300 kB that needs no other file and no script,
 * "markdown", or "text" for a terminal. All hold the verdict, what flagging the most likely rows finds, and the metrics with
 * their intervals; the first two also what is odd about the data, the first also charts. Names from the data are escaped.
 * The same report gives the same bytes. Options min_score and max_deviation, by which Moodle would judge; config NULL: the
 * defaults. user may be NULL. MML_NOT_FOUND: no such format; MML_CANCELLED: write asked to stop. */
mml_status mml_report_render(const mml_report* report, const char* format, const mml_config* config, mml_write_fn write,
                             void* user);

void mml_report_free(mml_report* report);

/* ---- Moodle ------------------------------------------------------------------------------------------------------ */

/* The calls that Moodle makes on a model directory: <directory>/classifier/ holds the model and, apart from it, the
 * training samples kept for the next training; <directory>/logs/<runid>/ holds what a run wrote. MML_OK whenever *out is
 * written, also where Moodle's answer is a refusal (not trained, too few classes, low score, a bad data set). Writers on
 * one directory exclude each other across threads and processes (MML_BUSY after option lock_timeout); readers never wait.
 * `dataset` is the path of a CSV file as Moodle writes it. config NULL: the defaults. progress and user may be NULL. */

/** Trains the directory's model, going on from what it learned before. MML_BUSY; MML_CANCELLED. */
mml_status mml_moodle_train(mml_answer** out, const char* directory, const char* dataset, const mml_config* config,
                            mml_progress_fn progress, void* user);

/** Predicts the rows of an unlabelled file. MML_CANCELLED. */
mml_status mml_moodle_predict(mml_answer** out, const char* directory, const char* dataset, const mml_config* config,
                              mml_progress_fn progress, void* user);

/** Rates the model in trained_directory; or, where that is NULL, trains and rates on random splits of the data set and
 * leaves the directory's model alone. Options min_score, max_deviation, iterations and those of training. MML_CANCELLED. */
mml_status mml_moodle_evaluate(mml_answer** out, const char* directory, const char* dataset, const char* trained_directory,
                               const mml_config* config, mml_progress_fn progress, void* user);

/** Copies the directory's model, without samples, to export_directory. Option file_mode. */
mml_status mml_moodle_export(mml_answer** out, const char* directory, const char* export_directory,
                             const mml_config* config);

/** Makes an exported model the directory's. Options file_mode and lock_timeout. MML_BUSY. */
mml_status mml_moodle_import(mml_answer** out, const char* directory, const char* import_directory,
                             const mml_config* config);

/** Writes the model that moodle-mlbackend-python 3 has stored in the directory in this library's form beside it, where there
 * is none yet, and changes nothing of the original's. The other calls need no such conversion. Options file_mode and
 * lock_timeout. MML_BUSY. */
mml_status mml_moodle_convert(mml_answer** out, const char* directory, const mml_config* config);

/** Moodle's status, also a process's exit code: 0 fine, 1 error, 2 not trained, 4 low score, 8 not enough data, 12 both. */
int32_t mml_answer_status(const mml_answer* answer);

/** Why the answer is a refusal, for hosts that must know whose fault it is: MML_IO where the disk refuses, MML_BAD_MODEL
 * where a model that is to be imported cannot be read, ... MML_OK where nothing failed, as with a low score. */
mml_status mml_answer_reason(const mml_answer* answer);

/** The answer as Moodle reads it; src/moodle/README.md lists the fields. */
const char* mml_answer_json(const mml_answer* answer);

void mml_answer_free(mml_answer* answer);

#include "moodleml/end.h"
#endif
