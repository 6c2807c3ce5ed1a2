// SPDX-License-Identifier: Apache-2.0
/* A table in memory becomes a model, a file and probabilities. Each failure is told in one line. */
#include <moodleml/moodleml.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 200, COLUMNS = 2 };

static void check(mml_status status) {
    if (status == MML_OK) return;
    fprintf(stderr, "%s: %s\n", mml_status_name(status), mml_last_error());
    exit(1);
}

/* Hours of work a week and weeks of absence; who works more than absence costs passes. */
static mml_dataset* students(void) {
    static float cells[ROWS * COLUMNS];
    static int32_t passed[ROWS];
    const char* const columns[] = {"hours", "absent"};
    const char* const classes[] = {"failed", "passed"};
    for (int row = 0; row < ROWS; ++row) {
        cells[row * COLUMNS] = (float)(row * 7 % 40) / 4;
        cells[row * COLUMNS + 1] = (float)(row * 3 % 11) / 2;
        passed[row] = cells[row * COLUMNS] > 2 + cells[row * COLUMNS + 1];
    }
    const mml_array values = {cells, ROWS, COLUMNS, COLUMNS, 1, MML_FLOAT32, 0};
    const mml_array indices = {passed, ROWS, 1, 1, 1, MML_INT32, 0};
    mml_dataset* dataset = NULL;
    check(mml_dataset_from_array(&dataset, &values));
    check(mml_dataset_set_column_names(dataset, columns, COLUMNS));
    check(mml_dataset_set_classes(dataset, &indices, classes, 2));
    return dataset;
}

static void train_and_save(const char* path) {
    mml_dataset* dataset = students();
    mml_config* config = NULL;
    mml_model* model = NULL;
    check(mml_config_create(&config));
    check(mml_config_set(config, "networks", "0"));
    check(mml_train(&model, dataset, config, NULL, NULL, NULL));
    check(mml_model_save(model, path));
    mml_model_free(model);
    mml_config_free(config);
    mml_dataset_free(dataset);
}

int main(void) {
    const char* path = "students-c.mml";
    train_and_save(path);

    mml_model* model = NULL;
    check(mml_model_load(&model, path));
    const float diligent_and_not[2][COLUMNS] = {{9, 1}, {1, 4}};
    const mml_array rows = {diligent_and_not, 2, COLUMNS, COLUMNS, 1, MML_FLOAT32, 0};
    float scores[2][2];
    check(mml_predict_array(model, &rows, NULL, &scores[0][0], 4));
    for (int row = 0; row < 2; ++row) {
        printf("%s with probability %.3f\n", mml_model_class_name(model, 1), (double)scores[row][1]);
    }
    mml_model_free(model);
    return scores[0][1] > 0.9F && scores[1][1] < 0.1F ? 0 : 1;
}
