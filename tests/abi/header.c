// SPDX-License-Identifier: Apache-2.0
/* The header alone and first, then once more, and a use of what it declares: as C and as C++. */
#include "moodleml/moodleml.h"

int32_t count_epochs(const mml_progress* progress, void* user);
int32_t count_bytes(const char* bytes, size_t size, void* user);
mml_status train_and_write(const float* cells, const double* targets, int64_t rows, int64_t columns, size_t* written);

int32_t count_epochs(const mml_progress* progress, void* user) {
    int* epochs = (int*)user;
    if (progress->phase == MML_TRAINING) ++*epochs;
    return progress->fraction > 1.0;
}

int32_t count_bytes(const char* bytes, size_t size, void* user) {
    *(size_t*)user += size;
    return bytes == NULL;
}

mml_status train_and_write(const float* cells, const double* targets, int64_t rows, int64_t columns, size_t* written) {
    mml_array values = {cells, rows, columns, columns, 1, MML_FLOAT32, 0};
    mml_array target = {targets, rows, 1, 1, 1, MML_FLOAT64, 0};
    mml_dataset* dataset = NULL;
    mml_model* model = NULL;
    int epochs = 0;
    mml_status status = mml_dataset_from_array(&dataset, &values);
    if (status == MML_OK) status = mml_dataset_set_target(dataset, &target);
    if (status == MML_OK) status = mml_train(&model, dataset, NULL, NULL, count_epochs, &epochs);
    if (status == MML_OK) status = mml_model_write(model, count_bytes, written);
    mml_model_free(model);
    mml_dataset_free(dataset);
    return status;
}
