// SPDX-License-Identifier: Apache-2.0
/* Shows how far a training is, and stops one: the callback's answer, not a signal or a killed thread, ends it. */
#include <moodleml/moodleml.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 3000, COLUMNS = 4 };

/* What the callback is to know: passed through the library as `user`. */
typedef struct job {
    double stop_at; /* fraction; above 1: never */
    int calls;
} job;

static int32_t show(const mml_progress* progress, void* user) {
    job* work = (job*)user;
    ++work->calls;
    printf("\r%3d %%", (int)(100 * progress->fraction));
    fflush(stdout);
    return progress->fraction >= work->stop_at; /* 0: go on */
}

static mml_dataset* made_data(void) {
    static float cells[ROWS * COLUMNS];
    static double values[ROWS];
    for (int i = 0; i < ROWS * COLUMNS; ++i) cells[i] = (float)(i * 7919 % 1009) / 1009;
    for (int row = 0; row < ROWS; ++row) values[row] = 3 * (double)cells[row * COLUMNS] - (double)cells[row * COLUMNS + 1];
    const mml_array table = {cells, ROWS, COLUMNS, COLUMNS, 1, MML_FLOAT32, 0};
    const mml_array target = {values, ROWS, 1, 1, 1, MML_FLOAT64, 0};
    mml_dataset* dataset = NULL;
    if (mml_dataset_from_array(&dataset, &table) != MML_OK || mml_dataset_set_target(dataset, &target) != MML_OK) {
        fprintf(stderr, "%s\n", mml_last_error());
        exit(1);
    }
    return dataset;
}

/* Trains on the data, stopping at a fraction of the work. */
static mml_status train(const mml_dataset* dataset, const mml_config* config, double stop_at) {
    job work = {stop_at, 0};
    mml_model* model = NULL;
    const mml_status status = mml_train(&model, dataset, config, NULL, show, &work);
    printf("\r%s after %d calls\n", status == MML_CANCELLED ? "cancelled" : mml_status_name(status), work.calls);
    mml_model_free(model); /* NULL where it was cancelled */
    return status;
}

int main(void) {
    mml_dataset* dataset = made_data();
    mml_config* config = NULL;
    if (mml_config_create(&config) != MML_OK || mml_config_set(config, "epochs", "20") != MML_OK) return 1;
    const mml_status whole = train(dataset, config, 2);
    const mml_status part = train(dataset, config, 0.2);
    mml_config_free(config);
    mml_dataset_free(dataset);
    return whole == MML_OK && part == MML_CANCELLED ? 0 : 1;
}
