// SPDX-License-Identifier: Apache-2.0
/* A server's threads share one const model, and predict rows of arrays into buffers of their own: no lock is needed, and
 * without options a prediction starts no further threads. Link with -pthread. */
#include <moodleml/moodleml.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

enum { ROWS = 400, COLUMNS = 3, WORKERS = 4, REQUESTS = 500 };

static float cells[ROWS * COLUMNS];
static double target[ROWS];

typedef struct worker {
    pthread_t thread;
    const mml_model* model;
    const float* expected; /* of each row, predicted by the main thread */
    int first;
    int wrong;
} worker;

static void* serve(void* argument) {
    worker* self = (worker*)argument;
    for (int request = 0; request < REQUESTS; ++request) {
        const int row = (self->first + request) % ROWS;
        const mml_array one = {cells + row * COLUMNS, 1, COLUMNS, COLUMNS, 1, MML_FLOAT32, 0};
        float score = 0;
        if (mml_predict_array(self->model, &one, NULL, &score, 1) != MML_OK) {
            fprintf(stderr, "%s\n", mml_last_error()); /* of this thread */
            ++self->wrong;
        } else if (memcmp(&score, &self->expected[row], sizeof score) != 0) {
            ++self->wrong;
        }
    }
    return NULL;
}

static mml_model* trained(const mml_array* table) {
    const mml_array values = {target, ROWS, 1, 1, 1, MML_FLOAT64, 0};
    mml_dataset* dataset = NULL;
    mml_config* config = NULL;
    mml_model* model = NULL;
    if (mml_dataset_from_array(&dataset, table) != MML_OK || mml_dataset_set_target(dataset, &values) != MML_OK ||
        mml_config_create(&config) != MML_OK || mml_config_set(config, "epochs", "10") != MML_OK ||
        mml_train(&model, dataset, config, NULL, NULL, NULL) != MML_OK) {
        fprintf(stderr, "%s\n", mml_last_error());
    }
    mml_config_free(config);
    mml_dataset_free(dataset);
    return model;
}

int main(void) {
    static float expected[ROWS];
    worker workers[WORKERS];
    int wrong = 0;
    for (int i = 0; i < ROWS * COLUMNS; ++i) cells[i] = (float)(i * 7919 % 1009) / 1009;
    for (int row = 0; row < ROWS; ++row) target[row] = (double)cells[row * COLUMNS] * 2;

    const mml_array table = {cells, ROWS, COLUMNS, COLUMNS, 1, MML_FLOAT32, 0};
    mml_model* model = trained(&table);
    if (model == NULL || mml_predict_array(model, &table, NULL, expected, ROWS) != MML_OK) return 1;
    for (int i = 0; i < WORKERS; ++i) {
        workers[i].model = model;
        workers[i].expected = expected;
        workers[i].first = i * 17;
        workers[i].wrong = 0;
        if (pthread_create(&workers[i].thread, NULL, serve, &workers[i]) != 0) return 1;
    }
    for (int i = 0; i < WORKERS; ++i) {
        pthread_join(workers[i].thread, NULL);
        wrong += workers[i].wrong;
    }
    mml_model_free(model); /* when nobody uses it any more */
    printf("%d predictions by %d threads, %d differ from the main thread's\n", WORKERS * REQUESTS, WORKERS, wrong);
    return wrong == 0 ? 0 : 1;
}
